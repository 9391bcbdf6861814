// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

extension Grid where Element == Float {
  /// The image less its local mean: what is left when snow, shadow and light have changed what is broad.
  ///
  /// Between two dates the broad brightness of ice changes with snow and light, and windows then correlate poorly
  /// although crevasses are where they were. Missing pixels are left out of the mean and stay missing. A pixel's bits
  /// do not depend on where the array begins, except within three `sigma` of its edge. Cost: O(pixels · sigma).
  ///
  /// - Parameter sigma: standard deviation of the Gaussian weights of the mean, px.
  public func withoutLocalMean(sigma: Double) -> Grid {
    let radius = Int((3 * sigma).rounded(.up))
    var taps = (0...radius).map { Float(expHalfSquare(Double($0) / sigma)) }
    let total = taps[0] + 2 * taps.dropFirst().reduce(0, +)
    for index in taps.indices { taps[index] /= total }
    var values = cells, weights = [Float](repeating: 1, count: cells.count)
    for index in cells.indices where !cells[index].isFinite {
      values[index] = 0
      weights[index] = 0
    }
    let sums = smoothed(values, taps, radius), shares = smoothed(weights, taps, radius)
    for index in cells.indices {
      values[index] = cells[index].isFinite ? cells[index] - sums[index] / shares[index] : .nan
    }
    return Grid(rows: rows, columns: columns, cells: values)
  }

  /// Convolution with a symmetric filter on both axes; beyond the edge all is 0.
  private func smoothed(_ source: [Float], _ taps: [Float], _ radius: Int) -> [Float] {
    let margin = SymmetricFilter.margin(radius: radius), outStride = (columns + 7) / 8 * 8
    let stride = outStride + 2 * margin
    var padded = [Float](repeating: 0, count: (rows + 2 * radius) * stride)
    var out = [Float](repeating: 0, count: rows * outStride), line = [Float](repeating: 0, count: stride)
    for row in 0..<rows {
      let start = (row + radius) * stride + margin
      padded.replaceSubrange(start..<start + columns, with: source[row * columns..<(row + 1) * columns])
    }
    padded.withUnsafeBufferPointer { padded in
      SymmetricFilter.run(
        padded.baseAddress! + radius * stride + margin, stride: stride, taps: taps, rows: rows, columns: columns,
        into: &out, targetStride: outStride, line: &line)
    }
    if outStride == columns { return out }
    var exact: [Float] = []
    exact.reserveCapacity(rows * columns)
    for row in 0..<rows { exact += out[row * outStride..<row * outStride + columns] }
    return exact
  }
}
