// SPDX-License-Identifier: Apache-2.0
import Grids

extension LeastSquaresMatching {
  /// Matches templates around points, each from its own start, and takes out what the curvature of the motion inside
  /// the templates put in.
  ///
  /// For points that are no grid, whose neighbours would tell the curvature (`correctingCurvature`): eight neighbours of
  /// each are matched too, a window away. Where too few of them are measured to know the curvature, nearer ones are, at
  /// half and a quarter of a window, whose larger noise goes into the covariance. A point without those is `.imprecise`,
  /// since nobody knows by how much it is off. A point's result depends on nothing but its own start. Cost: nine matches
  /// a point. A rigid motion and a shift are matched as by `match`.
  ///
  /// - Parameters:
  ///   - points: template centres, px, in any order.
  ///   - start: first guess for each point, within about 1 px.
  ///   - threads: the result does not depend on it.
  /// - Returns: one match per point, with the reason in `flag` where there is none.
  public func matchAlone(at points: [PixelPoint], start: [AffineOffset], threads: Int = 1) -> [LeastSquaresMatch] {
    guard parameters.transformation == .affine else { return match(at: points, start: start, threads: threads) }
    let stencils = [1, 2, 4].map {
      CurvatureStencil(distance: parameters.templateWindow / $0, templateWindow: parameters.templateWindow)
    }
    return match(points, start, threads: threads) { solver, point, start in
      let own = solver.match(point, start)
      guard own.flag == .measured else { return own }
      for stencil in stencils {
        if let match = stencil.correcting(own, at: point, &solver) { return match }
      }
      return LeastSquaresMatch(flag: .imprecise)
    }
  }

  /// Pixels on each side of a point that `matchAlone` looks at in the reference.
  public static func lonePointReach(templateWindow: Int) -> Int { templateWindow + templateWindow / 2 }
}

/// The eight neighbours of a point that tell how the motion curves there.
private struct CurvatureStencil {
  private let distance: Int
  private let curvature: WindowCurvature

  init(distance: Int, templateWindow: Int) {
    self.distance = distance
    curvature = WindowCurvature(distance: distance, templateWindow: templateWindow)
  }

  /// The match at `point` without what curvature put in; nil where too few neighbours are measured.
  func correcting(
    _ own: LeastSquaresMatch, at point: PixelPoint, _ solver: inout LeastSquaresSolver
  ) -> LeastSquaresMatch? {
    var matches = Grid(rows: 3, columns: 3, filledWith: own)
    for row in -1...1 {
      for column in -1...1 where row != 0 || column != 0 {
        let x = Double(column * distance), y = Double(row * distance)
        let place = PixelPoint(row: point.row + y, column: point.column + x)
        matches[row + 1, column + 1] = solver.match(place, own.offset.moved(x: x, y: y))
      }
    }
    return LeastSquaresMatching.correctingCurvature(matches, curvature)[1, 1]
  }
}
