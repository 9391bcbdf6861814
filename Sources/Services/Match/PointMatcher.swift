// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Processing
import RasterIO

/// Matches a list of places, each on its own: a search around the coarse field, and from there least squares matching.
struct PointMatcher: Sendable {
  let pair: ImagePair
  let coarse: CoarseStage
  let parameters: MatchParameters

  /// The places in one square of the scene, which share what is read: always the same pixels, so that a place's result
  /// does not depend on which others are asked for.
  struct Group: Sendable {
    let square: Window
    /// Numbers of the places, in their order.
    let members: [Int]
  }

  /// What a group reads beyond its square is about as wide, px: smaller squares would read more, larger ones too much
  /// for a place that is alone.
  private static let side = 256

  static func groups(_ points: [Matching.PixelPoint], in scene: Window) -> [Group] {
    var groups: [SIMD2<Int>: [Int]] = [:]
    for (index, point) in points.enumerated() where isInside(point, window: 1, scene) {
      groups[SIMD2(Int(point.row) / side, Int(point.column) / side), default: []].append(index)
    }
    return groups.sorted { ($0.key.x, $0.key.y) < ($1.key.x, $1.key.y) }.map { place, members in
      let square = Window(row: place.x * side, column: place.y * side, rows: side, columns: side)
      return Group(square: square.intersection(scene), members: members)
    }
  }

  /// The matches of the places of one group, as a column of layers.
  ///
  /// - Parameter all: every place, px of the scene.
  func match(_ group: Group, of all: [Matching.PixelPoint]) throws -> MatchLayers {
    let points = group.members.map { all[$0] }
    let search = parameters.searching(
      parameters.method.search ?? .crossCorrelation, coarse: coarse, window: pair.usualWindow)
    var leastSquares = parameters.leastSquares(usualWindow: pair.usualWindow)
    let reach = LeastSquaresMatching.lonePointReach(templateWindow: leastSquares.templateWindow)
    let prior = BlockPrior(coarse, group.square.grown(by: reach))
    // A spline coefficient depends on 24 neighbours.
    let margin = max(reach + 24, search.templateWindow / 2 + 9 + (search.searchRadius << search.widenings))
    // Further outside the scene than the shift of the block neither image has pixels; templates may stand out.
    let empty = max(abs(prior.dx), abs(prior.dy)) + search.templateWindow / 2 + 1
    let block = group.square.grown(by: prior.slack + margin).intersection(pair.scene.grown(by: empty))
    var other = block
    other.row += prior.dy
    other.column += prior.dx
    let job = PointJob(
      points: points, origin: block, prior: prior, reference: try pair.readReference(block),
      secondary: try pair.readSecondary(other))
    let found = job.search(coarse, search)
    var out = MatchLayers(rows: points.count, columns: 1, flag: .measured)
    if parameters.method.search != nil {
      for (index, match) in found.enumerated() { out.take(match, window: search.templateWindow, at: index) }
      // The filters decide about precision, by the search's own.
      leastSquares.precisionLimit = .infinity
      let matches = job.refine(found, leastSquares, closes: false)
      out.addVariances(of: Grid(rows: matches.count, columns: 1, cells: matches), reach: 0)
    } else {
      let matches = job.refine(found, leastSquares, closes: parameters.forwardBackward)
      for (index, match) in matches.enumerated() {
        out.take(
          match, slack: 0, window: leastSquares.templateWindow,
          hasGradients: leastSquares.transformation == .affine, at: index)
      }
    }
    out.shift(by: prior)
    for (index, point) in points.enumerated() where [.masked, .noTexture].contains(out.flags.cells[index]) {
      let d = coarse.offset(row: point.row, column: point.column)
      if !pair.reaches(point, dx: d.dx, dy: d.dy, window: search.templateWindow) {
        out.flags.cells[index] = .offImage
      }
    }
    return out
  }
}

/// The points of a group in the pixels that were read for them.
private struct PointJob {
  let points: [Matching.PixelPoint]
  let origin: Window
  let prior: BlockPrior
  let reference, secondary: Grid<Float>

  private var places: [Matching.PixelPoint] {
    points.map { .init(row: $0.row - Double(origin.row), column: $0.column - Double(origin.column)) }
  }

  func search(_ coarse: CoarseStage, _ p: TemplateSearch.Parameters) -> [TemplateMatch] {
    let images = SearchImages(reference: reference, secondary: secondary)
    let priors = points.map { point in
      let d = coarse.offset(row: point.row, column: point.column)
      return SIMD2(Float(d.dx - Double(prior.dx)), Float(d.dy - Double(prior.dy)))
    }
    return TemplateSearch.run(
      images,
      points: places.map { SearchPoint(row: Int($0.row.rounded()), column: Int($0.column.rounded())) },
      priors: priors, parameters: p)
  }

  /// Least squares matching from what the search found, without what curved motion puts in, and back again where wanted:
  /// points that do not come home within four standard deviations and a tenth of a pixel are inconsistent.
  func refine(
    _ found: [TemplateMatch], _ p: LeastSquaresMatching.Parameters, closes: Bool
  ) -> [LeastSquaresMatch] {
    let matcher = LeastSquaresMatching(reference: reference, secondary: secondary, parameters: p)
    let starts = found.map { AffineOffset(dx: Double($0.dx), dy: Double($0.dy)) }
    let known = found.indices.filter { found[$0].flag == .measured }
    var out = found.map { LeastSquaresMatch(flag: $0.flag) }
    for (index, match) in zip(
      known, matcher.matchAlone(at: known.map { places[$0] }, start: known.map { starts[$0] }))
    {
      out[index] = match
    }
    guard closes else { return out }
    let back = LeastSquaresMatching(reference: secondary, secondary: reference, parameters: p)
    let measured = known.filter { out[$0].flag == .measured }
    let targets = measured.map { index in
      Matching.PixelPoint(
        row: places[index].row + out[index].offset.dy, column: places[index].column + out[index].offset.dx)
    }
    let returns = back.match(
      at: targets, start: measured.map { AffineOffset(dx: -out[$0].offset.dx, dy: -out[$0].offset.dy) })
    for (index, home) in zip(measured, returns) where home.flag == .measured {
      let c = out[index].covariance, h = home.covariance
      func isHome(_ sum: Double, _ a: Float, _ b: Float) -> Bool {
        abs(sum) <= 4 * Double((a * a + b * b).squareRoot()) + 0.1
      }
      if !isHome(out[index].offset.dx + home.offset.dx, c.dxSigma, h.dxSigma)
        || !isHome(out[index].offset.dy + home.offset.dy, c.dySigma, h.dySigma)
      {
        out[index].flag = .inconsistent
      }
    }
    return out
  }
}
