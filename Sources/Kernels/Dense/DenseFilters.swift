// SPDX-License-Identifier: Apache-2.0

/// Image filters of dense matching: gradients, B-spline coefficients, decimation.
package enum DenseFilters {
  /// Fourth-order central differences of `image`, multiplied by `mask`.
  package static func gradients(_ image: ImageView, mask: ImageView, gx: ImageView, gy: ImageView) {
    for y in 0..<image.rows {
      let p = image.row(y), m = mask.row(y), ox = gx.row(y), oy = gy.row(y)
      for x in stride(from: 0, to: image.columns, by: 8) {
        let w = m.lanes(at: x), g = gradient(p + x, image.stride)
        ox.store(w * g.x, at: x)
        oy.store(w * g.y, at: x)
      }
    }
  }

  /// Fourth-order central differences at eight pixels.
  @inline(__always)
  static func gradient(_ p: UnsafeMutablePointer<Float>, _ s: Int) -> (x: Lanes, y: Lanes) {
    let a: Float = 8.0 / 12, b: Float = 1.0 / 12
    let h = a * (p.lanes(at: 1) - p.lanes(at: -1)) - b * (p.lanes(at: 2) - p.lanes(at: -2))
    let v = a * (p.lanes(at: s) - p.lanes(at: -s)) - b * (p.lanes(at: 2 * s) - p.lanes(at: -2 * s))
    return (h, v)
  }

  /// Share γ of the second derivative in the interpolating function β⁵ + γ β⁵″ (β⁵ the quintic B-spline).
  ///
  /// Sums of a spline and its derivatives interpolate to the order of the spline with as many taps (Blu, Thévenaz &
  /// Unser 2001). What folds back from beyond the Nyquist frequency shifts a match by up to 0.0008 px on real ground,
  /// with the sine of the sub-pixel phase. This γ makes the function blind to 0.65 cycles a pixel, the image of 0.35,
  /// around which most of that comes from: ten times less is left.
  package static let secondDerivative = 0.06

  /// Taps on either side of the truncated prefilter: the next would be below 1e-6 of the first. A multiple of eight.
  package static let splineRadius = 24

  /// Weights of the inverse of the interpolating function's samples, cut at `splineRadius` and scaled to a sum of one: a
  /// two-sided exponential for each of its two poles (Unser 1999).
  private static let splineTaps: [Float] = {
    // Samples of β⁵ at 0, 1, 2 and of β⁵″, the second difference of the cubic B-spline.
    let g = secondDerivative
    let (p0, p1, p2) = (66.0 / 120 - g, 26.0 / 120 + g / 3, 1.0 / 120 + g / 6)
    // With s = z + 1/z the symbol is p2 (s² − 2) + p1 s + p0.
    let root = (p1 * p1 - 4 * p2 * (p0 - 2 * p2)).squareRoot()
    let poles = [(root - p1) / (2 * p2), (-root - p1) / (2 * p2)].map { s in (s + (s * s - 4).squareRoot()) / 2 }
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

  /// Spline coefficients of `image`, by a finite filter so that the result depends on the neighbourhood only.
  ///
  /// The padding of `image` must be at least `splineRadius` + 8 and hold what lies outside it.
  package static func splineCoefficients(_ image: ImageView, into out: ImageView, pool: BufferPool?) {
    let n = splineRadius, s = image.stride
    let rowBuffer = FloatBuffer(count: image.columns + 2 * n + 32, pool: pool)
    defer { withExtendedLifetime(rowBuffer) {} }
    let line = rowBuffer.base + n + 8
    splineTaps.withUnsafeBufferPointer { taps in
      for y in 0..<image.rows {
        let p = image.row(y)
        for x in stride(from: -n, to: image.columns + n, by: 8) {
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
