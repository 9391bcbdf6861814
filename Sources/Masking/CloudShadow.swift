// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// Shadows of clouds: each cloud is moved away from the sun, height by height, until it lies on dark ground.
///
/// Candidates are hollows of the near infrared, filled to their rim (`hollowsFilled`); snow and land count, water only
/// as far as it is a hollow too. A cloud's height is the one at which the largest share of its projection is dark, pixels
/// that fall on cloud or outside the image left out; no temperature is needed. The view is taken as vertical, and the
/// ground as level.
///
/// Large clouds are sampled at 2 000 pixels for the search, so that the cost is bounded: O(pixels + clouds × heights).
///
/// Source: Zhu & Woodcock 2012, section 3.2; Zhu, Wang & Woodcock 2015. Differs from them: height from the match alone;
/// a shadow is where the projection is dark, not the whole projection. Checked by: `CloudShadowTests`.
public enum CloudShadow {
  /// Adds the class shadow.
  ///
  /// - Parameters:
  ///   - classes: with clouds, e.g. of `SpectralClassification`.
  ///   - nir: near-infrared reflectance of the same shape; NaN where missing.
  ///   - transform: of the same image, in metres.
  /// - Returns: the classes, with shadow in the place of land, snow and water.
  public static func adding(
    to classes: Grid<SurfaceClass>, nir: Grid<Float>, transform: GeoTransform, sun: SunPosition,
    parameters p: Parameters = Parameters()
  ) -> Grid<SurfaceClass> {
    precondition(nir.rows == classes.rows && nir.columns == classes.columns, "classes and band differ in shape")
    let dark = darkGround(classes, nir, Float(p.minimumDarkening))
    let perMetre = sun.stepPerMetre(transform)
    let search = ShadowSearch(classes: classes, dark: dark, shifts: shifts(perMetre, rise: sun.rise, p))
    let clouds = ConnectedRegions(of: classes.mask(of: .cloud), diagonally: true)
    var out = classes
    for pixels in members(of: clouds) where pixels.count >= p.minimumCloud {
      guard let shift = search.best(for: pixels, atLeast: p.minimumSimilarity) else { continue }
      for i in pixels {
        let row = i / classes.columns + shift.rows, column = i % classes.columns + shift.columns
        if search.contains(row, column) && dark[row, column] { out[row, column] = .shadow }
      }
    }
    return out
  }

  /// Share of clear ground that is darker than what is taken to stand beyond the border (Zhu & Woodcock 2012).
  private static let borderShare = 0.175

  /// True in hollows of the near infrared that are no cloud.
  private static func darkGround(_ classes: Grid<SurfaceClass>, _ nir: Grid<Float>, _ depth: Float) -> Mask {
    let clear = zip(nir.cells, classes.cells).lazy.filter { $0.1 == .land || $0.1 == .snow }.map(\.0)
    let border = quantiles(Array(clear), at: [borderShare])[0]
    let level = border.isNaN ? -Float.infinity : border
    // Gaps are as the ground beyond the border: ground among gaps alone would be one hollow without a rim.
    let ground = nir.map { $0.isNaN ? level : $0 }, filled = ground.hollowsFilled(borderLevel: level)
    var dark = Grid(rows: nir.rows, columns: nir.columns, filledWith: false)
    for i in dark.cells.indices where classes.cells[i] != .cloud && classes.cells[i] != .null {
      dark.cells[i] = filled.cells[i] - nir.cells[i] > depth  // NaN is not
    }
    return dark
  }

  /// Shifts in whole pixels, nearest first, for heights from the least to the largest; each once.
  private static func shifts(
    _ perMetre: (rows: Double, columns: Double), rise: Double, _ p: Parameters
  ) -> [PixelShift] {
    let pixelsPerHeight = (perMetre.rows * perMetre.rows + perMetre.columns * perMetre.columns).squareRoot() / rise
    // With the sun in the zenith a cloud covers its own shadow.
    let step = 1 / max(pixelsPerHeight, 1e-6)
    var shifts: [PixelShift] = []
    for height in stride(from: p.minimumHeight, through: p.maximumHeight, by: step) {
      let distance = height / rise
      let shift = PixelShift(
        rows: Int((-perMetre.rows * distance).rounded()), columns: Int((-perMetre.columns * distance).rounded()))
      if shift != shifts.last { shifts.append(shift) }
    }
    return shifts
  }

  /// Pixel indices of each region.
  private static func members(of regions: ConnectedRegions) -> [[Int]] {
    var members = regions.sizes.map { size in
      var pixels: [Int] = []
      pixels.reserveCapacity(size)
      return pixels
    }
    for (i, region) in regions.labels.cells.enumerated() where region >= 0 { members[Int(region)].append(i) }
    return members
  }
}

private struct PixelShift: Hashable {
  let rows, columns: Int
}

private struct ShadowSearch {
  let classes: Grid<SurfaceClass>
  let dark: Mask
  let shifts: [PixelShift]

  /// Pixels of a large cloud that are looked at.
  private static let largestSample = 2_000
  /// Share of a cloud that must be seen on the ground, neither on cloud nor outside.
  private static let leastSeen = 0.1

  func contains(_ row: Int, _ column: Int) -> Bool {
    row >= 0 && column >= 0 && row < dark.rows && column < dark.columns
  }

  /// The shift whose projection is dark in the largest share; nil where none reaches `least`.
  func best(for pixels: [Int], atLeast least: Double) -> PixelShift? {
    let stride = max(1, pixels.count / Self.largestSample)
    let sample = Swift.stride(from: 0, to: pixels.count, by: stride).map { pixels[$0] }
    var best: PixelShift?, similarity = least
    for shift in shifts {
      var seen = 0, hits = 0
      for i in sample {
        let row = i / dark.columns + shift.rows, column = i % dark.columns + shift.columns
        guard contains(row, column), classes[row, column] != .cloud, classes[row, column] != .null else { continue }
        seen += 1
        if dark[row, column] { hits += 1 }
      }
      guard Double(seen) >= Self.leastSeen * Double(sample.count), seen > 0 else { continue }
      let share = Double(hits) / Double(seen)
      if share > similarity { (best, similarity) = (shift, share) }
    }
    return best
  }
}
