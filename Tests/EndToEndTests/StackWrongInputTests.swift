// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import ProductFixtures
import RasterIO
import Testing

/// Scenes and masks that do not fit: named with what to do, while the rest goes on.
@Suite("Wrong input of stacks", .enabled(if: OgiveTool.hasCommand("ice"), "needs a tool with the command 'ice'"))
struct StackWrongInputTests {
  private let folder: RunScratch
  private static let side = 64

  /// Two dates on one map.
  init() throws {
    folder = try RunScratch()
    try put("20200101.tif", east: 400_000)
    try put("20200106.tif", east: 400_000, dx: 0.3)
  }

  private func put(
    _ name: String, east: Double, pixel: Double = 10, dx: Double = 0, band: String = "red", cloud: Window? = nil
  ) throws {
    let side = Self.side
    var layout = RasterLayout(
      rows: side, columns: side,
      transform: GeoTransform(
        originEast: east, originNorth: 5_100_000, eastPerColumn: pixel, northPerRow: -pixel),
      crs: try CRS("EPSG:32632"))
    layout.description = band
    let bytes = TestImage.texture(rows: side, columns: side, dx: dx).suffix(side * side)
    let writer = try RasterWriter.create("\(folder.path)/\(name)", layout)
    var image = Grid(rows: side, columns: side, cells: bytes.map { Float($0) })
    if let cloud {
      for row in cloud.row..<cloud.endRow {
        for column in cloud.column..<cloud.endColumn { image[row, column] = 250 }
      }
    }
    try writer.write(image, atRow: 0, column: 0)
    try writer.finish()
  }

  private func run(_ more: [String]) throws -> OgiveTool.Outcome {
    try OgiveTool.run(
      ["mpic", "20200101.tif", "20200106.tif", "--out", "out", "--quiet", "--deshift=false", "--deramp=false"] + more,
      in: folder.path)
  }

  /// The bad one is named, the pair of the others is there.
  private func expectPart(_ file: String, _ words: String) throws {
    let outcome = try run([file])
    #expect(outcome.code == 3 && outcome.errors.contains(file) && outcome.errors.contains(words), "\(outcome)")
    #expect(outcome.output.contains("1 of 1 pairs of 2 dates"), "\(outcome)")
    #expect(folder.text("out/report.html")?.contains("What failed") == true)
  }

  @Test("a scene that does not overlap")
  func apart() throws {
    try put("20200111.tif", east: 500_000)
    try expectPart("20200111.tif", "does not overlap the other dates")
  }

  @Test("a picture beside scenes on a map")
  func picture() throws {
    try folder.put("20200111.pgm", TestImage.texture(rows: Self.side, columns: Self.side))
    let outcome = try run(["20200111.pgm", "--band-names", "red"])
    #expect(
      outcome.code == 3 && outcome.errors.contains("20200111.pgm has no place on a map and most scenes do"),
      "\(outcome)")
  }

  @Test("a scene of another band")
  func otherBand() throws {
    try put("20200111.tif", east: 400_000, band: "nir")
    try expectPart("20200111.tif", "has no band \"red\": it has nir")
  }

  @Test("a JP2 that is cut off")
  func cutImage() throws {
    // The signature and the type box of the format, and then nothing.
    let head: [UInt8] = [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 13, 10, 0x87, 10]
    let type: [UInt8] = [0, 0, 0, 20] + Array("ftypjp2 ".utf8) + [0, 0, 0, 0] + Array("jp2 ".utf8)
    try folder.put("20200111.jp2", Data(head + type))
    try expectPart("20200111.jp2", "damaged, cut off, or of an unknown format")
  }

  @Test("a SAFE without a granule")
  func noGranule() throws {
    let name = "S2A_MSIL1C_20200131T140051_N0208_R067_T32TLS_20200131T150000.SAFE"
    try FileManager.default.createDirectory(atPath: "\(folder.path)/\(name)", withIntermediateDirectories: false)
    try folder.put("\(name)/MTD_MSIL1C.xml", Data("<x/>".utf8))
    try expectPart(name, "has no granule")
  }

  @Test("a mask that covers everything ends with code 1 and names the mask")
  func maskedOut() throws {
    let outcome = try run(["--mask", "399000,5090000,500000,5110000"])
    #expect(
      outcome.code == 1 && outcome.errors.contains("no pixel is left to match")
        && outcome.errors.contains("the mask"),
      "\(outcome)")
  }

  @Test("outlines that leave no stable ground are named, and the motion is given uncorrected")
  func nothingStable() throws {
    let outcome = try run(["--moving", "399000,5090000,500000,5110000"])
    #expect(outcome.code == 3 && outcome.errors.contains("stable ground: none is left"), "\(outcome)")
    #expect(folder.has("out/products/speed.tif"))
  }

  @Test("a band that the scenes lack is refused with those that they have, and no pairs before anything is written")
  func nothingToDo() throws {
    let band = try run(["--band", "nir"])
    #expect(band.code == 1 && band.errors.contains("no band \"nir\""), "\(band)")
    let pairs = try run(["--minimum-range", "3"])
    #expect(pairs.code == 1 && pairs.errors.contains("no two of the 2 scenes can be paired"), "\(pairs)")
    #expect(!folder.has("out"))
  }

  @Test("a scene on pixels of another size joins the others on their grid")
  func otherGrid() throws {
    try put("20200111.tif", east: 399_995, pixel: 12, dx: 0.3)
    let outcome = try run(["20200111.tif", "--cloud-weighting", "none"])
    #expect(outcome.code == 0 && outcome.output.contains("3 of 3 pairs of 3 dates"), "\(outcome)")
  }

  /// A product of 64 × 64 pixels on the map of the other dates, with the name of the file of its red band.
  private func product(_ day: String) throws -> (name: String, image: String) {
    var fixture = SafeFixture(day: day, bands: ["B04"])
    (fixture.side, fixture.tile, fixture.crs) = (Self.side, "32TLS", 32_632)
    (fixture.east, fixture.north) = (400_000, 5_100_000)
    let texture = TestImage.texture(rows: Self.side, columns: Self.side).suffix(Self.side * Self.side)
    let image = Grid(rows: Self.side, columns: Self.side, cells: texture.map { Float($0) * 20 + 1000 })
    fixture.pixels = { _, _, window in image.cropped(to: window) }
    try fixture.write(to: folder.path)
    return (fixture.name, "\(fixture.name)/\(fixture.image("B04")).jp2")
  }

  @Test("a product whose JP2 is cut off, and one whose JP2 is damaged inside", arguments: [true, false])
  func brokenProduct(isCut: Bool) throws {
    let scenes = try ["20200111", "20200116", "20200121"].map(product)
    let path = URL(filePath: "\(folder.path)/\(scenes[2].image)")
    var data = try Data(contentsOf: path)
    if isCut {
      data = data.prefix(data.count * 6 / 10)
    } else {
      // Past the main header; the end marker stays.
      for index in 300..<data.count - 2 { data[index] = 0xFF }
    }
    try data.write(to: path)
    let outcome = try OgiveTool.run(
      ["mpic"] + scenes.map(\.name) + ["--out", "out", "--quiet", "--deshift=false", "--deramp=false"],
      in: folder.path)
    #expect(outcome.code == 3 && outcome.errors.contains("20200121"), "\(outcome)")
    #expect(!isCut || outcome.errors.contains("is cut off after"), "\(outcome)")
    #expect(outcome.output.contains("1 of 1 pairs of 2 dates"), "\(outcome)")
  }

  @Test("a network that only one clear scene is left for")
  func oneClear() throws {
    // A bright patch on two dates, each at a place of its own.
    for (day, first) in [("20200111", 5), ("20200116", 35)] {
      try put("\(day).tif", east: 400_000, cloud: Window(row: first, column: first, rows: 24, columns: 24))
    }
    let outcome = try OgiveTool.run(
      [
        "mpic", "20200101.tif", "20200111.tif", "20200116.tif", "--out", "out", "--quiet", "--maximum-cloud-share",
        "0.05",
      ], in: folder.path)
    #expect(
      outcome.code == 1 && outcome.errors.contains("can be paired") && outcome.errors.contains("cloudier than"),
      "\(outcome)")
  }
}
