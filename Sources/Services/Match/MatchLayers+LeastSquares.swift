// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching

extension MatchLayers {
  /// Takes over a match of least squares matching.
  ///
  /// - Parameters:
  ///   - slack: pixels up and left of the reference that the secondary's array starts.
  ///   - hasGradients: whether the match has measured the gradients; they are left NaN where it only kept them.
  mutating func take(
    _ match: LeastSquaresMatch, slack: Double, window: Int, hasGradients: Bool = true, at index: Int
  ) {
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
    if !hasGradients { clearGradients(at: index) }
  }

  private mutating func clearGradients(at index: Int) {
    for layer in [Layer.dxPerColumn, .dxPerRow, .dyPerColumn, .dyPerRow] { self[layer].cells[index] = .nan }
    for i in 0..<4 {
      for j in 0...i { self[.covariance(i, j)].cells[index] = .nan }
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
  /// What is left of the model under a transformation: nothing but what that is free to change.
  func reduced(to transformation: LeastSquaresMatching.Transformation) -> AffineOffset {
    switch transformation {
    case .affine: return self
    case .rigid:
      let angle = atan2(dyPerColumn - dxPerRow, 2 + dxPerColumn + dyPerRow)
      return AffineOffset(
        dx: dx, dy: dy, dxPerColumn: cos(angle) - 1, dxPerRow: -sin(angle), dyPerColumn: sin(angle),
        dyPerRow: cos(angle) - 1)
    case .translation: return AffineOffset(dx: dx, dy: dy)
    }
  }

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
