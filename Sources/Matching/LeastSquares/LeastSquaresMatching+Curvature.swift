// SPDX-License-Identifier: Apache-2.0
import Grids

extension LeastSquaresMatching {
  /// Takes out of a grid of matches what the curvature of the motion inside the templates put in.
  ///
  /// An affine template returns a mean over itself. The neighbours' gradients tell how the motion curves, so the bias
  /// is known, to within their noise: that part of it which stands out of the noise is taken off, and the covariance of
  /// the offset tells what is left. Gradients and their covariance stay as they are. Cost: O(points × (window /
  /// spacing)²).
  ///
  /// - Parameters:
  ///   - matches: a regular grid of affine matches; it is best handed over whole, since a point looks about four windows
  ///     around.
  ///   - spacing: distance between points, px.
  ///   - templateWindow: side of the template that was matched, px.
  public static func correctingCurvature(
    _ matches: Grid<LeastSquaresMatch>, spacing: Double, templateWindow: Int
  ) -> Grid<LeastSquaresMatch> {
    let curvature = WindowCurvature(spacing: spacing, templateWindow: templateWindow)
    func component(_ first: Int) -> Grid<WindowCurvature.Correction> {
      curvature.corrections(
        WindowCurvature.Component(
          perColumn: matches.map { Six($0.offset)[first + 1] }, perRow: matches.map { Six($0.offset)[first + 2] },
          variance: matches.map { Double($0.covariance[first, first]) },
          gradientVariance: matches.map {
            Double($0.covariance[first + 1, first + 1] + $0.covariance[first + 2, first + 2]) / 2
          }))
    }
    let dx = component(0), dy = component(3)
    var out = matches
    for index in out.cells.indices where out.cells[index].flag == .measured {
      out.cells[index].offset.dx -= dx.cells[index].bias
      out.cells[index].offset.dy -= dy.cells[index].bias
      out.cells[index].covariance[0, 0] = Float(dx.cells[index].variance)
      out.cells[index].covariance[3, 3] = Float(dy.cells[index].variance)
    }
    return out
  }
}
