// SPDX-License-Identifier: Apache-2.0

extension LeastSquaresPatch {
  /// Multiplies `weight` with the validity at the warped pixels, and fills `warped`, `warpedX`, `warpedY` with the
  /// secondary's value there, less the level, and its derivatives along the template's axes, all times the weight.
  ///
  /// The derivatives are sixth-order central differences of the warped values, within 1 % of the spline's own for waves
  /// of 6 px and at a third of their cost.
  package func sample(_ warp: LeastSquaresWarp) {
    switch warp.order {
    case .cubic: fillFrame(warp, CubicTaps.self)
    case .quintic: fillFrame(warp, QuinticTaps<QuinticBSpline>.self)
    case .quinticMOMS: fillFrame(warp, QuinticTaps<QuinticMOMS>.self)
    }
    let near = Lanes(repeating: 45 / 60), middle = Lanes(repeating: -9 / 60), far = Lanes(repeating: 1 / 60)
    for row in 0..<side {
      let line = frame + ((row &+ Self.margin) &* frameStride &+ Self.margin), out = row &* stride
      warp.weigh(weight + out, row: row &- half, first: 0 &- half, width: side)
      for at in Swift.stride(from: 0, to: stride, by: 8) {
        let p = line + at, down = frameStride, w = weight.lanes(at: out &+ at)
        var dx = near * (p.lanes(at: 1) - p.lanes(at: -1))
        dx.addProduct(middle, p.lanes(at: 2) - p.lanes(at: -2))
        dx.addProduct(far, p.lanes(at: 3) - p.lanes(at: -3))
        var dy = near * (p.lanes(at: down) - p.lanes(at: 0 &- down))
        dy.addProduct(middle, p.lanes(at: 2 &* down) - p.lanes(at: -2 &* down))
        dy.addProduct(far, p.lanes(at: 3 &* down) - p.lanes(at: -3 &* down))
        warped.store(p.lanes(at: 0) * w, at: out &+ at)
        warpedX.store(dx * w, at: out &+ at)
        warpedY.store(dy * w, at: out &+ at)
      }
    }
  }

  private func fillFrame<Taps: SplineTaps>(_ warp: LeastSquaresWarp, _ taps: Taps.Type) {
    let reach = half &+ Self.margin, width = 2 &* reach &+ 1
    // A last column in a vector of its own, as with 51 px, costs an eighth of all and serves the derivative of one
    // column only: there it is continued so that the derivative is of fourth order.
    let isLastAlone = width % 8 == 1
    for row in 0..<width {
      let line = frame + row &* frameStride
      warp.values(taps, row: row &- reach, first: 0 &- reach, width: isLastAlone ? width &- 1 : width, into: line)
      if isLastAlone {
        let p = line + (width &- 4)
        p[3] = p[-3] + 4 * (p[2] - p[-2]) - 5 * (p[1] - p[-1])
      }
    }
  }
}
