// SPDX-License-Identifier: Apache-2.0
import Foundation
import OgiveKit
import Synchronization

/// Regularised matching at every pixel of a scene on the disk (`SceneFile`), read and written by tiles: time, memory, and
/// how much the size of the tiles changes the result.
struct RegularisedScene: Sendable {
  struct Failed: Error, CustomStringConvertible { let description: String }

  private let size: Int
  private let reference, secondary: PixelFile<UInt16>
  private let parameters = RegularisedMatching.Parameters()

  init(folder: URL, size: Int) throws {
    self.size = size
    reference = try PixelFile(folder.appending(path: "reference.tif"), size: size, isNew: false)
    secondary = try PixelFile(folder.appending(path: "secondary.tif"), size: size, isNew: false)
  }

  /// One row for each size of tiles, and the differences between the first two.
  static func table(folder: URL, size: Int, tiles: [Int], threads: Int) throws -> String {
    let scene = try RegularisedScene(folder: folder, size: size)
    var lines = [
      "| tile, px | threads | wall, s | CPU, s | ns of CPU a pixel | peak, MB | measured |",
      "|---|---|---|---|---|---|---|",
    ]
    var results: [[PixelFile<Float>]] = []
    let scratch = FileManager.default.temporaryDirectory.appending(path: "ogive-bench-\(getpid())")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    for tile in tiles {
      let out = try ["dx", "dy"].map {
        try PixelFile<Float>(scratch.appending(path: "\(tile)_\($0).f32"), size: size, isNew: true)
      }
      lines.append(scene.run(tile: tile, threads: threads, into: out))
      results.append(out)
    }
    if results.count > 1 {
      for (index, name) in ["dx", "dy"].enumerated() {
        let (median, high, largest) = Self.differences(results[0][index], results[1][index])
        lines.append(
          String(format: "difference of %@, px: median %.5f, P99 %.5f, largest %.3f", name, median, high, largest))
      }
    }
    return lines.joined(separator: "\n")
  }

  private func run(tile: Int, threads: Int, into out: [PixelFile<Float>]) -> String {
    let image = Window(row: 0, column: 0, rows: size, columns: size), across = (size + tile - 1) / tile
    let workspace = RegularisedMatching.Workspace(), measured = Mutex(0)
    Gauge.resetPeak()
    let wall = Gauge.wallSeconds(), cpu = Gauge.processSeconds()
    Threads.run(across * across, threads: threads) { index in
      let window = Window(row: index / across * tile, column: index % across * tile, rows: tile, columns: tile)
        .intersection(image)
      let block = RegularisedMatching.Block(
        window: window, image: image, start: (0, 0), parameters: parameters, reference: { reference.read($0) },
        secondary: { secondary.read($0) })
      let match = RegularisedMatching.match(
        block, points: RegularisedMatching.points(in: window, spacing: 1), parameters: parameters,
        workspace: workspace)
      out[0].write(match.dx, at: window)
      out[1].write(match.dy, at: window)
      let count = match.flags.cells.count { $0 == .measured }
      measured.withLock { $0 += count }
    }
    let seconds = Gauge.processSeconds() - cpu, pixels = Double(size * size)
    return String(
      format: "| %d | %d | %.1f | %.1f | %.0f | %.0f | %.4f |", tile, threads, Gauge.wallSeconds() - wall, seconds,
      1e9 * seconds / pixels, Gauge.peakMegabytes(), Double(measured.withLock { $0 }) / pixels)
  }

  /// Median, 99 % and largest absolute difference of what both measured.
  private static func differences(_ a: PixelFile<Float>, _ b: PixelFile<Float>) -> (Double, Double, Double) {
    let perPixel = 100_000.0
    var counts = [Int](repeating: 0, count: 100_001), total = 0, largest: Float = 0
    for row in stride(from: 0, to: a.size, by: 256) {
      let window = Window(row: row, column: 0, rows: min(256, a.size - row), columns: a.size)
      for (p, q) in zip(a.read(window).cells, b.read(window).cells) where p.isFinite && q.isFinite {
        let difference = abs(p - q)
        largest = max(largest, difference)
        counts[min(100_000, Int(perPixel * Double(difference)))] += 1
        total += 1
      }
    }
    func quantile(_ share: Double) -> Double {
      var sum = 0
      for (bin, count) in counts.enumerated() {
        sum += count
        if Double(sum) >= share * Double(total) { return Double(bin + 1) / perPixel }
      }
      return .nan
    }
    return (quantile(0.5), quantile(0.99), Double(largest))
  }
}

/// A square image whose pixels are the last bytes of a file, row by row.
struct PixelFile<Pixel: BinaryConvertible>: Sendable {
  let size: Int
  private let descriptor: Int32
  private let start: Int

  init(_ url: URL, size: Int, isNew: Bool) throws {
    self.size = size
    descriptor = open(url.path, isNew ? O_RDWR | O_CREAT | O_TRUNC : O_RDONLY, 0o644)
    let bytes = size * size * MemoryLayout<Pixel>.size
    start = isNew ? 0 : Int(lseek(descriptor, 0, Int32(SEEK_END))) - bytes
    guard descriptor >= 0, start >= 0 else {
      throw RegularisedScene.Failed(description: "\(url.path) does not hold \(size) × \(size) px")
    }
  }

  private func place(_ row: Int, _ column: Int) -> off_t {
    off_t(start + (row * size + column) * MemoryLayout<Pixel>.size)
  }

  func read(_ window: Window) -> Grid<Float> {
    var out = Grid<Float>(rows: window.rows, columns: window.columns, filledWith: .nan)
    let empty = Pixel(clamping: 0)
    var line = [Pixel](repeating: empty, count: window.columns)
    for row in 0..<window.rows {
      let bytes = window.columns * MemoryLayout<Pixel>.size
      let got = line.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, bytes, place(window.row + row, window.column))
      }
      guard got == bytes else { continue }
      for column in 0..<window.columns { out[row, column] = line[column].float }
    }
    return out
  }

  func write(_ values: Grid<Float>, at window: Window) {
    for row in 0..<window.rows {
      let line = (0..<window.columns).map { Pixel(clamping: values[row, $0]) }
      let bytes = window.columns * MemoryLayout<Pixel>.size
      let written = line.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress, bytes, place(window.row + row, window.column))
      }
      precondition(written == bytes, "the disk is full")
    }
  }
}

/// A kind of pixel in a `PixelFile`.
protocol BinaryConvertible: Sendable {
  init(clamping value: Float)
  var float: Float { get }
}

extension Float: BinaryConvertible {
  init(clamping value: Float) { self = value }
  var float: Float { self }
}

extension UInt16: BinaryConvertible {
  init(clamping value: Float) { self = UInt16(Swift.max(0, Swift.min(65_535, value))) }
  var float: Float { Float(self) }
}
