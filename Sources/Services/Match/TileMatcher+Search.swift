// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import RasterIO

extension MatchParameters {
  /// What a search around the coarse field looks for.
  func searching(_ method: SearchMethod, coarse: CoarseStage, window: Int) -> TemplateSearch.Parameters {
    var p = TemplateSearch.Parameters()
    p.method = method
    p.templateWindow = templateWindow ?? window
    p.searchRadius = max(4, min(searchRadius ?? (coarse.searchRadius + 4), 128))
    p.widenings = searchRadius == nil ? 2 : 0
    return p
  }
}

extension TileMatcher {
  /// Search around the coarse field, with variances.
  ///
  /// - Parameter tile: points of the scene's lattice.
  func search(_ tile: Window, _ method: SearchMethod) throws -> MatchLayers {
    let p = parameters.searching(method, coarse: coarse, window: pair.usualWindow)
    // Least squares matching needs a spline's worth more than the template.
    let window = plan.scene.part(tile).pixels.grown(by: p.templateWindow / 2 + 24)
    let prior = BlockPrior(coarse, window)
    let block = window.grown(by: prior.slack + (p.searchRadius << p.widenings) + 8)
    var other = block
    other.row += prior.dy
    other.column += prior.dx
    let reference = try pair.readReference(block), secondary = try pair.readSecondary(other)
    let points = plan.scene.part(tile, from: (block.row, block.column))
    let (x, y) = priors(tile, prior)
    let matches = TemplateSearch.run(
      SearchImages(reference: reference, secondary: secondary),
      lattice: SearchLattice(
        originRow: points.row, originColumn: points.column, spacing: points.spacing, rows: points.rows,
        columns: points.columns),
      prior: SearchPrior(dx: x, dy: y), parameters: p)
    var out = MatchLayers(rows: points.rows, columns: points.columns, flag: .measured)
    let at = plan.scene.part(tile)
    for index in matches.cells.indices {
      out.take(matches.cells[index], window: p.templateWindow, at: index)
      if out.flags.cells[index] == .masked
        && !pair.reaches(
          at.place(index), dx: Double(x.cells[index]) + Double(prior.dx),
          dy: Double(y.cells[index]) + Double(prior.dy), window: p.templateWindow)
      {
        out.flags.cells[index] = .offImage
      }
    }
    var leastSquares = LeastSquaresMatching.Parameters()
    leastSquares.templateWindow = p.templateWindow | 1
    // The filters decide about precision, by the search's own.
    leastSquares.precisionLimit = .infinity
    addVariances(
      &out, LeastSquaresMatching(reference: reference, secondary: secondary, parameters: leastSquares), points)
    out.shift(by: prior)
    return out
  }

  /// The coarse field at the points of a tile, less the shift of the block.
  private func priors(_ tile: Window, _ prior: BlockPrior) -> (x: Grid<Float>, y: Grid<Float>) {
    let at = plan.scene.part(tile)
    var x = Grid<Float>(rows: at.rows, columns: at.columns, filledWith: 0)
    var y = x
    for row in 0..<at.rows {
      for column in 0..<at.columns {
        let d = coarse.offset(
          row: Double(at.row + row * at.spacing), column: Double(at.column + column * at.spacing))
        x[row, column] = Float(d.dx - Double(prior.dx))
        y[row, column] = Float(d.dy - Double(prior.dy))
      }
    }
    return (x, y)
  }

  /// Fills the standard deviations of a search.
  private func addVariances(_ out: inout MatchLayers, _ matcher: LeastSquaresMatching, _ points: PointLattice) {
    let matches = leastSquares(
      matcher, points,
      starts: out.flags.cells.indices.map { index in
        out.flags.cells[index] == .measured ? out.model(index) : nil
      })
    out.addVariances(of: matches)
  }
}

extension ImagePair {
  /// Window of methods that have no automatic one, px: what the field uses, less on tiny images.
  var usualWindow: Int { max(9, min(51, min(rows, columns) / 3 | 1)) }

  /// Whether at least half of a window and of its target lie in the images.
  func reaches(_ place: Matching.PixelPoint, dx: Double, dy: Double, window: Int) -> Bool {
    isInside(place, window: window, scene)
      && isInside(.init(row: place.row + dy, column: place.column + dx), window: window, aligned.report.overlap)
  }
}

extension MatchLayers {
  /// Takes over what a search found.
  mutating func take(_ match: TemplateMatch, window: Int, at index: Int) {
    flags.cells[index] = match.flag
    self[.dx].cells[index] = match.dx
    self[.dy].cells[index] = match.dy
    self[.ncc].cells[index] = match.ncc
    self[.snr].cells[index] = match.snr
    self[.window].cells[index] = Float(window)
  }

  /// Fills the standard deviations of a search by least squares matching at the same points. Points where that finds
  /// nothing, or another place, get its reason: nothing can be said about their error.
  ///
  /// - Parameter reach: points on each side whose differences are averaged.
  mutating func addVariances(of matches: Grid<LeastSquaresMatch>, reach: Int = SearchUncertainty.reach) {
    let offsets = Grid(
      rows: flags.rows, columns: flags.columns,
      cells: flags.cells.indices.map { SIMD2(Double(value(.dx, $0)), Double(value(.dy, $0))) })
    let variances = SearchUncertainty.variances(of: offsets, matches: matches, reach: reach)
    for index in variances.cells.indices where flags.cells[index] == .measured {
      self[.dxSigma].cells[index] = Float(variances.cells[index].x.squareRoot())
      self[.dySigma].cells[index] = Float(variances.cells[index].y.squareRoot())
      guard variances.cells[index].x.isNaN else { continue }
      let reason = matches.cells[index].flag
      flags.cells[index] = reason == .measured ? .ambiguous : reason
    }
  }

  /// Adds the whole-pixel shift of a block to all offsets.
  mutating func shift(by prior: BlockPrior) {
    for index in flags.cells.indices {
      self[.dx].cells[index] += Float(prior.dx)
      self[.dy].cells[index] += Float(prior.dy)
    }
  }
}
