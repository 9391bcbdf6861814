// SPDX-License-Identifier: Apache-2.0

/// Making image pyramids with masks.
package enum Pyramid {
  /// Takes over an image: `(value - mean) * factor` and validity 1, or both 0 where the value is not finite.
  ///
  /// - Parameter pixels: `rows × columns` of the outputs, row by row.
  /// - Returns: whether any pixel is missing.
  package static func load(
    _ pixels: UnsafePointer<Float>, mean: Float, factor: Float, into values: ImageView, validity: ImageView
  ) -> Bool {
    var lowest = Lanes(repeating: 1), isMissing = false
    let columns = values.columns, whole = columns / 8 * 8
    for y in 0..<values.rows {
      let p = pixels + y * columns, o = values.row(y), v = validity.row(y)
      for x in stride(from: 0, to: whole, by: 8) {
        let value = p.lanes(at: x)
        let isFinite = (value - value) .== 0
        let valid = Lanes.zero.replacing(with: 1, where: isFinite)
        o.store(Lanes.zero.replacing(with: (value - mean) * factor, where: isFinite), at: x)
        v.store(valid, at: x)
        lowest = lowest.lesser(valid)
      }
      for x in whole..<columns {
        let isFinite = p[x].isFinite
        o[x] = isFinite ? (p[x] - mean) * factor : 0
        v[x] = isFinite ? 1 : 0
        if !isFinite { isMissing = true }
      }
    }
    return isMissing || lowest.min() < 1
  }

  /// Sums of `value - origin` and of its square over the finite values, and their number.
  package static func sums(_ pixels: UnsafePointer<Float>, count: Int, origin: Float) -> (
    sum: Double, square: Double, count: Double
  ) {
    var sum = 0.0, square = 0.0, number = 0.0
    // Single precision over 64 vectors at a time, double beyond.
    let run = 512, whole = count / 8 * 8
    for begin in stride(from: 0, to: whole, by: run) {
      var s = Lanes.zero, q = Lanes.zero, n = Lanes.zero
      for i in stride(from: begin, to: min(begin + run, whole), by: 8) {
        let d = pixels.lanes(at: i) - origin
        let isFinite = (d - d) .== 0
        let value = Lanes.zero.replacing(with: d, where: isFinite)
        s += value
        q.addProduct(value, value)
        n += Lanes.zero.replacing(with: 1, where: isFinite)
      }
      sum += Double(s.sum())
      square += Double(q.sum())
      number += Double(n.sum())
    }
    for i in whole..<count where pixels[i].isFinite {
      let d = Double(pixels[i] - origin)
      sum += d
      square += d * d
      number += 1
    }
    return (sum, square, number)
  }

  /// Every second pixel of the image smoothed by (1, 4.48, 7.39, 4.48, 1)/18.35 on each axis, a Gaussian of 1 px:
  /// pixel (i, j) of the result lies on pixel (2i, 2j). A pixel is valid when three quarters of what it was made from
  /// were.
  package static func halve(
    _ values: ImageView, validity: ImageView, into out: ImageView, validity outValidity: ImageView, pool: BufferPool?
  ) {
    let half = (values.columns + 1) / 2
    let lines = FloatBuffer(count: 2 * (half + 64), pool: pool)
    defer { withExtendedLifetime(lines) {} }
    let even = lines.base + 16, odd = even + half + 64
    for y in 0..<out.rows {
      let o = out.row(y), w = outValidity.row(y)
      halveRow(values, 2 * y, even, odd, into: o, count: half)
      halveRow(validity, 2 * y, even, odd, into: w, count: half)
      for x in stride(from: 0, to: half, by: 8) {
        let weight = w.lanes(at: x)
        let isValid = weight .> 0.75
        let safe = weight.replacing(with: 1, where: .!isValid)
        o.store(Lanes.zero.replacing(with: o.lanes(at: x) / safe, where: isValid), at: x)
        w.store(Lanes.zero.replacing(with: 1, where: isValid), at: x)
      }
      // Whole vectors were written: the border starts here.
      for x in half..<(half + 7) / 8 * 8 { (o[x], w[x]) = (0, 0) }
    }
  }

  @inline(__always)
  private static func halveRow(
    _ image: ImageView, _ row: Int, _ even: UnsafeMutablePointer<Float>, _ odd: UnsafeMutablePointer<Float>,
    into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    let k0: Float = 0.40261995, k1: Float = 0.24420134, k2: Float = 0.054488684
    let s = image.stride, p = image.row(row)
    @inline(__always) func column(_ x: Int) -> Lanes {
      let near = p.lanes(at: x - s) + p.lanes(at: x + s), far = p.lanes(at: x - 2 * s) + p.lanes(at: x + 2 * s)
      return k0 * p.lanes(at: x) + k1 * near + k2 * far
    }
    for x in stride(from: -8, to: count + 8, by: 8) {
      let a = column(2 * x), b = column(2 * x + 8)
      even.store(Lanes(a[0], a[2], a[4], a[6], b[0], b[2], b[4], b[6]), at: x)
      odd.store(Lanes(a[1], a[3], a[5], a[7], b[1], b[3], b[5], b[7]), at: x)
    }
    for x in stride(from: 0, to: count, by: 8) {
      let near = odd.lanes(at: x - 1) + odd.lanes(at: x), far = even.lanes(at: x - 1) + even.lanes(at: x + 1)
      out.store(k0 * even.lanes(at: x) + k1 * near + k2 * far, at: x)
    }
  }
}
