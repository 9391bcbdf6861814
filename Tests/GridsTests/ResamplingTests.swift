// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Testing

@Suite("Resampling")
struct ResamplingTests {
  /// A sum of waves up to `highest` cycles a pixel, known at every position.
  struct Texture: Sendable {
    let waves: [(u: Double, v: Double, phase: Double, amplitude: Double)]

    init(highest: Double) {
      var state: UInt64 = 42
      func random() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / Double(1 << 53)
      }
      waves = (0..<40).map { _ in
        let f = highest * random().squareRoot(), angle = 2 * Double.pi * random()
        return (f * cos(angle), f * sin(angle), 2 * Double.pi * random(), 0.5 + random())
      }
    }

    func value(_ row: Double, _ column: Double) -> Double {
      waves.reduce(500) { $0 + $1.amplitude * cos(2 * Double.pi * ($1.u * column + $1.v * row) + $1.phase) }
    }

    /// Change with a step to the right.
    func slope(_ row: Double, _ column: Double) -> Double {
      waves.reduce(0) {
        $0 - $1.amplitude * 2 * Double.pi * $1.u * sin(2 * Double.pi * ($1.u * column + $1.v * row) + $1.phase)
      }
    }

    func grid(_ rows: Int, _ columns: Int, step: Double = 1) -> Grid<Float> {
      Grid(
        rows: rows, columns: columns,
        cells: (0..<rows * columns).map { Float(value(Double($0 / columns) * step, Double($0 % columns) * step)) })
    }
  }

  /// Sub-pixel error of an interpolated row in the least squares sense: what a matcher would take for motion.
  private func bias(_ texture: Texture, _ source: ResamplingSource, shift: Double) -> (bias: Double, rms: Double) {
    var product = 0.0, square = 0.0, error = 0.0, count = 0.0
    for row in 40..<120 {
      let rows = [Double](repeating: Double(row) + shift * 0.5, count: 80)
      let columns = (0..<80).map { Double($0 + 40) + shift }
      let values = source.sample(rows: rows, columns: columns)
      for index in 0..<80 {
        let difference = Double(values[index]) - texture.value(rows[index], columns[index])
        let slope = texture.slope(rows[index], columns[index])
        product += difference * slope
        square += slope * slope
        error += difference * difference
        count += 1
      }
    }
    return (product / square, (error / count).squareRoot())
  }

  @Test(
    "a shift of a band-limited texture has a bias below 0.0001 px", arguments: (0...8).map { Double($0) / 8 }
  )
  func subPixelBias(shift: Double) {
    let texture = Texture(highest: 0.25)
    let source = ResamplingSource(texture.grid(160, 160), row: 0, column: 0, kernel: .spline)
    let (bias, rms) = bias(texture, source, shift: shift)
    print("shift \(shift): bias \(bias) px, rms \(rms)")
    #expect(abs(bias) < 0.0001)
    #expect(rms < 0.06)
  }

  @Test("at whole pixels the spline gives the pixels within 2e-6 of their value")
  func interpolates() {
    let grid = Texture(highest: 0.5).grid(140, 140)
    let source = ResamplingSource(grid, row: 0, column: 0, kernel: .spline)
    var worst: Float = 0
    for row in 40..<80 {
      let values = source.sample(
        rows: [Double](repeating: Double(row), count: 40), columns: (40..<80).map(Double.init))
      for index in 0..<40 { worst = max(worst, abs(values[index] - grid[row, 40 + index])) }
    }
    #expect(worst < 500 * 2e-6)
  }

  @Test("a result has the same bits in whatever window it is computed", arguments: [false, true])
  func windows(hasGaps: Bool) {
    var grid = Texture(highest: 0.4).grid(180, 190)
    if hasGaps { for row in 60..<66 { for column in 70..<90 { grid[row, column] = .nan } } }
    for kernel in [ResamplingKernel.spline, .areaMean(rows: 2.3, columns: 1.7)] {
      let whole = ResamplingSource(grid, row: 1000, column: 2000, kernel: kernel)
      let part = Window(row: 17, column: 23, rows: 143, columns: 149)
      let cut = ResamplingSource(grid.cropped(to: part), row: 1017, column: 2023, kernel: kernel)
      let margin = kernel.margin
      var compared = 0
      for row in part.row + margin..<part.endRow - margin {
        let columns = (part.column + margin..<part.endColumn - margin).map { 2000.37 + Double($0) }
        let rows = [Double](repeating: 1000.61 + Double(row), count: columns.count)
        let a = whole.sample(rows: rows, columns: columns), b = cut.sample(rows: rows, columns: columns)
        #expect(zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) })
        compared += a.count { !$0.isNaN }
      }
      #expect(compared > 300)
    }
  }

  @Test("missing pixels make NaN only where they carry weight, and do not ring by more than 0.5 % of the value")
  func missing() {
    let texture = Texture(highest: 0.15)
    var grid = texture.grid(120, 120)
    for row in 50..<60 { for column in 50..<60 { grid[row, column] = .nan } }
    let source = ResamplingSource(grid, row: 0, column: 0, kernel: .spline)
    func at(_ row: Double, _ column: Double) -> Float { source.sample(rows: [row], columns: [column])[0] }
    #expect(at(55, 55).isNaN && at(49.5, 55.5).isNaN)
    #expect(at(48, 55).isNaN, "the pixel two below carries 66/120² of the weight")
    #expect(!at(47, 55).isNaN && !at(47.2, 55).isNaN, "a weight below 0.001 may be missing")
    #expect(at(47.9, 55).isNaN)
    for column in 45..<65 {
      #expect(abs(Double(at(47, Double(column) + 0.3)) - texture.value(47, Double(column) + 0.3)) < 2.5)
    }
  }

  @Test("area means of a finer image equal the mean over the footprint within 0.02 and have no bias above 0.001 px")
  func areaMean() {
    let texture = Texture(highest: 0.2)
    let source = ResamplingSource(
      texture.grid(160, 160), row: 0, column: 0, kernel: .areaMean(rows: 2.5, columns: 2.5))
    for position in [(60.2, 70.9), (81.5, 90.0), (99.99, 63.37)] {
      var mean = 0.0
      for r in 0..<50 {
        for c in 0..<50 {
          mean += texture.value(
            position.0 + 2.5 * ((Double(r) + 0.5) / 50 - 0.5), position.1 + 2.5 * ((Double(c) + 0.5) / 50 - 0.5))
        }
      }
      let value = source.sample(rows: [position.0], columns: [position.1])[0]
      #expect(abs(Double(value) - mean / 2500) < 0.02)
    }
  }

  @Test("a texture finer than the target's pixels is averaged away instead of folded into it")
  func antiAlias() {
    let fine = Grid(rows: 200, columns: 200, cells: (0..<40_000).map { Float(($0 % 200) % 2 == 0 ? 90 : 110) })
    let source = ResamplingSource(fine, row: 0, column: 0, kernel: .areaMean(rows: 4.1, columns: 4.1))
    let columns = (0..<20).map { 60 + 4.1 * Double($0) }
    let values = source.sample(rows: [Double](repeating: 100, count: 20), columns: columns)
    #expect(values.allSatisfy { abs($0 - 100) < 0.6 })
  }

  @Test("nearest takes the pixel whose area holds the position")
  func nearest() {
    let grid = Grid(rows: 3, columns: 3, cells: (0..<9).map(Float.init))
    let source = ResamplingSource(grid, row: 10, column: 20, kernel: .nearest)
    let values = source.sample(rows: [10.4, 11.5, 9.4, .nan], columns: [21.49, 19.6, 20, 20])
    #expect(values[0] == 1 && values[1] == 6 && values[2].isNaN && values[3].isNaN)
  }
}
