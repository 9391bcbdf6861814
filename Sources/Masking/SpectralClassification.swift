// SPDX-License-Identifier: Apache-2.0
import Grids

/// Classes of a single image by the colour of its pixels: land, water, snow or ice, cloud, null.
///
/// Rules of the Fmask kind that also serve a small or a cloudy scene. Fmask's threshold on a percentile of the scene's
/// clear-land probability finds nothing on patches with bright ground under much cloud (kappa 0.00 on our Landsat-7
/// patch). Here a cloud is what lies above the *clear line* of the scene (Zhang et al. 2002): blue and red of clear
/// ground rise together from dark water to bright soil, haze and cloud add more blue than that. The line's slope is
/// declared, its level is the most frequent haze index within the range that air over clear ground can have, so a patch
/// that is all cloud or all snow can't shift it. Snow and ice go first, by their absorption at 1.6 µm: in doubt, a
/// thin cloud over ice counts as ice, because a matcher tells by itself that a cloud doesn't match.
///
/// No temperature, cirrus or texture is used: thin cirrus and thin cloud over ice are missed. Shadows come from
/// `CloudShadow`. Cost O(pixels).
///
/// Source: Zhu & Woodcock 2012 (water, snow, rock and vegetation tests), Zhang, Guindon & Cihlar 2002 (haze index), Dozier
/// 1989 (1.6 µm). Differs from Fmask: clear line of the scene instead of probabilities; no whiteness test, which
/// changed kappa by less than 0.002. Checked by: `SpectralClassificationTests`, `CloudPatchTests`.
public struct SpectralClassification: Sendable {
  /// Land, water, snow, cloud or null.
  public let classes: Grid<SurfaceClass>
  /// Haze index above the clear level, reflectance, mean of 3 × 3 pixels; NaN where null.
  public let haze: Grid<Float>
  /// The haze index of clear ground that was found or given, reflectance.
  public let clearLevel: Double

  /// Classifies an image.
  public init(_ bands: SpectralBands, parameters p: Parameters = Parameters()) {
    let thresholds = Thresholds(p)
    var index = Grid(rows: bands.rows, columns: bands.columns, filledWith: Float.nan)
    var classes = Grid(rows: bands.rows, columns: bands.columns, filledWith: SurfaceClass.null)
    for i in index.cells.indices {
      let pixel = Pixel(bands, i)
      guard pixel.isPresent else { continue }
      index.cells[i] = pixel.blue - thresholds.hazeSlope * pixel.red
      classes.cells[i] = thresholds.isSnow(pixel) ? .snow : thresholds.isWater(pixel) ? .water : .land
    }
    let level = p.clearLevel.map { Float($0) } ?? Self.clearLevel(of: index, classes)
    clearLevel = Double(level)
    haze = index.meanOfNeighbours().map { $0 - level }
    for i in classes.cells.indices where classes.cells[i] != .null && classes.cells[i] != .snow {
      if haze.cells[i] > thresholds.haze && thresholds.mayBeCloud(Pixel(bands, i)) { classes.cells[i] = .cloud }
    }
    Self.closeHoles(in: &classes, upTo: p.maximumHole)
    self.classes = classes
  }
}

// MARK: - The clear level

extension SpectralClassification {
  /// Haze index that clear ground can have at the top of the atmosphere. Molecules scatter 0.06 to 0.09 into blue;
  /// the labelled patches lie at 0.055 to 0.087 with the default slope.
  private static let clearRange: ClosedRange<Float> = 0.02...0.14
  /// Taken where less than a hundredth of the pixels, or fewer than 100, are in that range.
  private static let usualClearLevel: Float = 0.075
  private static let binWidth: Float = 0.002

  /// The most frequent index within the clear range, of pixels that are not snow.
  private static func clearLevel(of index: Grid<Float>, _ classes: Grid<SurfaceClass>) -> Float {
    let bins = Int(((clearRange.upperBound - clearRange.lowerBound) / binWidth).rounded())
    var counts = [Int](repeating: 0, count: bins)
    var total = 0
    for (value, kind) in zip(index.cells, classes.cells) where kind == .land || kind == .water {
      total += 1
      let bin = Int(((value - clearRange.lowerBound) / binWidth).rounded(.down))
      if counts.indices.contains(bin) { counts[bin] += 1 }
    }
    guard counts.reduce(0, +) >= max(100, total / 100) else { return usualClearLevel }
    // A mean of five bins, so that quantised reflectance doesn't decide.
    let sums = counts.indices.map { counts[max(0, $0 - 2)...min(bins - 1, $0 + 2)].reduce(0, +) }
    let best = sums.indices.reduce(0) { sums[$1] > sums[$0] ? $1 : $0 }
    return clearRange.lowerBound + (Float(best) + 0.5) * binWidth
  }

  /// Turns land and water that cloud surrounds into cloud. Snow stays: a gap over a glacier is worth keeping.
  private static func closeHoles(in classes: inout Grid<SurfaceClass>, upTo pixels: Int) {
    guard pixels > 0 else { return }
    let gaps = ConnectedRegions(of: classes.map { $0 != .cloud }, diagonally: false)
    for (i, region) in gaps.labels.cells.enumerated() where region >= 0 {
      let isHole = gaps.sizes[Int(region)] <= pixels && !gaps.touchesBorder[Int(region)]
      if isHole && (classes.cells[i] == .land || classes.cells[i] == .water) { classes.cells[i] = .cloud }
    }
  }
}

// MARK: - Tests of one pixel

private struct Pixel {
  let blue, green, red, nir, swir1, swir2: Float

  init(_ bands: SpectralBands, _ i: Int) {
    (blue, green, red) = (bands.blue.cells[i], bands.green.cells[i], bands.red.cells[i])
    (nir, swir1, swir2) = (bands.nir.cells[i], bands.swir1.cells[i], bands.swir2.cells[i])
  }

  var isPresent: Bool { !(blue + green + red + nir + swir1 + swir2).isNaN }
  var ndvi: Float { ratio(nir - red, nir + red) }
  var snowIndex: Float { ratio(green - swir1, green + swir1) }

  // Corrected reflectance can be zero or below in deep shade, where an index means nothing.
  private func ratio(_ a: Float, _ b: Float) -> Float { b > 0 ? a / b : 0 }
}

private struct Thresholds {
  let hazeSlope, haze, cloudSwir2, cloudNdvi, cloudRatio: Float
  let snowIndex, snowNir, snowGreen, snowSwir1, snowNdvi: Float

  init(_ p: SpectralClassification.Parameters) {
    (hazeSlope, haze, cloudSwir2) = (Float(p.hazeSlope), Float(p.minimumHaze), Float(p.minimumCloudSwir2))
    (cloudNdvi, cloudRatio) = (Float(p.maximumCloudNdvi), Float(p.minimumCloudRatio))
    (snowIndex, snowNir, snowGreen) = (Float(p.minimumSnowIndex), Float(p.minimumSnowNir), Float(p.minimumSnowGreen))
    (snowSwir1, snowNdvi) = (Float(p.maximumSnowSwir1), Float(p.maximumSnowNdvi))
  }

  func isSnow(_ x: Pixel) -> Bool {
    x.snowIndex > snowIndex && x.nir > snowNir && x.green > snowGreen && x.swir1 < snowSwir1 && x.ndvi < snowNdvi
  }

  // Zhu & Woodcock 2012, eq. 5.
  func isWater(_ x: Pixel) -> Bool { (x.ndvi < 0.01 && x.nir < 0.11) || (x.ndvi < 0.1 && x.nir < 0.05) }

  func mayBeCloud(_ x: Pixel) -> Bool {
    x.swir2 > cloudSwir2 && x.ndvi < cloudNdvi && x.nir > cloudRatio * x.swir1
  }
}
