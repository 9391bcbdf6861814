// SPDX-License-Identifier: Apache-2.0

/// How far the interpolation of an image may shift a match.
///
/// Between its pixels an image is not known. Two good interpolations of it, a quintic B-spline and the spline that
/// `DenseWarp` uses, differ near the Nyquist frequency, and least squares matching reads the difference as a shift: a
/// sine of the sub-pixel phase, whose amplitude is taken here, at a quarter of a pixel. Sharp texture shows 0.001 px,
/// texture band-limited to 0.3 cycles a pixel a tenth of that.
package enum InterpolationDoubt {
  /// Pixels on either side that make the difference: the largest pole is 0.58.
  private static let radius = 24
  /// Every so many rows and columns are looked at: a block holds enough.
  private static let sampling = 16
  /// Weights of the pixels from `-radius` on in the difference of both values a quarter of a pixel to the right.
  private static let taps: [Float] = {
    let ours = cardinal(QuinticTaps<QuinticMOMS>(at: Lanes(repeating: 0.25)), .quinticMOMS)
    let other = cardinal(QuinticTaps<QuinticBSpline>(at: Lanes(repeating: 0.25)), .quintic)
    return zip(ours, other).map { Float($0 - $1) }
  }()

  /// Squared amplitudes, px², for offsets along rows and along columns.
  ///
  /// - Parameters:
  ///   - values, validity: an image and 1 or 0 per pixel, both padded by at least `radius` pixels and a vector.
  ///   - gx, gy: its gradients, 0 where they can't be taken.
  package static func squaredAmplitudes(
    _ values: ImageView, validity: ImageView, gx: ImageView, gy: ImageView
  ) -> (x: Float, y: Float) {
    var x = Sums(), y = Sums()
    for row in Swift.stride(from: 0, to: values.rows, by: sampling) {
      for column in Swift.stride(from: 0, to: values.columns, by: 8) {
        x.add(values.row(row) + column, validity.row(row) + column, 1, gx.row(row).lanes(at: column))
        y.add(
          values.row(row) + column, validity.row(row) + column, values.stride, gy.row(row).lanes(at: column))
      }
    }
    return (x.squaredShift, y.squaredShift)
  }

  private struct Sums {
    var product = Lanes.zero, square = Lanes.zero

    /// Eight pixels from `p` on, with their neighbours `step` floats apart.
    @inline(__always)
    mutating func add(_ p: UnsafePointer<Float>, _ valid: UnsafePointer<Float>, _ step: Int, _ gradient: Lanes) {
      var difference = Lanes.zero, least = Lanes(repeating: 1)
      for (k, weight) in taps.enumerated() {
        let at = (k - radius) &* step
        difference.addProduct(weight, p.lanes(at: at))
        least = least.lesser(valid.lanes(at: at))
      }
      let g = least * gradient
      product.addProduct(g, difference)
      square.addProduct(g, g)
    }

    var squaredShift: Float {
      let s = square.sum()
      guard s > 0 else { return 0 }
      let shift = product.sum() / s
      return shift * shift
    }
  }

  /// Weights of the pixels from `-radius` on in the value at `weights`' position.
  private static func cardinal<F>(_ weights: QuinticTaps<F>, _ order: SplineOrder) -> [Double] {
    let w = [weights.w0, weights.w1, weights.w2, weights.w3, weights.w4, weights.w5].map { Double($0[0]) / 120 }
    let filter = order.prefilter(radius: order.prefilterRadius)
    return (-radius...radius).map { n in
      w.enumerated().reduce(0) { sum, tap in
        let distance = abs(tap.offset - 2 - n)
        return distance < filter.count ? sum + tap.element * filter[distance] : sum
      }
    }
  }
}
