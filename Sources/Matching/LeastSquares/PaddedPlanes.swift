// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// Makes the planes of a `LeastSquaresImage`, each in one pass over blocks of rows: fresh memory costs as much as the
/// arithmetic, so there are no planes in between.
struct PaddedPlanes {
  let image: Grid<Float>
  let level: Float
  let pad, stride: Int
  let missing: MissingCounts
  private let threads: Int

  private static let blockRows = 64

  init(_ image: Grid<Float>, templateWindow: Int, level: Float?, threads: Int) {
    self.image = image
    self.threads = threads
    // The frame of derivatives, the spline's taps, and a vector that begins at the last pixel.
    pad = max(templateWindow / 2 + LeastSquaresPatch.margin + 16, 20)
    let lines = (image.columns + 2 * pad + 15) / 16
    stride = (lines % 2 == 0 ? lines + 1 : lines) * 16
    let (mean, count) = finiteMean(image, threads: threads)
    self.level = level ?? mean
    missing = MissingCounts(image, hasMissing: count < image.cells.count)
  }

  /// The image with a border of NaN, and infinities made NaN.
  func pixels() -> [Float] {
    plane { row, line in
      let line = UnsafeMutableBufferPointer(start: line, count: stride)
      line.update(repeating: .nan)
      guard (0..<image.rows).contains(row) else { return }
      for column in 0..<image.columns {
        // An infinity less itself is NaN: no branch.
        let value = image.cells[row &* image.columns &+ column]
        line[pad &+ column] = (value - level) + (value - value)
      }
    }
  }

  /// Smoothed along rows and columns with the weights (side, 1 − 2 side, side); NaN spreads, the border is NaN.
  func smoothed(_ pixels: [Float], side: Float) -> [Float] {
    let taps = [1 - 2 * side, side]
    return pixels.withUnsafeBufferPointer { pixels in
      nonisolated(unsafe) let from = pixels.baseAddress!
      return plane(scratch: SymmetricFilter.lineLength(columns: image.columns, radius: 1)) { row, line, scratch in
        UnsafeMutableBufferPointer(start: line, count: stride).update(repeating: .nan)
        guard (0..<image.rows).contains(row) else { return }
        SymmetricFilter.run(
          from + (row + pad) * stride + pad, stride: stride, taps: taps, rows: 1, columns: image.columns,
          into: line + pad, targetStride: stride, line: scratch)
      }
    }
  }

  /// Coefficients of the spline of the image mirrored at its outermost pixels.
  func splineCoefficients(_ order: SplineOrder) -> [Float] {
    let source = missing.isEmpty ? image : fillingMissing(radius: 6)
    let taps = order.scaledPrefilter, radius = taps.count - 1, margin = SymmetricFilter.margin(radius: radius)
    let width = stride + 2 * margin, height = Self.blockRows + 2 * radius
    let columns = (-pad - margin..<stride - pad + margin).map { reflected($0, in: image.columns) }
    // Columns before the image's first, mirrored like those behind its last.
    let first = pad + margin
    let lineLength = SymmetricFilter.lineLength(columns: stride, radius: radius)
    return blocks(scratch: height * width + lineLength) { rows, plane, scratch in
      for (index, row) in (rows.lowerBound - radius..<rows.upperBound + radius).enumerated() {
        let from = reflected(row, in: image.rows) * image.columns, out = scratch + index * width
        source.cells.withUnsafeBufferPointer { cells in
          let line = cells.baseAddress! + from
          for at in 0..<first { out[at] = line[columns[at]] - level }
          SearchKernels.copyRow(line, centre: level, columns: image.columns, to: out + first)
          for at in first + image.columns..<width { out[at] = line[columns[at]] - level }
        }
      }
      SymmetricFilter.run(
        scratch + radius * width + margin, stride: width, taps: taps, rows: rows.count, columns: stride, into: plane,
        targetStride: stride, line: scratch + height * width)
    }
  }

  /// Pixels before and after a cell that must be there: those of the inner four taps, which the mirrored border
  /// continues for the outer two of the quintic spline, of 1/120 at most.
  static let before = 1, after = 2

  /// 1 where the pixels a cell needs are in the image and none is missing there or near it.
  func validCells() -> [UInt8] {
    let before = Self.before, after = Self.after
    return plane { row, line in
      UnsafeMutableBufferPointer(start: line, count: stride).update(repeating: 0)
      guard row >= before, row + after < image.rows, before + after < image.columns else { return }
      let columns = before..<image.columns - after
      if missing.isEmpty {
        UnsafeMutableBufferPointer(start: line + pad + before, count: columns.count).update(repeating: 1)
        return
      }
      for column in columns {
        let isValid = missing.isComplete(row - before...row + after, column - before...column + after)
        line[pad + column] = isValid ? 1 : 0
      }
    }
  }

  /// Missing pixels become the mean of those present within `radius`, else the level.
  private func fillingMissing(radius: Int) -> Grid<Float> {
    var out = image
    for row in 0..<image.rows {
      let rows = max(0, row - radius)..<min(image.rows, row + radius + 1)
      for column in 0..<image.columns where !image[row, column].isFinite {
        let columns = max(0, column - radius)..<min(image.columns, column + radius + 1)
        // Most missing pixels lie in large areas of them.
        if missing.isEmpty(rows, columns) {
          out[row, column] = level
          continue
        }
        var sum = 0.0, count = 0
        for r in rows {
          for c in columns where image[r, c].isFinite {
            sum += Double(image[r, c] - level)
            count += 1
          }
        }
        out[row, column] = level + Float(sum / Double(count))
      }
    }
    return out
  }

  private func reflected(_ index: Int, in count: Int) -> Int {
    if count == 1 { return 0 }
    let period = 2 * (count - 1)
    let folded = ((index % period) + period) % period
    return folded < count ? folded : period - folded
  }
}

extension PaddedPlanes {
  private typealias Line = UnsafeMutablePointer<Float>

  /// A plane filled row by row; rows are counted from the image's first.
  private func plane<Cell: AdditiveArithmetic & Sendable>(_ fill: @Sendable (Int, UnsafeMutablePointer<Cell>) -> Void)
    -> [Cell]
  {
    plane(scratch: 0) { row, line, _ in fill(row, line) }
  }

  private func plane<Cell: AdditiveArithmetic & Sendable>(
    scratch: Int, _ fill: @Sendable (Int, UnsafeMutablePointer<Cell>, Line) -> Void
  ) -> [Cell] {
    blocks(scratch: scratch) { rows, plane, scratch in
      for row in rows { fill(row, plane + (row - rows.lowerBound) * stride, scratch) }
    }
  }

  /// A plane filled by blocks of rows, from the first row of each on; the same bits for any number of threads.
  ///
  /// - Parameter scratch: floats of memory that each block has to itself.
  private func blocks<Cell: AdditiveArithmetic & Sendable>(
    scratch: Int, _ fill: @Sendable (Range<Int>, UnsafeMutablePointer<Cell>, Line) -> Void
  ) -> [Cell] {
    let height = image.rows + 2 * pad, blocks = (height + Self.blockRows - 1) / Self.blockRows
    let size = height * stride + 16
    return [Cell](unsafeUninitializedCapacity: size) { cells, count in
      nonisolated(unsafe) let base = cells.baseAddress!
      performBlocks(blocks, threads: threads) { block in
        let first = block * Self.blockRows, end = min(height, first + Self.blockRows)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, scratch)) { memory in
          fill(first - pad..<end - pad, base + first * stride, memory.baseAddress!)
        }
      }
      (base + height * stride).initialize(repeating: .zero, count: 16)
      count = size
    }
  }
}

/// Mean of the finite pixels, zero where there is none, and their number; summed by blocks of rows, in their order.
private func finiteMean(_ image: Grid<Float>, threads: Int) -> (mean: Float, count: Int) {
  let blockRows = 32, blocks = (image.rows + blockRows - 1) / blockRows
  var sums = [(sum: Double, count: Int)](repeating: (0, 0), count: blocks)
  sums.withUnsafeMutableBufferPointer { sums in
    nonisolated(unsafe) let sums = sums
    performBlocks(blocks, threads: threads) { block in
      let first = block * blockRows, rows = min(image.rows, first + blockRows) - first
      sums[block] = image.cells.withUnsafeBufferPointer {
        SearchKernels.regionMean(
          $0.baseAddress! + first * image.columns, stride: image.columns, rows: rows, columns: image.columns)
      }
    }
  }
  let total = sums.reduce(into: (sum: 0.0, count: 0)) { $0 = ($0.sum + $1.sum, $0.count + $1.count) }
  return (total.count == 0 ? 0 : Float(total.sum / Double(total.count)), total.count)
}
