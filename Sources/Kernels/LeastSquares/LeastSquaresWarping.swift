// SPDX-License-Identifier: Apache-2.0

extension LeastSquaresPatch {
  /// Fills `warped`, `warpedX`, `warpedY` with the secondary's value less the level and its derivatives along its own
  /// axes at the warped pixels, and multiplies `weight` with the validity there.
  package func sample(_ warp: LeastSquaresWarp) {
    for row in 0..<side {
      let y = Float(row &- half)
      let x0 = Lanes(repeating: warp.u.addingProduct(warp.uy, y))
      let y0 = Lanes(repeating: warp.v.addingProduct(warp.vy, y))
      let line = (row &- half) &* warp.stride &- half
      for chunk in 0..<chunks {
        let column = self.column.lanes(at: chunk &* 8)
        store(
          warp, line &+ chunk &* 8, x0.addingProduct(column, Lanes(repeating: warp.ux)),
          y0.addingProduct(column, Lanes(repeating: warp.vx)), to: row &* stride &+ chunk &* 8)
      }
    }
  }

  @inline(__always)
  private func store(_ warp: LeastSquaresWarp, _ at: Int, _ x: Lanes, _ y: Lanes, to index: Int) {
    let x0 = cell(x[0]), x1 = cell(x[7]), y0 = cell(y[0]), y1 = cell(y[7])
    let first = at &+ y0 &* warp.stride &+ x0
    var sample = SplineSample(warp.origin + first, warp.stride, x - Float(x0), y - Float(y0))
    var keep = weight.lanes(at: index)
    var valid = warp.valid?.lanes(at: first)
    if x0 != x1 || y0 != y1 {
      for row in min(y0, y1)...max(y0, y1) {
        for column in min(x0, x1)...max(x0, x1) {
          let place = at &+ row &* warp.stride &+ column
          let other = SplineSample(warp.origin + place, warp.stride, x - Float(column), y - Float(row))
          let lanes = lanesInside(x, y, column: Float(column), row: Float(row))
          sample.value.replace(with: other.value, where: lanes)
          sample.dx.replace(with: other.dx, where: lanes)
          sample.dy.replace(with: other.dy, where: lanes)
          valid?.replace(with: warp.valid.unsafelyUnwrapped.lanes(at: place), where: lanes)
        }
      }
    }
    if let valid {
      keep *= valid
      weight.store(keep, at: index)
    }
    warped.store(sample.value - warp.level, at: index)
    warpedX.store(sample.dx, at: index)
    warpedY.store(sample.dy, at: index)
  }
}
