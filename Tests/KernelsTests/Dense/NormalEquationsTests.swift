// SPDX-License-Identifier: Apache-2.0
import Kernels
import Testing

@Suite("Normal equations of dense matching")
struct NormalEquationsTests {
  static let shapes = [WindowShape.box(half: 7), .gaussian(half: 10)]
  static let size = 40

  /// Lattice arrays of a solution, 16 floats a row.
  final class Solution {
    static let stride = 24
    let plane = 11 * Solution.stride
    let storage: FloatBuffer
    init() { storage = FloatBuffer(count: 10 * 11 * Solution.stride) }
    func value(_ index: Int, _ row: Int, _ column: Int) -> Double {
      Double(storage.base[index * plane + row * Solution.stride + column])
    }
    var output: NormalEquations.Output {
      NormalEquations.Output(
        parameters: (0..<6).map { storage.base + $0 * plane }, ncc: storage.base + 6 * plane,
        gain: storage.base + 7 * plane, offset: storage.base + 9 * plane, valid: storage.base + 8 * plane,
        stride: Solution.stride)
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

  func structure(_ window: WindowShape, total: Double, sink: (Int, UnsafeMutablePointer<Float>) -> Void) {
    WindowSums(
      rows: Self.size, columns: Self.size, window: window, total: total, families: StructureSums.families,
      columnOrder: 2
    ).run(
      pool: nil,
      accumulate: {
        StructureSums.accumulate(
          $0, gx: gx.view, gy: gy.view, reference: r.view, mask: m.view, partial: $1, whole: $2)
      }, sink: sink)
  }

  func solve(_ window: WindowShape) -> (NormalEquations, Solution) {
    let equations = NormalEquations(latticeRows: 10, latticeColumns: 10, window: window, pool: nil)
    let limits = NormalEquations.Limits(minimumCount: 60, minimumVariance: 1e-6)
    let side = window.noiseEquivalentSide
    structure(window, total: side * side) { equations.factor(row: $0, sums: $1, limits: limits) }
    structure(window.squared, total: side * side) { equations.addSquares(row: $0, sums: $1) }
    let warped = WindowSums(
      rows: Self.size, columns: Self.size, window: window, families: WarpedSums.families, columnOrder: 1)
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

  /// A pixel of a window: gradient times 1, x, y; reference and warped value; weight.
  struct Pixel {
    let design: [Double]
    let r, w, weight: Double
    /// The weight squared, as the window's `squared` shape has it.
    let square: Double
  }

  /// The pixels around a lattice point, weights as large as those of the noise-equivalent box.
  func pixels(_ row: Int, _ column: Int, _ window: WindowShape) -> [Pixel] {
    let reach = window.reach, weights = window.weights.map { $0 * window.noiseEquivalentSide }
    let other = window.squared
    func square(_ x: Int) -> Double {
      abs(x) > other.reach ? 0 : other.weights[x + other.reach] * window.noiseEquivalentSide
    }
    let squares = (-reach...reach).map(square)
    var out: [Pixel] = []
    for y in (4 * row - reach)...(4 * row + reach) {
      for x in (4 * column - reach)...(4 * column + reach) {
        guard y >= 0, x >= 0, y < Self.size, x < Self.size else { continue }
        let a = DenseFixtures.value(gx, y, x), b = DenseFixtures.value(gy, y, x)
        let dx = Double(x - 4 * column), dy = Double(y - 4 * row)
        out.append(
          Pixel(
            design: [a, a * dx, a * dy, b, b * dx, b * dy], r: DenseFixtures.value(r, y, x),
            w: DenseFixtures.value(w, y, x), weight: weights[y - 4 * row + reach] * weights[x - 4 * column + reach],
            square: squares[y - 4 * row + reach] * squares[x - 4 * column + reach]))
      }
    }
    return out
  }

  struct Direct {
    /// Normal matrix, that of squared weights and that of the shape nearest to those, all with the weighted mean of the gradients taken off.
    var a = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 6)
    var squares = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 6)
    var nearest = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 6)
    /// Right-hand side of the zero-mean normalised difference.
    var b = [Double](repeating: 0, count: 6)
    let gain: Double

    init(_ pixels: [Pixel]) {
      func sum(_ value: (Pixel) -> Double) -> Double { pixels.reduce(0) { $0 + $1.weight * value($1) } }
      let n = sum { _ in 1 }, meanR = sum(\.r) / n, meanW = sum(\.w) / n
      gain = (sum { ($0.r - meanR) * ($0.r - meanR) } / sum { ($0.w - meanW) * ($0.w - meanW) }).squareRoot()
      let means = (0..<6).map { k in sum { $0.design[k] } / n }
      for p in pixels {
        for i in 0..<6 {
          for j in 0..<6 {
            let product = (p.design[i] - means[i]) * (p.design[j] - means[j])
            a[i][j] += p.weight * product
            squares[i][j] += p.weight * p.weight * product
            nearest[i][j] += p.square * product
          }
          b[i] += p.weight * p.design[i] * ((p.r - meanR) - gain * (p.w - meanW))
        }
      }
    }

    /// A⁻¹ B A⁻¹.
    static func covariance(_ inverse: [[Double]], _ squares: [[Double]]) -> [[Double]] {
      func product(_ x: [[Double]], _ y: [[Double]]) -> [[Double]] {
        x.map { row in (0..<6).map { j in (0..<6).reduce(0) { $0 + row[$1] * y[$1][j] } } }
      }
      return product(product(inverse, squares), inverse)
    }
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

  @Test(
    "increments and gain equal a direct solution in double precision within 2e-4 of their size", arguments: shapes)
  func equalsDirectSolution(window: WindowShape) {
    let (_, solution) = solve(window)
    var worst = 0.0, worstGain = 0.0
    for row in 0..<10 {
      for column in 0..<10 {
        let direct = Direct(pixels(row, column, window)), inverse = Self.inverse(direct.a)
        #expect(solution.value(8, row, column) == 1)
        worstGain = max(worstGain, abs(solution.value(7, row, column) - direct.gain))
        for i in 0..<6 {
          let expected = zip(inverse[i], direct.b).reduce(0) { $0 + $1.0 * $1.1 }
          // In units of what noise of a tenth of the texture would cause.
          worst = max(worst, abs(solution.value(i, row, column) - expected) / (0.1 * inverse[i][i].squareRoot()))
        }
      }
    }
    #expect(worst < 2e-4, "largest difference of an increment, in sigma: \(worst)")
    #expect(worstGain < 1e-5, "largest difference of a gain: \(worstGain)")
  }

  @Test(
    "the covariance is A⁻¹ B A⁻¹ within 2e-4 of its size, B from the nearest shape; with exact squares 4 % on average",
    arguments: shapes)
  func covariance(window: WindowShape) {
    let stride = Solution.stride, found = FloatBuffer(count: 21 * stride)
    let (equations, _) = solve(window)
    var worst = 0.0, ratio = 0.0
    for row in 0..<10 {
      equations.covariance(row: row, into: found.base, stride: stride)
      for column in 0..<10 {
        let direct = Direct(pixels(row, column, window)), inverse = Self.inverse(direct.a)
        let expected = Direct.covariance(inverse, direct.nearest), exact = Direct.covariance(inverse, direct.squares)
        for i in 0..<6 {
          for j in 0...i {
            let value = Double(found.base[(i * (i + 1) / 2 + j) * stride + column])
            worst = max(worst, abs(value - expected[i][j]) / (expected[i][i] * expected[j][j]).squareRoot())
            if i == j { ratio += value / exact[i][i] / 600 }
          }
        }
      }
    }
    #expect(worst < 2e-4, "largest relative difference of a covariance: \(worst)")
    #expect(abs(ratio - 1) < 0.04, "mean ratio of the variances: \(ratio)")
  }
}
