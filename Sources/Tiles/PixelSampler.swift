// SPDX-License-Identifier: Apache-2.0
import Grids

/// Single values of a rectangle of pixels; NaN outside.
struct PixelSampler {
  let pixels: UnsafeBufferPointer<Float>
  let columns: Int
  let lastRow, lastColumn: Double

  init(pixels: UnsafeBufferPointer<Float>, rows: Int, columns: Int) {
    (self.pixels, self.columns) = (pixels, columns)
    (lastRow, lastColumn) = (Double(rows - 1), Double(columns - 1))
  }

  /// One value of a grid.
  static func value(_ row: Double, _ column: Double, in grid: Grid<Float>, isCategorical: Bool) -> Float {
    grid.cells.withUnsafeBufferPointer {
      let sampler = PixelSampler(pixels: $0, rows: grid.rows, columns: grid.columns)
      return isCategorical ? sampler.nearest(row, column) : sampler.bilinear(row, column)
    }
  }

  @inline(__always)
  func nearest(_ row: Double, _ column: Double) -> Float {
    // Written so that NaN fails the test.
    guard row > -0.5, column > -0.5, row < lastRow + 0.5, column < lastColumn + 0.5 else { return .nan }
    return pixels[Int(row + 0.5) &* columns &+ Int(column + 0.5)]
  }

  @inline(__always)
  func bilinear(_ row: Double, _ column: Double) -> Float {
    let near = nearest(row, column)
    guard !near.isNaN, row >= 0, column >= 0, row <= lastRow, column <= lastColumn else { return near }
    let r = min(Int(row), Int(lastRow) &- 1), c = min(Int(column), Int(lastColumn) &- 1)
    guard r >= 0, c >= 0 else { return near }
    let v = Float(row - Double(r)), u = Float(column - Double(c)), at = r &* columns &+ c
    let a = pixels[at], b = pixels[at &+ 1], d = pixels[at &+ columns], e = pixels[at &+ columns &+ 1]
    // Written so that four equal values give the same value, to the bit.
    let upper = a + u * (b - a), lower = d + u * (e - d)
    let sum = upper + v * (lower - upper)
    if !sum.isNaN { return sum }
    var total: Float = 0, weights: Float = 0
    func add(_ value: Float, _ weight: Float) {
      if value.isNaN { return }
      total += weight * value
      weights += weight
    }
    add(a, (1 - v) * (1 - u))
    add(b, (1 - v) * u)
    add(d, v * (1 - u))
    add(e, v * u)
    return weights > 0 ? total / weights : near
  }
}
