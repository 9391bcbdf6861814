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

  enum Direction { case forward, backward }

  private var dense: DenseMatching.Parameters {
    var p = DenseMatching.Parameters()
    p.templateWindow = parameters.templateWindow
    return p
  }

  private var margin: Int { DenseMatching.margin(dense) }

  /// - Parameter tile: points of the scene's lattice.
  func match(_ tile: Window, _ direction: Direction) throws -> MatchLayers {
    if let method = parameters.method.search, direction == .forward { return try search(tile, method) }
    let sign: Double = direction == .forward ? 1 : -1
    let window = plan.block(of: tile, margin: margin)
    let prior = Prior(coarse, window, sign: sign)
    let block = try read(window, prior, direction)
    let points = plan.scene.part(tile, from: (window.row, window.column))
    var out = DenseMatching.match(block, points: points, parameters: dense) { row, column in
      let d = prior.offset(row: Double(row), column: Double(column))
      return (Float(d.dx - Double(prior.dx)), Float(d.dy - Double(prior.dy)))
    }
    if parameters.method == .leastSquares && direction == .forward { refine(&out, block, points) }
    for index in out.flags.cells.indices {
      let row = index / out.columns, column = index % out.columns
      out.set(.dx, out[.dx].cells[index] + Float(prior.dx), row: row, column: column)
      out.set(.dy, out[.dy].cells[index] + Float(prior.dy), row: row, column: column)
    }
    return out
  }

  private func read(_ window: Window, _ prior: Prior, _ direction: Direction) throws -> DenseMatching.Block {
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
    p.templateWindow = parameters.templateWindow ?? 51
    p.precisionLimit = parameters.precisionLimit
    let matcher = LeastSquaresMatching(reference: block.reference, secondary: block.secondary, parameters: p)
    let slack = Double(block.slack)
    var places: [Matching.PixelPoint] = [], starts: [AffineOffset] = [], indices: [Int] = []
    for index in out.flags.cells.indices where out[.dx].cells[index].isFinite {
      let row = points.row + index / out.columns * points.spacing
      let column = points.column + index % out.columns * points.spacing
      places.append(.init(row: Double(row), column: Double(column)))
      starts.append(
        AffineOffset(
          dx: Double(out[.dx].cells[index]) + slack, dy: Double(out[.dy].cells[index]) + slack,
          dxPerColumn: Double(out[.dxPerColumn].cells[index]), dxPerRow: Double(out[.dxPerRow].cells[index]),
          dyPerColumn: Double(out[.dyPerColumn].cells[index]), dyPerRow: Double(out[.dyPerRow].cells[index])))
      indices.append(index)
    }
    let matches = matcher.match(at: places, start: starts)
    for (index, match) in zip(indices, matches) {
      out.set(match, slack: slack, window: p.templateWindow, row: index / out.columns, column: index % out.columns)
    }
  }

  /// Search around the coarse field.
  private func search(_ tile: Window, _ method: SearchMethod) throws -> MatchLayers {
    var p = TemplateSearch.Parameters()
    p.method = method
    p.templateWindow = parameters.templateWindow ?? 51
    p.searchRadius = max(4, min(parameters.searchRadius ?? (coarse.searchRadius + 4), 128))
    p.widenings = parameters.searchRadius == nil ? 2 : 0
    let reach = p.searchRadius << p.widenings
    let window = plan.scene.part(tile).pixels.grown(by: p.templateWindow / 2 + 1)
    let prior = Prior(coarse, window, sign: 1)
    let margin = prior.slack + reach + 8
    let block = window.grown(by: margin)
    var other = block
    other.row += prior.dy
    other.column += prior.dx
    let images = SearchImages(reference: try pair.readReference(block), secondary: try pair.readSecondary(other))
    let points = plan.scene.part(tile, from: (block.row, block.column))
    let lattice = SearchLattice(
      originRow: points.row, originColumn: points.column, spacing: points.spacing, rows: points.rows,
      columns: points.columns)
    var x = Grid<Float>(rows: points.rows, columns: points.columns, filledWith: 0)
    var y = x
    for row in 0..<points.rows {
      for column in 0..<points.columns {
        let at = plan.scene.part(tile)
        let d = coarse.offset(
          row: Double(at.row + row * at.spacing), column: Double(at.column + column * at.spacing))
        x[row, column] = Float(d.dx - Double(prior.dx))
        y[row, column] = Float(d.dy - Double(prior.dy))
      }
    }
    let matches = TemplateSearch.run(images, lattice: lattice, prior: SearchPrior(dx: x, dy: y), parameters: p)
    var out = MatchLayers(rows: points.rows, columns: points.columns, flag: .measured)
    for row in 0..<points.rows {
      for column in 0..<points.columns {
        let match = matches[row, column]
        out.flags[row, column] = match.flag
        out.set(.dx, match.dx + Float(prior.dx), row: row, column: column)
        out.set(.dy, match.dy + Float(prior.dy), row: row, column: column)
        out.set(.ncc, match.ncc, row: row, column: column)
        out.set(.snr, match.snr, row: row, column: column)
        out.set(.window, Float(p.templateWindow), row: row, column: column)
      }
    }
    return out
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

extension MatchLayers {
  /// Takes over a match of least squares matching whose secondary starts `slack` px up and left.
  fileprivate mutating func set(
    _ match: LeastSquaresMatch, slack: Double, window: Int, row: Int, column: Int
  ) {
    flags[row, column] = match.flag
    set(.dx, Float(match.offset.dx - slack), row: row, column: column)
    set(.dy, Float(match.offset.dy - slack), row: row, column: column)
    set(.dxPerColumn, Float(match.offset.dxPerColumn), row: row, column: column)
    set(.dxPerRow, Float(match.offset.dxPerRow), row: row, column: column)
    set(.dyPerColumn, Float(match.offset.dyPerColumn), row: row, column: column)
    set(.dyPerRow, Float(match.offset.dyPerRow), row: row, column: column)
    set(.dxSigma, match.covariance.dxSigma, row: row, column: column)
    set(.dySigma, match.covariance.dySigma, row: row, column: column)
    set(.ncc, Float(match.ncc), row: row, column: column)
    set(.snr, Float((match.ncc / max(1 - match.ncc, 1e-6)).squareRoot()), row: row, column: column)
    set(.window, Float(window), row: row, column: column)
    let order = [1, 2, 4, 5]
    for i in 0..<4 {
      for j in 0...i { set(.covariance(i, j), match.covariance[order[i], order[j]], row: row, column: column) }
    }
  }
}

/// The coarse field over a block: a whole-pixel shift for the block and what is left of it.
private struct Prior {
  let dx, dy: Int
  /// Pixels around the block, after the shift, that the field and its uncertainty reach.
  let slack: Int
  private let coarse: CoarseStage
  private let window: Window
  private let sign: Double

  init(_ coarse: CoarseStage, _ window: Window, sign: Double) {
    (self.coarse, self.window, self.sign) = (coarse, window, sign)
    var x: [Double] = [], y: [Double] = []
    let step = max(16, max(window.rows, window.columns) / 24)
    for row in stride(from: window.row, through: window.endRow, by: step) {
      for column in stride(from: window.column, through: window.endColumn, by: step) {
        let d = coarse.offset(row: Double(row), column: Double(column))
        x.append(sign * d.dx)
        y.append(sign * d.dy)
      }
    }
    let unit = Double(DenseMatching.slackStep)
    let wholeX = Int((median(x) / unit).rounded()) * DenseMatching.slackStep
    let wholeY = Int((median(y) / unit).rounded()) * DenseMatching.slackStep
    (dx, dy) = (wholeX, wholeY)
    let spread = zip(x, y).map { max(abs($0 - Double(wholeX)), abs($1 - Double(wholeY))) }.max() ?? 0
    // The field changes between lattice points and the match may correct it by a few pixels.
    slack = Int(((spread + 16) / unit).rounded(.up)) * DenseMatching.slackStep
  }

  /// Offset expected at a pixel of the block, px of the scene.
  func offset(row: Double, column: Double) -> (dx: Double, dy: Double) {
    let r = row + Double(window.row), c = column + Double(window.column)
    let d = coarse.offset(row: r, column: c)
    guard sign < 0 else { return d }
    // The way back starts where the way there ended.
    let back = coarse.offset(row: r - d.dy, column: c - d.dx)
    return (-back.dx, -back.dy)
  }
}
