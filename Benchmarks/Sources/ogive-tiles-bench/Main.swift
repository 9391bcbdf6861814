// SPDX-License-Identifier: Apache-2.0
import Foundation
import Tiles

/// Times map tiles and readings, in this process, and titiler's beside them; `Scripts/bench-tiles` calls it.
///
/// Both decode the same file, which the system holds in its memory. Ours are timed from the call to the bytes of the
/// answer, titiler's over the loopback, from which the time of its empty answer is taken off.
@main
struct TilesBench {
  static func main() {
    let words = Array(CommandLine.arguments.dropFirst())
    do {
      switch words.first {
      case "tiles" where words.count >= 2: try tiles(words[1], peer: words.count > 2 ? words[2] : nil)
      case "series" where words.count == 2: try series(words[1])
      default:
        print("usage: ogive-tiles-bench tiles IMAGE [TIMES OF TITILER] | series FOLDER | tiles IMAGE --list")
        exit(2)
      }
    } catch {
      FileHandle.standardError.write(Data("ogive-tiles-bench: \(error)\n".utf8))
      exit(1)
    }
  }

  // MARK: - Tiles

  /// Tiles of the zoom levels 10 to 14 that lie wholly in the image, in an order that jumps about.
  private static func addresses(_ box: GeographicBox, perLevel: Int) -> [TileAddress] {
    var state: UInt64 = 42
    func random() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    func column(_ longitude: Double, _ count: Double) -> Double { (longitude + 180) / 360 * count }
    func row(_ latitude: Double, _ count: Double) -> Double {
      (1 - asinh(tan(latitude * .pi / 180)) / .pi) / 2 * count
    }
    var found: [TileAddress] = []
    for zoom in 10...14 {
      let count = Double(1 << zoom)
      for _ in 0..<perLevel {
        let x = column(box.west + (box.east - box.west) * (0.1 + 0.8 * random()), count)
        let y = row(box.south + (box.north - box.south) * (0.1 + 0.8 * random()), count)
        found.append(TileAddress(z: zoom, x: Int(x), y: Int(y)))
      }
    }
    for index in found.indices.reversed() { found.swapAt(index, Int(random() * Double(index + 1))) }
    return found
  }

  private static func tiles(_ path: String, peer: String?) throws {
    let file = RasterLayerFile(path)
    guard let box = try RasterTiles().description(of: file).bounds else {
      throw TilesError(.noPlace, "\(path) has no place on Earth")
    }
    let addresses = addresses(box, perLevel: 20)
    if peer == "--list" { return print(addresses.map(\.description).joined(separator: "\n")) }
    let style = TileStyle(range: try TileStyle.Range(0, 300))
    let tiles = RasterTiles()
    var bytes: [Double] = []
    func pass() throws -> [Double] {
      try addresses.map { address in
        try milliseconds { bytes.append(Double(try tiles.png(file, address, style: style).count)) }
      }
    }
    let first = try pass(), again = try pass()
    let values = try addresses.map { address in try milliseconds { _ = try tiles.floatTile(file, address) } }
    print("| | first time: median, 95 % | again: median, 95 % | bytes, median |\n|---|---:|---:|---:|")
    print("| Ogive, PNG | \(row(first)) | \(row(again)) | \(Int(median(bytes))) |")
    print("| Ogive, float32 | | \(row(values)) | \(256 * 256 * 4) |")
    guard let peer else { return }
    let text = try Data(contentsOf: URL(filePath: peer))
    let theirs = try JSONDecoder().decode(Peer.self, from: text)
    let net = (first: theirs.first.map { $0 - theirs.overhead }, again: theirs.again.map { $0 - theirs.overhead })
    print("| titiler, PNG | \(row(net.first)) | \(row(net.again)) | \(Int(theirs.bytes)) |")
    print(
      "\nRatio of the medians: \(number(median(first) / median(net.first))) the first time, "
        + "\(number(median(again) / median(net.again))) again.")
  }

  private struct Peer: Decodable {
    let overhead: Double
    let first, again: [Double]
    let bytes: Double
  }

  // MARK: - Series

  private static func series(_ folder: String) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".tif") }.sorted()
    let files = names.map { RasterLayerFile("\(folder)/\($0)") }
    let tiles = RasterTiles()
    let places = (0..<12).map { Place.pixel(row: 40 + 37 * Double($0), column: 520 - 39 * Double($0)) }
    func once(_ place: Place) throws -> Double {
      try milliseconds { _ = try tiles.values(of: files, at: [place]) }
    }
    let opening = try once(places[0])
    let others = try places.dropFirst().map(once)
    let again = try places.map(once)
    print("| a series over \(files.count) layers | ms |\n|---|---:|")
    print("| the first, which opens the files | \(number(opening)) |")
    print("| at another place, median | \(number(median(others))) |")
    print("| at a place read before, median | \(number(median(again))) |")
  }

  // MARK: - Times

  private static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock(), begin = clock.now
    try body()
    return (clock.now - begin) / .milliseconds(1)
  }

  private static func median(_ values: [Double]) -> Double { share(values, 0.5) }

  private static func share(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .nan : sorted[Int(share * Double(sorted.count - 1))]
  }

  private static func row(_ values: [Double]) -> String {
    "\(number(median(values))), \(number(share(values, 0.95)))"
  }

  private static func number(_ value: Double) -> String { String(format: value < 10 ? "%.2f" : "%.0f", value) }
}
