// SPDX-License-Identifier: Apache-2.0

/// Affine warp of a template about its centre into a plane of cubic B-spline coefficients.
///
/// Template pixel (x, y), counted from the centre, falls on (x + u + ux x + uy y, y + v + vx x + vy y), counted from
/// `origin`.
package struct LeastSquaresWarp {
  /// Coefficients, divided by 36, at the whole pixel below the warped centre; plane stride in floats.
  package var origin: UnsafePointer<Float>
  package var stride: Int
  package var u, ux, uy, v, vx, vy: Float
  /// Subtracted from every interpolated value.
  package var level: Float
  /// 1 where the 4 × 4 coefficients of a cell are all backed by pixels, at the same place as `origin`; nil where the
  /// whole target is.
  package var valid: UnsafePointer<Float>?

  package init(
    origin: UnsafePointer<Float>, stride: Int, u: Float, ux: Float, uy: Float, v: Float, vx: Float, vy: Float,
    level: Float, valid: UnsafePointer<Float>?
  ) {
    self.origin = origin
    self.stride = stride
    self.u = u
    self.ux = ux
    self.uy = uy
    self.v = v
    self.vx = vx
    self.vy = vy
    self.level = level
    self.valid = valid
  }
}

/// Weights of the four coefficients around a position, times 6.
struct SplineWeights {
  var w0, w1, w2, w3: Lanes

  /// Values of the cubic B-spline at phase `f`, 0 ..< 1.
  @inline(__always)
  init(at f: Lanes) {
    let o = 1 - f
    let f2 = f * f
    w3 = f2 * f
    w0 = o * o * o
    w1 = Lanes(repeating: 4).addingProduct(f2, Lanes(repeating: -6).addingProduct(f, Lanes(repeating: 3)))
    w2 = 6 - w1 - (w0 + w3)
  }

  /// Derivatives of the cubic B-spline at phase `f`.
  @inline(__always)
  init(derivativeAt f: Lanes) {
    let o = 1 - f
    w0 = -3 * (o * o)
    w3 = 3 * (f * f)
    w1 = f * Lanes(repeating: -12).addingProduct(f, Lanes(repeating: 9))
    w2 = -(w0 + w1 + w3)
  }

  /// Weighted sum of `a`, `b`, `c`, `d`.
  @inline(__always)
  func sum(_ a: Lanes, _ b: Lanes, _ c: Lanes, _ d: Lanes) -> Lanes {
    (a * w0).addingProduct(b, w1).addingProduct(c, w2).addingProduct(d, w3)
  }

  /// Weighted sum of the coefficients at `p - 1` ... `p + 2` of each lane.
  @inline(__always)
  func row(_ p: UnsafePointer<Float>) -> Lanes {
    sum(p.lanes(at: -1), p.lanes(at: 0), p.lanes(at: 1), p.lanes(at: 2))
  }
}

/// Interpolated value of eight positions that share one cell offset: `p` is the coefficient of lane 0.
@inline(__always)
func splineValue(_ p: UnsafePointer<Float>, _ stride: Int, _ fx: Lanes, _ fy: Lanes) -> Lanes {
  let x = SplineWeights(at: fx), y = SplineWeights(at: fy)
  return y.sum(x.row(p - stride), x.row(p), x.row(p + stride), x.row(p + 2 &* stride))
}

/// Value and both derivatives of eight positions that share one cell offset.
struct SplineSample {
  var value, dx, dy: Lanes

  @inline(__always)
  init(_ p: UnsafePointer<Float>, _ stride: Int, _ fx: Lanes, _ fy: Lanes) {
    let x = SplineWeights(at: fx), y = SplineWeights(at: fy)
    let slopeX = SplineWeights(derivativeAt: fx), slopeY = SplineWeights(derivativeAt: fy)
    let a = x.row(p - stride), b = x.row(p), c = x.row(p + stride), d = x.row(p + 2 &* stride)
    value = y.sum(a, b, c, d)
    dy = slopeY.sum(a, b, c, d)
    dx = y.sum(slopeX.row(p - stride), slopeX.row(p), slopeX.row(p + stride), slopeX.row(p + 2 &* stride))
  }

  @inline(__always)
  mutating func replace(with other: SplineSample, where lanes: SIMDMask<SIMD8<Int32>>) {
    value.replace(with: other.value, where: lanes)
    dx.replace(with: other.dx, where: lanes)
    dy.replace(with: other.dy, where: lanes)
  }
}

/// Whole part of a finite number below 2³¹ in size.
@inline(__always)
func cell(_ x: Float) -> Int {
  let whole = Int(Int32(truncatingIfNeeded: Int(x)))
  return Float(whole) > x ? whole &- 1 : whole
}

/// Lanes whose coordinates lie in the unit cells from `column` and `row` on.
@inline(__always)
func lanesInside(_ x: Lanes, _ y: Lanes, column: Float, row: Float) -> SIMDMask<SIMD8<Int32>> {
  (x .>= column) .& (x .< column + 1) .& (y .>= row) .& (y .< row + 1)
}
