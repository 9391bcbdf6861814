// SPDX-License-Identifier: Apache-2.0

/// The sums that one Gauss-Newton step needs, over a template without missing pixels: sum of t, t², r t, and the
/// gradients' products with t (x: 1, x, y; y: 1, x, y), written to `sums` as 9 numbers, t being the warped secondary.
///
/// This is the hot loop of least squares matching: nothing is stored but a row of values.
package func leastSquaresScore(
  _ patch: LeastSquaresPatch, _ warp: LeastSquaresWarp, sums: UnsafeMutablePointer<Double>
) {
  switch warp.order {
  case .cubic: score(patch, warp, CubicTaps.self, sums)
  case .quintic: score(patch, warp, QuinticTaps<QuinticBSpline>.self, sums)
  case .quinticMOMS: score(patch, warp, QuinticTaps<QuinticMOMS>.self, sums)
  }
}

private func score<Taps: SplineTaps>(
  _ patch: LeastSquaresPatch, _ warp: LeastSquaresWarp, _ taps: Taps.Type, _ sums: UnsafeMutablePointer<Double>
) {
  var total = ScoreSums()
  // Values first, sums after: together they need more registers than there are.
  // They stay: the residuals of the last step are looked at.
  for row in 0..<patch.side {
    let values = patch.warped + row &* patch.stride
    warp.values(taps, row: row &- patch.half, first: 0 &- patch.half, width: patch.side, into: values)
    var sums = ScoreSums.Row()
    for at in stride(from: 0, to: patch.stride, by: 8) {
      sums.add(values.lanes(at: at), patch, row &* patch.stride, at)
    }
    total.add(sums, y: Float(row &- patch.half))
  }
  total.write(to: sums)
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
