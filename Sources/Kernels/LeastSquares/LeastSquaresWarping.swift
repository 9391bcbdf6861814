// SPDX-License-Identifier: Apache-2.0

extension LeastSquaresPatch {
  /// Fills `warped`, `warpedX`, `warpedY` with the secondary's value less the level and its derivatives along the
  /// template's axes at the warped pixels, and multiplies `weight` with the validity there.
  package func sample(_ warp: LeastSquaresWarp) {
    let last = Float(half)
    for row in 0..<side {
      let y = Float(row &- half)
      let startX = warp.u.addingProduct(warp.uy, y), startY = warp.v.addingProduct(warp.vy, y)
      let left = cell(startX - warp.ux * last), right = cell(startX + warp.ux * last)
      let above = cell(startY - warp.vx * last), below = cell(startY + warp.vx * last)
      let line = (row &- half) &* warp.stride &- half
      if left == right && above == below {
        let x0 = Lanes(repeating: startX - Float(left)), y0 = Lanes(repeating: startY - Float(above))
        sampleRow(warp, from: line &+ above &* warp.stride &+ left, x0, y0, to: row &* stride)
      } else {
        sampleMixedRow(warp, from: line, Lanes(repeating: startX), Lanes(repeating: startY), to: row &* stride)
      }
    }
  }

  /// A row whose pixels all fall at the same distance from their cell's first coefficient.
  @inline(__always)
  private func sampleRow(_ warp: LeastSquaresWarp, from first: Int, _ x0: Lanes, _ y0: Lanes, to index: Int) {
    for at in Swift.stride(from: 0, to: stride, by: 8) {
      let column = self.column.lanes(at: at)
      let fx = x0.addingProduct(column, Lanes(repeating: warp.ux))
      let fy = y0.addingProduct(column, Lanes(repeating: warp.vx))
      let sample = SplineSample(warp.origin + (first &+ at), warp.stride, fx, fy)
      store(sample, warp, at: index &+ at)
      if let valid = warp.valid {
        weight.store(weight.lanes(at: index &+ at) * valid.lanes(at: first &+ at), at: index &+ at)
      }
    }
  }

  private func sampleMixedRow(_ warp: LeastSquaresWarp, from line: Int, _ x0: Lanes, _ y0: Lanes, to index: Int) {
    for at in Swift.stride(from: 0, to: stride, by: 8) {
      let column = self.column.lanes(at: at)
      let x = x0.addingProduct(column, Lanes(repeating: warp.ux))
      let y = y0.addingProduct(column, Lanes(repeating: warp.vx))
      let left = cell(x[0]), right = cell(x[7]), top = cell(y[0]), bottom = cell(y[7])
      let first = line &+ at &+ top &* warp.stride &+ left
      var sample = SplineSample(warp.origin + first, warp.stride, x - Float(left), y - Float(top))
      var valid = warp.valid?.lanes(at: first)
      if left != right || top != bottom {
        for row in min(top, bottom)...max(top, bottom) {
          for column in min(left, right)...max(left, right) {
            let place = line &+ at &+ row &* warp.stride &+ column
            let other = SplineSample(warp.origin + place, warp.stride, x - Float(column), y - Float(row))
            let lanes = lanesInside(x, y, column: Float(column), row: Float(row))
            sample.replace(with: other, where: lanes)
            valid?.replace(with: warp.valid.unsafelyUnwrapped.lanes(at: place), where: lanes)
          }
        }
      }
      store(sample, warp, at: index &+ at)
      if let valid { weight.store(weight.lanes(at: index &+ at) * valid, at: index &+ at) }
    }
  }

  /// The derivatives are turned from the secondary's axes into the template's: the chain rule.
  @inline(__always)
  private func store(_ sample: SplineSample, _ warp: LeastSquaresWarp, at index: Int) {
    warped.store(sample.value - warp.level, at: index)
    warpedX.store((sample.dx * (1 + warp.ux)).addingProduct(sample.dy, Lanes(repeating: warp.vx)), at: index)
    warpedY.store((sample.dy * (1 + warp.vy)).addingProduct(sample.dx, Lanes(repeating: warp.uy)), at: index)
  }
}
