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

  private var margin: Int {
    // A spline coefficient depends on 24 neighbours.
    let p = leastSquares, around = neighbours * plan.scene.spacing + p.templateWindow / 2 + 24
    return max(DenseMatching.margin(dense), parameters.method == .leastSquares ? around : 0)
  }

  private var leastSquares: LeastSquaresMatching.Parameters {
    parameters.leastSquares(usualWindow: pair.usualWindow)
  }

  /// Points around a tile that are matched with it, to see how the motion curves at its rim.
  private var neighbours: Int {
    let p = leastSquares
    let reach = LeastSquaresMatching.curvatureReach(spacing: plan.scene.spacing, templateWindow: p.templateWindow)
    if parameters.method.search != nil { return reach + SearchUncertainty.reach }
    return parameters.method == .leastSquares && p.transformation == .affine ? reach : 0
  }

  /// - Parameter tile: points of the scene's lattice.
  func match(_ tile: Window, _ direction: Direction) throws -> MatchLayers {
    let all = Window(row: 0, column: 0, rows: plan.scene.rows, columns: plan.scene.columns)
    let wide = direction == .forward ? tile.grown(by: neighbours).intersection(all) : tile
    if let method = parameters.method.search, direction == .forward {
      return try search(wide, method).cropped(to: tile.seen(from: wide))
    }
    let window = plan.block(of: tile, margin: margin)
    let prior = BlockPrior(coarse, window, sign: direction == .forward ? 1 : -1)
    let block = try read(window, prior, direction)
    let points = plan.scene.part(wide, from: (window.row, window.column))
    var out = densely(block, points, prior)
    let second = SecondLook(parameters: parameters)
    if second.isWorthwhile(out) {
      let detail = second.detail(of: block)
      second.merge(densely(detail, points, prior), into: &out)
      if direction == .forward { second.polish(&out, detail, points) }
    }
    if parameters.method == .leastSquares && direction == .forward { refine(&out, block, points) }
    if wide != tile { out = out.cropped(to: tile.seen(from: wide)) }
    out.shift(by: prior)
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
    let p = leastSquares
    let matcher = LeastSquaresMatching(reference: block.reference, secondary: block.secondary, parameters: p)
    let slack = Double(block.slack)
    let matches = leastSquares(
      matcher, points,
      starts: out.flags.cells.indices.map { index in
        out.value(.dx, index).isFinite ? out.model(index).shifted(by: slack).reduced(to: p.transformation) : nil
      })
    for index in out.flags.cells.indices where out.value(.dx, index).isFinite {
      let match = matches.cells[index]
      out.take(
        match, slack: slack, window: p.templateWindow, hasGradients: p.transformation == .affine, at: index)
      if match.flag == .masked, !isInside(points.place(index), window: p.templateWindow, block.scene) {
        out.flags.cells[index] = .offImage
      }
    }
  }

  /// Least squares matching of the points that have a start; then what the curvature of the motion put in is taken out,
  /// which no other start or window would do.
  func leastSquares(
    _ matcher: LeastSquaresMatching, _ points: PointLattice, starts: [AffineOffset?]
  ) -> Grid<LeastSquaresMatch> {
    let indices = starts.indices.filter { starts[$0] != nil }
    let found = matcher.match(at: indices.map { points.place($0) }, start: indices.compactMap { starts[$0] })
    var matches = Grid(
      rows: points.rows, columns: points.columns,
      cells: starts.map { _ in LeastSquaresMatch(flag: .noConvergence) })
    for (index, match) in zip(indices, found) { matches.cells[index] = match }
    guard matcher.parameters.transformation == .affine else { return matches }
    return LeastSquaresMatching.correctingCurvature(
      matches, spacing: Double(points.spacing), templateWindow: matcher.parameters.templateWindow)
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
