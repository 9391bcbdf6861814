// SPDX-License-Identifier: Apache-2.0

/// Local plane fits to the fields of a lattice, over the same window as the matching.
package struct PlaneSmoother {
  private let radius: Int
  private let weights: [Float]
  private let rows: Int
  private let columns: Int
  private let stride: Int

  /// - Parameters:
  ///   - half: half side of the window, px.
  ///   - rows, columns: the lattice; arrays have `stride` floats a row.
  package init(half: Int, rows: Int, columns: Int, stride: Int) {
    let reach = (Float(half) + 0.5) / Float(WindowSums.step)
    let radius = max(1, Int((reach + 0.5).rounded(.up)) - 1)
    self.radius = radius
    // The outermost lattice point stands for the part of its cell that the window covers.
    let edge = min(1, max(0.25, reach - (Float(radius) - 0.5)))
    weights = (-radius...radius).map { abs($0) == radius ? edge : 1 }
    self.rows = rows
    self.columns = columns
    self.stride = stride
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

  /// Fits planes to `u` and `v` over the points whose `valid` is 1. Where fewer than three points in general
  /// position are valid, the value is that of the point itself and the slopes are 0.
  package func run(
    u: UnsafeMutablePointer<Float>, v: UnsafeMutablePointer<Float>, valid: UnsafeMutablePointer<Float>,
    into a: Planes, _ b: Planes
  ) {
    // Row sums: valid points with 1, x, x², then u with 1, x, then v with 1, x.
    let plane = rows * stride
    let work = FloatBuffer(count: 7 * plane)
    rowSums(u, v, valid, into: work.base, plane: plane)
    weights.withUnsafeBufferPointer { w in
      for row in 0..<rows {
        let first = max(0, row - radius), last = min(rows - 1, row + radius)
        for x in Swift.stride(from: 0, to: columns, by: 8) {
          var m = Lanes.zero, mx = m, my = m, mxx = m, mxy = m, myy = m
          var u0 = m, ux = m, uy = m, v0 = m, vx = m, vy = m
          for y in first...last {
            let weight = w[y - row + radius], eta = Float(y - row)
            let p = work.base + y * stride + x
            let h0 = weight * p.lanes(at: 0), h1 = weight * p.lanes(at: plane), h2 = weight * p.lanes(at: 2 * plane)
            let a0 = weight * p.lanes(at: 3 * plane), a1 = weight * p.lanes(at: 4 * plane)
            let b0 = weight * p.lanes(at: 5 * plane), b1 = weight * p.lanes(at: 6 * plane)
            m += h0
            mx += h1
            mxx += h2
            let e0 = eta * h0
            my += e0
            mxy.addProduct(Lanes(repeating: eta), h1)
            myy.addProduct(Lanes(repeating: eta), e0)
            u0 += a0
            ux += a1
            uy.addProduct(Lanes(repeating: eta), a0)
            v0 += b0
            vx += b1
            vy.addProduct(Lanes(repeating: eta), b0)
          }
          solve(
            m, mx, my, mxx, mxy, myy, (u0, ux, uy), own: u.lanes(at: row * stride + x), at: row * stride + x, into: a)
          solve(
            m, mx, my, mxx, mxy, myy, (v0, vx, vy), own: v.lanes(at: row * stride + x), at: row * stride + x, into: b)
        }
      }
    }
  }

  private func rowSums(
    _ u: UnsafeMutablePointer<Float>, _ v: UnsafeMutablePointer<Float>, _ valid: UnsafeMutablePointer<Float>,
    into out: UnsafeMutablePointer<Float>, plane: Int
  ) {
    let pad = (radius + 7) / 8 * 8
    let line = FloatBuffer(count: 3 * (stride + 2 * pad + 8))
    let span = stride + 2 * pad + 8
    let m = line.base + pad, mu = m + span, mv = mu + span
    weights.withUnsafeBufferPointer { w in
      for row in 0..<rows {
        let at = row * stride
        for x in 0..<columns {
          let q = valid[at + x]
          m[x] = q
          mu[x] = q * u[at + x]
          mv[x] = q * v[at + x]
        }
        for x in Swift.stride(from: 0, to: columns, by: 8) {
          var h0 = Lanes.zero, h1 = h0, h2 = h0, a0 = h0, a1 = h0, b0 = h0, b1 = h0
          for k in -radius...radius {
            let weight = w[k + radius], xi = Float(k)
            let q = weight * m.lanes(at: x + k), p = weight * mu.lanes(at: x + k), r = weight * mv.lanes(at: x + k)
            h0 += q
            let e = xi * q
            h1 += e
            h2.addProduct(Lanes(repeating: xi), e)
            a0 += p
            a1.addProduct(Lanes(repeating: xi), p)
            b0 += r
            b1.addProduct(Lanes(repeating: xi), r)
          }
          let o = out + at + x
          o.store(h0, at: 0)
          o.store(h1, at: plane)
          o.store(h2, at: 2 * plane)
          o.store(a0, at: 3 * plane)
          o.store(a1, at: 4 * plane)
          o.store(b0, at: 5 * plane)
          o.store(b1, at: 6 * plane)
        }
      }
    }
  }

  @inline(__always)
  private func solve(
    _ m: Lanes, _ mx: Lanes, _ my: Lanes, _ mxx: Lanes, _ mxy: Lanes, _ myy: Lanes, _ f: (Lanes, Lanes, Lanes),
    own: Lanes, at: Int, into out: Planes
  ) {
    let isEmpty = m .< 0.5
    let safe = m.replacing(with: 1, where: isEmpty)
    let cx = mx / safe, cy = my / safe
    let sxx = mxx - mx * cx, sxy = mxy - mx * cy, syy = myy - my * cy
    let fx = f.1 - f.0 * cx, fy = f.2 - f.0 * cy
    let determinant = sxx * syy - sxy * sxy
    // A line of points fixes no plane.
    let isFlat = (determinant .< 0.05 * sxx * syy) .| (sxx .< 0.5) .| (syy .< 0.5)
    let inverse = Lanes.zero.replacing(with: 1 / determinant.replacing(with: 1, where: isFlat), where: .!isFlat)
    let a = (fx * syy - fy * sxy) * inverse, b = (fy * sxx - fx * sxy) * inverse
    let value = f.0 / safe - a * cx - b * cy
    out.value.store(value.replacing(with: own, where: isEmpty .| isFlat), at: at)
    out.slopeX.store(a, at: at)
    out.slopeY.store(b, at: at)
  }
}
