// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import ProductFixtures
import RasterIO
import Testing

/// Landsat products of level 1 in their own layout, through the tool.
@Suite("Stacks of Landsat", .enabled(if: OgiveTool.hasCommand("mpic"), "needs a tool with the command 'mpic'"))
struct LandsatStackTests {
  private let folder: RunScratch
  private static let side = 128

  init() throws { folder = try RunScratch() }

  /// Writes a product of the red band and QA_PIXEL, with the lower quarter under a cloud where asked for.
  private func write(_ day: String, moved: Double, isCloudy: Bool = false) throws {
    let id = "LC08_L1TP_005009_\(day)_20200908_02_T1", side = Self.side
    var layout = RasterLayout(rows: side, columns: side, type: .uint16)
    layout.transform = GeoTransform(originEast: 500_000, originNorth: 5_100_000, eastPerColumn: 30, northPerRow: -30)
    layout.crs = try CRS("EPSG:32632")
    let texture = TestImage.texture(rows: side, columns: side, dx: moved).suffix(side * side)
    let image = Grid(rows: side, columns: side, cells: texture.map { Float($0) * 60 + 6000 })
    try ImageFile.tiff("\(folder.path)/scenes/\(id)/\(id)_B4.TIF", layout) { image.cropped(to: $0) }
    // Clear, and a cloud of high confidence.
    let quality = Grid(
      rows: side, columns: side,
      cells: (0..<side * side).map { Float(isCloudy && $0 >= side * side * 3 / 4 ? 22_280 : 21_824) })
    try ImageFile.tiff("\(folder.path)/scenes/\(id)/\(id)_QA_PIXEL.TIF", layout) { quality.cropped(to: $0) }
    let date = "\(day.prefix(4))-\(day.dropFirst(4).prefix(2))-\(day.suffix(2))"
    let groups: [(String, [String])] = [
      (
        "PRODUCT_CONTENTS",
        [
          "LANDSAT_PRODUCT_ID = \"\(id)\"", "PROCESSING_LEVEL = \"L1TP\"", "FILE_NAME_BAND_4 = \"\(id)_B4.TIF\"",
          "FILE_NAME_QUALITY_L1_PIXEL = \"\(id)_QA_PIXEL.TIF\"",
        ]
      ),
      (
        "IMAGE_ATTRIBUTES",
        [
          "SPACECRAFT_ID = \"LANDSAT_8\"", "SENSOR_ID = \"OLI_TIRS\"", "WRS_PATH = 5", "WRS_ROW = 9",
          "DATE_ACQUIRED = \(date)", "SCENE_CENTER_TIME = \"14:34:35.9783990Z\"", "SUN_AZIMUTH = 160.0",
          "SUN_ELEVATION = 40.0",
        ]
      ),
      (
        "PROJECTION_ATTRIBUTES",
        [
          "MAP_PROJECTION = \"UTM\"", "UTM_ZONE = 32", "GRID_CELL_SIZE_REFLECTIVE = 30.00",
          "REFLECTIVE_LINES = \(side)", "REFLECTIVE_SAMPLES = \(side)", "CORNER_UL_PROJECTION_X_PRODUCT = 500015.000",
          "CORNER_UL_PROJECTION_Y_PRODUCT = 5099985.000",
        ]
      ),
      (
        "LEVEL1_RADIOMETRIC_RESCALING",
        ["REFLECTANCE_MULT_BAND_4 = 2.0000E-05", "REFLECTANCE_ADD_BAND_4 = -0.100000"]
      ),
    ]
    let inner = groups.map { name, lines in
      "  GROUP = \(name)\n" + lines.map { "    \($0)\n" }.joined() + "  END_GROUP = \(name)\n"
    }
    let text =
      "GROUP = LANDSAT_METADATA_FILE\n" + inner.joined() + "END_GROUP = LANDSAT_METADATA_FILE\nEND\n"
    try folder.put("scenes/\(id)/\(id)_MTL.txt", Data(text.utf8))
  }

  private func dx() throws -> Grid<Float> {
    let image = try RasterImage.open("\(folder.path)/out/pairs/2020-01-01_2020-01-17/dx.tif")
    return try image.read(image.window)
  }

  @Test("products of level 1 give the motion of their ground, and nothing under clouds of QA_PIXEL that are left out")
  func motion() throws {
    try write("20200101", moved: 0)
    try write("20200117", moved: 0.4, isCloudy: true)
    let words = [
      "mpic", "scenes", "--out", "out", "--quiet", "--deshift=false", "--deramp=false", "--cloud-weighting", "none",
    ]
    let outcome = try OgiveTool.run(words, in: folder.path)
    #expect(outcome.code == 0 && outcome.output.contains("1 of 1 pairs of 2 dates"), "\(outcome)")
    let plain = try dx()
    #expect(abs(median(plain.cells.filter(\.isFinite)) - 0.4) < 0.02)
    let lower = Window(row: Self.side * 3 / 4 + 8, column: 0, rows: Self.side / 4 - 8, columns: Self.side)
    #expect(plain.cropped(to: lower).cells.filter(\.isFinite).count > 100)
    let masked = try OgiveTool.run(words + ["--leave-out", "cloud"], in: folder.path)
    #expect(masked.code == 0, "\(masked)")
    let rest = try dx()
    #expect(rest.cropped(to: lower).cells.filter(\.isFinite).isEmpty)
    #expect(abs(median(rest.cells.filter(\.isFinite)) - 0.4) < 0.02)
  }
}
