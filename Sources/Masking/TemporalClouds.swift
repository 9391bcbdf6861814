// SPDX-License-Identifier: Apache-2.0
import Grids

/// Whether a pixel of one date shows ground.
public enum CloudCertainty: UInt8, Sendable, CaseIterable {
  case clear = 0
  case uncertain = 1
  case cloud = 2
  /// No pixel.
  case null = 3
}

/// Clouds of a stack of dates, told from the stack itself so that they don't eat glaciers: weights, not deletions.
///
/// A mask made from one image takes bright ice for cloud: on the Mer de Glace most of the glacier was masked, so that
/// nothing was matched there. Here a pixel is cloud where it is brighter than *its own* series allows, in the band that
/// tells snow from cloud, **and** its surroundings look like those of no two other dates:
///
/// - Where the date has the colour of snow or ice, brightening at 1.6 µm counts: fresh snow brightens the visible but
///   not 1.6 µm, a cloud brightens both.
/// - Where it has not, brightening of the visible counts; on ground that is snow or ice by its series, brightening at
///   1.6 µm counts too, unless the visible has darkened, as it does where the snow has gone.
/// - What departs is believed as far as its own texture correlates with two other dates': thin cloud, haze and ground that
///   really changed keep weight. With one date alone, the smooth texture of a thick cloud correlates by chance.
///
/// With one band (a panchromatic or a stretched image) brightening alone counts, fresh snow departs like a cloud, and
/// only the correlation tells them apart. Dates of one place at all times cloudy can't be told. Cost O(pixels × dates ×
/// `correlatedDates`).
///
/// Source: own, after the wishes in the public trackers of cloud masks; the snow colour is that of Dozier 1989. Checked
/// by: `TemporalCloudsTests`.
public struct TemporalClouds: Sendable {
  /// One date of the stack.
  public struct Scene: Sendable {
    /// Blue, or any visible or panchromatic band: reflectance, NaN where missing.
    public let visible: Grid<Float>
    /// Reflectance at 1.6 µm, where the sensor has it.
    public let swir1: Grid<Float>?

    public init(visible: Grid<Float>, swir1: Grid<Float>? = nil) {
      precondition(
        swir1.map { $0.rows == visible.rows && $0.columns == visible.columns } ?? true, "the bands differ in shape")
      (self.visible, self.swir1) = (visible, swir1)
    }
  }

  /// Weight of each pixel of each date, from 1, surely ground, to 0, surely cloud; NaN where missing.
  public let weights: [Grid<Float>]

  /// Weights of a stack.
  ///
  /// - Parameters:
  ///   - scenes: in the order of time, on one grid, all with 1.6 µm or all without.
  ///   - threads: dates are shared out among these; the result doesn't depend on them.
  public init(_ scenes: [Scene], parameters p: Parameters = Parameters(), threads: Int = 1) {
    guard let first = scenes.first else {
      weights = []
      return
    }
    for scene in scenes {
      precondition(
        scene.visible.rows == first.visible.rows && scene.visible.columns == first.visible.columns
          && (scene.swir1 == nil) == (first.swir1 == nil), "the scenes of a stack need one shape and the same bands")
    }
    let departures = Self.departures(scenes, p)
    let believed = Float(p.correlationStart)...Float(p.correlationFull)
    weights = Self.map(scenes.indices, threads: threads) { date in
      let correlation = p.correlates ? Self.correlation(of: date, scenes, departures[date], p) : nil
      var weights = departures[date].meanOfNeighbours()
      for i in weights.cells.indices {
        let belief = RiseLimits.share(correlation?.cells[i] ?? -1, believed)
        weights.cells[i] = 1 - weights.cells[i] * (1 - belief)
      }
      return weights
    }
  }

  /// Three classes from weights: clear above `clear`, cloud below `cloud`, uncertain between.
  public static func certainty(_ weights: Grid<Float>, clear: Float = 0.75, cloud: Float = 0.25) -> Grid<
    CloudCertainty
  > {
    weights.map { $0.isNaN ? .null : $0 > clear ? .clear : $0 < cloud ? .cloud : .uncertain }
  }

  private static func map<Result: Sendable>(
    _ dates: Range<Int>, threads: Int, body: @Sendable (Int) -> Result
  ) -> [Result] {
    // The body can't fail, so neither can the map.
    (try? parallelMap(Array(dates), threads: threads) { body($0) }) ?? []
  }
}

// MARK: - Departure from the own series

extension TemporalClouds {
  /// How far each date departs, 0 to 1; 0.5 where there are too few dates to say; NaN where missing.
  private static func departures(_ scenes: [Scene], _ p: Parameters) -> [Grid<Float>] {
    var out = scenes.map { $0.visible.map { _ in Float.nan } }
    var visible: [Float] = [], swir1: [Float] = []
    let rises = RiseLimits(p)
    for i in scenes[0].visible.cells.indices {
      visible.removeAll(keepingCapacity: true)
      swir1.removeAll(keepingCapacity: true)
      for scene in scenes where scene.isPresent(i) {
        visible.append(scene.visible.cells[i])
        if let band = scene.swir1 { swir1.append(band.cells[i]) }
      }
      let isSeries = visible.count >= p.minimumDates
      let series = PixelSeries(visible: reference(&visible, p), swir1: reference(&swir1, p), limits: rises)
      for (date, scene) in scenes.enumerated() where scene.isPresent(i) {
        out[date].cells[i] = isSeries ? series.departure(scene.visible.cells[i], scene.swir1?.cells[i]) : 0.5
      }
    }
    return out
  }

  private static func reference(_ values: inout [Float], _ p: Parameters) -> Float {
    guard !values.isEmpty else { return .nan }
    values.sort()
    return values[Int(p.referenceQuantile * Double(values.count - 1))]
  }
}

extension TemporalClouds.Scene {
  fileprivate func isPresent(_ i: Int) -> Bool {
    !visible.cells[i].isNaN && !(swir1.map { $0.cells[i].isNaN } ?? false)
  }
}

/// The rises between which trust in a date goes from 1 to 0, and what has the colour of snow.
private struct RiseLimits {
  let visible, swir1: ClosedRange<Float>
  let snowIndex: Float

  init(_ p: TemporalClouds.Parameters) {
    visible = Float(p.visibleRiseStart)...Float(p.visibleRiseFull)
    swir1 = Float(p.swir1RiseStart)...Float(p.swir1RiseFull)
    snowIndex = Float(p.minimumSnowIndex)
  }

  func isSnow(_ visible: Float, _ swir1: Float) -> Bool { visible - swir1 > snowIndex * (visible + swir1) }

  /// 0 below the range, 1 above it.
  static func share(_ rise: Float, _ range: ClosedRange<Float>) -> Float {
    min(max((rise - range.lowerBound) / (range.upperBound - range.lowerBound), 0), 1)
  }
}

/// What a pixel usually looks like.
private struct PixelSeries {
  let visible, swir1: Float
  let limits: RiseLimits

  /// Ground with snow and ice darkens when these go; a cloud leaves at least this share of its brightness.
  private static let darkening: Float = 0.8

  /// How far a date is brighter than its series allows, 0 to 1.
  func departure(_ date: Float, _ dateSwir1: Float?) -> Float {
    let inVisible = RiseLimits.share(date - visible, limits.visible)
    guard let dateSwir1 else { return inVisible }
    let inSwir1 = RiseLimits.share(dateSwir1 - swir1, limits.swir1)
    if limits.isSnow(date, dateSwir1) { return inSwir1 }
    let isOnSnow = limits.isSnow(visible, swir1) && date >= Self.darkening * visible
    return isOnSnow ? max(inVisible, inSwir1) : inVisible
  }
}

// MARK: - Correlation with other dates

extension TemporalClouds {
  /// Second highest local correlation of a date with those near it in time, the highest where there is one such date only;
  /// −1 where there is none.
  ///
  /// Only pixels that depart fully take part: the clear ground and the thin rim beside a cloud correlate, but say nothing
  /// about the cloud.
  private static func correlation(
    of date: Int, _ scenes: [Scene], _ departure: Grid<Float>, _ p: Parameters
  ) -> Grid<Float> {
    var own = scenes[date].visible
    for i in own.cells.indices where !(departure.cells[i] >= 1) { own.cells[i] = .nan }
    var best = own.map { _ in Float(-1) }, second = best
    let others = (max(0, date - p.correlatedDates)...min(scenes.count - 1, date + p.correlatedDates)).filter {
      $0 != date
    }
    for other in others {
      let correlation = LocalCorrelation.map(own, scenes[other].visible, radius: p.correlationRadius)
      for i in best.cells.indices where correlation.cells[i] > second.cells[i] {
        second.cells[i] = min(best.cells[i], correlation.cells[i])
        best.cells[i] = max(best.cells[i], correlation.cells[i])
      }
    }
    return others.count > 1 ? second : best
  }
}
