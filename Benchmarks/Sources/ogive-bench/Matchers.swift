// SPDX-License-Identifier: Apache-2.0
import OgiveKit

/// Our ways to measure a pair, each with all that it needs from two images in memory to the found points.
enum Matchers {
  static func search(
    _ pair: BenchPair, window: Int = 51, spacing: Int = 16, method: SearchMethod, peak: PeakInterpolation,
    threads: Int
  ) -> FoundPoints {
    var parameters = TemplateSearch.Parameters()
    parameters.templateWindow = window
    parameters.searchRadius = 16
    parameters.method = method
    parameters.interpolation = peak
    let lattice = inner(pair.size, spacing)
    let matches = TemplateSearch.run(
      SearchImages(reference: pair.reference, secondary: pair.secondary),
      lattice: SearchLattice(
        originRow: lattice.row, originColumn: lattice.column, spacing: spacing, rows: lattice.rows,
        columns: lattice.columns), parameters: parameters, threads: threads)
    var layers = MatchLayers(rows: lattice.rows, columns: lattice.columns, flag: .measured)
    layers.flags = matches.flags
    layers[.dx] = matches.dx
    layers[.dy] = matches.dy
    return FoundPoints(lattice: lattice, layers: layers)
  }

  /// Coarse search, preparation of the images, then point by point, each started by its best neighbour. For the
  /// correction of curvature a rim of 48 px is matched too, as `ogive match` does for its tiles.
  static func leastSquares(
    _ pair: BenchPair, window: Int = 51, spacing: Int, correctsCurvature: Bool = false, threads: Int
  ) -> FoundPoints {
    var parameters = LeastSquaresMatching.Parameters()
    parameters.templateWindow = window
    let coarse = CoarseSearch.run(reference: pair.reference, secondary: pair.secondary, threads: threads)
    let inner = inner(pair.size, spacing), rim = correctsCurvature ? 48 / spacing : 0
    let lattice = inner.part(
      Window(row: -rim, column: -rim, rows: inner.rows + 2 * rim, columns: inner.columns + 2 * rim))
    var points: [PixelPoint] = [], starts: [AffineOffset?] = []
    for row in 0..<lattice.rows {
      for column in 0..<lattice.columns {
        let point = PixelPoint(
          row: Double(lattice.row + row * spacing), column: Double(lattice.column + column * spacing))
        let start = coarse.offset(atRow: point.row, column: point.column)
        points.append(point)
        starts.append(AffineOffset(dx: start.dx, dy: start.dy))
      }
    }
    let matcher = LeastSquaresMatching(
      reference: pair.reference, secondary: pair.secondary, parameters: parameters, threads: threads)
    var matches = Grid(
      rows: lattice.rows, columns: lattice.columns,
      cells: matcher.matchSpreading(over: points, start: starts, threads: threads))
    if correctsCurvature {
      matches = LeastSquaresMatching.correctingCurvature(matches, spacing: Double(spacing), templateWindow: window)
      matches = matches.cropped(to: Window(row: rim, column: rim, rows: inner.rows, columns: inner.columns))
    }
    return FoundPoints(lattice: inner, layers: layers(matches))
  }

  /// Coarse search, preparation of the images, then each point alone, as `ogive match --points` does.
  static func lonePoints(_ pair: BenchPair, window: Int = 51, spacing: Int, threads: Int) -> FoundPoints {
    var parameters = LeastSquaresMatching.Parameters()
    parameters.templateWindow = window
    let lattice = inner(pair.size, spacing)
    let points = (0..<lattice.rows * lattice.columns).map { index in
      PixelPoint(
        row: Double(lattice.row + index / lattice.columns * spacing),
        column: Double(lattice.column + index % lattice.columns * spacing))
    }
    let coarse = CoarseSearch.run(reference: pair.reference, secondary: pair.secondary, threads: threads)
    let starts = points.map { point in
      let start = coarse.offset(atRow: point.row, column: point.column)
      return AffineOffset(dx: start.dx, dy: start.dy)
    }
    let matcher = LeastSquaresMatching(
      reference: pair.reference, secondary: pair.secondary, parameters: parameters, threads: threads)
    let matches = matcher.matchAlone(at: points, start: starts, threads: threads)
    return FoundPoints(
      lattice: lattice, layers: layers(Grid(rows: lattice.rows, columns: lattice.columns, cells: matches)))
  }

  private static func layers(_ matches: Grid<LeastSquaresMatch>) -> MatchLayers {
    var out = MatchLayers(rows: matches.rows, columns: matches.columns, flag: .measured)
    out.flags = matches.map(\.flag)
    out[.dx] = matches.map { Float($0.offset.dx) }
    out[.dy] = matches.map { Float($0.offset.dy) }
    out[.dxSigma] = matches.map { $0.covariance.dxSigma }
    out[.dySigma] = matches.map { $0.covariance.dySigma }
    out[.dxPerColumn] = matches.map { Float($0.offset.dxPerColumn) }
    out[.dxPerRow] = matches.map { Float($0.offset.dxPerRow) }
    out[.dyPerColumn] = matches.map { Float($0.offset.dyPerColumn) }
    out[.dyPerRow] = matches.map { Float($0.offset.dyPerRow) }
    for (index, parameter) in [1, 2, 4, 5].enumerated() {
      out[.covariance(index, index)] = matches.map { $0.covariance[parameter, parameter] }
    }
    return out
  }

  /// Points every `spacing` px, 64 px from the border at least.
  static func inner(_ size: Int, _ spacing: Int) -> PointLattice {
    let count = (size - 2 * 64) / spacing
    return PointLattice(row: 64, column: 64, spacing: spacing, rows: count, columns: count)
  }
}
