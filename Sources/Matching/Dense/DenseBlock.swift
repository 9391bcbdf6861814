// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// Coarse-to-fine dense matching of one block.
struct DenseBlock {
  let half: Int
  let levels: Int
  let iterations: Int
  let minimumValidShare: Float = 0.35

  /// - Parameters:
  ///   - reference: the block; rows and columns are multiples of 4 · 2^(levels − 1) where the pyramid has to fit.
  ///   - secondary: starts `slack` pixels up and left of the block (plus the caller's whole-pixel shift) and ends as far
  ///     beyond it; `slack` is a multiple of 2^(levels − 1).
  ///   - start: offset expected at (row, column) of the block, px, relative to the caller's shift.
  func run(
    reference: Grid<Float>, secondary: Grid<Float>, slack: Int, start: (_ row: Float, _ column: Float) -> (Float, Float),
    curvatureSteps: Int = 0
  ) -> DenseLevel {
    var references = [DenseImage(reference, scale: IntensityScale(reference))]
    var secondaries = [DenseImage(secondary, scale: IntensityScale(secondary))]
    for _ in 1..<max(1, levels) {
      references.append(references[references.count - 1].halved())
      secondaries.append(secondaries[secondaries.count - 1].halved())
    }
    var field: LatticeField?
    var result: DenseLevel?
    for level in (0..<levels).reversed() {
      let image = references[level]
      let rows = (image.rows + 3) / 4, columns = (image.columns + 3) / 4
      let begin = field?.doubled(rows: rows, columns: columns) ?? startField(rows, columns, level, start)
      let matcher = DenseLevel(
        reference: image, secondary: secondaries[level], slack: slack >> level,
        half: level == 0 ? half : max(10, half / 2), start: begin, minimumValidShare: minimumValidShare)
      for _ in 0..<(level == 0 ? iterations : 2) { matcher.iterate(keepsCurvature: false) }
      if level == 0 { for _ in 0..<curvatureSteps { matcher.iterate(keepsCurvature: true) } }
      field = matcher.field
      result = matcher
    }
    return result!
  }

  private func startField(
    _ rows: Int, _ columns: Int, _ level: Int, _ start: (_ row: Float, _ column: Float) -> (Float, Float)
  ) -> LatticeField {
    let out = LatticeField(rows: rows, columns: columns)
    let scale = Float(1 << level)
    for row in 0..<rows {
      for column in 0..<columns {
        let (dx, dy) = start(Float(4 * row) * scale, Float(4 * column) * scale)
        out.u[row * out.stride + column] = dx / scale
        out.v[row * out.stride + column] = dy / scale
      }
    }
    out.extend()
    return out
  }
}

/// Entry point of the prototype measurement.
package func denseTrial(
  reference: Grid<Float>, secondary: Grid<Float>, slack: Int, half: Int, levels: Int, iterations: Int, curvatureSteps: Int
) -> [Grid<Float>] {
  let level = DenseBlock(half: half, levels: levels, iterations: iterations).run(
    reference: reference, secondary: secondary, slack: slack, start: { _, _ in (0, 0) }, curvatureSteps: curvatureSteps)
  let f = level.field
  return (0..<9).map { index in
    var grid = Grid<Float>(rows: f.rows, columns: f.columns, filledWith: 0)
    for r in 0..<f.rows { for c in 0..<f.columns { grid[r, c] = f.parameter(index)[r * f.stride + c] } }
    return grid
  }
}
