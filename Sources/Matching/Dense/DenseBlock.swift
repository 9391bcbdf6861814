// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// Coarse-to-fine dense matching of one block, the work behind `DenseMatching`.
package struct DenseBlock {
  /// Half sides of the windows to choose from, px, the largest first.
  let halves: [Int]
  let weights: WindowWeights
  let levels: Int
  let iterations: Int
  let minimumValidShare: Float
  /// Memory that is used again by the next window, level and block.
  let pool: BufferPool

  package init(
    halves: [Int], weights: WindowWeights, levels: Int, iterations: Int, minimumValidShare: Float, pool: BufferPool
  ) {
    self.halves = halves
    self.weights = weights
    self.levels = levels
    self.iterations = iterations
    self.minimumValidShare = minimumValidShare
    self.pool = pool
  }

  /// - Parameters:
  ///   - reference: the block; NaN is missing.
  ///   - secondary: starts `slack` pixels up and left of the block (plus the caller's whole-pixel shift) and ends as far
  ///     beyond it; `slack` is a multiple of 2^(levels − 1).
  ///   - start: offset expected at (row, column) of the block, px, relative to the caller's shift.
  package func run(
    reference: Grid<Float>, secondary: Grid<Float>, slack: Int,
    start: (_ row: Float, _ column: Float) -> (dx: Float, dy: Float)
  ) -> DenseEstimate {
    var references = [DenseImage(reference, scale: IntensityScale(reference), pool: pool)]
    var secondaries = [DenseImage(secondary, scale: IntensityScale(secondary), pool: pool)]
    for _ in 1..<max(1, levels) {
      references.append(references[references.count - 1].halved(pool: pool))
      secondaries.append(secondaries[secondaries.count - 1].halved(pool: pool))
    }
    var field: LatticeField?
    var coarser: DenseEstimate?
    let largest = halves[0]
    for level in (0..<levels).reversed() {
      let image = references[level], slack = slack >> level, limit = DenseImages.limit(slack: slack)
      let begin =
        field?.doubled(rows: latticeSize(image.rows), columns: latticeSize(image.columns), limit: limit, pool: pool)
        ?? startField(image, level, limit, start)
      let images = DenseImages(
        reference: image, secondary: secondaries[level], slack: slack, field: begin, pool: pool)
      if level == 0 {
        return estimate(images, halves, begin, coarser: coarser, isFinest: true)
      }
      if level == 1, halves.count > 1 {
        let result = self.estimate(images, [max(10, largest / 2)], begin)
        coarser = result
        field = result.field(fallback: begin, limit: limit, pool: pool)
        continue
      }
      let window = DenseWindow(
        images: images, half: max(10, largest / 2), weights: weights, start: begin,
        minimumValidShare: minimumValidShare)
      for _ in 0..<2 { window.iterate() }
      field = window.field
    }
    preconditionFailure("a pyramid has at least one level")
  }

  private func estimate(
    _ images: DenseImages, _ halves: [Int], _ begin: LatticeField, coarser: DenseEstimate? = nil,
    isFinest: Bool = false
  ) -> DenseEstimate {
    var field = begin
    let estimate = DenseEstimate(rows: begin.rows, columns: begin.columns, stride: begin.stride, pool: pool)
    if let coarser { estimate.merge(coarser: coarser) }
    let limit = DenseImages.limit(slack: images.slack)
    for half in halves {
      let window = DenseWindow(
        images: images, half: half, weights: weights, start: field, minimumValidShare: minimumValidShare)
      for _ in 0..<iterations { window.iterate() }
      DenseEvaluation(window).offer(to: estimate)
      field = estimate.field(fallback: window.field, limit: limit, pool: pool)
      if half == halves.last && isFinest {
        OneSidedModels(images: images, estimate: estimate, gain: window.increment.gain).run()
      }
    }
    return estimate
  }

  private func latticeSize(_ pixels: Int) -> Int { (pixels + WindowSums.step - 1) / WindowSums.step }

  private func startField(
    _ image: DenseImage, _ level: Int, _ limit: Float,
    _ start: (_ row: Float, _ column: Float) -> (dx: Float, dy: Float)
  ) -> LatticeField {
    let out = LatticeField(rows: latticeSize(image.rows), columns: latticeSize(image.columns), pool: pool)
    let scale = Float(1 << level), step = Float(WindowSums.step)
    for row in 0..<out.rows {
      for column in 0..<out.columns {
        let (dx, dy) = start(step * Float(row) * scale, step * Float(column) * scale)
        out.u[row * out.stride + column] = dx / scale
        out.v[row * out.stride + column] = dy / scale
      }
    }
    out.settle(limit: limit)
    return out
  }
}
