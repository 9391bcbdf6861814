// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import RasterIO

/// Matches one tile of points, in either direction.
struct TileMatcher: Sendable {
  let pair: ImagePair
  let plan: MatchPlan
  let coarse: CoarseStage
  let parameters: MatchParameters
  private let workspace = DenseMatching.Workspace()

  init(pair: ImagePair, plan: MatchPlan, coarse: CoarseStage, parameters: MatchParameters) {
    self.pair = pair
    self.plan = plan
    self.coarse = coarse
    self.parameters = parameters
  }

  enum Direction { case forward, backward }

  private var dense: DenseMatching.Parameters {
    var p = DenseMatching.Parameters()
    p.templateWindow = parameters.templateWindow
    p.windowWeights = parameters.windowWeights
    return p
  }

  private var margin: Int { DenseMatching.margin(dense) }

  /// - Parameter tile: points of the scene's lattice.
  func match(_ tile: Window, _ direction: Direction) throws -> MatchLayers {
    if let method = parameters.method.search, direction == .forward { return try search(tile, method) }
    let window = plan.block(of: tile, margin: margin)
    let prior = BlockPrior(coarse, window, sign: direction == .forward ? 1 : -1)
    let block = try read(window, prior, direction)
    let points = plan.scene.part(tile, from: (window.row, window.column))
    var out = densely(block, points, prior)
    let second = SecondLook(parameters: parameters)
    if second.isWorthwhile(out) {
      let detail = second.detail(of: block)
      second.merge(densely(detail, points, prior), into: &out)
      if direction == .forward { second.polish(&out, detail, points) }
    }
    if parameters.method == .leastSquares && direction == .forward { refine(&out, block, points) }
    for index in out.flags.cells.indices {
      out[.dx].cells[index] += Float(prior.dx)
      out[.dy].cells[index] += Float(prior.dy)
    }
    return out
  }

  private func densely(
    _ block: DenseMatching.Block, _ points: PointLattice, _ prior: BlockPrior
  ) -> MatchLayers {
    DenseMatching.match(block, points: points, parameters: dense, workspace: workspace) { row, column in
      let d = prior.offset(row: Double(row), column: Double(column))
      return (Float(d.dx - Double(prior.dx)), Float(d.dy - Double(prior.dy)))
    }
  }

  private func read(_ window: Window, _ prior: BlockPrior, _ direction: Direction) throws -> DenseMatching.Block {
    var around = window.grown(by: prior.slack)
    around.row += prior.dy
    around.column += prior.dx
    let forward = direction == .forward
    let overlap = pair.aligned.report.overlap
    return DenseMatching.Block(
      reference: forward ? try pair.readReference(window) : try pair.readSecondary(window),
      secondary: forward ? try pair.readSecondary(around) : try pair.readReference(around), slack: prior.slack,
      scene: (forward ? pair.scene : overlap).seen(from: window),
      secondaryScene: (forward ? overlap : pair.scene).seen(from: around), coarsestLevel: coarse.level)
  }

  /// Least squares matching of each point on its own, from the dense result.
  private func refine(_ out: inout MatchLayers, _ block: DenseMatching.Block, _ points: PointLattice) {
    var p = LeastSquaresMatching.Parameters()
    p.templateWindow = parameters.templateWindow ?? pair.usualWindow
    p.precisionLimit = parameters.precisionLimit
    let matcher = LeastSquaresMatching(reference: block.reference, secondary: block.secondary, parameters: p)
    let slack = Double(block.slack)
    var places: [Matching.PixelPoint] = [], starts: [AffineOffset] = [], indices: [Int] = []
    for index in out.flags.cells.indices where out.value(.dx, index).isFinite {
      places.append(points.place(index))
      starts.append(out.model(index).shifted(by: slack))
      indices.append(index)
    }
    let matches = matcher.match(at: places, start: starts)
    for (index, match) in zip(indices, matches) {
      out.take(match, slack: slack, window: p.templateWindow, at: index)
      if match.flag == .masked, !isInside(points.place(index), window: p.templateWindow, block.scene) {
        out.flags.cells[index] = .offImage
      }
    }
  }
}

extension Window {
  /// The part of this window in `other`, in its pixels.
  fileprivate func seen(from other: Window) -> Window {
    let common = intersection(other)
    return Window(
      row: common.row - other.row, column: common.column - other.column, rows: common.rows, columns: common.columns)
  }
}
