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
  package static func splineCoefficients(_ image: ImageView, into out: ImageView, pool: BufferPool?) {
    let n = splineRadius, s = image.stride
    let rowBuffer = FloatBuffer(count: image.columns + 2 * n + 48, pool: pool)
    defer { withExtendedLifetime(rowBuffer) {} }
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
