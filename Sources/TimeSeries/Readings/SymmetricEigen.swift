// SPDX-License-Identifier: Apache-2.0

/// Eigenvalues and eigenvectors of a symmetric matrix. O(side³) for each of about eight sweeps.
///
/// Source: Jacobi 1846, cyclic order; rotations as in Golub & Van Loan, Matrix Computations, section 8.5.
package struct SymmetricEigen {
  /// Falling.
  package let values: [Double]
  /// Of length 1, in the order of the values.
  package let vectors: [[Double]]

  /// - Parameter matrix: rows × columns, symmetric.
  package init(_ matrix: [Double], side n: Int) {
    precondition(matrix.count == n * n, "a square matrix has side × side numbers")
    var a = matrix
    // Rows are the eigenvectors to be.
    var v = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0 }
    let total = a.reduce(0) { $0 + $1 * $1 }
    for _ in 0..<60 {
      var rest = 0.0
      for p in 0..<n { for q in 0..<p { rest += a[p * n + q] * a[p * n + q] } }
      guard rest > 1e-26 * total else { break }
      for p in 0..<max(0, n - 1) {
        for q in p + 1..<n where a[p * n + q] != 0 { Self.rotate(&a, &v, n, p, q) }
      }
    }
    let order = (0..<n).sorted { a[$0 * n + $0] > a[$1 * n + $1] }
    values = order.map { a[$0 * n + $0] }
    vectors = order.map { Array(v[$0 * n..<($0 + 1) * n]) }
  }

  private static func rotate(_ a: inout [Double], _ v: inout [Double], _ n: Int, _ p: Int, _ q: Int) {
    let theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q])
    let t = (theta >= 0 ? 1.0 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot(), s = t * c
    for k in 0..<n {
      let (kp, kq) = (a[k * n + p], a[k * n + q])
      a[k * n + p] = c * kp - s * kq
      a[k * n + q] = s * kp + c * kq
    }
    for k in 0..<n {
      let (pk, qk) = (a[p * n + k], a[q * n + k])
      a[p * n + k] = c * pk - s * qk
      a[q * n + k] = s * pk + c * qk
      let (vp, vq) = (v[p * n + k], v[q * n + k])
      v[p * n + k] = c * vp - s * vq
      v[q * n + k] = s * vp + c * vq
    }
  }
}
