// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Parameters
import Processing
import RasterIO
import Services
import Simulation

/// Two small rasters in a folder of their own, removed with the value.
final class PairFixture: Sendable {
  let folder: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "ogive-services-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    folder = url.standardizedFileURL.path
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  subscript(name: String) -> String { "\(folder)/\(name)" }

  /// 10 m pixels of UTM zone 32, whose west edge is the central meridian: there grid north is true north.
  static let utm = GeoTransform(originEast: 500_000, originNorth: 5_000_000, eastPerColumn: 10, northPerRow: -10)

  @discardableResult
  func write(
    _ name: String, _ grid: Grid<Float>, transform: GeoTransform? = nil, crs: String? = nil,
    type: RasterLayout.SampleType = .uint8, nodata: Double? = nil
  ) throws -> Parameters.InputFile {
    var layout = RasterLayout(
      rows: grid.rows, columns: grid.columns, type: type, transform: transform, crs: try crs.map { try CRS($0) })
    layout.nodata = nodata
    let writer = try RasterWriter.create(self[name], layout)
    try writer.write(grid)
    try writer.finish()
    return Parameters.InputFile(self[name])
  }

  /// Noise of 20 … 220 grey levels without any structure: enough for what opens images and does not match them.
  static func noise(_ rows: Int, _ columns: Int, seed: UInt64 = 1) -> Grid<Float> {
    var random = SeededRandom(seed: seed)
    return Grid(
      rows: rows, columns: columns,
      cells: (0..<rows * columns).map { _ in max(20, min(220, Float(120 + 30 * random.normalPair().0))).rounded() })
  }

  /// Parameters for a pair of `rows × columns` pixels, the secondary image the same as the reference.
  func parameters(
    _ rows: Int, _ columns: Int, names: (String, String) = ("a.tif", "b.tif"), transform: GeoTransform? = nil,
    crs: String? = nil
  ) throws -> MatchParameters {
    var p = MatchParameters()
    p.reference = try write(names.0, Self.noise(rows, columns), transform: transform, crs: crs)
    p.secondary = try write(names.1, Self.noise(rows, columns), transform: transform, crs: crs)
    p.out = OutputFolder(self["out"])
    return p
  }
}

/// Whether two grids hold the same bits, or NaN both.
func same(_ a: Grid<Float>, _ b: Grid<Float>) -> Bool {
  a.rows == b.rows && a.columns == b.columns
    && zip(a.cells, b.cells).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
}

extension MatchLayers {
  /// Layers whose points are all measured, with offsets, sigmas and correlation that pass every test, and with
  /// gradients.
  static func measured(_ rows: Int, _ columns: Int, dx: Float = 1, dy: Float = -0.5) -> MatchLayers {
    var out = MatchLayers(rows: rows, columns: columns, flag: .measured)
    let values: [(Layer, Float)] = [
      (.dx, dx), (.dy, dy), (.dxSigma, 0.03), (.dySigma, 0.04), (.ncc, 0.9), (.snr, 3), (.window, 51),
      (.dxPerColumn, 0.001), (.dxPerRow, -0.002), (.dyPerColumn, 0.003), (.dyPerRow, 0.004),
    ]
    for (layer, value) in values { out[layer] = Grid(rows: rows, columns: columns, filledWith: value) }
    for i in 0..<4 {
      for j in 0...i {
        out[.covariance(i, j)] = Grid(rows: rows, columns: columns, filledWith: i == j ? Float(i + 1) * 1e-6 : 0)
      }
    }
    return out
  }
}
