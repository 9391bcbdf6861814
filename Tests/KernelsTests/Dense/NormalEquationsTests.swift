// SPDX-License-Identifier: Apache-2.0
import Kernels
import Testing

@Suite("Normal equations of dense matching")
struct NormalEquationsTests {
  static let half = 7
  static let side = 2 * half + 1
  static let size = 40

  /// Lattice arrays of a solution, 16 floats a row.
  final class Solution {
    static let stride = 24
    let plane = 11 * Solution.stride
    let storage: FloatBuffer
    init() { storage = FloatBuffer(count: 9 * 11 * Solution.stride) }
    func value(_ index: Int, _ row: Int, _ column: Int) -> Double {
      Double(storage.base[index * plane + row * Solution.stride + column])
    }
    var output: NormalEquations.Output {
      NormalEquations.Output(
        parameters: (0..<6).map { storage.base + $0 * plane }, ncc: storage.base + 6 * plane,
        gain: storage.base + 7 * plane, valid: storage.base + 8 * plane, stride: Solution.stride)
    }
  }

  let gx = DenseFixtures.noise(rows: size, columns: size, seed: 5)
  let gy = DenseFixtures.noise(rows: size, columns: size, seed: 6)
  let r = DenseFixtures.noise(rows: size, columns: size, seed: 7)
  let m = DenseFixtures.image(rows: size, columns: size) { _, _ in 1 }
  let w: PaddedImage

  init() {
    var noise = DenseFixtures.Noise(seed: 8)
    let r = r
    w = DenseFixtures.image(rows: Self.size, columns: Self.size) {
      0.8 * r.view.row($0)[$1] + 0.3 + 0.1 * noise.next()
    }
  }

  func solve() -> (NormalEquations, Solution) {
    let structure = WindowSums(
      rows: Self.size, columns: Self.size, half: Self.half, families: StructureSums.families, columnOrder: 2)
    let equations = NormalEquations(
      latticeRows: structure.latticeRows, latticeColumns: structure.latticeColumns, half: Self.half, pool: nil)
    let limits = NormalEquations.Limits(minimumCount: 60, minimumVariance: 1e-6)
    structure.run(
      pool: nil,
      accumulate: {
        StructureSums.accumulate(
          $0, gx: gx.view, gy: gy.view, reference: r.view, mask: m.view, partial: $1, whole: $2)
      },
      sink: { equations.factor(row: $0, sums: $1, limits: limits) })
    let warped = WindowSums(
      rows: Self.size, columns: Self.size, half: Self.half, families: WarpedSums.families, columnOrder: 1)
    let solution = Solution(), output = solution.output
    warped.run(
      pool: nil,
      accumulate: {
        WarpedSums.accumulate(
          $0, gx: gx.view, gy: gy.view, reference: r.view, warped: w.view, partial: $1, whole: $2)
      },
      sink: { equations.solve(row: $0, sums: $1, into: output) })
    return (equations, solution)
  }

  /// The window around a lattice point: design rows (gradient times 1, x, y), reference and warped values.
  func window(_ row: Int, _ column: Int) -> (design: [[Double]], r: [Double], w: [Double]) {
    var design: [[Double]] = [], rs: [Double] = [], ws: [Double] = []
    for y in (4 * row - Self.half)...(4 * row + Self.half) {
      for x in (4 * column - Self.half)...(4 * column + Self.half) {
        guard y >= 0, x >= 0, y < Self.size, x < Self.size else { continue }
        let a = DenseFixtures.value(gx, y, x), b = DenseFixtures.value(gy, y, x)
        let dx = Double(x - 4 * column), dy = Double(y - 4 * row)
        design.append([a, a * dx, a * dy, b, b * dx, b * dy])
        rs.append(DenseFixtures.value(r, y, x))
        ws.append(DenseFixtures.value(w, y, x))
      }
    }
    return (design, rs, ws)
  }

  /// Normal matrix with the mean taken off, and right-hand side of the zero-mean normalised difference.
  static func normal(_ d: [[Double]], _ r: [Double], _ w: [Double]) -> (a: [[Double]], b: [Double], gain: Double) {
    let n = Double(r.count), meanR = r.reduce(0, +) / n, meanW = w.reduce(0, +) / n
    let varR = r.reduce(0) { $0 + ($1 - meanR) * ($1 - meanR) },
      varW = w.reduce(0) { $0 + ($1 - meanW) * ($1 - meanW) }
    let gain = (varR / varW).squareRoot()
    var a = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 6), b = [Double](repeating: 0, count: 6)
    let means = (0..<6).map { k in d.reduce(0) { $0 + $1[k] } / n }
    for (row, (rv, wv)) in zip(d, zip(r, w)) {
      for i in 0..<6 {
        for j in 0..<6 { a[i][j] += (row[i] - means[i]) * (row[j] - means[j]) }
        b[i] += row[i] * ((rv - meanR) - gain * (wv - meanW))
      }
    }
    return (a, b, gain)
  }

  /// Inverse by Gauss-Jordan elimination.
  static func inverse(_ a: [[Double]]) -> [[Double]] {
    let n = a.count
    var m = a.enumerated().map { i, row in row + (0..<n).map { $0 == i ? 1 : 0 } }
    for k in 0..<n {
      let pivot = m[k][k]
      for j in 0..<2 * n { m[k][j] /= pivot }
      for i in 0..<n where i != k {
        let f = m[i][k]
        for j in 0..<2 * n { m[i][j] -= f * m[k][j] }
      }
    }
    return m.map { Array($0[n...]) }
  }

  @Test("increments, gain and inverse equal a direct solution in double precision within 2e-4 of their size")
  func equalsDirectSolution() {
    let (equations, solution) = solve()
    let stride = Solution.stride, inverses = FloatBuffer(count: 21 * stride)
    var worst = 0.0, worstInverse = 0.0, worstGain = 0.0
    for row in 0..<10 {
      equations.inverse(row: row, into: inverses.base, stride: stride)
      for column in 0..<10 {
        let (d, r, w) = window(row, column)
        let (a, b, gain) = Self.normal(d, r, w), inverse = Self.inverse(a)
        #expect(solution.value(8, row, column) == 1)
        worstGain = max(worstGain, abs(solution.value(7, row, column) - gain))
        for i in 0..<6 {
          let expected = zip(inverse[i], b).reduce(0) { $0 + $1.0 * $1.1 }
          // In units of what noise of a tenth of the texture would cause.
          worst = max(worst, abs(solution.value(i, row, column) - expected) / (0.1 * inverse[i][i].squareRoot()))
          for j in 0...i {
            let scale = (inverse[i][i] * inverse[j][j]).squareRoot()
            let found = Double(inverses.base[(i * (i + 1) / 2 + j) * stride + column])
            worstInverse = max(worstInverse, abs(found - inverse[i][j]) / scale)
          }
        }
      }
    }
    #expect(worst < 2e-4, "largest difference of an increment, in sigma: \(worst)")
    #expect(worstInverse < 2e-4, "largest relative difference of a covariance: \(worstInverse)")
    #expect(worstGain < 1e-5, "largest difference of a gain: \(worstGain)")
  }
}
