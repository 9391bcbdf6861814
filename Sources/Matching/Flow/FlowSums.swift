// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// Sums over squares of what a function makes of each row, on several threads.
///
/// Rows go through a line of their own, strips of columns follow: neither the blocks nor the threads show in a bit.
final class FlowSums: Sendable {
  private static let rowsPerTask = 32
  private static let rowsPerStrip = 128
  private let planes: [PaddedImage]
  private let rows, columns, threads: Int

  /// - Parameter count: most lines that `run` is asked for.
  init(rows: Int, columns: Int, count: Int, threads: Int, pool: BufferPool) {
    (self.rows, self.columns, self.threads) = (rows, columns, threads)
    planes = (0..<count).map { _ in
      PaddedImage(unfilledRows: rows, columns: columns, padding: DenseImage.padding, pool: pool)
    }
  }

  /// - Parameters:
  ///   - fill: writes `count` lines of a row, one `length` after the other, rounded up to eights.
  ///   - use: takes the sums of a strip.
  func run(
    _ count: Int, radius: Int,
    fill: @Sendable (_ row: Int, _ lines: UnsafeMutablePointer<Float>, _ length: Int) -> Void,
    use: @Sendable (StripSums) -> Void
  ) {
    let length = SquareSums.lineLength(columns: columns, radius: radius)
    FlowSums.forRows(rows, threads: threads, scratch: { FloatBuffer(count: count * length) }) { range, lines in
      for row in range {
        fill(row, lines.base + radius, length)
        for k in 0..<count {
          SquareSums.along(
            lines.base + k * length, columns: columns, radius: radius, into: planes[k].view.row(row))
        }
      }
    }
    let work = SquareSums.workLength(rows: Self.rowsPerStrip, radius: radius)
    let plane = Self.rowsPerStrip * SquareSums.stripWidth
    let blocks = (rows + Self.rowsPerStrip - 1) / Self.rowsPerStrip
    let strips = (columns + SquareSums.stripWidth - 1) / SquareSums.stripWidth
    parallelFor(
      count: blocks * strips, threads: threads, scratch: { FloatBuffer(count: work + count * plane) }
    ) { index, buffer in
      let first = index / strips * Self.rowsPerStrip, column = index % strips * SquareSums.stripWidth
      let range = first..<min(rows, first + Self.rowsPerStrip), sums = buffer.base + work
      for k in 0..<count {
        SquareSums.down(
          planes[k].view, column: column, rows: range, radius: radius, work: buffer.base, into: sums + k * plane)
      }
      use(StripSums(base: sums, plane: plane, rows: range, column: column))
      withExtendedLifetime(buffer) {}
    }
  }

  /// Runs `body` on all rows, a few at a time.
  static func forRows<Scratch>(
    _ rows: Int, threads: Int, scratch: @Sendable () -> Scratch, body: @Sendable (Range<Int>, Scratch) -> Void
  ) {
    parallelFor(count: (rows + rowsPerTask - 1) / rowsPerTask, threads: threads, scratch: scratch) { index, own in
      body(index * rowsPerTask..<min(rows, (index + 1) * rowsPerTask), own)
    }
  }

  static func forRows(_ rows: Int, threads: Int, body: @Sendable (Range<Int>) -> Void) {
    forRows(rows, threads: threads, scratch: {}) { range, _ in body(range) }
  }
}
