// SPDX-License-Identifier: Apache-2.0

/// Six numbers, one per affine parameter, in the order p1 … p6.
typealias Six = InlineArray<6, Double>

extension InlineArray where count == 6, Element == Double {
  fileprivate var vector: SIMD8<Double> { SIMD8(self[0], self[1], self[2], self[3], self[4], self[5], 0, 0) }
}

/// A symmetric 6 × 6 matrix over the affine parameters.
struct NormalMatrix {
  /// Rows of six numbers and two unused zeros: whole vectors make the products several times faster.
  private var rows = InlineArray<6, SIMD8<Double>>(repeating: .zero)

  /// Cell (i, j), both 0 ..< 6.
  subscript(i: Int, j: Int) -> Double {
    get { rows[unchecked: i][j] }
    set { rows[unchecked: i][j] = newValue }
  }

  init() {}

  /// From moments times (1, x, y, x², xy, y², …) of gx gx, gx gy and gy gy.
  init(moments m: UnsafePointer<Double>) {
    func block(_ from: Int, _ row: Int, _ column: Int) {
      let index: InlineArray<9, Int> = [0, 1, 2, 1, 3, 4, 2, 4, 5]
      for i in 0..<3 {
        for j in 0..<3 { self[row + i, column + j] = m[from + index[i * 3 + j]] }
      }
    }
    block(0, 0, 0)
    block(10, 0, 3)
    block(10, 3, 0)
    block(20, 3, 3)
  }

  /// Takes `scale` (a bᵀ + b aᵀ) / 2 away: what a linear parameter that is solved along explains.
  mutating func subtract(_ a: Six, _ b: Six, scale: Double) {
    let left = a.vector * (0.5 * scale), right = b.vector
    for i in 0..<6 { rows[unchecked: i] -= left[i] * right + right[i] * left }
  }

  mutating func multiply(by factor: Double) {
    for i in 0..<6 { rows[unchecked: i] *= factor }
  }

  func times(_ v: Six) -> Six {
    let vector = v.vector
    var out = Six(repeating: 0)
    for i in 0..<6 { out[i] = (rows[unchecked: i] * vector).sum() }
    return out
  }

  /// M S M for a symmetric M and a symmetric S: symmetric again.
  func sandwiching(_ middle: NormalMatrix) -> NormalMatrix {
    var out = NormalMatrix()
    for i in 0..<6 {
      var half = SIMD8<Double>.zero, row = SIMD8<Double>.zero
      for k in 0..<6 { half += rows[unchecked: i][k] * middle.rows[unchecked: k] }
      for k in 0..<6 { row += half[k] * rows[unchecked: k] }
      out.rows[unchecked: i] = row
    }
    return out
  }

  /// The inverse by Cholesky's factors over the parameters that `transformation` leaves free, the others being zero; nil where
  /// the matrix is not safely positive definite.
  ///
  /// - Parameter length: unit of the gradients' coordinates, px: brings all six parameters to one scale.
  func inverse(length: Double, transformation: LeastSquaresMatching.Transformation) -> NormalMatrix? {
    switch transformation {
    case .affine: return inverse(length: length, free: [0, 1, 2, 3, 4, 5], count: 6)
    case .translation: return inverse(length: length, free: [0, 3, 0, 0, 0, 0], count: 2)
    case .rigid: return rigidInverse(length: length)
    }
  }

  private func inverse(length: Double, free: InlineArray<6, Int>, count n: Int) -> NormalMatrix? {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 48) { memory in
      // Rows of six; then the units, which bring all parameters to one scale.
      let lower = memory.baseAddress.unsafelyUnwrapped, unit = lower + 36, y = lower + 42
      var largest = 0.0
      for i in 0..<n {
        let at = free[unchecked: i]
        unit[i] = at % 3 == 0 ? 1 : 1 / length
        largest = max(largest, self[at, at] * unit[i] * unit[i])
      }
      for i in 0..<n {
        for j in 0..<i + 1 {
          var sum = self[free[unchecked: i], free[unchecked: j]] * unit[i] * unit[j]
          for k in 0..<j { sum -= lower[i * 6 + k] * lower[j * 6 + k] }
          if i == j {
            guard sum > 1e-5 * largest else { return nil }
            // The diagonal is kept as its inverse: it only ever divides.
            lower[i * 6 + i] = 1 / sum.squareRoot()
          } else {
            lower[i * 6 + j] = sum * lower[j * 6 + j]
          }
        }
      }
      var out = NormalMatrix()
      for column in 0..<n {
        for i in column..<n {
          var sum = i == column ? 1.0 : 0
          for k in column..<i { sum -= lower[i * 6 + k] * y[k] }
          y[i] = sum * lower[i * 6 + i]
        }
        // Backward no further than the diagonal: the inverse is symmetric.
        for i in Swift.stride(from: n - 1, through: column, by: -1) {
          var sum = y[i]
          for k in i + 1..<n { sum -= lower[k * 6 + i] * y[k] }
          y[i] = sum * lower[i * 6 + i]
          let value = y[i] * unit[i] * unit[column], row = free[unchecked: i], other = free[unchecked: column]
          out[row, other] = value
          out[other, row] = value
        }
      }
      return out
    }
  }

  /// Free are p1, p4 and one rotation ω: p3 = −ω, p5 = ω (to first order).
  private func rigidInverse(length: Double) -> NormalMatrix? {
    let rotation: Six = [0, 0, -1, 0, 1, 0]
    let turned = times(rotation)
    var small = NormalMatrix()
    small[0, 0] = self[0, 0]
    small[3, 3] = self[3, 3]
    small[0, 3] = self[0, 3]
    small[3, 0] = self[0, 3]
    small[0, 1] = turned[0]
    small[1, 0] = turned[0]
    small[3, 1] = turned[3]
    small[1, 3] = turned[3]
    small[1, 1] = turned[4] - turned[2]
    guard let inverse = small.inverse(length: length, free: [0, 1, 3, 0, 0, 0], count: 3) else { return nil }
    var out = NormalMatrix()
    let image: [(Int, Int, Double)] = [(0, 0, 1), (1, 2, -1), (1, 4, 1), (3, 3, 1)]
    for (i, row, a) in image {
      for (j, column, b) in image { out[row, column] = a * b * inverse[i, j] }
    }
    return out
  }
}
