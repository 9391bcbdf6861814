// SPDX-License-Identifier: Apache-2.0

/// Image filters of dense matching: gradients, B-spline coefficients, decimation.
package enum DenseFilters {
  /// Fourth-order central differences of `image`, multiplied by `mask`.
  package static func gradients(_ image: ImageView, mask: ImageView, gx: ImageView, gy: ImageView) {
    let s = image.stride
    let a: Float = 8.0 / 12, b: Float = 1.0 / 12
    for y in 0..<image.rows {
      let p = image.row(y), m = mask.row(y), ox = gx.row(y), oy = gy.row(y)
      for x in stride(from: 0, to: image.columns, by: 8) {
        let w = m.lanes(at: x)
        let h = a * (p.lanes(at: x + 1) - p.lanes(at: x - 1)) - b * (p.lanes(at: x + 2) - p.lanes(at: x - 2))
        let v = a * (p.lanes(at: x + s) - p.lanes(at: x - s)) - b * (p.lanes(at: x + 2 * s) - p.lanes(at: x - 2 * s))
        ox.store(w * h, at: x)
        oy.store(w * v, at: x)
      }
    }
  }

  /// Taps on either side of the truncated B-spline prefilter: the next would be below 1e-6 of the first.
  package static let splineRadius = 16

  /// Weights of the inverse of the quintic B-spline's samples (1, 26, 66, 26, 1)/120 (Unser 1999), cut at
  /// `splineRadius` and scaled to a sum of one: a two-sided exponential for each of its two poles.
  private static let splineTaps: [Float] = {
    let poles = [
      (67.5 - (4436.25 as Double).squareRoot()).squareRoot() + (26.25 as Double).squareRoot() - 6.5,
      (67.5 + (4436.25 as Double).squareRoot()).squareRoot() - (26.25 as Double).squareRoot() - 6.5,
    ]
    let reach = 2 * splineRadius
    func exponential(_ pole: Double) -> [Double] {
      (-reach...reach).map { k in (0..<abs(k)).reduce(1.0) { p, _ in p * pole } * (1 - pole) / (1 + pole) }
    }
    let a = exponential(poles[0]), b = exponential(poles[1])
    var taps: [Double] = []
    for k in 0...splineRadius {
      var sum = 0.0
      for i in -reach...reach where abs(k - i) <= reach { sum += a[i + reach] * b[k - i + reach] }
      taps.append(sum)
    }
    let sum = taps[0] + 2 * taps.dropFirst().reduce(0, +)
    return taps.map { Float($0 / sum) }
  }()

  /// Quintic B-spline coefficients of `image`, by a finite filter so that the result depends on the neighbourhood only.
  ///
  /// The padding of `image` must be at least `splineRadius` and hold what lies outside it.
  package static func splineCoefficients(_ image: ImageView, into out: ImageView) {
    let n = splineRadius, s = image.stride
    let rowBuffer = FloatBuffer(count: image.columns + 2 * n + 48)
    let line = rowBuffer.base + 24
    splineTaps.withUnsafeBufferPointer { taps in
      for y in 0..<image.rows {
        let p = image.row(y)
        for x in stride(from: -16, to: image.columns + 16, by: 8) {
          var sum = taps[0] * p.lanes(at: x)
          for k in 1...n {
            sum.addProduct(Lanes(repeating: taps[k]), p.lanes(at: x + k * s) + p.lanes(at: x - k * s))
          }
          line.store(sum, at: x)
        }
        let o = out.row(y)
        for x in stride(from: 0, to: image.columns, by: 8) {
          var sum = taps[0] * line.lanes(at: x)
          for k in 1...n { sum.addProduct(Lanes(repeating: taps[k]), line.lanes(at: x + k) + line.lanes(at: x - k)) }
          o.store(sum, at: x)
        }
      }
    }
  }

  /// Every second pixel of the image smoothed by (1, 4.48, 7.39, 4.48, 1)/18.35 on each axis, a Gaussian of
  /// 1 px: pixel (i, j) of the result lies on pixel (2i, 2j).
  package static func halved(_ image: ImageView, into out: ImageView) {
    let k0: Float = 0.40261995, k1: Float = 0.24420134, k2: Float = 0.054488684
    let s = image.stride
    let rowBuffer = FloatBuffer(count: image.columns + 48)
    let line = rowBuffer.base + 16
    for y in 0..<out.rows {
      let p = image.row(2 * y)
      for x in stride(from: -8, to: image.columns + 8, by: 8) {
        let near = p.lanes(at: x - s) + p.lanes(at: x + s), far = p.lanes(at: x - 2 * s) + p.lanes(at: x + 2 * s)
        line.store(k0 * p.lanes(at: x) + k1 * near + k2 * far, at: x)
      }
      let o = out.row(y)
      for x in 0..<out.columns {
        let q = line + 2 * x
        o[x] = k0 * q[0] + k1 * (q[-1] + q[1]) + k2 * (q[-2] + q[2])
      }
    }
  }
}

extension DenseFilters {
  /// Product of two images.
  package static func multiply(_ a: ImageView, _ b: ImageView, into out: ImageView) {
    for y in 0..<a.rows {
      let p = a.row(y), q = b.row(y), o = out.row(y)
      for x in stride(from: 0, to: a.columns, by: 8) { o.store(p.lanes(at: x) * q.lanes(at: x), at: x) }
    }
  }
}
