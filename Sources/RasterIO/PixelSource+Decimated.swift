// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Grids
import Synchronization

extension PixelSource {
  /// The whole raster averaged in blocks of `factor × factor` pixels, anchored at pixel (0, 0).
  ///
  /// Cell (r, c) is the mean of the pixels that are not NaN from (r·factor, c·factor) on; NaN where there are none. The
  /// raster is read in parts of about four million pixels on all cores, so memory does not grow with it, and the
  /// bits depend neither on the parts nor on the threads.
  public func readDecimated(factor: Int) throws(RasterError) -> Grid<Float> {
    precondition(factor >= 1, "a decimation factor is 1 or more, not \(factor)")
    let parts = decimationParts(factor: factor)
    let outRows = (rows + factor - 1) / factor, outColumns = (columns + factor - 1) / factor
    let result = Mutex<Result<Grid<Float>, RasterError>>(
      .success(Grid(rows: outRows, columns: outColumns, filledWith: .nan)))
    DispatchQueue.concurrentPerform(iterations: parts.count) { index in
      if case .failure = result.withLock({ $0 }) { return }
      do throws(RasterError) {
        let part = parts[index]
        let means = try read(part).blockMeans(factor: factor)
        result.withLock { result in
          guard case .success(var out) = result else { return }
          result = .success(Grid(rows: 0, columns: 0, cells: []))  // else `out` would be copied on its first change
          for row in 0..<means.rows {
            let to = (part.row / factor + row) * outColumns + part.column / factor
            let from = row * means.columns
            out.cells.replaceSubrange(to..<to + means.columns, with: means.cells[from..<from + means.columns])
          }
          result = .success(out)
        }
      } catch {
        result.withLock { $0 = .failure(error) }
      }
    }
    return try result.withLock { $0 }.get()
  }

  /// Windows at multiples of `factor` that cover the raster, each about four million pixels and cut where the file's
  /// own blocks are, as far as that goes.
  private func decimationParts(factor: Int) -> [Window] {
    let limit = 4 << 20
    func multiple(_ length: Int, of block: Int) -> Int {
      let step = max(block, factor)
      return max(factor, max(step, length / step * step) / factor * factor)
    }
    let isStriped = blockShape.columns >= columns
    let width = isStriped ? columns : min(columns, multiple(4096, of: blockShape.columns))
    let height = min(rows, multiple(max(1, limit / width), of: isStriped ? 1 : blockShape.rows))
    let stepColumns = width >= columns ? columns : width, stepRows = height >= rows ? rows : height
    var parts: [Window] = []
    for row in stride(from: 0, to: rows, by: max(1, stepRows)) {
      for column in stride(from: 0, to: columns, by: max(1, stepColumns)) {
        parts.append(
          Window(
            row: row, column: column, rows: min(stepRows, rows - row), columns: min(stepColumns, columns - column)))
      }
    }
    return parts
  }
}

extension RasterImage {
  /// As `readDecimated(factor:)`, but taken from a stored overview of exactly this factor where the file has one.
  ///
  /// For looking only: an overview may have been made by picking pixels instead of averaging them.
  public func readDecimated(factor: Int, usingOverviews: Bool) throws(RasterError) -> Grid<Float> {
    if usingOverviews, factor > 1, let overview = try readOverview(factor: factor) { return overview }
    return try readDecimated(factor: factor)
  }
}
