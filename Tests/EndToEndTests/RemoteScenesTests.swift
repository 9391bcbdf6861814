// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import ProductFixtures
import RasterIO
import Testing

/// STAC items whose images lie behind an address, read in place by ranges.
@Suite("Remote scenes", .enabled(if: OgiveTool.hasCommand("mpic"), "needs a tool with the command 'mpic'"))
struct RemoteScenesTests {
  private let folder: RunScratch
  private let server: RangeServer
  /// Side of the images, and of the part in their first block that shows ground; the rest is noise.
  private static let side = 1024, part = 256
  private static let area = ["--area", "400500,5098000,401780,5099280"]
  /// Motion in px a day.
  private static let rate = 0.05

  init() throws {
    folder = try RunScratch()
    server = try RangeServer(folder.path)
    for day in [1, 6, 11] { try put(day) }
  }

  private func name(_ day: Int) -> String { "image\(day).tif" }

  private func put(_ day: Int) throws {
    var layout = RasterLayout(rows: Self.side, columns: Self.side, type: .uint16)
    layout.transform = GeoTransform(
      originEast: 400_000, originNorth: 5_100_000, eastPerColumn: 10, northPerRow: -10)
    layout.crs = try CRS("EPSG:32632")
    let bytes = TestImage.texture(rows: Self.part, columns: Self.part, dx: Self.rate * Double(day - 1))
      .suffix(Self.part * Self.part)
    var state = UInt64(day), image = Grid(rows: Self.side, columns: Self.side, filledWith: Float(0))
    for index in image.cells.indices {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      image.cells[index] = Float(1000 + state >> 52)
    }
    let ground = Grid(rows: Self.part, columns: Self.part, cells: bytes.map { Float($0) * 20 + 1000 })
    image.insert(ground, atRow: 0, column: 0)
    let pixels = image
    try ImageFile.tiff("\(folder.path)/\(name(day))", layout) { pixels.cropped(to: $0) }
  }

  private func collection(_ addresses: [(day: Int, href: String)]) throws {
    let items = addresses.map { day, href in
      """
      {"type": "Feature", "stac_version": "1.0.0", "id": "item\(day)", "geometry": null,
       "properties": {"datetime": "2020-01-\(day < 10 ? "0" : "")\(day)T10:20:30Z", "platform": "sentinel-2a"},
       "assets": {"red": {"href": "\(href)", "eo:bands": [{"name": "B04", "common_name": "red"}],
         "raster:bands": [{"scale": 0.0001, "offset": -0.1, "nodata": 0, "spatial_resolution": 10}]}}}
      """
    }
    try folder.put(
      "items.json", Data("{\"type\": \"FeatureCollection\", \"features\": [\(items.joined(separator: ","))]}".utf8))
  }

  private func run() throws -> OgiveTool.Outcome {
    try OgiveTool.run(
      ["mpic", "items.json", "--out", "out", "--quiet", "--deshift=false", "--deramp=false", "--spacing", "4"]
        + Self.area,
      in: folder.path)
  }

  @Test("images are read in place, by ranges, and give what the files give")
  func ranges() throws {
    try collection([1, 6, 11].map { ($0, server.address(name($0))) })
    let outcome = try run()
    #expect(outcome.code == 0 && outcome.output.contains("3 of 3 pairs of 3 dates"), "\(outcome)")
    let remote = try #require(folder.data("out/products/east-velocity.tif"))
    #expect(server.answers.contains { $0.status == 206 })
    // Nothing is asked for but the images themselves, and of these one block of four and the last one, as a check.
    let asked = Set(server.answers.map(\.path))
    #expect(asked == Set([1, 6, 11].map { "/\(name($0))" }), "\(asked)")
    let bytes = server.answers.reduce(0) { $0 + $1.bytes }
    let whole = try [1, 6, 11].reduce(0) { try $0 + #require(folder.data(name($1))).count }
    #expect(bytes < whole * 3 / 4, "\(bytes) of \(whole)")
    try collection([1, 6, 11].map { ($0, "./\(name($0))") })
    #expect(try run().code == 0)
    #expect(folder.data("out/products/east-velocity.tif") == remote)
  }

  @Test("an image that is not there and a host that does not answer are those scenes' problem")
  func unreachable() throws {
    let gone = try RangeServer(folder.path)
    gone.stop()
    try collection([
      (1, server.address(name(1))), (6, server.address(name(6))), (11, server.address("absent.tif")),
      (16, gone.address(name(11))),
    ])
    let outcome = try run()
    #expect(outcome.code == 3 && outcome.output.contains("1 of 1 pairs of 2 dates"), "\(outcome)")
    for (item, address) in [("item11", server.address("absent.tif")), ("item16", gone.address(name(11)))] {
      #expect(
        outcome.errors.contains("\(item): none of its images can be reached, such as \(address)"), "\(outcome)")
    }
    #expect(outcome.seconds < 60)
  }

  @Test("an image that goes away while it is read costs its own date alone")
  func breaksOff() throws {
    // The header and the last block are there when the file is looked at.
    server.remove(name(11), after: 3)
    try collection([1, 6, 11].map { ($0, server.address(name($0))) })
    let outcome = try run()
    #expect(outcome.code == 3 && outcome.output.contains("1 of 1 pairs of 2 dates"), "\(outcome)")
    #expect(outcome.errors.contains("item11"), "\(outcome) \(server.answers)")
  }
}
