// SPDX-License-Identifier: Apache-2.0

extension FourierKernels {
  /// Transforms the columns of a complex array in place, eight at a time.
  ///
  /// - Parameters:
  ///   - real, imaginary: `length` rows of `stride` floats; swap the two for the inverse (unscaled) transform.
  ///   - columns: a multiple of 8.
  ///   - radices: their product is `length`.
  ///   - twiddles: tables of all passes one after the other, see `pass`.
  ///   - work: 32 × length floats.
  package static func columns(
    real: UnsafeMutablePointer<Float>, imaginary: UnsafeMutablePointer<Float>, stride: Int, columns: Int,
    length: Int, radices: UnsafePointer<Int>, passes: Int, twiddles: UnsafePointer<Float>,
    work: UnsafeMutablePointer<Float>
  ) {
    var column = 0
    while column < columns {
      var from = work, to = work + (16 &* length)
      for k in 0..<length {
        from.store(real.lanes(at: k &* stride &+ column), at: 16 &* k)
        from.store(imaginary.lanes(at: k &* stride &+ column), at: 16 &* k &+ 8)
      }
      var m = length, s = 1
      var table = twiddles
      for index in 0..<passes {
        let radix = radices[index]
        m /= radix
        pass(radix: radix, m: m, s: s, twiddles: table, from: from, to: to)
        table += 2 &* (radix &- 1) &* m
        s &*= radix
        swap(&from, &to)
      }
      for k in 0..<length {
        real.store(from.lanes(at: 16 &* k), at: k &* stride &+ column)
        imaginary.store(from.lanes(at: 16 &* k &+ 8), at: k &* stride &+ column)
      }
      column &+= 8
    }
  }

  /// `to[column][row] = from[row][column]`; 8 × 8 blocks, so that neither side strides through the cache.
  package static func transpose(
    _ from: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int, to: UnsafeMutablePointer<Float>, toStride: Int
  ) {
    var r = 0
    while r < rows {
      let bottom = min(r &+ 8, rows)
      var c = 0
      while c < columns {
        let right = min(c &+ 8, columns)
        for x in c..<right {
          for y in r..<bottom { to[x &* toStride &+ y] = from[y &* stride &+ x] }
        }
        c &+= 8
      }
      r &+= 8
    }
  }

  /// Cross spectrum of two real images that were transformed together, a as real and b as imaginary part:
  /// `conj(A) · B` at every frequency, in place. The array is `rows × columns`, both axes wrapped.
  package static func crossSpectrum(
    real: UnsafeMutablePointer<Float>, imaginary: UnsafeMutablePointer<Float>, stride: Int, rows: Int, columns: Int
  ) {
    for r in 0...(rows / 2) {
      let mr = r == 0 ? 0 : rows &- r
      for c in 0..<columns {
        let mc = c == 0 ? 0 : columns &- c
        if mr == r && mc < c { continue }
        let k = r &* stride &+ c, l = mr &* stride &+ mc
        // A = (Z(k) + conj Z(−k)) / 2 and B = (Z(k) − conj Z(−k)) / 2i.
        let ar = 0.5 * (real[k] + real[l]), ai = 0.5 * (imaginary[k] - imaginary[l])
        let br = 0.5 * (imaginary[k] + imaginary[l]), bi = 0.5 * (real[l] - real[k])
        let re = ar * br + ai * bi, im = ar * bi - ai * br
        real[k] = re
        imaginary[k] = im
        real[l] = re
        imaginary[l] = -im
      }
    }
  }
}
