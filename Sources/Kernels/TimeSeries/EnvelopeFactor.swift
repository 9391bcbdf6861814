// SPDX-License-Identifier: Apache-2.0

/// Cholesky factors of eight symmetric positive matrices at once, one a lane, in one envelope.
///
/// All buffers have `layout.count` elements (matrices) or `layout.order` (vectors, inverse diagonals).
/// Source: George & Liu 1981, Computer Solution of Large Sparse Positive Definite Systems, chapter 4.
extension EnvelopeLayout {
  /// Replaces a matrix by its factor L, A = L Lᵀ, and gives the inverse of L's diagonal.
  ///
  /// A pivot that rounding has taken to `tolerance` of the element it came from, or below, belongs to an unknown that
  /// nothing determines: its inverse is then 0, so that the unknown comes out as 0 and the others are not touched.
  package func factor(
    _ matrix: UnsafeMutablePointer<WideLanes>, inverse: UnsafeMutablePointer<WideLanes>, tolerance: Double = 1e-13
  ) {
    first.withUnsafeBufferPointer { first in
      origin.withUnsafeBufferPointer { origin in
        for i in 0..<first.count {
          let start = Int(first[i]), row = matrix + Int(origin[i])
          var pivot = row[i]
          let least = pivot * tolerance
          for j in start..<i {
            row[j] = Self.reduced(row, matrix + Int(origin[j]), from: max(start, Int(first[j])), to: j) * inverse[j]
            pivot.subtractProduct(row[j], row[j])
          }
          let isSound = pivot .> least
          let root = pivot.replacing(with: 1, where: .!isSound).squareRoot()
          row[i] = root
          inverse[i] = (1 / root).replacing(with: 0, where: .!isSound)
        }
      }
    }
  }

  /// Element `end` of a row less the product of two rows before it; four sums hide the latency.
  @inline(__always)
  private static func reduced(
    _ row: UnsafeMutablePointer<WideLanes>, _ other: UnsafeMutablePointer<WideLanes>, from start: Int, to end: Int
  ) -> WideLanes {
    var even = row[end], odd = WideLanes(repeating: 0)
    var k = start
    while k + 1 < end {
      even.subtractProduct(row[k], other[k])
      odd.subtractProduct(row[k + 1], other[k + 1])
      k += 2
    }
    if k < end { even.subtractProduct(row[k], other[k]) }
    return even + odd
  }

  /// Replaces b by L⁻¹ b.
  package func forward(
    _ factor: UnsafeMutablePointer<WideLanes>, inverse: UnsafePointer<WideLanes>, _ b: UnsafeMutablePointer<WideLanes>
  ) {
    first.withUnsafeBufferPointer { first in
      origin.withUnsafeBufferPointer { origin in
        for i in 0..<first.count {
          let row = factor + Int(origin[i])
          var even = b[i], odd = WideLanes(repeating: 0)
          var k = Int(first[i])
          while k + 1 < i {
            even.subtractProduct(row[k], b[k])
            odd.subtractProduct(row[k + 1], b[k + 1])
            k += 2
          }
          if k < i { even.subtractProduct(row[k], b[k]) }
          b[i] = (even + odd) * inverse[i]
        }
      }
    }
  }

  /// Replaces b by L⁻ᵀ b; after `forward` that is the solution.
  package func backward(
    _ factor: UnsafeMutablePointer<WideLanes>, inverse: UnsafePointer<WideLanes>, _ b: UnsafeMutablePointer<WideLanes>
  ) {
    for i in stride(from: order - 1, through: 0, by: -1) {
      let row = factor + Int(origin[i])
      let value = b[i] * inverse[i]
      b[i] = value
      for k in Int(first[i])..<i { b[k].subtractProduct(row[k], value) }
    }
  }
}
