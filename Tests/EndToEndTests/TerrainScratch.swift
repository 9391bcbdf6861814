// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// Dates of ground on a map that creeps to the right, with an elevation model that reaches beyond it.
struct TerrainScratch {
  let folder: RunScratch
  let dates: [String]
  static let rows = 96, columns = 128
  static let place = GeoTransform(originEast: 600_000, originNorth: 5_200_000, eastPerColumn: 10, northPerRow: -10)

  /// - Parameters:
  ///   - names: of the images, with their dates.
  ///   - dx: motion of each date, px.
  ///   - height: m, of m to the east and south of the images' corner.
  init(names: [String], dx: [Double], height: (Double, Double) -> Double) throws {
    folder = try RunScratch()
    dates = names
    for (name, shift) in zip(names, dx) {
      let pixels = TestImage.texture(rows: Self.rows, columns: Self.columns, dx: shift).suffix(
        Self.rows * Self.columns)
      try write(
        name, Grid(rows: Self.rows, columns: Self.columns, cells: pixels.map { Float($0) }), Self.place, .uint8)
    }
    // Cells of 30 m from 600 m beyond the images' upper left corner on.
    let side = 30.0, count = 90
    let corner = GeoTransform(originEast: 599_400, originNorth: 5_200_600, eastPerColumn: side, northPerRow: -side)
    let ground = (0..<count * count).map { index in
      Float(height((Double(index % count) + 0.5) * side - 600, (Double(index / count) + 0.5) * side - 600))
    }
    try write("dem.tif", Grid(rows: count, columns: count, cells: ground), corner, .float32)
  }

  func write(_ name: String, _ grid: Grid<Float>, _ place: GeoTransform, _ type: RasterLayout.SampleType) throws {
    var layout = RasterLayout(rows: grid.rows, columns: grid.columns, type: type)
    layout.transform = place
    layout.crs = try CRS("EPSG:32632")
    let writer = try RasterWriter.create("\(folder.path)/\(name)", layout)
    try writer.write(grid)
    try writer.finish()
  }

  func run(_ more: [String], out: String = "out") throws -> OgiveTool.Outcome {
    try OgiveTool.run(
      ["mpic"] + dates + ["--out", out, "--deshift=false", "--deramp=false"] + more, in: folder.path)
  }

  func values(_ name: String) throws -> Grid<Float> {
    let image = try RasterImage.open("\(folder.path)/\(name)")
    return try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns))
  }
}
