// SPDX-License-Identifier: Apache-2.0
import CLanes

/// Passes of the self-sorting (Stockham) Fourier transform: eight transforms at once, one in each lane.
///
/// Written from the textbook recursion (Van Loan 1992, section 1.7): a pass of radix p combines p values that lie
/// m · s apart into p neighbours s apart and turns result t by the twiddle w^(q t), w = exp(−2πi / (m p)).
package enum FourierKernels {
  typealias Input = UnsafePointer<Float>
  typealias Output = UnsafeMutablePointer<Float>

  /// One pass. Values are 16 floats: eight real parts, eight imaginary parts.
  ///
  /// - Parameters:
  ///   - m, s: number of groups and stride between the parts of a group, in values.
  ///   - twiddles: for each q < m the p − 1 pairs (cos, sin) of w^(q t), t = 1 … p − 1.
  static func pass(
    radix: Int, m: Int, s: Int, twiddles: UnsafePointer<Float>, from: UnsafePointer<Float>,
    to: UnsafeMutablePointer<Float>
  ) {
    for q in 0..<m {
      let w = twiddles + 2 &* (radix &- 1) &* q
      for k in 0..<s {
        let x = from + 16 &* (k &+ s &* q)
        let y = to + 16 &* (k &+ s &* radix &* q)
        switch radix {
        case 2: two(x, 16 &* s &* m, y, 16 &* s, w)
        case 3: three(x, 16 &* s &* m, y, 16 &* s, w)
        case 4: four(x, 16 &* s &* m, y, 16 &* s, w)
        default: five(x, 16 &* s &* m, y, 16 &* s, w)
        }
      }
    }
  }

  private struct Value {
    var re, im: Lanes

    @inline(__always) init(_ re: Lanes, _ im: Lanes) {
      self.re = re
      self.im = im
    }

    @inline(__always) init(_ p: Input, _ index: Int) {
      re = p.lanes(at: index)
      im = p.lanes(at: index &+ 8)
    }

    @inline(__always) static func + (a: Value, b: Value) -> Value { Value(a.re + b.re, a.im + b.im) }
    @inline(__always) static func - (a: Value, b: Value) -> Value { Value(a.re - b.re, a.im - b.im) }
    @inline(__always) static func * (a: Value, b: Float) -> Value { Value(a.re * b, a.im * b) }
    /// Times −i.
    @inline(__always) var turned: Value { Value(im, -re) }

    /// Writes the value times the twiddle.
    @inline(__always) func store(_ p: Output, _ index: Int, _ w: Input, _ t: Int) {
      let c = Lanes(repeating: w[2 &* t]), d = Lanes(repeating: w[2 &* t &+ 1])
      p.store(ogive_multiply_add(re, c, -(im * d)), at: index)
      p.store(ogive_multiply_add(re, d, im * c), at: index &+ 8)
    }

    @inline(__always) func store(_ p: Output) {
      p.store(re, at: 0)
      p.store(im, at: 8)
    }
  }

  @inline(__always)
  private static func two(_ x: Input, _ step: Int, _ y: Output, _ out: Int, _ w: Input) {
    let a = Value(x, 0), b = Value(x, step)
    (a + b).store(y)
    (a - b).store(y, out, w, 0)
  }

  @inline(__always)
  private static func three(_ x: Input, _ step: Int, _ y: Output, _ out: Int, _ w: Input) {
    let a = Value(x, 0), b = Value(x, step), c = Value(x, 2 &* step)
    let sum = b + c, difference = ((b - c) * 0.866_025_403_784_438_6).turned
    let middle = a - sum * 0.5
    (a + sum).store(y)
    (middle + difference).store(y, out, w, 0)
    (middle - difference).store(y, 2 &* out, w, 1)
  }

  @inline(__always)
  private static func four(_ x: Input, _ step: Int, _ y: Output, _ out: Int, _ w: Input) {
    let a = Value(x, 0), b = Value(x, step), c = Value(x, 2 &* step), d = Value(x, 3 &* step)
    let ac = a + c, bd = b + d, even = a - c, odd = (b - d).turned
    (ac + bd).store(y)
    (even + odd).store(y, out, w, 0)
    (ac - bd).store(y, 2 &* out, w, 1)
    (even - odd).store(y, 3 &* out, w, 2)
  }

  @inline(__always)
  private static func five(_ x: Input, _ step: Int, _ y: Output, _ out: Int, _ w: Input) {
    // cos and sin of 72° and 144°.
    let c1: Float = 0.309_016_994_374_947_4, c2: Float = -0.809_016_994_374_947_4
    let s1: Float = 0.951_056_516_295_153_6, s2: Float = 0.587_785_252_292_473_1
    let a = Value(x, 0), b = Value(x, step), c = Value(x, 2 &* step), d = Value(x, 3 &* step), e = Value(x, 4 &* step)
    let be = b + e, cd = c + d, beDifference = b - e, cdDifference = c - d
    let first = a + be * c1 + cd * c2, second = a + be * c2 + cd * c1
    let firstTurn = (beDifference * s1 + cdDifference * s2).turned
    let secondTurn = (beDifference * s2 - cdDifference * s1).turned
    (a + be + cd).store(y)
    (first + firstTurn).store(y, out, w, 0)
    (second + secondTurn).store(y, 2 &* out, w, 1)
    (second - secondTurn).store(y, 3 &* out, w, 2)
    (first - firstTurn).store(y, 4 &* out, w, 3)
  }
}
