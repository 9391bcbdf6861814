// SPDX-License-Identifier: Apache-2.0
import Grids

/// How far measured values are from true ones, and whether their sigmas say so.
public struct ErrorStatistics: Hashable, Sendable {
  public let count: Int
  /// Mean and median of measured less true.
  public let bias, medianError: Double
  /// About the median and about 0.
  public let nmad, rmse: Double
  /// Median absolute and RMS error over sigma: 0.6745 and 1 where sigmas are right; NaN without sigmas.
  public let medianNormalised, rmsNormalised: Double
  /// Share of errors within the sigmas' 68.3 and 95 % intervals; NaN without sigmas.
  public let coverage68, coverage95: Double

  /// - Parameters:
  ///   - errors: measured less true; NaN is left out.
  ///   - sigmas: of the errors, one for each; those that are missing or not above 0 don't enter what needs them.
  public init(errors: [Double], sigmas: [Double]? = nil) {
    let kept = errors.indices.filter { errors[$0].isFinite }
    let finite = kept.map { errors[$0] }, n = Double(finite.count)
    count = finite.count
    bias = finite.isEmpty ? .nan : finite.reduce(0, +) / n
    medianError = median(finite)
    nmad = Grids.nmad(finite)
    rmse = finite.isEmpty ? .nan : (dot(finite, finite) / n).squareRoot()
    let sizes = kept.compactMap { index -> Double? in
      guard let sigma = sigmas?[index], sigma > 0, sigma.isFinite else { return nil }
      return abs(errors[index]) / sigma
    }
    let m = Double(sizes.count)
    medianNormalised = median(sizes)
    rmsNormalised = sizes.isEmpty ? .nan : (dot(sizes, sizes) / m).squareRoot()
    coverage68 = sizes.isEmpty ? .nan : Double(sizes.filter { $0 <= 1 }.count) / m
    coverage95 = sizes.isEmpty ? .nan : Double(sizes.filter { $0 <= 1.959_964 }.count) / m
  }

  /// Ground that does not move shows errors as they are.
  ///
  /// - Parameter velocities: of pixels that are assumed still, one direction; their true value is 0.
  public static func ofStableGround(velocities: [Double], sigmas: [Double]? = nil) -> ErrorStatistics {
    ErrorStatistics(errors: velocities, sigmas: sigmas)
  }
}

/// A series of motion east and north, with what is known of its errors.
public struct MotionTrack: Hashable, Sendable {
  public let east, north: DatedSeries
  /// Where it is known.
  public let up: DatedSeries?

  public init(east: DatedSeries, north: DatedSeries, up: DatedSeries? = nil) {
    (self.east, self.north, self.up) = (east, north, up)
  }
}

/// Our series against a reference point, as a GNSS station: displacements over the same spans of time.
///
/// Both are read at the beginning and end of each span along straight lines between dates; where dates are further apart
/// than `longestGap` a span is left out. Errors of the two ends count as independent, and so do ours and the reference's.
/// Checked by: `ReferenceComparisonTests`.
public struct ReferenceComparison: Hashable, Sendable {
  public enum Quantity: String, Hashable, Sendable {
    /// Since the first day that both have, at each of our dates, in the unit of the series.
    case displacement
    /// Over each interval, in the unit of the series per year.
    case velocity
  }

  public struct Sample: Hashable, Sendable {
    public let from, to: Double
    public let measured, reference: Double
    /// Of the difference, from what is stated of both; NaN where nothing is.
    public let sigma: Double

    public var error: Double { measured - reference }
  }

  public let quantity: Quantity
  public let east, north: [Sample]
  /// Empty unless both have it.
  public let up: [Sample]

  /// - Parameters:
  ///   - intervals: spans to compare; between our neighbouring dates when absent. Displacement: only their ends count.
  ///   - longestGap: days between dates of either series over which it may be read; 0 reads at the dates only.
  public init(
    _ ours: MotionTrack, with reference: MotionTrack, quantity: Quantity, intervals: [DayInterval]? = nil,
    longestGap: Double = 30
  ) {
    self.quantity = quantity
    func samples(_ ours: DatedSeries, _ reference: DatedSeries) -> [Sample] {
      let spans = Self.spans(ours, reference, quantity, intervals, longestGap)
      return spans.compactMap { span in
        guard let a = ours.change(over: span, longestGap: longestGap),
          let b = reference.change(over: span, longestGap: longestGap)
        else { return nil }
        let scale = quantity == .velocity ? 1 / span.years : 1
        // A reference without sigmas counts as exact.
        let variance = a.variance + (b.variance.isNaN ? 0 : b.variance)
        return Sample(
          from: span.from, to: span.to, measured: a.value * scale, reference: b.value * scale,
          sigma: variance.squareRoot() * scale)
      }
    }
    east = samples(ours.east, reference.east)
    north = samples(ours.north, reference.north)
    up = zip([ours.up].compactMap { $0 }, [reference.up].compactMap { $0 }).flatMap(samples)
  }

  public var eastSummary: ErrorStatistics { Self.summary(east) }
  public var northSummary: ErrorStatistics { Self.summary(north) }
  public var upSummary: ErrorStatistics { Self.summary(up) }

  /// Of all points, east and north together.
  public static func summary(of points: [ReferenceComparison]) -> ErrorStatistics {
    summary(points.flatMap { $0.east + $0.north })
  }

  private static func summary(_ samples: [Sample]) -> ErrorStatistics {
    ErrorStatistics(errors: samples.map(\.error), sigmas: samples.map(\.sigma))
  }

  private static func spans(
    _ ours: DatedSeries, _ reference: DatedSeries, _ quantity: Quantity, _ intervals: [DayInterval]?, _ gap: Double
  ) -> [DayInterval] {
    let days = intervals.map { all in Set(all.flatMap { [$0.from, $0.to] }).sorted() } ?? ours.days
    switch quantity {
    case .velocity:
      return intervals ?? zip(days, days.dropFirst()).map { DayInterval(from: $0, to: $1) }
    case .displacement:
      guard
        let first = days.first(where: {
          ours.value(at: $0, longestGap: gap) != nil && reference.value(at: $0, longestGap: gap) != nil
        })
      else { return [] }
      return days.filter { $0 > first }.map { DayInterval(from: first, to: $0) }
    }
  }
}
