// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

@Suite("Mosaics of rasters")
struct RasterMosaicTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "ogive-\(UUID().uuidString)").path

  private func tile(_ name: String, _ grid: Grid<Float>, east: Double, side: Double = 30) throws -> RasterImage {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var layout = RasterLayout(rows: grid.rows, columns: grid.columns, type: .float32)
    layout.transform = GeoTransform(
      originEast: east, originNorth: 5_200_000, eastPerColumn: side, northPerRow: -side)
    layout.crs = try CRS("EPSG:32632")
    let writer = try RasterWriter.create("\(folder)/\(name)", layout)
    try writer.write(grid)
    try writer.finish()
    return try RasterImage.open("\(folder)/\(name)")
  }

  @Test("tiles of one lattice resample as the whole does, without a seam; others stand alone")
  func seams() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let whole = Grid<Float>(
      rows: 40, columns: 60,
      cells: (0..<2400).map { Float(100 * sin(Double($0 % 60) / 5) + 50 * cos(Double($0 / 60) / 4)) })
    let one = try tile("whole.tif", whole, east: 600_000)
    let left = try tile(
      "left.tif", whole.cropped(to: Window(row: 0, column: 0, rows: 40, columns: 25)), east: 600_000)
    let right = try tile(
      "right.tif", whole.cropped(to: Window(row: 0, column: 25, rows: 40, columns: 35)), east: 600_750)
    let other = try tile("other.tif", whole, east: 600_010)
    let coarse = try tile("coarse.tif", whole, east: 600_000, side: 45)
    let groups = RasterMosaic.grouped([right, other, left, coarse])
    #expect(groups.count == 3 && groups[0].rows == 40 && groups[0].columns == 60)
    #expect(groups[0].georeference.transform?.originEast == 600_000)
    let target = Georeference(
      name: "images", rows: 100, columns: 150,
      transform: GeoTransform(originEast: 600_103, originNorth: 5_199_902, eastPerColumn: 10, northPerRow: -10),
      crs: try CRS("EPSG:32632"))
    let expected = try AlignedImage(one, at: one.info.georeference, onto: target).read(target.window)
    let found = try AlignedImage(groups[0], at: groups[0].georeference, onto: target).read(target.window)
    #expect(found == expected && !found.cells.contains(where: \.isNaN))
    #expect(try groups[0].read(Window(row: -1, column: 59, rows: 2, columns: 2)).cells.count { $0.isNaN } == 3)
  }
}
