// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO
import Synchronization

/// Gives any window of any level of a raster, from kept blocks as far as they are there.
struct BlockReader: Sendable {
  let cache: BlockCache
  /// Threads that decode the blocks of one window.
  let threads: Int

  /// The pixels of a window, which may reach outside the level: NaN there.
  func read(_ window: Window, of raster: TiledRaster, level: Int) throws(TilesError) -> Grid<Float> {
    let pyramid = raster.levels[level], inside = window.intersection(pyramid.window)
    var out = Grid(rows: window.rows, columns: window.columns, filledWith: Float.nan)
    if inside.isEmpty { return out }
    let numbers = pyramid.blocks(under: inside)
    for (number, block) in zip(numbers, try blocks(numbers, of: raster, level: level)) {
      let place = pyramid.window(ofBlock: number.row, number.column)
      out.copy(block, at: place, into: window)
    }
    return out
  }

  /// One block, decoded and kept when it was not there.
  func block(_ row: Int, _ column: Int, of raster: TiledRaster, level: Int) throws(TilesError) -> Grid<Float> {
    let key = BlockCache.Key(file: raster.file, mark: raster.mark, level: level, row: row, column: column)
    return try cache.block(key) { () throws(TilesError) in
      let pyramid = raster.levels[level], window = pyramid.window(ofBlock: row, column)
      if let stored = pyramid.stored {
        return try reading { () throws(RasterError) in try raster.image.read(window, level: stored) }
      }
      let finer = Window(
        row: 2 * window.row, column: 2 * window.column, rows: 2 * window.rows, columns: 2 * window.columns)
      let pixels = try read(finer, of: raster, level: level - 1)
      return raster.file.isCategorical ? pixels.picked : pixels.halved
    }
  }

  /// Blocks in the order of their numbers; several that are missing are decoded at a time.
  private func blocks(
    _ numbers: [BlockNumber], of raster: TiledRaster, level: Int
  ) throws(TilesError) -> [Grid<Float>] {
    // A level that is made from the one before spreads its own reading over the threads.
    guard numbers.count > 1, threads > 1, raster.levels[level].stored != nil else {
      var found: [Grid<Float>] = []
      for number in numbers { found.append(try block(number.row, number.column, of: raster, level: level)) }
      return found
    }
    let results = Mutex<[Result<Grid<Float>, TilesError>?]>(Array(repeating: nil, count: numbers.count))
    parallelFor(count: numbers.count, threads: threads) { index in
      let number = numbers[index]
      let result = Result { () throws(TilesError) in
        try block(number.row, number.column, of: raster, level: level)
      }
      results.withLock { $0[index] = result }
    }
    var found: [Grid<Float>] = []
    for result in results.withLock({ $0 }) { if let result { found.append(try result.get()) } }
    return found
  }
}

/// Row and column of a block among those of its level.
struct BlockNumber: Hashable, Sendable {
  let row, column: Int
}

extension PyramidLevel {
  /// The blocks that a window inside the level touches, row by row.
  func blocks(under window: Window) -> [BlockNumber] {
    let rows = window.row / blockRows...(window.endRow - 1) / blockRows
    let columns = window.column / blockColumns...(window.endColumn - 1) / blockColumns
    return rows.flatMap { row in columns.map { BlockNumber(row: row, column: $0) } }
  }
}

extension Grid<Float> {
  /// Copies what a block, lying at `place`, has of a window into this grid, which is that window.
  fileprivate mutating func copy(_ block: Grid<Float>, at place: Window, into window: Window) {
    let part = place.intersection(window), columns = self.columns
    cells.withUnsafeMutableBufferPointer { to in
      block.cells.withUnsafeBufferPointer { from in
        guard let to = to.baseAddress, let from = from.baseAddress else { return }
        for row in part.row..<part.endRow {
          let target = to + (row - window.row) * columns + part.column - window.column
          let source = from + (row - place.row) * block.columns + part.column - place.column
          target.update(from: source, count: part.columns)
        }
      }
    }
  }

  /// The means of squares of four cells, of those that are there.
  fileprivate var halved: Grid<Float> { blockMeans(factor: 2) }

  /// Every second cell of every second row.
  fileprivate var picked: Grid<Float> {
    var out = Grid(rows: (rows + 1) / 2, columns: (columns + 1) / 2, filledWith: Float.nan)
    for row in 0..<out.rows {
      for column in 0..<out.columns { out[row, column] = self[2 * row, 2 * column] }
    }
    return out
  }
}
