// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// An image at full, half, quarter, … size; missing pixels stay missing.
///
/// Pixel (r, c) of level l is centred on full-size position (r + ½) · 2ˡ − ½, so offsets scale by exactly 2ˡ.
struct ImagePyramid: Sendable {
  private(set) var levels: [Grid<Float>]

  init(_ image: Grid<Float>, levels count: Int, threads: Int = 1) {
    levels = [image]
    while levels.count < count, let last = levels.last, last.rows >= 2, last.columns >= 2 {
      levels.append(Self.halved(last, threads: threads))
    }
  }

  /// Full-size position of a pixel of a level.
  static func position(_ pixel: Double, level: Int) -> Double {
    let scale = Double(1 << level)
    return (pixel + 0.5) * scale - 0.5
  }

  /// Half the size, smoothed against aliasing. A last odd row or column is left out.
  static func halved(_ image: Grid<Float>, threads: Int = 1) -> Grid<Float> {
    let rows = image.rows / 2, columns = image.columns
    var out = Grid<Float>(rows: rows, columns: columns / 2, filledWith: .nan)
    let bands = (rows + 63) / 64
    out.cells.withUnsafeMutableBufferPointer { target in
      let to = SharedBuffer(target.baseAddress!)
      parallelFor(count: bands, threads: threads) { band in
        image.cells.withUnsafeBufferPointer { cells in
          let from = cells.baseAddress!
          let row = { (r: Int) in r >= 0 && r < image.rows ? from + r * columns : nil }
          withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * columns + 16) { work in
            for r in band * 64..<min(rows, band * 64 + 64) {
              SearchKernels.halveRow(
                (row(2 * r - 1), row(2 * r), row(2 * r + 1), row(2 * r + 2)), columns: columns,
                work: work.baseAddress!, out: to.base + r * (columns / 2))
            }
          }
        }
      }
    }
    return out
  }
}
