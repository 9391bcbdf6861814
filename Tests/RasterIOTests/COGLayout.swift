// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Reads the directories of a little-endian classic TIFF and checks the rules of a cloud-optimised GeoTIFF.
///
/// The rules: tiled above 512 px; the main image's directory first, overviews after it in falling size; all
/// directories before all pixels; smaller overviews' pixels before larger ones'.
struct COGLayout {
  private(set) var problems: [String] = []
  private(set) var isDeflate = true
  private(set) var isTiled = true

  private struct Directory {
    let offset: Int
    var width = 0, compression = 0, firstTile = Int.max
    var isTiled = false
  }

  init(_ path: String) throws {
    let data = [UInt8](try Data(contentsOf: URL(filePath: path)))
    func number(_ at: Int, _ size: Int) -> Int { (0..<size).reduce(0) { $0 | Int(data[at + $1]) << (8 * $1) } }
    guard data.count > 8, number(0, 2) == 0x4949, number(2, 2) == 42 else {
      problems.append("not a little-endian TIFF")
      return
    }
    if !String(decoding: data[8..<min(data.count, 300)], as: UTF8.self).contains("LAYOUT=IFDS_BEFORE_DATA") {
      problems.append("the ghost header is missing")
    }
    var directories: [Directory] = []
    var next = number(4, 4)
    while next != 0 {
      var directory = Directory(offset: next)
      let count = number(next, 2)
      for entry in 0..<count {
        let at = next + 2 + 12 * entry
        let size = number(at + 2, 2) == 3 ? 2 : 4
        switch number(at, 2) {
        case 256: directory.width = number(at + 8, size)
        case 259: directory.compression = number(at + 8, 2)
        case 322: directory.isTiled = true
        case 324:
          let values = number(at + 4, 4)
          let place = values * size <= 4 ? at + 8 : number(at + 8, 4)
          let offsets = (0..<values).map { number(place + size * $0, size) }.filter { $0 > 0 }
          directory.firstTile = offsets.min() ?? .max
        default: break
        }
      }
      directories.append(directory)
      next = number(next + 2 + 12 * count, 4)
    }
    check(directories)
  }

  private mutating func check(_ directories: [Directory]) {
    isDeflate = directories.allSatisfy { $0.compression == 8 }
    isTiled = directories.allSatisfy(\.isTiled)
    if directories.map(\.width) != directories.map(\.width).sorted(by: >) { problems.append("levels not in order") }
    let firstPixel = directories.map(\.firstTile).min() ?? 0
    if directories.contains(where: { $0.offset > firstPixel }) { problems.append("a directory after pixels") }
    let tiles = directories.map(\.firstTile)
    if tiles != tiles.sorted(by: >) { problems.append("pixels of overviews not before the full image") }
  }
}
