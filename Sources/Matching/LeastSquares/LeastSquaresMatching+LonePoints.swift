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
  private let distance, templateWindow: Int
  private let curvature: WindowCurvature
  private let gradientBias: GradientBias

  init(distance: Int, templateWindow: Int) {
    (self.distance, self.templateWindow) = (distance, templateWindow)
    curvature = WindowCurvature(distance: distance, templateWindow: templateWindow)
    gradientBias = GradientBias(spacing: Double(distance), templateWindow: templateWindow)
  }

  /// The match at `point` without what curvature put in, and with it in its covariance where that is not well known; nil
  /// where too few neighbours are measured.
  func correcting(
    _ own: LeastSquaresMatch, at point: PixelPoint, _ solver: inout LeastSquaresSolver
  ) -> LeastSquaresMatch? {
    var matches = Grid(rows: 3, columns: 3, filledWith: own)
    for row in -1...1 {
      for column in -1...1 where row != 0 || column != 0 {
        let x = Double(column * distance), y = Double(row * distance)
        let place = PixelPoint(row: point.row + y, column: point.column + x)
        var match = solver.match(place, own.offset.moved(x: x, y: y))
        // The noise of the curvature is reckoned from the point's own.
        if match.variance > 16 * own.variance { match = LeastSquaresMatch(flag: .imprecise) }
        matches[row + 1, column + 1] = match
      }
    }
    guard let centre = LeastSquaresMatching.correctingCurvature(matches, curvature)[1, 1] else { return nil }
    var around = matches
    around[1, 1] = centre
    gradientBias.add(to: &around)
    let corrected = around[1, 1]
    let isSmooth = isSmooth(matches)
    if isSmooth && distance == templateWindow { return corrected }
    // What looks like curvature may be a step that the point's own template does not reach; and templates so near to
    // missing ones are cut themselves, and tell less of it than there is.
    var out = isSmooth ? corrected : own
    let dx = Float(corrected.offset.dx - own.offset.dx), dy = Float(corrected.offset.dy - own.offset.dy)
    out.covariance[0, 0] += dx * dx
    out.covariance[3, 3] += dy * dy
    return out
  }

  /// Whether a point and its neighbours belong to one smooth motion: from one to the other the offset changes by the mean
  /// of both gradients, to within four standard deviations and what a third derivative makes of it. Across a step it does
  /// not.
  private func isSmooth(_ matches: Grid<LeastSquaresMatch>) -> Bool {
    let own = Six(matches[1, 1].offset), variances = matches[1, 1].covariance
    return matches.cells.indices.allSatisfy { index in
      let x = Double((index % 3 - 1) * distance), y = Double((index / 3 - 1) * distance)
      let other = Six(matches.cells[index].offset)
      return [0, 3].allSatisfy { i in
        let change = (x * (own[i + 1] + other[i + 1]) + y * (own[i + 2] + other[i + 2])) / 2
        let variance = [variances, matches.cells[index].covariance].reduce(0.0) { sum, c in
          sum + Double(c[i, i]) + (x * x * Double(c[i + 1, i + 1]) + y * y * Double(c[i + 2, i + 2])) / 4
        }
        // NaN, where a neighbour is missing, contradicts nothing.
        return !(abs(other[i] - own[i] - change) > 4 * variance.squareRoot() + Self.thirdDerivative)
      }
    }
  }

  /// Change of the offset that third derivatives may make, px: more than on the simulated pairs, less than a third of a
  /// step of 1 px in a template.
  private static let thirdDerivative = 0.05
}

extension LeastSquaresMatch {
  /// Of both components of the offset, px².
  fileprivate var variance: Float { covariance[0, 0] + covariance[3, 3] }
}
