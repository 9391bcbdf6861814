// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Simulation
import Testing

@Suite("Simulated pairs")
struct PairSimulatorTests {
  /// A scene that is known between its pixels as well.
  static func scene(_ row: Double, _ column: Double) -> Double {
    100 + 20 * sin(0.31 * column + 0.17 * row) + 15 * cos(0.23 * row - 0.4 * column) + 10 * sin(0.9 * row)
  }

  static func read(_ window: Window) -> Grid<Float> {
    var out = Grid<Float>(rows: window.rows, columns: window.columns, filledWith: 0)
    for r in 0..<window.rows {
      for c in 0..<window.columns {
        out[r, c] = Float(scene(Double(window.row + r), Double(window.column + c)))
      }
    }
    return out
  }

  static func simulator(
    _ kind: FieldKind, noise: Double = 0, bitDepth: Int? = nil,
    change: (inout PairSimulator.Parameters) -> Void = { _ in }
  ) -> PairSimulator {
    var p = PairSimulator.Parameters()
    p.field = kind
    p.sourceBlur = 0
    p.noiseVariance = noise
    change(&p)
    return PairSimulator(
      rows: 220, columns: 260, statistics: TextureStatistics(mean: 100, variance: 361), bitDepth: bitDepth,
      parameters: p)
  }

  static let whole = Window(row: 0, column: 0, rows: 220, columns: 260)

  @Test(
    "the secondary image at x + d(x) is gain · reference(x) + offset, within 1e-3 grey levels of 40",
    arguments: FieldKind.allCases)
  func forwardWarp(kind: FieldKind) {
    let simulator = Self.simulator(kind) {
      $0.gain = 0.9
      $0.greyOffset = 7
    }
    let tile = simulator.tile(Self.whole, read: Self.read)
    var worst = 0.0
    for row in 40..<180 {
      for column in 40..<220 {
        // The scene is known everywhere, so the truth is asked at the pixel of the secondary image.
        let p = simulator.field.origin(row: Double(row), column: Double(column))
        let expected = 0.9 * Self.scene(p.row, p.column) + 7
        worst = max(worst, abs(Double(tile.secondary[row, column]) - expected))
        #expect(tile.reference[row, column] == Float(Self.scene(Double(row), Double(column))))
      }
    }
    #expect(worst < 1e-3, "worst error is \(worst)")
  }

  @Test("tiles give the same bits as the whole image", arguments: [FieldKind.glacier, .fault])
  func tiles(kind: FieldKind) {
    let simulator = Self.simulator(kind, noise: 0.1) { $0.sourceBlur = 0.5 }
    let whole = simulator.tile(Self.whole, read: Self.read)
    for window in [
      Window(row: 0, column: 0, rows: 37, columns: 41), Window(row: 60, column: 111, rows: 50, columns: 29),
      Window(row: 201, column: 250, rows: 19, columns: 10), Window(row: 3, column: 5, rows: 1, columns: 1),
    ] {
      let part = simulator.tile(window, read: Self.read)
      #expect(part.reference == whole.reference.cropped(to: window))
      #expect(part.secondary == whole.secondary.cropped(to: window))
      #expect(part.truth.dxPerRow == whole.truth.dxPerRow.cropped(to: window))
      #expect(part.isSeen == whole.isSeen.cropped(to: window))
    }
  }

  @Test("noise has the asked share of the variance within 2 %, differs between images and follows the seed")
  func noise() {
    let clean = Self.simulator(.affine).tile(Self.whole, read: Self.read)
    let noisy = Self.simulator(.affine, noise: 0.1).tile(Self.whole, read: Self.read)
    var sums = (0.0, 0.0, 0.0)
    for i in 0..<clean.reference.cells.count {
      let a = Double(noisy.reference.cells[i] - clean.reference.cells[i])
      let b = Double(noisy.secondary.cells[i] - clean.secondary.cells[i])
      sums = (sums.0 + a * a, sums.1 + b * b, sums.2 + a * b)
    }
    let n = Double(clean.reference.cells.count)
    #expect(abs(sums.0 / n / 36.1 - 1) < 0.02)
    #expect(abs(sums.1 / n / 36.1 - 1) < 0.02)
    #expect(abs(sums.2 / n / 36.1) < 0.02)
    let other = Self.simulator(.affine, noise: 0.1) { $0.seed = 2 }.tile(Self.whole, read: Self.read)
    #expect(other.reference != noisy.reference)
  }

  @Test("whole grey levels are rounded and clipped to their bits")
  func quantised() {
    let tile = Self.simulator(.affine, noise: 5, bitDepth: 7).tile(Self.whole, read: Self.read)
    let isWhole = tile.secondary.cells.allSatisfy { $0 == $0.rounded() && $0 >= 0 && $0 <= 127 }
    #expect(isWhole)
    #expect(tile.secondary.cells.max() == 127 && tile.secondary.cells.min() == 0)
  }

  @Test("missing source pixels are missing in both images, at their own place, and nowhere else")
  func missing() {
    let simulator = Self.simulator(.affine) { $0.maximumDisplacement = 3 }
    let tile = simulator.tile(Self.whole) { window in
      var out = Self.read(window)
      if window.contains(Window(row: 100, column: 120, rows: 1, columns: 1)) {
        out[100 - window.row, 120 - window.column] = .nan
      }
      return out
    }
    #expect(tile.reference.cells.filter(\.isNaN).count == 1 && tile.reference[100, 120].isNaN)
    let d = simulator.field.sample(row: 100, column: 120)
    let row = Int((100 + d.dy).rounded()), column = Int((120 + d.dx).rounded())
    #expect(tile.secondary[row, column].isNaN)
    #expect((1...5).contains(tile.secondary.cells.filter(\.isNaN).count))
    #expect(abs(tile.secondary[row + 40, column] - 100) < 50)
  }

  @Test("ground from beyond the border is marked as not seen")
  func border() {
    let tile = Self.simulator(.affine) {
      $0.direction = 90
      $0.maximumDisplacement = 6
    }.tile(Self.whole, read: Self.read)
    #expect(!tile.isSeen[110, 0] && tile.isSeen[110, 130])
  }

  @Test("images of one pixel, one row and one column give finite pairs", arguments: [(1, 1), (1, 30), (30, 1)])
  func tiny(rows: Int, columns: Int) {
    for kind in FieldKind.allCases {
      var p = PairSimulator.Parameters()
      p.field = kind
      let simulator = PairSimulator(
        rows: rows, columns: columns, statistics: TextureStatistics(mean: 100, variance: 100), bitDepth: nil,
        parameters: p)
      let tile = simulator.tile(Window(row: 0, column: 0, rows: rows, columns: columns), read: Self.read)
      let isFinite = tile.secondary.cells.allSatisfy { $0.isFinite } && tile.truth.dx.cells.allSatisfy { $0.isFinite }
      #expect(isFinite)
    }
  }
}
