// SPDX-License-Identifier: Apache-2.0

/// Element-wise work on arrays of the lattice. Counts are multiples of eight.
package enum LatticeArithmetic {
  /// `out = smooth + clamp(increment, ±step)`: offsets after an iteration.
  package static func moveOffsets(
    smooth: UnsafeMutablePointer<Float>, increment: UnsafeMutablePointer<Float>, step: Float,
    into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in stride(from: 0, to: count, by: 8) {
      out.store(smooth.lanes(at: i) + clamped(increment.lanes(at: i), step), at: i)
    }
  }

  /// `out = scale * a + b`.
  package static func scaledSum(
    _ scale: Float, _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>,
    into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in stride(from: 0, to: count, by: 8) { out.store(scale * a.lanes(at: i) + b.lanes(at: i), at: i) }
  }

  package static func clamp(_ p: UnsafeMutablePointer<Float>, limit: Float, count: Int) {
    for i in stride(from: 0, to: count, by: 8) { p.store(clamped(p.lanes(at: i), limit), at: i) }
  }

  /// Largest absolute value; `count` may be any.
  package static func reach(_ p: UnsafeMutablePointer<Float>, count: Int) -> Float {
    var most = Lanes.zero
    for i in stride(from: 0, to: count / 8 * 8, by: 8) {
      let value = p.lanes(at: i)
      most = most.greater(value).greater(-value)
    }
    var result = most.max()
    for i in (count / 8 * 8)..<count { result = max(result, abs(p[i])) }
    return result
  }

  @inline(__always)
  private static func clamped(_ value: Lanes, _ limit: Float) -> Lanes {
    value.greater(Lanes(repeating: -limit)).lesser(Lanes(repeating: limit))
  }

  /// `out = ((a - b) * valid)²`.
  package static func squaredDifference(
    _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, valid: UnsafeMutablePointer<Float>,
    into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in stride(from: 0, to: count, by: 8) {
      let d = (a.lanes(at: i) - b.lanes(at: i)) * valid.lanes(at: i)
      out.store(d * d, at: i)
    }
  }

  /// `a = a * b`.
  package static func multiply(_ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, count: Int) {
    for i in stride(from: 0, to: count, by: 8) { a.store(a.lanes(at: i) * b.lanes(at: i), at: i) }
  }

  /// `out = a` where `error` is finite, else `b`.
  package static func select(
    _ a: UnsafeMutablePointer<Float>, whereFinite error: UnsafeMutablePointer<Float>,
    else b: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in stride(from: 0, to: count, by: 8) {
      out.store(b.lanes(at: i).replacing(with: a.lanes(at: i), where: error.lanes(at: i) .< .infinity), at: i)
    }
  }

  /// `out = a` where `error` is finite, else 0.
  package static func keep(
    _ a: UnsafeMutablePointer<Float>, whereFinite error: UnsafeMutablePointer<Float>,
    into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in stride(from: 0, to: count, by: 8) {
      out.store(Lanes.zero.replacing(with: a.lanes(at: i), where: error.lanes(at: i) .< .infinity), at: i)
    }
  }

  /// `p /= counts`, 0 where the count is below a half.
  package static func divide(_ p: UnsafeMutablePointer<Float>, _ counts: UnsafeMutablePointer<Float>, count: Int) {
    for i in stride(from: 0, to: count, by: 8) {
      let n = counts.lanes(at: i), isEmpty = n .< 0.5
      let quotient = p.lanes(at: i) / n.replacing(with: 1, where: isEmpty)
      p.store(quotient.replacing(with: 0, where: isEmpty), at: i)
    }
  }

  /// Values of 4 × 4 px cells to the squared sums of the 8 × 8 px cells that start there. In place; `stride` exceeds
  /// `columns`.
  package static func squareBlocks(_ p: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int) {
    for row in 0..<rows {
      let a = p + row * stride, b = row + 1 < rows ? a + stride : a
      a[columns] = a[columns - 1]
      if row + 1 < rows { b[columns] = b[columns - 1] }
      for x in Swift.stride(from: 0, to: columns, by: 8) {
        // The last value of this vector's sums reads the next vector, not yet squared.
        let sum = (a.lanes(at: x) + a.lanes(at: x + 1)) + (b.lanes(at: x) + b.lanes(at: x + 1))
        a.store(sum * sum, at: x)
      }
    }
  }

  /// A lattice array at twice the resolution, by bilinear interpolation; the last row and column repeat.
  package static func double(
    _ source: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int, scale: Float,
    into out: UnsafeMutablePointer<Float>, outRows: Int, outColumns: Int, outStride: Int
  ) {
    for row in 0..<outRows {
      let r0 = min(row / 2, rows - 1), r1 = min(r0 + (row & 1), rows - 1)
      let p = source + r0 * stride, q = source + r1 * stride, o = out + row * outStride
      let half = 0.5 * scale
      for column in 0..<min(columns - 1, outColumns / 2) {
        let a = half * (p[column] + q[column]), b = half * (p[column + 1] + q[column + 1])
        o[2 * column] = a
        o[2 * column + 1] = 0.5 * (a + b)
      }
      let begin = 2 * min(columns - 1, outColumns / 2)
      for column in begin..<max(begin, outColumns) {
        let c0 = min(column / 2, columns - 1), c1 = min(c0 + (column & 1), columns - 1)
        o[column] = 0.5 * (half * (p[c0] + q[c0]) + half * (p[c1] + q[c1]))
      }
    }
  }
}
