// SPDX-License-Identifier: Apache-2.0
import Grids

/// How uncertain the offsets of a search are, told by least squares matching from the places that it found.
///
/// The noise of an efficient estimate is uncorrelated with what another estimate of the same thing differs from it by
/// (Hausman 1978, Econometrica 46, lemma 2.1): the variance of an offset that was searched for is that of least squares
/// matching plus the mean square of the difference between the two. The mean is taken over neighbours, which share
/// noise and nearly the same part of a pixel, so that it holds the pull of a fitted peak towards whole pixels as well.
/// Checked by: `SearchUncertaintyTests`.
public enum SearchUncertainty {
  /// Points on each side whose differences are averaged: 81 in all, which tell a standard deviation to 8 %.
  public static let reach = 4
  /// A difference beyond this many pixels tells that one of the two has found another place.
  private static let largest = 1.0

  /// Variances of dx and dy, px².
  ///
  /// - Parameters:
  ///   - offsets: what the search found at every point of a grid, px; NaN where nothing.
  ///   - matches: least squares matching at the same points, started there. A point where it failed, or where it went
  ///     elsewhere, has no variance.
  ///   - reach: points on each side whose differences are averaged; 0 where points are no neighbours.
  /// - Returns: NaN where unknown. A point's bits do not depend on points further away than `reach`.
  public static func variances(
    of offsets: Grid<SIMD2<Double>>, matches: Grid<LeastSquaresMatch>, reach: Int = Self.reach
  ) -> Grid<SIMD2<Double>> {
    let unknown = SIMD2<Double>(repeating: .nan)
    var squares = offsets
    for index in offsets.cells.indices {
      let match = matches.cells[index]
      let difference = offsets.cells[index] - SIMD2(match.offset.dx, match.offset.dy)
      let isSamePlace = match.flag == .measured && abs(difference).max() < largest
      squares.cells[index] = isSamePlace ? difference * difference : unknown
    }
    var out = squares
    for row in 0..<squares.rows {
      for column in 0..<squares.columns where !squares[row, column].x.isNaN {
        var sum = SIMD2<Double>.zero, count = 0.0
        for r in max(0, row - reach)...min(squares.rows - 1, row + reach) {
          for c in max(0, column - reach)...min(squares.columns - 1, column + reach) {
            let square = squares[r, c]
            if square.x.isNaN { continue }
            sum += square
            count += 1
          }
        }
        let c = matches[row, column].covariance
        out[row, column] = SIMD2(Double(c[0, 0]), Double(c[3, 3])) + sum / count
      }
    }
    return out
  }
}

private func abs(_ v: SIMD2<Double>) -> SIMD2<Double> { v.replacing(with: -v, where: v .< 0) }
