// SPDX-License-Identifier: Apache-2.0

/// Six numbers, one per affine parameter, in the order p1 … p6.
typealias Six = InlineArray<6, Double>

/// A symmetric 6 × 6 matrix over the affine parameters.
struct NormalMatrix {
  private var cells = InlineArray<36, Double>(repeating: 0)

  subscript(i: Int, j: Int) -> Double {
    get { cells[i &* 6 &+ j] }
    set { cells[i &* 6 &+ j] = newValue }
  }

  init() {}

  /// From moments times (1, x, y, x², xy, y²) of gx gx, gx gy and gy gy.
  init(moments m: UnsafePointer<Double>) {
    func block(_ from: Int, _ row: Int, _ column: Int) {
      let index: InlineArray<9, Int> = [0, 1, 2, 1, 3, 4, 2, 4, 5]
      for i in 0..<3 {
        for j in 0..<3 { self[row + i, column + j] = m[from + index[i * 3 + j]] }
      }
    }
    block(0, 0, 0)
    block(6, 0, 3)
    block(6, 3, 0)
    block(12, 3, 3)
  }

  /// Takes `scale` (a bᵀ + b aᵀ) / 2 away: what a linear parameter that is solved along explains.
  mutating func subtract(_ a: Six, _ b: Six, scale: Double) {
    for i in 0..<6 {
      for j in 0..<6 { self[i, j] -= scale * 0.5 * (a[i] * b[j] + b[i] * a[j]) }
    }
  }

  static func combine(_ a: NormalMatrix, _ s: Double, _ b: NormalMatrix, _ t: Double) -> NormalMatrix {
    var out = NormalMatrix()
    for index in 0..<36 { out.cells[index] = s * a.cells[index] + t * b.cells[index] }
    return out
  }

  func times(_ v: Six) -> Six {
    var out = Six(repeating: 0)
    for i in 0..<6 {
      for j in 0..<6 { out[i] += self[i, j] * v[j] }
    }
    return out
  }

  /// M S M for a symmetric M.
  func sandwiching(_ middle: NormalMatrix) -> NormalMatrix {
    var half = NormalMatrix(), out = NormalMatrix()
    for i in 0..<6 {
      for j in 0..<6 {
        var sum = 0.0
        for k in 0..<6 { sum += self[i, k] * middle[k, j] }
        half[i, j] = sum
      }
    }
    for i in 0..<6 {
      for j in 0..<6 {
        var sum = 0.0
        for k in 0..<6 { sum += half[i, k] * self[k, j] }
        out[i, j] = sum
      }
    }
    return out
  }

  /// The inverse by Cholesky's factors over the parameters that `model` leaves free, the others being zero; nil where
  /// the matrix is not safely positive definite.
  ///
  /// - Parameter length: unit of the gradients' coordinates, px: brings all six parameters to one scale.
  func inverse(length: Double, model: LeastSquaresMatching.Model) -> NormalMatrix? {
    switch model {
    case .affine: return inverse(length: length, free: [0, 1, 2, 3, 4, 5])
    case .translation: return inverse(length: length, free: [0, 3])
    case .rigid: return rigidInverse(length: length)
    }
  }

  private func inverse(length: Double, free: [Int]) -> NormalMatrix? {
    let n = free.count
    func unit(_ i: Int) -> Double { i % 3 == 0 ? 1 : 1 / length }
    var lower = NormalMatrix(), out = NormalMatrix()
    var largest = 0.0
    for i in free { largest = max(largest, self[i, i] * unit(i) * unit(i)) }
    for i in 0..<n {
      for j in 0...i {
        var sum = self[free[i], free[j]] * unit(free[i]) * unit(free[j])
        for k in 0..<j { sum -= lower[i, k] * lower[j, k] }
        if i == j {
          guard sum > 1e-5 * largest else { return nil }
          lower[i, i] = sum.squareRoot()
        } else {
          lower[i, j] = sum / lower[j, j]
        }
      }
    }
    for column in 0..<n {
      var y = Six(repeating: 0)
      for i in 0..<n {
        var sum = i == column ? 1.0 : 0
        for k in 0..<i { sum -= lower[i, k] * y[k] }
        y[i] = sum / lower[i, i]
      }
      for i in Swift.stride(from: n - 1, through: 0, by: -1) {
        var sum = y[i]
        for k in i + 1..<max(n, i + 1) { sum -= lower[k, i] * y[k] }
        y[i] = sum / lower[i, i]
        out[free[i], free[column]] = y[i] * unit(free[i]) * unit(free[column])
      }
    }
    return out
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
    guard let inverse = small.inverse(length: length, free: [0, 1, 3]) else { return nil }
    var out = NormalMatrix()
    let image: [(Int, Int, Double)] = [(0, 0, 1), (1, 2, -1), (1, 4, 1), (3, 3, 1)]
    for (i, row, a) in image {
      for (j, column, b) in image { out[row, column] = a * b * inverse[i, j] }
    }
    return out
  }
}
