// SPDX-License-Identifier: Apache-2.0

/// Local plane fits to the fields of a lattice, over the same window as the matching.
package final class PlaneSmoother {
  private let radius: Int
  private let weights: [Float]
  private let rows: Int
  private let columns: Int
  private let stride: Int
  private let plane: Int
  private let pool: BufferPool?
  /// 1/N (0 where no plane can be fitted), mean column, mean row, and the inverse second moments xx, xy, yy.
  private let geometry: FloatBuffer

  /// - Parameters:
  ///   - window: the window of the matching.
  ///   - rows, columns: the lattice; arrays have `stride` floats a row.
  package init(window: WindowShape, rows: Int, columns: Int, stride: Int, pool: BufferPool?) {
    weights = window.latticeWeights
    radius = weights.count / 2
    self.rows = rows
    self.columns = columns
    self.stride = stride
    plane = rows * stride
    self.pool = pool
    geometry = FloatBuffer(unfilled: 6 * rows * stride, pool: pool)
  }

  /// Value and slopes (per lattice step) of a fitted plane; each array is the lattice.
  package struct Planes {
    package let value, slopeX, slopeY: UnsafeMutablePointer<Float>
    package init(
      value: UnsafeMutablePointer<Float>, slopeX: UnsafeMutablePointer<Float>, slopeY: UnsafeMutablePointer<Float>
    ) {
      self.value = value
      self.slopeX = slopeX
      self.slopeY = slopeY
    }
  }

  /// Takes over the points to fit to: those whose `valid` is 1. The array must stay as it is while `run` is called.
  package func prepare(valid: UnsafeMutablePointer<Float>) {
    let work = FloatBuffer(unfilled: 3 * plane, pool: pool)
    defer { withExtendedLifetime(work) {} }
    let line = PaddedLine(radius: radius, columns: columns, pool: pool)
    defer { withExtendedLifetime(line) {} }
    let m = line.base
    weights.withUnsafeBufferPointer { w in
      for row in 0..<rows {
        m.update(from: valid + row * stride, count: columns)
        for x in Swift.stride(from: 0, to: columns, by: 8) {
          var h0 = Lanes.zero, h1 = h0, h2 = h0
          for k in -radius...radius {
            let q = w[k + radius] * m.lanes(at: x + k)
            h0 += q
            h1.addProduct(Float(k), q)
            h2.addProduct(Float(k * k), q)
          }
          let o = work.base + row * stride + x
          o.store(h0, at: 0)
          o.store(h1, at: plane)
          o.store(h2, at: 2 * plane)
        }
      }
      for row in 0..<rows {
        for x in Swift.stride(from: 0, to: columns, by: 8) {
          var m = Lanes.zero, mx = m, my = m, mxx = m, mxy = m, myy = m
          for y in max(0, row - radius)...min(rows - 1, row + radius) {
            let weight = w[y - row + radius], eta = Float(y - row)
            let p = work.base + y * stride + x
            let h0 = weight * p.lanes(at: 0), h1 = weight * p.lanes(at: plane)
            m += h0
            mx += h1
            mxx.addProduct(weight, p.lanes(at: 2 * plane))
            my.addProduct(eta, h0)
            mxy.addProduct(eta, h1)
            myy.addProduct(eta * eta, h0)
          }
          invert(m, mx, my, mxx, mxy, myy, at: row * stride + x)
        }
      }
    }
  }

  @inline(__always)
  private func invert(
    _ m: Lanes, _ mx: Lanes, _ my: Lanes, _ mxx: Lanes, _ mxy: Lanes, _ myy: Lanes, at: Int
  ) {
    let isEmpty = m .< 0.5
    let inverseCount = 1 / m.replacing(with: 1, where: isEmpty)
    let cx = mx * inverseCount, cy = my * inverseCount
    let sxx = mxx - mx * cx, sxy = mxy - mx * cy, syy = myy - my * cy
    let determinant = sxx * syy - sxy * sxy
    // A line of points fixes no plane.
    let isFlat = (determinant .< 0.05 * sxx * syy) .| (sxx .< 0.5) .| (syy .< 0.5) .| isEmpty
    let inverse = (1 / determinant.replacing(with: 1, where: isFlat)).replacing(with: 0, where: isFlat)
    let g = geometry.base
    g.store(inverseCount.replacing(with: 0, where: isFlat), at: at)
    g.store(cx, at: plane + at)
    g.store(cy, at: 2 * plane + at)
    g.store(syy * inverse, at: 3 * plane + at)
    g.store(sxy * inverse, at: 4 * plane + at)
    g.store(sxx * inverse, at: 5 * plane + at)
  }

  /// Fits planes to `u` and `v`. Where the prepared points fix no plane, the value is that of the point itself and
  /// the slopes are 0.
  package func run(
    u: UnsafeMutablePointer<Float>, v: UnsafeMutablePointer<Float>, valid: UnsafeMutablePointer<Float>,
    into a: Planes, _ b: Planes
  ) {
    // Row sums: u with 1, x, then v with 1, x.
    let work = FloatBuffer(unfilled: 4 * plane, pool: pool)
    defer { withExtendedLifetime(work) {} }
    rowSums(u, valid, into: work.base)
    rowSums(v, valid, into: work.base + 2 * plane)
    weights.withUnsafeBufferPointer { w in
      for row in 0..<rows {
        for x in Swift.stride(from: 0, to: columns, by: 8) {
          let at = row * stride + x
          fit(work.base, row, x, w, own: u.lanes(at: at), into: a)
          fit(work.base + 2 * plane, row, x, w, own: v.lanes(at: at), into: b)
        }
      }
    }
  }

  @inline(__always)
  private func fit(
    _ work: UnsafeMutablePointer<Float>, _ row: Int, _ x: Int, _ w: UnsafeBufferPointer<Float>, own: Lanes,
    into out: Planes
  ) {
    let first = max(0, row - radius), last = min(rows - 1, row + radius)
    var f0 = Lanes.zero, f1 = f0, f2 = f0
    for y in first...last {
      let p = work + y * stride + x
      let weight = w[y - row + radius]
      let s = weight * p.lanes(at: 0)
      f0 += s
      f1.addProduct(weight, p.lanes(at: plane))
      f2.addProduct(Float(y - row), s)
    }
    let at = row * stride + x, g = geometry.base
    let inverseCount = g.lanes(at: at), cx = g.lanes(at: plane + at), cy = g.lanes(at: 2 * plane + at)
    let fx = f1 - f0 * cx, fy = f2 - f0 * cy
    let yy = g.lanes(at: 3 * plane + at), xy = g.lanes(at: 4 * plane + at), xx = g.lanes(at: 5 * plane + at)
    let slopeX = fx * yy - fy * xy, slopeY = fy * xx - fx * xy
    let value = f0 * inverseCount - slopeX * cx - slopeY * cy
    out.value.store(value.replacing(with: own, where: inverseCount .== 0), at: at)
    out.slopeX.store(slopeX, at: at)
    out.slopeY.store(slopeY, at: at)
  }

  private func rowSums(
    _ u: UnsafeMutablePointer<Float>, _ valid: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>
  ) {
    let line = PaddedLine(radius: radius, columns: columns, pool: pool)
    defer { withExtendedLifetime(line) {} }
    let m = line.base
    weights.withUnsafeBufferPointer { w in
      for row in 0..<rows {
        let p = u + row * stride, q = valid + row * stride, o = out + row * stride
        for x in 0..<columns { m[x] = q[x] == 0 ? 0 : p[x] }
        for x in Swift.stride(from: 0, to: columns, by: 8) {
          let left = w[0] * m.lanes(at: x - radius), right = w[0] * m.lanes(at: x + radius)
          var s0 = left + right + w[radius] * m.lanes(at: x), s1 = Float(radius) * (right - left)
          var k = 1
          while k < radius {
            let a = m.lanes(at: x - k), b = m.lanes(at: x + k), weight = w[radius + k]
            s0.addProduct(weight, a + b)
            s1.addProduct(Float(k) * weight, b - a)
            k += 1
          }
          o.store(s0, at: x)
          o.store(s1, at: plane + x)
        }
      }
    }
  }
}

/// One row of a lattice with zeros on both sides.
struct PaddedLine {
  let base: UnsafeMutablePointer<Float>
  private let storage: FloatBuffer

  init(radius: Int, columns: Int, pool: BufferPool?) {
    let pad = (radius + 7) / 8 * 8
    storage = FloatBuffer(count: columns + 2 * pad + 16, pool: pool)
    base = storage.base + pad
  }
}
