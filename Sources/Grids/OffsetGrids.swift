// SPDX-License-Identifier: Apache-2.0

/// Offsets on a grid of points, px, with their standard deviations where known; NaN where not measured.
public struct OffsetGrids: Sendable {
  public var dx, dy: Grid<Float>
  public var dxSigma, dySigma: Grid<Float>?

  public init(dx: Grid<Float>, dy: Grid<Float>, dxSigma: Grid<Float>? = nil, dySigma: Grid<Float>? = nil) {
    for grid in [dy, dxSigma ?? dx, dySigma ?? dx] {
      precondition(grid.window == dx.window, "the grids of an offset field differ in shape")
    }
    self.dx = dx
    self.dy = dy
    self.dxSigma = dxSigma
    self.dySigma = dySigma
  }
}

extension OffsetGrids {
  /// Some rows of the grids.
  public func rows(_ rows: Range<Int>) -> OffsetGrids {
    let window = Window(row: rows.lowerBound, column: 0, rows: rows.count, columns: dx.columns)
    return OffsetGrids(
      dx: dx.cropped(to: window), dy: dy.cropped(to: window), dxSigma: dxSigma?.cropped(to: window),
      dySigma: dySigma?.cropped(to: window))
  }
}
