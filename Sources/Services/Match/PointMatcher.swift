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

  /// Places within such squares of the scene share what is read.
  private static let side = 512

  /// Numbers of the points by square, both in a fixed order.
  static func groups(_ points: [Matching.PixelPoint], in scene: Window) -> [[Int]] {
    var groups: [SIMD2<Int>: [Int]] = [:]
    for (index, point) in points.enumerated() where isInside(point, window: 1, scene) {
      groups[SIMD2(Int(point.row) / side, Int(point.column) / side), default: []].append(index)
    }
    return groups.keys.sorted { ($0.x, $0.y) < ($1.x, $1.y) }.compactMap { groups[$0] }
  }

  /// The matches of the points of one group, as a column of layers.
  func match(_ points: [Matching.PixelPoint]) throws -> MatchLayers {
    let search = parameters.searching(
      parameters.method.search ?? .crossCorrelation, coarse: coarse, window: pair.usualWindow)
    let top = points.map(\.row).min() ?? 0, left = points.map(\.column).min() ?? 0
    let bottom = points.map(\.row).max() ?? 0, right = points.map(\.column).max() ?? 0
    let area = Window(
      row: Int(top), column: Int(left), rows: Int(bottom) - Int(top) + 2, columns: Int(right) - Int(left) + 2
    ).grown(by: search.templateWindow / 2 + 1)
    let prior = BlockPrior(coarse, area)
    let block = area.grown(by: prior.slack + (search.searchRadius << search.widenings) + 8)
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
    } else {
      let leastSquares = parameters.leastSquares(usualWindow: pair.usualWindow)
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

  /// Least squares matching from what the search found, and back again where wanted: points that do not come home
  /// within four standard deviations and a tenth of a pixel are inconsistent.
  func refine(
    _ found: [TemplateMatch], _ p: LeastSquaresMatching.Parameters, closes: Bool
  ) -> [LeastSquaresMatch] {
    let matcher = LeastSquaresMatching(reference: reference, secondary: secondary, parameters: p)
    let starts = found.map { AffineOffset(dx: Double($0.dx), dy: Double($0.dy)) }
    let known = found.indices.filter { found[$0].flag == .measured }
    var out = found.map { LeastSquaresMatch(flag: $0.flag) }
    for (index, match) in zip(
      known, matcher.match(at: known.map { places[$0] }, start: known.map { starts[$0] }))
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
