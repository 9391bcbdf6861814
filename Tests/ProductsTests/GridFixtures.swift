// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Products
import RasterIO

/// A texture of waves known at every place on the ground, in metres.
struct GroundTexture: Sendable {
  private let waves: [(east: Double, north: Double, phase: Double)]

  /// - Parameter shortest: wavelength, m.
  init(shortest: Double, seed: UInt64 = 7) {
    var state = seed
    func random() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    waves = (0..<30).map { _ in
      let number = 2 * Double.pi / shortest * random().squareRoot(), angle = 2 * Double.pi * random()
      return (number * cos(angle), number * sin(angle), 2 * Double.pi * random())
    }
  }

  func value(east: Double, north: Double) -> Double {
    waves.reduce(5000) { $0 + 200 * cos($1.east * east + $1.north * north + $1.phase) }
  }

  func grid(_ rows: Int, _ columns: Int, _ transform: GeoTransform) -> Grid<Float> {
    Grid(
      rows: rows, columns: columns,
      cells: (0..<rows * columns).map { index in
        let place = transform.coordinate(row: Double(index / columns), column: Double(index % columns))
        return Float(value(east: place.east, north: place.north))
      })
  }
}

/// A transform without rotation.
func northUp(_ east: Double, _ north: Double, side: Double) -> GeoTransform {
  GeoTransform(originEast: east, originNorth: north, eastPerColumn: side, northPerRow: -side)
}

extension Scratch {
  /// Writes a GeoTIFF anywhere; 0 is no data in whole numbers.
  @discardableResult
  func tiff(
    _ name: String, _ grid: Grid<Float>, at transform: GeoTransform?, crs: String? = "EPSG:32631",
    type: RasterLayout.SampleType = .float32
  ) throws -> String {
    let url = URL(filePath: self[name])
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    var layout = RasterLayout(rows: grid.rows, columns: grid.columns, type: type)
    layout.transform = transform
    layout.crs = try crs.map { try CRS($0) }
    let writer = try RasterWriter.create(url.path, layout)
    try writer.write(grid)
    try writer.finish()
    return url.path
  }

  /// A plain scene of a file with the date of its name.
  func scene(_ name: String) throws -> Scene { try PlainSceneReader.read(self[name]) }
}
