// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Round values along an axis and their labels.
public struct Ticks: Hashable, Sendable {
  /// Round values inside the range, rising.
  public let values: [Double]
  /// One label for each value, all with the same count of decimals, in units of 10^`exponent`.
  public let labels: [String]
  /// The power of ten that the labels leave out: 0, or a multiple of 3 for very small and very large values.
  public let exponent: Int

  /// Ticks at multiples of 1, 2 or 5 times a power of ten.
  ///
  /// - Parameters:
  ///   - low: lower end of the range, finite.
  ///   - high: upper end; a range without extent is widened.
  ///   - count: the most ticks wanted, at least 2.
  ///   - areCoordinates: coordinates take no steps of 2.5, and their labels leave out no power of ten.
  public init(from low: Double, to high: Double, atMost count: Int, areCoordinates: Bool = false) {
    let (low, high) = Self.widened(min(low, high), max(low, high))
    let step = Self.step(span: high - low, atMost: max(2, count), allowsQuarters: !areCoordinates)
    let first = (low / step - 1e-9).rounded(.up), last = (high / step + 1e-9).rounded(.down)
    let indices = first <= last ? Array(stride(from: first, through: last, by: 1)) : []
    values = indices.map { $0 * step }
    let largest = max(abs(low), abs(high))
    let power = Int(log10(largest).rounded(.down))
    exponent = !areCoordinates && (power < -2 || power >= 6) ? Int((Double(power) / 3).rounded(.down)) * 3 : 0
    let unit = pow(10, Double(exponent))
    var places = max(0, -Int(log10(step / unit * 1.000001).rounded(.down)))
    let shown = step / unit * pow(10, Double(places))
    if abs(shown - shown.rounded()) > 0.01 { places += 1 }
    labels = values.map { NumberText.decimal($0 / unit, places: places) }
  }

  /// An axis label with the unit and, where the labels leave out a power of ten, that power.
  public func axisLabel(_ name: String, unit: String) -> String {
    let power = exponent == 0 ? "" : "10" + NumberText.superscript(exponent)
    let parts = [power, unit].filter { !$0.isEmpty }.joined(separator: "\u{202F}")
    return parts.isEmpty ? name : "\(name) (\(parts))"
  }

  /// The smallest of 1, 2, (2.5,) 5 × 10^k that divides `span` into fewer than `count` steps.
  static func step(span: Double, atMost count: Int, allowsQuarters: Bool = false) -> Double {
    let rough = span / Double(max(1, count - 1))
    let power = pow(10, log10(rough).rounded(.down))
    let factors = allowsQuarters ? [1, 2, 2.5, 5] : [1.0, 2, 5]
    for factor in factors where factor * power >= rough * 0.999999 { return factor * power }
    return 10 * power
  }

  /// The largest of 1, 2, 5 × 10^k that is not above `value`; 0 for no positive value.
  static func roundBelow(_ value: Double) -> Double {
    guard value > 0 && value.isFinite else { return 0 }
    let power = pow(10, log10(value).rounded(.down))
    for factor in [5.0, 2, 1] where factor * power <= value * 1.000001 { return factor * power }
    return power / 2
  }

  private static func widened(_ low: Double, _ high: Double) -> (Double, Double) {
    guard low.isFinite && high.isFinite else { return (0, 1) }
    if high - low > 1e-12 * max(abs(low), abs(high), 1e-300) { return (low, high) }
    let margin = max(abs(low) * 0.05, 1e-9)
    return (low - margin, high + margin)
  }
}

/// The range of values that a colour map or an axis spans.
public struct ValueRange: Hashable, Sendable {
  public let low, high: Double

  public init(_ low: Double, _ high: Double) {
    self.low = low
    self.high = high > low ? high : low + max(abs(low) * 0.01, 1e-9)
  }

  /// Where a value lies, 0 at `low` and 1 at `high`; NaN stays NaN.
  public func position(of value: Double) -> Double { (value - low) / (high - low) }

  /// From 0, or the lower percentile where that is well above 0, to a round number above the upper percentile.
  public static func amounts(_ values: [Float], upper: Double = 0.995) -> ValueRange {
    let ends = percentiles(values, [0.005, upper])
    guard ends[0].isFinite else { return ValueRange(0, 1) }
    let low = ends[0] > 0.5 * ends[1] ? roundedOut(ends[0], up: false, span: ends[1] - ends[0]) : 0
    return ValueRange(min(low, ends[0] < 0 ? ends[0] : low), roundedOut(ends[1], up: true, span: ends[1] - low))
  }

  /// Symmetric about zero, to a round number above the given percentile of the absolute values.
  public static func aroundZero(_ values: [Float], upper: Double = 0.985) -> ValueRange {
    let end = percentiles(values.map { abs($0) }, [upper])[0]
    guard end.isFinite && end > 0 else { return ValueRange(-1, 1) }
    let round = roundedOut(end, up: true, span: end)
    return ValueRange(-round, round)
  }

  /// Percentiles (0...1) of the finite values; NaN when there are none. Looks at no more than about 200 000 values,
  /// evenly spread, so that large grids cost little.
  public static func percentiles(_ values: [Float], _ shares: [Double]) -> [Double] {
    let finite = values.thinned(to: 200_000).filter(\.isFinite).sorted()
    return shares.map { share in
      guard !finite.isEmpty else { return .nan }
      return Double(finite[Int((Double(finite.count - 1) * share).rounded())])
    }
  }

  private static func roundedOut(_ value: Double, up: Bool, span: Double) -> Double {
    guard span > 0 else { return value }
    let step = Ticks.step(span: span, atMost: 11)
    return (value / step).rounded(up ? .up : .down) * step
  }
}

extension Array {
  /// At most about `count` elements, evenly spread over the array; all of them when there are no more.
  ///
  /// The step is made odd, so that it does not stay on the same columns of a grid with an even count of them.
  func thinned(to count: Int) -> [Element] {
    guard self.count > count else { return self }
    let step = (self.count / count) | 1
    return stride(from: 0, to: self.count, by: step).map { self[$0] }
  }
}
