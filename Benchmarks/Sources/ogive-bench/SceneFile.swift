// SPDX-License-Identifier: Apache-2.0
import Foundation
import OgiveKit

/// Writes a simulated 16-bit pair of any size as GeoTIFFs, strip by strip, to time the whole command with.
enum SceneFile {
  private static let stripRows = 64

  /// `reference.tif` and `secondary.tif`, uncompressed, 10 m pixels in EPSG:32632.
  static func write(size: Int, to folder: URL, threads: Int) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let maker = SceneMaker(size: size, deviation: 400, mean: 3000, bitDepth: 16)
    var files: [FileHandle] = []
    for name in ["reference.tif", "secondary.tif"] {
      let url = folder.appending(path: name)
      try header(size: size).write(to: url)
      let file = try FileHandle(forWritingTo: url)
      try file.seekToEnd()
      files.append(file)
    }
    // Bands of as many rows as there are threads' worth of tiles, so that memory stays small.
    let bandRows = 256
    for first in stride(from: 0, to: size, by: bandRows * threads) {
      let bands = Array(stride(from: first, to: min(size, first + bandRows * threads), by: bandRows))
      let made = Box(count: bands.count)
      Threads.run(bands.count, threads: threads) { index in
        let tile = maker.tile(
          Window(row: bands[index], column: 0, rows: min(bandRows, size - bands[index]), columns: size))
        made.set(index, [bytes(tile.reference), bytes(tile.secondary)])
      }
      for pair in made.all { for (file, data) in zip(files, pair) { try file.write(contentsOf: data) } }
    }
    for file in files { try file.close() }
  }

  private static func bytes(_ image: Grid<Float>) -> Data {
    let cells = image.cells.map { UInt16($0).littleEndian }
    return cells.withUnsafeBytes { Data($0) }
  }

  /// Everything in front of the pixels: a little-endian baseline TIFF with strips and the GeoTIFF 1.0 keys.
  private static func header(size: Int) -> Data {
    let strips = (size + stripRows - 1) / stripRows
    let scale = [10.0, 10, 0], tie = [0.0, 0, 0, 300_000, 5_000_040, 0]
    let keys: [UInt16] = [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32632]
    let tags = 14, offsets = 8 + 2 + tags * 12 + 4
    let counts = offsets + 4 * strips, scaleAt = counts + 4 * strips, tieAt = scaleAt + 24, keysAt = tieAt + 48
    let pixels = keysAt + 32, rowBytes = 2 * size
    var out = Data([0x49, 0x49, 42, 0])
    func put<T: FixedWidthInteger>(_ value: T) {
      withUnsafeBytes(of: value.littleEndian) { out.append(contentsOf: $0) }
    }
    put(UInt32(8))
    put(UInt16(tags))
    // tag, type (3 short, 4 long, 12 double), count, value or where it stands
    let entries: [(UInt16, UInt16, Int, Int)] = [
      (256, 4, 1, size), (257, 4, 1, size), (258, 3, 1, 16), (259, 3, 1, 1), (262, 3, 1, 1),
      (273, 4, strips, offsets),
      (277, 3, 1, 1), (278, 4, 1, stripRows), (279, 4, strips, counts), (284, 3, 1, 1), (339, 3, 1, 1),
      (33550, 12, 3, scaleAt), (33922, 12, 6, tieAt), (34735, 3, 16, keysAt),
    ]
    for (tag, type, count, value) in entries {
      put(tag)
      put(type)
      put(UInt32(count))
      put(UInt32(value))
    }
    put(UInt32(0))
    for strip in 0..<strips { put(UInt32(pixels + strip * stripRows * rowBytes)) }
    for strip in 0..<strips { put(UInt32(min(stripRows, size - strip * stripRows) * rowBytes)) }
    for value in scale + tie { put(value.bitPattern) }
    for key in keys { put(key) }
    return out
  }

  /// Places that threads fill, each its own.
  private final class Box: @unchecked Sendable {
    private let lock = NSLock()
    private var places: [[Data]]

    init(count: Int) { places = Array(repeating: [], count: count) }

    func set(_ index: Int, _ value: [Data]) { lock.withLock { places[index] = value } }
    var all: [[Data]] { lock.withLock { places } }
  }
}
