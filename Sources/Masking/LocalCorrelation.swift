// SPDX-License-Identifier: Apache-2.0
import Grids

/// Correlation of two images in the square window around every pixel, without any offset.
///
/// Running sums down the columns and along the rows, in double precision: O(pixels), whatever the window. Windows are
/// cut at the border. Checked by: `LocalCorrelationTests`, against plain sums.
package enum LocalCorrelation {
  /// Least standard deviation in a window, reflectance: below it there is no texture but noise.
  private static let leastTexture = 0.003

  /// - Returns: −1 to 1; NaN where a window has no texture, or fewer than half of its pixels in both images.
  package static func map(_ a: Grid<Float>, _ b: Grid<Float>, radius: Int) -> Grid<Float> {
    var out = a.map { _ in Float.nan }
    var columns = [Moments](repeating: Moments(), count: a.columns)
    func add(_ row: Int, _ sign: Double) {
      guard row >= 0, row < a.rows else { return }
      for c in columns.indices { columns[c].add(Double(a[row, c]), Double(b[row, c]), sign) }
    }
    for row in 0..<min(radius, a.rows) { add(row, 1) }
    for row in 0..<a.rows {
      add(row + radius, 1)
      add(row - radius - 1, -1)
      let height = min(a.rows - 1, row + radius) - max(0, row - radius) + 1
      var sums = Moments()
      for c in 0..<min(radius, a.columns) { sums.add(columns[c], 1) }
      for c in 0..<a.columns {
        if c + radius < a.columns { sums.add(columns[c + radius], 1) }
        if c - radius - 1 >= 0 { sums.add(columns[c - radius - 1], -1) }
        let width = min(a.columns - 1, c + radius) - max(0, c - radius) + 1
        guard sums.count * 2 >= Double(width * height) else { continue }
        out[row, c] = sums.correlation(leastVariance: leastTexture * leastTexture)
      }
    }
    return out
  }
}

private struct Moments {
  var count = 0.0, a = 0.0, b = 0.0, aa = 0.0, bb = 0.0, ab = 0.0

  mutating func add(_ x: Double, _ y: Double, _ sign: Double) {
    guard !x.isNaN, !y.isNaN else { return }
    count += sign
    a += sign * x
    b += sign * y
    aa += sign * x * x
    bb += sign * y * y
    ab += sign * x * y
  }

  mutating func add(_ other: Moments, _ sign: Double) {
    count += sign * other.count
    a += sign * other.a
    b += sign * other.b
    aa += sign * other.aa
    bb += sign * other.bb
    ab += sign * other.ab
  }

  func correlation(leastVariance: Double) -> Float {
    guard count > 1 else { return .nan }
    let varianceA = aa / count - a / count * (a / count), varianceB = bb / count - b / count * (b / count)
    guard varianceA > leastVariance, varianceB > leastVariance else { return .nan }
    return Float((ab / count - a / count * (b / count)) / (varianceA * varianceB).squareRoot())
  }
}
