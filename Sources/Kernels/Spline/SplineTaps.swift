// SPDX-License-Identifier: Apache-2.0

/// Weights of the splines around eight positions, times the `denominator` of their order.
///
/// They go with coefficients that are divided by the square of it: see `SplineOrder.scaledPrefilter`.
protocol SplineTaps {
  /// Coefficients before the one at the whole pixel below a position.
  static var before: Int { get }

  /// - Parameter f: how far the positions lie beyond their whole pixels, 0 ..< 1.
  init(at f: Lanes)

  /// Weighted sum of the coefficients of eight neighbouring positions; those that belong to one position are `step`
  /// floats apart, and `p` is the one at the whole pixel below lane 0.
  func sum(_ p: UnsafePointer<Float>, step: Int) -> Lanes

  /// Weighted sum of what `line` gives for the first coefficient, the second, and so on.
  func sum(_ line: (Int) -> Lanes) -> Lanes
}

extension SplineTaps {
  @inline(__always)
  func sum(_ p: UnsafePointer<Float>, step: Int) -> Lanes {
    let first = p - Self.before &* step
    return sum { first.lanes(at: $0 &* step) }
  }

  /// Values at eight neighbouring positions that share one whole-pixel offset.
  ///
  /// - Parameter p: coefficient at the whole pixel below lane 0, in rows of `stride` floats.
  @inline(__always)
  static func value(_ p: UnsafePointer<Float>, _ stride: Int, _ fx: Lanes, _ fy: Lanes) -> Lanes {
    let across = Self(at: fx), down = Self(at: fy)
    let top = p - before &* stride
    return down.sum { across.sum(top + $0 &* stride, step: 1) }
  }
}

/// The four taps of the cubic B-spline.
struct CubicTaps: SplineTaps {
  static var before: Int { 1 }
  let w0, w1, w2, w3: Lanes

  @inline(__always)
  init(at f: Lanes) {
    let o = 1 - f, f2 = f * f
    w3 = f2 * f
    w0 = o * o * o
    var inner = Lanes(repeating: -6)
    inner.addProduct(3, f)
    var w1 = Lanes(repeating: 4)
    w1.addProduct(f2, inner)
    self.w1 = w1
    w2 = 6 - w1 - (w0 + w3)
  }

  @inline(__always)
  func sum(_ line: (Int) -> Lanes) -> Lanes {
    var even = w0 * line(0), odd = w1 * line(1)
    even.addProduct(w2, line(2))
    odd.addProduct(w3, line(3))
    return even + odd
  }
}

/// A function of six taps: β⁵ + γ β⁵″, β⁵ being the quintic B-spline.
protocol QuinticFunction {
  /// γ, the share of the second derivative.
  static var secondDerivative: Double { get }
}

/// The function of `SplineOrder.quintic`.
enum QuinticBSpline: QuinticFunction {
  @inline(__always) static var secondDerivative: Double { 0 }
}

/// The function of `SplineOrder.quinticMOMS`.
enum QuinticMOMS: QuinticFunction {
  @inline(__always) static var secondDerivative: Double { 0.06 }
}

/// The six taps of a quintic function.
struct QuinticTaps<Function: QuinticFunction>: SplineTaps {
  static var before: Int { 2 }
  let w0, w1, w2, w3, w4, w5: Lanes

  @inline(__always)
  init(at f: Lanes) {
    // Even and odd parts of the three pairs about the middle of the pixel. The second derivative is the second difference
    // of the cubic B-spline, whose two pairs, times 6, are 1/8 + 3/2 s ± t (3/4 + s) and 23/8 - 3/2 s ± t (15/4 - 3 s).
    let t = f - 0.5, s = t * t, minus = 0 - t, g = Float(20 * Function.secondDerivative)
    let even0 = Self.quadratic(s, 1 / 32 + g / 8, 5 / 4 + 3 / 2 * g, 5 / 2)
    let odd0 = Self.quadratic(s, 5 / 16 + 3 / 4 * g, 5 / 2 + g, 1)
    let even1 = Self.quadratic(s, 237 / 32 + 21 / 8 * g, 105 / 4 - 9 / 2 * g, -15 / 2)
    let odd1 = Self.quadratic(s, 375 / 16 + 9 / 4 * g, 15 / 2 - 5 * g, -5)
    let even2 = (60 - even0) - even1, odd2 = Self.quadratic(s, 385 / 8 - 21 / 2 * g, 10 * g - 35, 10)
    w0 = even0.adding(minus, times: odd0)
    w1 = even1.adding(minus, times: odd1)
    w2 = even2.adding(minus, times: odd2)
    w3 = even2.adding(t, times: odd2)
    w4 = even1.adding(t, times: odd1)
    w5 = even0.adding(t, times: odd0)
  }

  /// a + b s + c s².
  @inline(__always)
  private static func quadratic(_ s: Lanes, _ a: Float, _ b: Float, _ c: Float) -> Lanes {
    Lanes(repeating: a).adding(s, times: Lanes(repeating: b).adding(s, times: Lanes(repeating: c)))
  }

  /// A single sum along a row, where six rows are summed side by side; two halves would need more registers.
  @inline(__always)
  func sum(_ p: UnsafePointer<Float>, step: Int) -> Lanes {
    let first = p - Self.before &* step
    var sum = w0 * first.lanes(at: 0)
    sum.addProduct(w1, first.lanes(at: step))
    sum.addProduct(w2, first.lanes(at: 2 &* step))
    sum.addProduct(w3, first.lanes(at: 3 &* step))
    sum.addProduct(w4, first.lanes(at: 4 &* step))
    sum.addProduct(w5, first.lanes(at: 5 &* step))
    return sum
  }

  @inline(__always)
  func sum(_ line: (Int) -> Lanes) -> Lanes {
    var even = w0 * line(0), odd = w1 * line(1)
    even.addProduct(w2, line(2))
    odd.addProduct(w3, line(3))
    even.addProduct(w4, line(4))
    odd.addProduct(w5, line(5))
    return even + odd
  }
}
