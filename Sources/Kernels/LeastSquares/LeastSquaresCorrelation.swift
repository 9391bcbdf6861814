// SPDX-License-Identifier: Apache-2.0

/// Distances, px (right, down), at which residuals are compared: half of those within 2 px; the others mirror them.
package let residualLags: [(x: Int, y: Int)] = [
  (1, 0), (2, 0), (-2, 1), (-1, 1), (0, 1), (1, 1), (2, 1), (-2, 2), (-1, 2), (0, 2), (1, 2), (2, 2),
]

extension LeastSquaresPatch {
  /// Sums of products, at no distance and at each of `residualLags`, of the residual, of gx and of gy: 13 times 3
  /// numbers. Only some rows are bases, which costs less and is enough for a mean.
  ///
  /// The residual is `scale` t − r − `mean`; it takes the place of `warpedX`. At the right edge a lag reaches into the
  /// next row where the padding is narrower than 2: a share of 2 / side of unrelated products.
  package func residualCorrelations(scale: Float, mean: Float, _ sums: UnsafeMutablePointer<Double>) {
    let residual = warpedX
    for index in Swift.stride(from: 0, to: side &* stride, by: 8) {
      let r = value.lanes(at: index) + mean
      residual.store((warped.lanes(at: index) * scale - r) * weight.lanes(at: index), at: index)
    }
    // About 600 bases or more are enough for the residual, half of that for the gradients, whose mean is steadier.
    let step = side > 40 ? 2 : 1
    correlate(residual, every: step, sums)
    correlate(gradientX, every: 2 &* step, sums + 13)
    correlate(gradientY, every: 2 &* step, sums + 26)
  }

  private func correlate(_ plane: UnsafePointer<Float>, every step: Int, _ sums: UnsafeMutablePointer<Double>) {
    var s0 = Lanes.zero, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0
    var s7 = s0, s8 = s0, s9 = s0, s10 = s0, s11 = s0, s12 = s0
    for row in Swift.stride(from: 0, to: side &- 2, by: step) {
      let line = plane + row &* stride
      for at in Swift.stride(from: 0, to: stride, by: 8) {
        let p = line + at, q = p + stride, r = q + stride
        let base = p.lanes(at: 0), shifted = p.lanes(at: 1), far = p.lanes(at: 2)
        let down = q.lanes(at: 0), below = r.lanes(at: 0)
        s0.addProduct(base, base)
        s1.addProduct(base, shifted)
        s2.addProduct(base, far)
        s3.addProduct(far, down)
        s4.addProduct(shifted, down)
        s5.addProduct(base, down)
        s6.addProduct(base, q.lanes(at: 1))
        s7.addProduct(base, q.lanes(at: 2))
        s8.addProduct(far, below)
        s9.addProduct(shifted, below)
        s10.addProduct(base, below)
        s11.addProduct(base, r.lanes(at: 1))
        s12.addProduct(base, r.lanes(at: 2))
      }
    }
    for (index, lanes) in [s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12].enumerated() {
      sums[index] = laneSum(lanes)
    }
  }
}
