// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kernels

func exponential(_ value: Double) -> Double { exp(value) }

/// Rows padded to multiples of eight values, with room to read past the end: the layout of the filters.
struct PaddedPixels {
  let rows, columns: Int
  var cells: [Float]
  var stride: Int { PaddedPixels.stride(columns) }

  private static let slack = 2 * ResamplingSource.radius + 16

  static func stride(_ columns: Int) -> Int { (columns + 7) / 8 * 8 }

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    cells = [Float](repeating: 0, count: rows * PaddedPixels.stride(columns) + PaddedPixels.slack)
  }

  init(_ grid: Grid<Float>) {
    self.init(rows: grid.rows, columns: grid.columns)
    let stride = stride, columns = columns
    cells.withUnsafeMutableBufferPointer { cells in
      grid.cells.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress, let to = cells.baseAddress else { return }
        for row in 0..<grid.rows { (to + row * stride).update(from: from + row * columns, count: columns) }
      }
    }
  }

  /// Convolved in both directions with a symmetric filter; `radius` smaller on each side.
  func filtered(_ taps: [Float]) -> PaddedPixels {
    let radius = taps.count - 1
    guard rows > 2 * radius, columns > 2 * radius else { return PaddedPixels(rows: 0, columns: 0) }
    var out = PaddedPixels(rows: rows - 2 * radius, columns: columns - 2 * radius)
    let stride = stride, outStride = out.stride, outRows = out.rows, outColumns = out.columns
    var line = [Float](repeating: 0, count: SymmetricFilter.lineLength(columns: outColumns, radius: radius))
    cells.withUnsafeBufferPointer { source in
      out.cells.withUnsafeMutableBufferPointer { target in
        SymmetricFilter.run(
          source.baseAddress! + radius * stride + radius, stride: stride, taps: taps, rows: outRows,
          columns: outColumns, into: target.baseAddress!, targetStride: outStride, line: &line)
      }
    }
    return out
  }

  func cropped(by margin: Int) -> PaddedPixels {
    var out = PaddedPixels(rows: max(0, rows - 2 * margin), columns: max(0, columns - 2 * margin))
    for row in 0..<out.rows {
      let from = (row + margin) * stride + margin
      let to = row * out.stride
      out.cells.replaceSubrange(to..<to + out.columns, with: cells[from..<from + out.columns])
    }
    return out
  }

  /// Missing pixels replaced by the Gaussian mean of those around them, 0 where all are missing; `radius` smaller on
  /// each side. `absence` is 1 where a pixel was missing, nil when none was.
  func filled() -> (pixels: PaddedPixels, absence: PaddedPixels?) {
    let radius = ResamplingSource.radius
    guard cells.withUnsafeBufferPointer({ cells in cells.contains { $0 != $0 } }) else {
      return (cropped(by: radius), nil)
    }
    var present = self, presence = PaddedPixels(rows: rows, columns: columns)
    for row in 0..<rows {
      for index in row &* stride..<row &* stride &+ columns {
        let isMissing = cells[index].isNaN
        presence.cells[index] = isMissing ? 0 : 1
        if isMissing { present.cells[index] = 0 }
      }
    }
    let sums = present.filtered(ResamplingSource.fillTaps), weights = presence.filtered(ResamplingSource.fillTaps)
    var pixels = present.cropped(by: radius)
    var absence = presence.cropped(by: radius)
    for row in 0..<pixels.rows {
      for index in row &* pixels.stride..<row &* pixels.stride &+ pixels.columns {
        let isMissing = absence.cells[index] == 0
        absence.cells[index] = isMissing ? 1 : 0
        if isMissing { pixels.cells[index] = weights.cells[index] > 0 ? sums.cells[index] / weights.cells[index] : 0 }
      }
    }
    return (pixels, absence)
  }
}
