// SPDX-License-Identifier: Apache-2.0

/// The sums that one Gauss-Newton step needs, over a template without missing pixels: sum of t, t², r t, and the
/// gradients' products with t (x: 1, x, y; y: 1, x, y), written to `sums` as 9 numbers, t being the warped secondary.
///
/// This is the hot loop of least squares matching: nothing is stored but the sums. Cost about 1.2 ns per pixel.
package func leastSquaresScore(
  _ patch: LeastSquaresPatch, _ warp: LeastSquaresWarp, sums: UnsafeMutablePointer<Double>
) {
  var total = ScoreSums()
  let last = Float(patch.half)
  for row in 0..<patch.side {
    let y = Float(row &- patch.half)
    let startX = warp.u.addingProduct(warp.uy, y), startY = warp.v.addingProduct(warp.vy, y)
    let left = cell(startX - warp.ux * last), right = cell(startX + warp.ux * last)
    let above = cell(startY - warp.vx * last), below = cell(startY + warp.vx * last)
    let line = warp.origin + ((row &- patch.half) &* warp.stride &- patch.half)
    // Values first, sums after: together they need more registers than there are.
    let values = patch.warped + row &* patch.stride
    if left == right && above == below {
      let p = line + (above &* warp.stride &+ left)
      let x0 = Lanes(repeating: startX - Float(left)), y0 = Lanes(repeating: startY - Float(above))
      for at in stride(from: 0, to: patch.stride, by: 8) {
        let x = patch.column.lanes(at: at)
        let fx = x0.addingProduct(x, Lanes(repeating: warp.ux)), fy = y0.addingProduct(x, Lanes(repeating: warp.vx))
        values.store(splineValue(p + at, warp.stride, fx, fy) - warp.level, at: at)
      }
    } else {
      let x0 = Lanes(repeating: startX), y0 = Lanes(repeating: startY)
      for at in stride(from: 0, to: patch.stride, by: 8) {
        let x = patch.column.lanes(at: at)
        let fx = x0.addingProduct(x, Lanes(repeating: warp.ux)), fy = y0.addingProduct(x, Lanes(repeating: warp.vx))
        values.store(splineValueAcrossCells(line + at, warp.stride, fx, fy) - warp.level, at: at)
      }
    }
    var sums = ScoreSums.Row()
    for at in stride(from: 0, to: patch.stride, by: 8) {
      sums.add(values.lanes(at: at), patch, row &* patch.stride, at)
    }
    total.add(sums, y: y)
  }
  total.write(to: sums)
}

/// Interpolated value of eight neighbouring positions, counted from `line`, that may lie in different cells.
@inline(__always)
private func splineValueAcrossCells(_ line: UnsafePointer<Float>, _ stride: Int, _ x: Lanes, _ y: Lanes) -> Lanes {
  let x0 = cell(x[0]), x1 = cell(x[7]), y0 = cell(y[0]), y1 = cell(y[7])
  var value = splineValue(line + (y0 &* stride &+ x0), stride, x - Float(x0), y - Float(y0))
  if x0 == x1 && y0 == y1 { return value }
  for row in min(y0, y1)...max(y0, y1) {
    for column in min(x0, x1)...max(x0, x1) {
      let other = splineValue(line + (row &* stride &+ column), stride, x - Float(column), y - Float(row))
      value.replace(with: other, where: lanesInside(x, y, column: Float(column), row: Float(row)))
    }
  }
  return value
}

private struct ScoreSums {
  var t = Lanes.zero, tt = Lanes.zero, rt = Lanes.zero
  var x = Lanes.zero, xx = Lanes.zero, xy = Lanes.zero, y = Lanes.zero, yx = Lanes.zero, yy = Lanes.zero

  /// One row's part: the row coordinate is the same for all its pixels and multiplied in once.
  struct Row {
    var t = Lanes.zero, tt = Lanes.zero, rt = Lanes.zero
    var x = Lanes.zero, xx = Lanes.zero, y = Lanes.zero, yx = Lanes.zero

    @inline(__always)
    mutating func add(_ raw: Lanes, _ patch: LeastSquaresPatch, _ line: Int, _ at: Int) {
      let value = raw * patch.inside.lanes(at: at), column = patch.column.lanes(at: at)
      let gx = patch.gradientX.lanes(at: line &+ at) * value
      let gy = patch.gradientY.lanes(at: line &+ at) * value
      t += value
      tt.addProduct(value, value)
      rt.addProduct(value, patch.value.lanes(at: line &+ at))
      x += gx
      y += gy
      xx.addProduct(gx, column)
      yx.addProduct(gy, column)
    }
  }

  @inline(__always)
  mutating func add(_ row: Row, y offset: Float) {
    t += row.t
    tt += row.tt
    rt += row.rt
    x += row.x
    xx += row.xx
    xy.addProduct(row.x, Lanes(repeating: offset))
    y += row.y
    yx += row.yx
    yy.addProduct(row.y, Lanes(repeating: offset))
  }

  func write(to sums: UnsafeMutablePointer<Double>) {
    for (index, lanes) in [t, tt, rt, x, xx, xy, y, yx, yy].enumerated() { sums[index] = laneSum(lanes) }
  }
}

/// Sum of the lanes in one fixed order, in double precision.
@inline(__always)
func laneSum(_ v: Lanes) -> Double {
  let a = (Double(v[0]) + Double(v[4])) + (Double(v[2]) + Double(v[6]))
  let b = (Double(v[1]) + Double(v[5])) + (Double(v[3]) + Double(v[7]))
  return a + b
}
