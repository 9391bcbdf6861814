// SPDX-License-Identifier: Apache-2.0

/// Affine warp of a template about its centre into a plane of B-spline coefficients.
///
/// Template pixel (x, y), counted from the centre, falls on (x + u + ux x + uy y, y + v + vx x + vy y), counted from
/// `origin`.
package struct LeastSquaresWarp {
  package var order: SplineOrder
  /// Coefficients from `SplineOrder.scaledPrefilter` along both axes, at the whole pixel below the warped centre; plane
  /// stride in floats.
  package var origin: UnsafePointer<Float>
  package var stride: Int
  package var u, ux, uy, v, vx, vy: Float
  /// Subtracted from every interpolated value.
  package var level: Float
  /// 1 where the coefficients of a cell are backed by pixels, at the same place as `origin`; nil where the whole target
  /// is.
  package var valid: UnsafePointer<UInt8>?

  package init(
    order: SplineOrder, origin: UnsafePointer<Float>, stride: Int, u: Float, ux: Float, uy: Float, v: Float,
    vx: Float, vy: Float, level: Float, valid: UnsafePointer<UInt8>?
  ) {
    self.order = order
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

extension LeastSquaresWarp {
  /// Values less the level at `width` pixels of row `row`, from column `first` on, both counted from the centre; whole
  /// vectors are written, and what stands in them beyond `width` means nothing.
  @inline(__always)
  func values<Taps: SplineTaps>(
    _ taps: Taps.Type, row: Int, first: Int, width: Int, into out: UnsafeMutablePointer<Float>
  ) {
    let y = Float(row), line = origin + (row &* stride &+ first)
    let startX = u + uy * y, startY = v + vy * y
    let count = Lanes(0, 1, 2, 3, 4, 5, 6, 7) + Float(first)
    var at = 0
    while at < width {
      // Vectors from here on whose positions share one cell; both coordinates run one way along the row.
      let left = cell(startX + ux * Float(first &+ at)), top = cell(startY + vx * Float(first &+ at))
      let x0 = startX - Float(left), y0 = startY - Float(top)
      var end = isInCell(x0, y0, first &+ width &- 1) ? width : at
      while end < width && isInCell(x0, y0, first &+ min(end &+ 7, width &- 1)) { end &+= 8 }
      if end == at {
        out.store(valueAcrossCells(taps, line + at, startX, startY, count + Float(at)) - level, at: at)
        at &+= 8
        continue
      }
      let p = line + (top &* stride &+ left)
      var x = count + Float(at)
      while at < end {
        var fx = Lanes(repeating: x0), fy = Lanes(repeating: y0)
        fx.addProduct(ux, x)
        fy.addProduct(vx, x)
        out.store(Taps.value(p + at, stride, fx, fy) - level, at: at)
        x += 8
        at &+= 8
      }
    }
  }

  /// Whether the position at a column lies in the cell that `x0` and `y0` are counted from.
  @inline(__always)
  private func isInCell(_ x0: Float, _ y0: Float, _ column: Int) -> Bool {
    let x = x0 + ux * Float(column), y = y0 + vx * Float(column)
    return x >= 0 && x < 1 && y >= 0 && y < 1
  }

  /// Values at eight neighbouring columns, counted from `line`, whose positions lie in different cells.
  @inline(__always)
  private func valueAcrossCells<Taps: SplineTaps>(
    _ taps: Taps.Type, _ line: UnsafePointer<Float>, _ startX: Float, _ startY: Float, _ columns: Lanes
  ) -> Lanes {
    var x = Lanes(repeating: startX), y = Lanes(repeating: startY)
    x.addProduct(ux, columns)
    y.addProduct(vx, columns)
    let x0 = cell(x[0]), x1 = cell(x[7]), y0 = cell(y[0]), y1 = cell(y[7])
    var value = Lanes.zero
    for row in min(y0, y1)...max(y0, y1) {
      for column in min(x0, x1)...max(x0, x1) {
        let other = Taps.value(line + (row &* stride &+ column), stride, x - Float(column), y - Float(row))
        value.replace(with: other, where: lanesInside(x, y, column: Float(column), row: Float(row)))
      }
    }
    return value
  }

  /// Multiplies `weights` of a row of `width` pixels from column `first` on with the validity there.
  func weigh(_ weights: UnsafeMutablePointer<Float>, row: Int, first: Int, width: Int) {
    guard let valid else { return }
    let startX = u + uy * Float(row), startY = v + vy * Float(row)
    for index in 0..<width {
      let x = Float(first &+ index), at = (row &* stride) &+ first &+ index
      let isValid = valid[at &+ cell(startY + vx * x) &* stride &+ cell(startX + ux * x)] != 0
      if !isValid { weights[index] = 0 }
    }
  }
}

/// Whole part of a finite number below 2³¹ in size.
@inline(__always)
private func cell(_ x: Float) -> Int {
  let whole = Int(Int32(truncatingIfNeeded: Int(x)))
  return Float(whole) > x ? whole &- 1 : whole
}

/// Lanes whose coordinates lie in the unit cells from `column` and `row` on.
@inline(__always)
private func lanesInside(_ x: Lanes, _ y: Lanes, column: Float, row: Float) -> SIMDMask<SIMD8<Int32>> {
  (x .>= column) .& (x .< column + 1) .& (y .>= row) .& (y .< row + 1)
}
