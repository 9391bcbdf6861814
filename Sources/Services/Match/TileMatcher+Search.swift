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
  /// Search around the coarse field.
  func search(_ tile: Window, _ method: SearchMethod) throws -> MatchLayers {
    let p = parameters.searching(method, coarse: coarse, window: pair.usualWindow)
    let window = plan.scene.part(tile).pixels.grown(by: p.templateWindow / 2 + 1)
    let prior = BlockPrior(coarse, window)
    let block = window.grown(by: prior.slack + (p.searchRadius << p.widenings) + 8)
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
    let at = plan.scene.part(tile)
    for row in 0..<points.rows {
      for column in 0..<points.columns {
        let d = coarse.offset(
          row: Double(at.row + row * at.spacing), column: Double(at.column + column * at.spacing))
        x[row, column] = Float(d.dx - Double(prior.dx))
        y[row, column] = Float(d.dy - Double(prior.dy))
      }
    }
    let matches = TemplateSearch.run(images, lattice: lattice, prior: SearchPrior(dx: x, dy: y), parameters: p)
    var out = MatchLayers(rows: points.rows, columns: points.columns, flag: .measured)
    for index in matches.cells.indices {
      out.take(matches.cells[index], prior, window: p.templateWindow, at: index)
      if out.flags.cells[index] == .masked
        && !pair.reaches(
          at.place(index), dx: Double(x.cells[index]) + Double(prior.dx),
          dy: Double(y.cells[index]) + Double(prior.dy), window: p.templateWindow)
      {
        out.flags.cells[index] = .offImage
      }
    }
    return out
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
  mutating func take(_ match: TemplateMatch, _ prior: BlockPrior, window: Int, at index: Int) {
    flags.cells[index] = match.flag
    self[.dx].cells[index] = match.dx + Float(prior.dx)
    self[.dy].cells[index] = match.dy + Float(prior.dy)
    self[.ncc].cells[index] = match.ncc
    self[.snr].cells[index] = match.snr
    self[.window].cells[index] = Float(window)
  }
}
