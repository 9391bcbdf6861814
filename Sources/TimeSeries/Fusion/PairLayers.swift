// SPDX-License-Identifier: Apache-2.0
import Grids

/// What one pair measured in a rectangle: all grids of one shape, rows × columns.
public struct PairLayers: Sendable {
  /// Displacement from the scene of the templates to the other one, m, east and north positive; NaN = missing. That of
  /// a backward pair runs against time: the fusion turns it round.
  public var east, north: Grid<Float>
  /// Standard deviations of the displacement, m; nil where the matcher gave none.
  public var eastSigma, northSigma: Grid<Float>?
  /// Correlation at the match, −1…1; nil where the matcher gave none.
  public var ncc: Grid<Float>?
  /// Weight by what was seen, 0 (cloud) … 1 (clear); 1 where it is NaN, and throughout where it is nil.
  public var clarity: Grid<Float>?

  public init(
    east: Grid<Float>, north: Grid<Float>, sigmas: (east: Grid<Float>, north: Grid<Float>)? = nil,
    ncc: Grid<Float>? = nil, clarity: Grid<Float>? = nil
  ) {
    (self.east, self.north, self.ncc, self.clarity) = (east, north, ncc, clarity)
    (eastSigma, northSigma) = (sigmas?.east, sigmas?.north)
  }

  /// The grids in the order in which the fusion stores them.
  var grids: [Grid<Float>?] { [east, north, eastSigma, northSigma, ncc, clarity] }
  static let count = 6
}
