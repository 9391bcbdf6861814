// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// The layers of a series turned round: all values of a place together, in a file that the system keeps in memory as
/// far as there is room.
///
/// Layers are stored as one file each, in blocks of a quarter of a million pixels, so a series over 500 of them
/// unpacks 500 such blocks for 500 numbers. Turned round once, each further place costs microseconds. Squares of 16 ×
/// 16 pixels of all layers lie together: written in pieces that are long enough, read in one.
final class LayerStack: @unchecked Sendable {
  private static let side = 16
  private static let square = side * side

  let bytes, layers: Int
  let place: RasterPlace
  private let rows, columns, across: Int
  private let values: UnsafeMutablePointer<Float>

  /// The bytes that a stack of rasters of one shape takes; nil where they lie on different lattices.
  static func bytes(of rasters: [TiledRaster]) -> Int? {
    guard let first = rasters.first?.place.reference else { return nil }
    let isSame = rasters.allSatisfy { raster in
      let other = raster.place.reference
      return other.rows == first.rows && other.columns == first.columns && other.transform == first.transform
        && other.crs == first.crs
    }
    guard isSame else { return nil }
    return bytes(of: first, layers: rasters.count)
  }

  private static func bytes(of raster: Georeference, layers: Int) -> Int {
    func squares(_ length: Int) -> Int { (length + side - 1) / side }
    return squares(raster.rows) * squares(raster.columns) * square * layers * MemoryLayout<Float>.stride
  }

  /// Reads all layers, several at a time, into a file that appears whole or not at all; nil where there is no room.
  ///
  /// - Throws: `TilesError` when a layer cannot be read.
  convenience init?(_ rasters: [TiledRaster], path: String, threads: Int) throws(TilesError) {
    guard let bytes = Self.bytes(of: rasters), bytes > 0 else { return nil }
    let partial = "\(path).part"
    defer { unlink(partial) }
    let file = open(partial, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { return nil }
    defer { close(file) }
    // At once, since writing beyond the disk's room later would end the process.
    guard posix_fallocate(file, 0, off_t(bytes)) == 0 else { return nil }
    self.init(file, rasters[0].place, layers: rasters.count, bytes: bytes, PROT_READ | PROT_WRITE)
    try fill(rasters, threads: threads)
    guard fdatasync(file) == 0, rename(partial, path) == 0 else { return nil }
  }

  /// Opens what was written earlier; nil where there is none of this size.
  convenience init?(_ path: String, place: RasterPlace, layers: Int) {
    let bytes = Self.bytes(of: place.reference, layers: layers)
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var information = stat()
    guard fstat(file, &information) == 0, Int(information.st_size) == bytes, bytes > 0 else { return nil }
    self.init(file, place, layers: layers, bytes: bytes, PROT_READ)
  }

  private init?(_ file: Int32, _ place: RasterPlace, layers: Int, bytes: Int, _ protection: Int32) {
    guard let memory = mmap(nil, bytes, protection, MAP_SHARED, file, 0), memory != MAP_FAILED else { return nil }
    values = memory.bindMemory(to: Float.self, capacity: bytes / MemoryLayout<Float>.stride)
    (self.bytes, self.layers, self.place) = (bytes, layers, place)
    (rows, columns) = (place.reference.rows, place.reference.columns)
    across = (columns + Self.side - 1) / Self.side
  }

  deinit { munmap(values, bytes) }

  /// The values of all layers in a pixel.
  func values(row: Int, column: Int) -> [Float] {
    let side = Self.side, start = ((row / side) * across + column / side) * layers * Self.square
    let inside = row % side * side + column % side
    return (0..<layers).map { values[start + $0 * Self.square + inside] }
  }

  private func fill(_ rasters: [TiledRaster], threads: Int) throws(TilesError) {
    let results = SharedResults<Void>(count: rasters.count)
    parallelFor(count: rasters.count, threads: threads) { layer in
      results.set(layer) { () throws(TilesError) in try self.fill(layer, from: rasters[layer]) }
    }
    _ = try results.values()
  }

  /// A layer in bands of whole blocks, which do not go through the cache of the map.
  private func fill(_ layer: Int, from raster: TiledRaster) throws(TilesError) {
    let height = max(Self.side, raster.levels[0].blockRows / Self.side * Self.side), side = Self.side
    for top in stride(from: 0, to: rows, by: height) {
      let window = Window(row: top, column: 0, rows: min(height, rows - top), columns: columns)
      let band = try reading { () throws(RasterError) in try raster.image.read(window, level: 0) }
      band.cells.withUnsafeBufferPointer { cells in
        guard let cells = cells.baseAddress else { return }
        for row in 0..<window.rows {
          let line = (top + row) / side * across, inside = (top + row) % side * side
          for start in stride(from: 0, to: columns, by: side) {
            let to = values + ((line + start / side) * layers + layer) * Self.square + inside
            to.update(from: cells + row * columns + start, count: min(side, columns - start))
          }
        }
      }
    }
  }
}
