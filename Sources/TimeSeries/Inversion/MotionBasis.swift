// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kernels

/// The functions of time that motion is composed of: quadratic splines with even knots and, if wanted, seasons.
///
/// The velocity of quadratic splines is a broken line, whose steps from knot to knot a random walk has; seasons are
/// sines and cosines of the year and its fractions.
struct MotionBasis: Sendable {
  /// Days since 1970-01-01.
  let firstDay, lastDay: Double
  /// Days from knot to knot.
  let spacing: Double
  /// Number of splines.
  let splines: Int
  /// 1: the year; 2: its half as well.
  let harmonics: Int

  init(from firstDay: Double, to lastDay: Double, spacing: Double, harmonics: Int) {
    self.firstDay = firstDay
    self.lastDay = lastDay
    self.spacing = spacing
    self.harmonics = harmonics
    splines = max(1, Int(((lastDay - firstDay) / spacing - 1e-9).rounded(.up))) + 2
  }

  /// Splines, then sine and cosine of each harmonic.
  var unknowns: Int { splines + 2 * harmonics }

  /// Number of the last spline that a day may touch.
  func lastSpline(at day: Double) -> Int { knot(day).number + 2 }

  private func knot(_ day: Double) -> (number: Int, fraction: Double) {
    let place = (day - firstDay) / spacing
    let number = max(0, min(splines - 3, Int(place.rounded(.down))))
    return (number, place - Double(number))
  }

  /// Motion since the first day, by the definition that it is 0 there; the splines are held to that by `anchor`.
  func displacement(at day: Double) -> [SparseRows.Entry] {
    guard day > firstDay else { return [] }
    return merged(
      splineValues(day).map { ($0.0, $0.1) } + seasonValues(day) + seasonValues(firstDay).map { ($0.0, -$0.1) })
  }

  func displacement(from earlier: Double, to later: Double) -> [SparseRows.Entry] {
    merged(
      splineValues(later) + splineValues(earlier).map { ($0.0, -$0.1) } + seasonValues(later)
        + seasonValues(earlier).map { ($0.0, -$0.1) })
  }

  /// Splines that make the motion at the first day.
  var anchor: [(Int, Double)] { splineValues(firstDay).filter { $0.1 != 0 } }

  private func splineValues(_ day: Double) -> [(Int, Double)] {
    let (number, f) = knot(day)
    return [
      (number, 0.5 * (1 - f) * (1 - f)), (number + 1, 0.5 + f - f * f), (number + 2, 0.5 * f * f),
    ]
  }

  /// An amplitude of 1 is a displacement of 1 in the year, of 1/n in its n-th part: seasons are alike in velocity.
  private func seasonValues(_ day: Double) -> [(Int, Double)] {
    (0..<harmonics).flatMap { index -> [(Int, Double)] in
      let order = Double(index + 1), angle = 2 * Double.pi * order * day / daysPerYear
      return [
        (splines + 2 * index, sin(angle) / order), (splines + 2 * index + 1, cos(angle) / order),
      ]
    }
  }

  private func merged(_ parts: [(Int, Double)]) -> [SparseRows.Entry] {
    var sums: [Int: Double] = [:]
    for (unknown, value) in parts { sums[unknown, default: 0] += value }
    return sums.keys.sorted().map { SparseRows.Entry($0, sums[$0]!) }
  }
}
