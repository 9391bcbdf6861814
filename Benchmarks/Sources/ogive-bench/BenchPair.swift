// SPDX-License-Identifier: Apache-2.0
import Foundation
import OgiveKit

/// Offset of every pixel, px, and its four gradients, px/px.
struct Motion: Sendable {
  var dx, dy, dxPerColumn, dxPerRow, dyPerColumn, dyPerRow: Grid<Float>
}

extension Motion {
  init(_ tile: TruthTile) {
    self.init(
      dx: tile.dx, dy: tile.dy, dxPerColumn: tile.dxPerColumn, dxPerRow: tile.dxPerRow,
      dyPerColumn: tile.dyPerColumn, dyPerRow: tile.dyPerRow)
  }
}

/// A pair of square images with the exact motion between them.
struct BenchPair: Sendable {
  let name: String
  let reference, secondary: Grid<Float>
  /// Offset of every pixel of the reference, px, + right and + down, and its four gradients, px/px.
  let truth: Motion

  var size: Int { reference.rows }

  /// A glacier of generated texture, 8 bit, with noise of variance 0.01: what a user without our data can make.
  init(simulatedSize size: Int) {
    let maker = SceneMaker(size: size, deviation: 36, mean: 127.5, bitDepth: 8)
    let tile = maker.tile(Window(row: 0, column: 0, rows: size, columns: size))
    self.init(name: "simulated", reference: tile.reference, secondary: tile.secondary, truth: Motion(tile.truth))
  }

  private init(name: String, reference: Grid<Float>, secondary: Grid<Float>, truth: Motion) {
    (self.name, self.reference, self.secondary, self.truth) = (name, reference, secondary, truth)
  }

  /// A constant shift.
  init(name: String, reference: Grid<Float>, secondary: Grid<Float>, dx: Double, dy: Double) {
    let constant = { (value: Double) in
      Grid<Float>(rows: reference.rows, columns: reference.columns, filledWith: Float(value))
    }
    let zero = constant(0.0)
    self.init(
      name: name, reference: reference, secondary: secondary,
      truth: Motion(
        dx: constant(dx), dy: constant(dy), dxPerColumn: zero, dxPerRow: zero, dyPerColumn: zero, dyPerRow: zero))
  }

  /// A pair of `make_matching_pair.py`, e.g. `real_n01`.
  init(folder: URL, name: String) throws {
    func image(_ role: String) throws -> Grid<Float> { try PairFile.pgm(folder, "\(name)_\(role)") }
    let reference = try image("reference")
    func truth(_ component: String) throws -> Grid<Float> {
      try PairFile.floats(folder, "truth_\(component)", side: reference.rows)
    }
    self.init(
      name: name, reference: reference, secondary: try image("secondary"),
      truth: Motion(
        dx: try truth("dx"), dy: try truth("dy"), dxPerColumn: try truth("dx_dx"), dxPerRow: try truth("dx_dy"),
        dyPerColumn: try truth("dy_dx"), dyPerRow: try truth("dy_dy")))
  }

  /// The central part of `size × size` pixels.
  func centre(_ size: Int) -> BenchPair {
    guard size < self.size else { return self }
    let first = (self.size - size) / 2
    let window = Window(row: first, column: first, rows: size, columns: size)
    return BenchPair(
      name: name, reference: reference.cropped(to: window), secondary: secondary.cropped(to: window),
      truth: Motion(
        dx: truth.dx.cropped(to: window), dy: truth.dy.cropped(to: window),
        dxPerColumn: truth.dxPerColumn.cropped(to: window), dxPerRow: truth.dxPerRow.cropped(to: window),
        dyPerColumn: truth.dyPerColumn.cropped(to: window), dyPerRow: truth.dyPerRow.cropped(to: window)))
  }

  /// Writes images and offsets as raw 32-bit floats, for peers in other languages.
  func write(to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let grids = [
      ("reference", reference), ("secondary", secondary), ("truth_dx", truth.dx), ("truth_dy", truth.dy),
    ]
    for (name, grid) in grids {
      try grid.cells.withUnsafeBytes { Data($0) }.write(to: folder.appending(path: "\(name).f32"))
    }
    try "{\"size\": \(size), \"pair\": \"\(name)\"}\n".write(
      to: folder.appending(path: "pair.json"), atomically: true, encoding: .utf8)
  }
}

/// Makes windows of a simulated pair.
struct SceneMaker: Sendable {
  private let texture: GeneratedTexture
  private let simulator: PairSimulator

  init(size: Int, deviation: Double, mean: Double, bitDepth: Int) {
    var ground = GeneratedTexture.Parameters()
    ground.textureDeviation = deviation
    ground.textureMean = mean
    texture = GeneratedTexture(parameters: ground)
    simulator = PairSimulator(
      rows: size, columns: size, statistics: TextureStatistics(mean: mean, variance: deviation * deviation),
      bitDepth: bitDepth, parameters: PairSimulator.Parameters())
  }

  func tile(_ window: Window) -> PairTile { simulator.tile(window) { texture.read($0) } }
}

/// The two simple files of `make_matching_pair.py`.
enum PairFile {
  struct Unreadable: Error, CustomStringConvertible {
    let description: String
  }

  /// A square 8-bit PGM without comments.
  static func pgm(_ folder: URL, _ name: String) throws -> Grid<Float> {
    let data = try Data(contentsOf: folder.appending(path: name + ".pgm"))
    let header = String(decoding: data.prefix(32), as: UTF8.self).split(separator: "\n")
    guard header.count >= 3, let side = header[1].split(separator: " ").first.flatMap({ Int($0) }) else {
      throw Unreadable(description: "\(name).pgm is no PGM as make_matching_pair.py writes it")
    }
    return Grid(rows: side, columns: side, cells: data.suffix(side * side).map { Float($0) })
  }

  /// A square TIFF of uncompressed 32-bit floats that stand at its end.
  static func floats(_ folder: URL, _ name: String, side: Int) throws -> Grid<Float> {
    let data = try Data(contentsOf: folder.appending(path: name + ".tif"))
    guard data.count >= 4 * side * side else { throw Unreadable(description: "\(name).tif is too short") }
    let cells = data.suffix(4 * side * side).withUnsafeBytes { bytes in
      (0..<side * side).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    return Grid(rows: side, columns: side, cells: cells)
  }
}
