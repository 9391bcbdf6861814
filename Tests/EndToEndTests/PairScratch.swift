// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// A folder `pairs` of rasters of velocity between seven dates, 60 m/yr to the east and 30 to the south.
struct PairScratch {
  let folder: RunScratch
  let rows, columns: Int
  /// m/yr; the north is the negative half.
  static let speed: Float = 60
  static let dates = ["20200101", "20200113", "20200125", "20200206", "20200218", "20200301", "20200313"]
  /// Each date with the three after it.
  static func isWhole(_ first: Int, _ second: Int) -> Bool { second - first <= 3 }

  /// - Parameters:
  ///   - isThere: which dates are paired, by their places in `dates`.
  ///   - wrong: m/yr that the pair of the third and fifth date is wrong by.
  init(
    rows: Int = 6, columns: Int = 9, wrong: Float = 0, where isThere: (Int, Int) -> Bool = PairScratch.isWhole
  ) throws {
    (folder, self.rows, self.columns) = (try RunScratch(), rows, columns)
    for first in Self.dates.indices {
      for second in Self.dates.indices.dropFirst(first + 1) where isThere(first, second) {
        let error = first == 2 && second == 4 ? wrong : 0
        try raster(Self.name(first, second, "vx"), noise: (first, second), Self.speed + error)
        try raster(Self.name(first, second, "vy"), noise: (second, first), -Self.speed / 2)
      }
    }
  }

  static func name(_ first: Int, _ second: Int, _ component: String) -> String {
    "pairs/\(dates[first])_\(dates[second])_\(component).tif"
  }

  /// Writes a raster of a value with some noise, NaN where `isMissing`.
  func raster(
    _ name: String, noise seed: (Int, Int)? = nil, _ value: Float, unit: String = "m/yr", crs: String? = "EPSG:32632",
    isMissing: (Int) -> Bool = { _ in false }
  ) throws {
    let path = URL(filePath: "\(folder.path)/\(name)")
    try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
    var layout = RasterLayout(
      rows: rows, columns: columns,
      transform: GeoTransform(originEast: 400_000, originNorth: 5_100_000, eastPerColumn: 50, northPerRow: -50),
      crs: try crs.map { try CRS($0) })
    layout.unit = unit
    let writer = try RasterWriter.create(path.path, layout)
    var grid = Grid(rows: rows, columns: columns, filledWith: value)
    for cell in grid.cells.indices {
      if let seed { grid.cells[cell] += Float((cell * 7 + seed.0 * 13 + seed.1 * 29) % 11 - 5) * 0.4 }
      if isMissing(cell) { grid.cells[cell] = .nan }
    }
    try writer.write(grid)
    try writer.finish()
  }

  func values(_ name: String) throws -> [Float] {
    let image = try RasterImage.open("\(folder.path)/\(name)")
    return try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns)).cells
  }

  func invert(
    _ more: [String] = [], from: String = "pairs", out: String = "out", killWhen: (() -> Bool)? = nil
  ) throws -> OgiveTool.Outcome {
    try OgiveTool.run(["invert", from, "--out", out, "--quiet"] + more, in: folder.path, killWhen: killWhen)
  }

  /// Rows of a table without its heading, by cells.
  func table(_ name: String) -> [[String]] {
    (folder.text(name) ?? "").split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// The object in a JSON file.
  func object(_ name: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: folder.data(name) ?? Data()) as? [String: Any] ?? [:]
  }

  /// Rasters, cubes and tables of a run with their bytes.
  func results(_ out: String) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: "\(folder.path)/\(out)")
    where !name.hasPrefix(".") && [".tif", ".nc", ".csv", ".qml", ".png"].contains(where: name.hasSuffix) {
      found[name] = folder.data("\(out)/\(name)")
    }
    return found
  }
}
