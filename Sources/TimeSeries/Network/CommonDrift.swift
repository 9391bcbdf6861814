// SPDX-License-Identifier: Apache-2.0

/// Whether what a whole picture moves by grows with the time between its dates.
///
/// A satellite points each time anew: the shift of a pair is the difference of two errors that know nothing of time. Ground
/// that moves is in another place the more days have passed. Where no stable ground is given, a correction "by what moves
/// like most of it" takes the motion itself for the satellite's error wherever most of the picture moves, as on a glacier
/// that fills it; this tells the two apart.
///
/// The drift is v of m = v T over the pairs by least squares, both components together. By chance, with independent errors
/// at n dates, a share of explained variance above R² has the probability (1 − R²)^(n − 2) (F test of two against
/// 2 (n − 2) degrees of freedom). Checked by: `CommonDriftTests`.
public struct CommonDrift: Sendable, Equatable {
  /// Offset of a pair as a whole, px, and days from the scene of the templates to the other one, negative backward.
  public struct Shift: Sendable {
    public let dx, dy, days: Double

    public init(dx: Double, dy: Double, days: Double) { (self.dx, self.dy, self.days) = (dx, dy, days) }
  }

  /// Px a day.
  public let dx, dy: Double
  /// R², of the squares of the shifts about zero.
  public let explainedShare: Double

  /// Chance at which errors of independent dates are taken for a drift.
  private static let chance = 0.001
  /// What matters, px in a pair of middling length.
  private static let least = 0.3
  /// Largest over smallest separation below which time says nothing.
  private static let spread = 2.0

  /// Nil where the shifts don't grow with time, or too few are known to tell.
  ///
  /// - Parameter dates: how many scenes the pairs are formed of.
  public init?(_ shifts: [Shift], dates: Int) {
    let known = shifts.filter { $0.dx.isFinite && $0.dy.isFinite && $0.days != 0 }
    let times = known.map { abs($0.days) }.sorted()
    guard dates > 3, known.count > 3, let first = times.first, let last = times.last, last >= Self.spread * first
    else { return nil }
    var tt = 0.0, xt = 0.0, yt = 0.0, all = 0.0
    for s in known {
      tt += s.days * s.days
      xt += s.dx * s.days
      yt += s.dy * s.days
      all += s.dx * s.dx + s.dy * s.dy
    }
    (dx, dy) = (xt / tt, yt / tt)
    explainedShare = all > 0 ? (xt * xt + yt * yt) / tt / all : 0
    let byChance = power(1 - explainedShare, dates - 2)
    let usual = (dx * dx + dy * dy).squareRoot() * times[times.count / 2]
    guard byChance < Self.chance, usual >= Self.least else { return nil }
  }
}

private func power(_ base: Double, _ exponent: Int) -> Double {
  (0..<exponent).reduce(1) { product, _ in product * base }
}
