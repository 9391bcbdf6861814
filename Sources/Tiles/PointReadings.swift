// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

extension RasterTiles {
  /// The values of layers at places: one list for each place, in the order of the layers.
  ///
  /// The value of the pixel in which the place lies, as it is stored; NaN where it is missing or outside. Layers are
  /// read at the same time; a file that is already open costs the unpacking of one of its blocks, and nothing where
  /// the place or one nearby was read before.
  ///
  /// - Throws: `TilesError` of kind `.missing`, `.unreadable` or `.noPlace`.
  public func values(of files: [RasterLayerFile], at places: [Place]) throws(TilesError) -> [[Float]] {
    if places.isEmpty || files.isEmpty { return places.map { _ in [] } }
    if let stack = stacks.ready(files, open: rasters.raster) { return try values(of: stack, at: places) }
    let results = SharedResults<[Float]>(count: files.count)
    parallelFor(count: files.count, threads: ProcessInfo.processInfo.activeProcessorCount) { index in
      results.set(index) { () throws(TilesError) in try self.values(of: files[index], at: places) }
    }
    let layers = try results.values()
    return places.indices.map { place in layers.map { $0[place] } }
  }

  private func values(of stack: LayerStack, at places: [Place]) throws(TilesError) -> [[Float]] {
    let positions = try stack.place.positions(of: places), raster = stack.place.reference
    return zip(positions.rows, positions.columns).map { row, column in
      guard let pixel = PixelNumber(row, column, rows: raster.rows, columns: raster.columns) else {
        return [Float](repeating: .nan, count: stack.layers)
      }
      return stack.values(row: pixel.row, column: pixel.column)
    }
  }

  private func values(of file: RasterLayerFile, at places: [Place]) throws(TilesError) -> [Float] {
    let raster = try rasters.raster(file)
    let positions = try raster.place.positions(of: places)
    var values: [Float] = []
    for (row, column) in zip(positions.rows, positions.columns) {
      values.append(try reader.value(row, column, of: raster))
    }
    return values
  }
}

/// The pixel in which a position lies.
struct PixelNumber {
  let row, column: Int

  /// Nil outside of the raster.
  init?(_ row: Double, _ column: Double, rows: Int, columns: Int) {
    // Written so that NaN fails the test.
    guard row >= -0.5, column >= -0.5, row < Double(rows) - 0.5, column < Double(columns) - 0.5 else { return nil }
    self.row = Int((row + 0.5).rounded(.down))
    self.column = Int((column + 0.5).rounded(.down))
  }
}

extension BlockReader {
  /// Side of the squares around read places that are kept: what a second click near the first one needs.
  private static let spot = 16

  /// The value of the pixel in which a position lies.
  ///
  /// Whole blocks are not kept for it: a series over hundreds of layers would push the map's own out of the cache.
  func value(_ row: Double, _ column: Double, of raster: TiledRaster) throws(TilesError) -> Float {
    let pyramid = raster.levels[0]
    guard let pixel = PixelNumber(row, column, rows: pyramid.rows, columns: pyramid.columns) else { return .nan }
    let r = pixel.row, c = pixel.column
    let block = BlockCache.Key(
      file: raster.file, mark: raster.mark, level: 0, row: r / pyramid.blockRows, column: c / pyramid.blockColumns)
    if let grid = cache.present(block) { return grid[r % pyramid.blockRows, c % pyramid.blockColumns] }
    let side = Self.spot
    let key = BlockCache.Key(file: raster.file, mark: raster.mark, level: -1, row: r / side, column: c / side)
    let grid = try cache.block(key) { () throws(TilesError) in
      let window = Window(row: r / side * side, column: c / side * side, rows: side, columns: side)
        .intersection(pyramid.window)
      return try reading { () throws(RasterError) in try raster.image.read(window, level: 0) }
    }
    return grid[r % side, c % side]
  }

  /// The value at a position: bilinear between the four pixels around it, or the nearest for names.
  func interpolated(_ row: Double, _ column: Double, of raster: TiledRaster) throws(TilesError) -> Float {
    let pyramid = raster.levels[0]
    guard row > -0.5, column > -0.5, row < Double(pyramid.rows) - 0.5, column < Double(pyramid.columns) - 0.5 else {
      return .nan
    }
    let r = Int(row.rounded(.down)), c = Int(column.rounded(.down))
    let window = Window(row: r, column: c, rows: 2, columns: 2)
    let pixels = try read(window, of: raster, level: 0)
    return PixelSampler.value(
      row - Double(r), column - Double(c), in: pixels, isCategorical: raster.file.isCategorical)
  }
}
