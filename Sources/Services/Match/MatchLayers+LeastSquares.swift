// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching

extension MatchLayers {
  /// Takes over a match of least squares matching.
  ///
  /// - Parameter slack: pixels up and left of the reference that the secondary's array starts.
  mutating func take(_ match: LeastSquaresMatch, slack: Double, window: Int, at index: Int) {
    let o = match.offset
    flags.cells[index] = match.flag
    for (layer, value) in [
      (Layer.dx, o.dx - slack), (.dy, o.dy - slack), (.dxPerColumn, o.dxPerColumn), (.dxPerRow, o.dxPerRow),
      (.dyPerColumn, o.dyPerColumn), (.dyPerRow, o.dyPerRow), (.ncc, min(1, match.ncc)),
      (.snr, (match.ncc / max(1 - match.ncc, 1e-6)).squareRoot()), (.window, Double(window)),
    ] {
      self[layer].cells[index] = Float(value)
    }
    self[.dxSigma].cells[index] = match.covariance.dxSigma
    self[.dySigma].cells[index] = match.covariance.dySigma
    let order = [1, 2, 4, 5]
    for i in 0..<4 {
      for j in 0...i { self[.covariance(i, j)].cells[index] = match.covariance[order[i], order[j]] }
    }
  }

  /// The affine model found at a point.
  func model(_ index: Int) -> AffineOffset {
    func read(_ layer: Layer) -> Double {
      let v = Double(value(layer, index))
      return v.isFinite ? v : 0
    }
    return AffineOffset(
      dx: read(.dx), dy: read(.dy), dxPerColumn: read(.dxPerColumn), dxPerRow: read(.dxPerRow),
      dyPerColumn: read(.dyPerColumn), dyPerRow: read(.dyPerRow))
  }
}

extension AffineOffset {
  /// The model with both offsets raised by `slack` px: seen in an array that starts so much further up and left.
  func shifted(by slack: Double) -> AffineOffset {
    var out = self
    out.dx += slack
    out.dy += slack
    return out
  }
}

extension PointLattice {
  /// Pixel of a point, counted row by row.
  func place(_ index: Int) -> Matching.PixelPoint {
    .init(row: Double(row + index / columns * spacing), column: Double(column + index % columns * spacing))
  }
}

/// Whether at least half of a window lies in the scene.
func isInside(_ place: Matching.PixelPoint, window: Int, _ scene: Window) -> Bool {
  let half = Double(window) / 2
  func share(_ middle: Double, _ first: Int, _ end: Int) -> Double {
    max(0, min(middle + half, Double(end) - 0.5) - max(middle - half, Double(first) - 0.5)) / Double(window)
  }
  return share(place.row, scene.row, scene.endRow) * share(place.column, scene.column, scene.endColumn) >= 0.5
}
