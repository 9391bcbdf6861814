// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Kernels

/// Filters and interpolation of an image block, by fixed filters of finite length so that tiles agree to the bit.
enum SplineFilter {
  /// Half length of the filter that turns samples into quintic B-spline coefficients; beyond it lies 5e-8 of its
  /// weight.
  static let radius = 20

  static let prefilter = SplineOrder.quintic.prefilter(radius: radius).map { Float($0) }

  /// A sampled Gaussian of sum 1 from its centre outward; one tap for no blur.
  static func gaussian(sigma: Double) -> [Float] {
    guard sigma > 0 else { return [1] }
    let radius = Int((4 * sigma).rounded(.up))
    let taps = (0...radius).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
    let sum = taps[0] + 2 * taps.dropFirst().reduce(0, +)
    return taps.map { Float($0 / sum) }
  }

  /// The block filtered along both axes; it shrinks by the filter's radius on every side.
  static func filtered(_ block: Grid<Float>, taps: [Float]) -> Grid<Float> {
    let radius = taps.count - 1
    guard radius > 0 else { return block }
    let rows = block.rows - 2 * radius, columns = block.columns - 2 * radius
    precondition(rows > 0 && columns > 0, "the block is smaller than the filter")
    // Rows are padded to what the filter reads; results beyond the columns come from zeros and are dropped.
    let margin = SymmetricFilter.margin(radius: radius), width = (columns + 7) / 8 * 8
    let stride = width + 2 * margin
    var padded = [Float](repeating: 0, count: block.rows * stride)
    for row in 0..<block.rows {
      let start = row * stride + margin - radius
      padded.replaceSubrange(
        start..<start + block.columns, with: block.cells[row * block.columns..<(row + 1) * block.columns])
    }
    var out = [Float](repeating: 0, count: rows * width), line = [Float](repeating: 0, count: stride)
    padded.withUnsafeBufferPointer { padded in
      SymmetricFilter.run(
        padded.baseAddress! + radius * stride + margin, stride: stride, taps: taps, rows: rows, columns: columns,
        into: &out, targetStride: width, line: &line, isFused: false)
    }
    return Grid(rows: rows, columns: width, cells: out).cropped(
      to: Window(row: 0, column: 0, rows: rows, columns: columns))
  }
}

/// A block of an image that can be sampled between its pixels.
struct SplineImage {
  private let coefficients: Grid<Float>
  /// Image position of the first coefficient.
  private let row, column: Int

  /// Pixels beyond a position that its value depends on.
  static let margin = SplineFilter.radius + 5

  /// - Parameters:
  ///   - block: pixels from image position (`row`, `column`) on.
  init(block: Grid<Float>, row: Int, column: Int) {
    coefficients = SplineFilter.filtered(block, taps: SplineFilter.prefilter)
    self.row = row + SplineFilter.radius
    self.column = column + SplineFilter.radius
  }

  /// Values at image positions, each at least `margin` inside the block.
  func values(rows: [Double], columns: [Double]) -> [Float] {
    var corners = [Int32](repeating: 0, count: rows.count)
    var fractions = [Float](repeating: 0, count: 2 * rows.count)
    for index in 0..<rows.count {
      let top = rows[index].rounded(.down), left = columns[index].rounded(.down)
      let r = Int(top) - row - 2, c = Int(left) - column - 2
      precondition(
        r >= 0 && c >= 0 && r + 6 <= coefficients.rows && c + 8 <= coefficients.columns,
        "a position lies outside the block")
      corners[index] = Int32(r * coefficients.columns + c)
      fractions[2 * index] = Float(columns[index] - left)
      fractions[2 * index + 1] = Float(rows[index] - top)
    }
    var out = [Float](repeating: 0, count: rows.count)
    sampleQuintic(
      coefficients: coefficients.cells, stride: coefficients.columns, corners: corners, fractions: fractions,
      values: &out, count: rows.count)
    return out
  }
}
