// SPDX-License-Identifier: Apache-2.0

/// Sums over the four-by-four pixel cells of the lattice that tell how the residuals behave: the score (gradient
/// times residual) of each cell, and what it is measured against.
package struct ScoreCells {
  package static let channels = 9
  private static let step = WindowSums.step

  package struct Inputs {
    /// Masked with `mask`, but for `warped`, which is 0 where it was not sampled.
    package let reference, warped, gx, gy, mask: ImageView
    /// 1 where the gradient of `warped` can be taken.
    package let inner: ImageView
    /// Gain and offset of the reference over the secondary and the increments still asked for, on the lattice.
    package let gain, offset, du, dv: UnsafeMutablePointer<Float>
    package let stride: Int
    package init(
      reference: ImageView, warped: ImageView, gx: ImageView, gy: ImageView, mask: ImageView, inner: ImageView,
      gain: UnsafeMutablePointer<Float>, offset: UnsafeMutablePointer<Float>, du: UnsafeMutablePointer<Float>,
      dv: UnsafeMutablePointer<Float>, stride: Int
    ) {
      self.reference = reference
      self.warped = warped
      self.gx = gx
      self.gy = gy
      self.mask = mask
      self.inner = inner
      self.gain = gain
      self.offset = offset
      self.du = du
      self.dv = dv
      self.stride = stride
    }
  }

  /// Fills nine lattice arrays (`plane` floats apart): scores in x and y, squared residual after the increment, valid
  /// pixels, gx², gy², the products of the two images' gradients in x and y, squared residual before the increment.
  package static func run(_ a: Inputs, into out: UnsafeMutablePointer<Float>, plane: Int) {
    let rows = a.reference.rows, columns = a.reference.columns
    for Y in 0..<(rows + step - 1) / step {
      for X in stride(from: 0, to: (columns + step - 1) / step, by: 2) {
        let at = Y * a.stride + X
        let gain = spread(a.gain + at), offset = spread(a.offset + at), du = spread(a.du + at), dv = spread(a.dv + at)
        var sx = Lanes.zero, sy = sx, ee = sx, n = sx, xx = sx, yy = sx, xw = sx, yw = sx, ff = sx
        for y in (Y * step)..<min(rows, Y * step + step) {
          let x = X * step
          let gx = a.gx.row(y).lanes(at: x), gy = a.gy.row(y).lanes(at: x)
          let m = a.mask.row(y).lanes(at: x)
          let f = a.reference.row(y).lanes(at: x) - gain * a.warped.row(y).lanes(at: x) - offset * m
          // What a further increment would explain is misfit, not noise.
          let e = f - gx * du - gy * dv
          ff.addProduct(f, f)
          sx.addProduct(gx, e)
          sy.addProduct(gy, e)
          ee.addProduct(e, e)
          n += m
          xx.addProduct(gx, gx)
          yy.addProduct(gy, gy)
          let w = DenseFilters.derivative(a.warped.row(y) + x, a.warped.stride)
          let inner = a.inner.row(y).lanes(at: x)
          xw.addProduct(gx * inner, w.x)
          yw.addProduct(gy * inner, w.y)
        }
        @inline(__always) func put(_ channel: Int, _ v: Lanes) {
          let a = v.lowHalf, b = v.highHalf
          let pair = SIMD4(a[0], a[1], b[0], b[1]) + SIMD4(a[2], a[3], b[2], b[3])
          out[channel * plane + at] = pair[0] + pair[1]
          out[channel * plane + at + 1] = pair[2] + pair[3]
        }
        put(0, sx)
        put(1, sy)
        put(2, ee)
        put(3, n)
        put(4, xx)
        put(5, yy)
        put(6, gain * xw)
        put(7, gain * yw)
        put(8, ff)
      }
    }
  }

  /// The values of two neighbouring lattice points, for the four columns that follow each.
  @inline(__always)
  private static func spread(_ p: UnsafeMutablePointer<Float>) -> Lanes {
    Lanes(lowHalf: SIMD4(repeating: p[0]), highHalf: SIMD4(repeating: p[1]))
  }

  /// Sums over a square of lattice cells, `reach` cells to each side of the lattice point; cells of part weight at the
  /// rim. In place.
  package static func box(
    _ p: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int, reach: Float, pool: BufferPool?
  ) {
    // Cell i covers lattice positions i to i + 1, the point lies between cells.
    let radius = Int(reach.rounded(.up)), edge = reach - Float(radius - 1)
    let line = PaddedLine(radius: radius, columns: columns, pool: pool)
    let work = FloatBuffer(unfilled: rows * stride, pool: pool)
    defer { withExtendedLifetime((line, work)) {} }
    for y in 0..<rows {
      let row = line.base
      row.update(from: p + y * stride, count: columns)
      for x in Swift.stride(from: 0, to: columns, by: 8) {
        var sum = edge * (row.lanes(at: x - radius) + row.lanes(at: x + radius - 1))
        for k in (1 - radius)..<(radius - 1) { sum += row.lanes(at: x + k) }
        work.base.store(sum, at: y * stride + x)
      }
    }
    for y in 0..<rows {
      let first = max(0, y - radius + 1), end = min(rows, y + radius - 1)
      for x in Swift.stride(from: 0, to: columns, by: 8) {
        let q = work.base + x
        var sum = Lanes.zero
        if y - radius >= 0 { sum = edge * q.lanes(at: (y - radius) * stride) }
        if y + radius - 1 < rows { sum.addProduct(edge, q.lanes(at: (y + radius - 1) * stride)) }
        var k = first
        while k < end {
          sum += q.lanes(at: k * stride)
          k += 1
        }
        p.store(sum, at: y * stride + x)
      }
    }
  }
}
