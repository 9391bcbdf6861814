// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Kernels
import Matching
import Simulation

/// Image pairs with a known field, and the dense estimate on their lattice of four pixels.
enum DenseScene {
  /// Pixels that the secondary has more on each side.
  static let slack = 16

  struct Pair: Sendable {
    var reference: Grid<Float>
    /// With `slack` pixels more on each side.
    var secondary: Grid<Float>
    /// Exact offset at a pixel of the reference.
    var truth: @Sendable (_ row: Double, _ column: Double) -> FieldSample
  }

  /// A pair of `side` × `side` pixels of generated texture; the field is that of an image with the slack around it.
  static func pair(
    _ kind: FieldKind, side: Int, displacement: Double = 2, noise: Double = 0, seed: Int = 1,
    change: (inout PairSimulator.Parameters) -> Void = { _ in }
  ) -> Pair {
    var p = PairSimulator.Parameters()
    p.field = kind
    p.maximumDisplacement = displacement
    p.noiseVariance = noise
    p.seed = seed
    p.sourceBlur = 0
    change(&p)
    var texture = GeneratedTexture.Parameters()
    texture.textureSeed = seed
    texture.textureOctaves = 6
    let whole = side + 2 * slack
    let simulator = PairSimulator(
      rows: whole, columns: whole, statistics: TextureStatistics(mean: 127.5, variance: 36 * 36), bitDepth: nil,
      parameters: p)
    let tile = simulator.tile(
      Window(row: 0, column: 0, rows: whole, columns: whole), read: GeneratedTexture(parameters: texture).read)
    let inner = Window(row: slack, column: slack, rows: side, columns: side)
    return Pair(
      reference: tile.reference.cropped(to: inner), secondary: tile.secondary,
      truth: { simulator.field.sample(row: $0 + Double(slack), column: $1 + Double(slack)) })
  }

  /// The layers of an estimate as grids of the lattice.
  struct Estimate {
    let layers: [Grid<Float>]
    var dx: Grid<Float> { layers[0] }
    var dy: Grid<Float> { layers[3] }
    /// Columns of the offset's gradient: dx per column, dx per row, dy per column, dy per row.
    var gradients: [Grid<Float>] { [layers[1], layers[2], layers[4], layers[5]] }
    var window: Grid<Float> { layers[7] }
    /// Predicted squared error; infinite where nothing was measured.
    var error: Grid<Float> { layers[8] }
    /// Of dx and dy, noise and bias together.
    var variances: [Grid<Float>] { [sum(.dxVariance, .dxBias), sum(.dyVariance, .dyBias)] }
    /// In the order of `gradients`.
    var gradientVariances: [Grid<Float>] {
      [
        sum(.c00, .dxPerColumnBias), sum(.c11, .dxPerRowBias), sum(.c22, .dyPerColumnBias), sum(.c33, .dyPerRowBias),
      ]
    }

    private func sum(_ noise: DenseEstimate.Layer, _ bias: DenseEstimate.Layer) -> Grid<Float> {
      let a = layers[noise.rawValue], b = layers[bias.rawValue]
      return Grid(rows: a.rows, columns: a.columns, cells: zip(a.cells, b.cells).map { $0 + $1 })
    }

    func isMeasured(_ row: Int, _ column: Int) -> Bool { error[row, column] < .infinity }
  }

  static func match(
    _ reference: Grid<Float>, _ secondary: Grid<Float>, halves: [Int] = [25], weights: WindowWeights = .box,
    levels: Int = 3, iterations: Int = 2
  ) -> Estimate {
    let e = DenseBlock(
      halves: halves, weights: weights, levels: levels, iterations: iterations, minimumValidShare: 0.3,
      pool: BufferPool()
    ).run(reference: reference, secondary: secondary, slack: slack, start: { _, _ in (0, 0) })
    return Estimate(
      layers: DenseEstimate.Layer.allCases.map { layer in
        var grid = Grid<Float>(rows: e.rows, columns: e.columns, filledWith: 0)
        for r in 0..<e.rows { for c in 0..<e.columns { grid[r, c] = e.layer(layer)[r * e.stride + c] } }
        return grid
      })
  }

  /// The image with NaN around it.
  static func padded(_ image: Grid<Float>) -> Grid<Float> {
    var out = Grid<Float>(rows: image.rows + 2 * slack, columns: image.columns + 2 * slack, filledWith: .nan)
    for row in 0..<image.rows {
      for column in 0..<image.columns { out[row + slack, column + slack] = image[row, column] }
    }
    return out
  }

  /// Lattice points at least `margin` pixels inside an image of `side` pixels.
  static func points(_ side: Int, margin: Int) -> [(row: Int, column: Int)] {
    let range = (margin + 3) / 4...(side - margin) / 4 - 1
    return range.flatMap { row in range.map { (row, $0) } }
  }
}
