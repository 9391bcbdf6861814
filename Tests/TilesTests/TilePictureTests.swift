// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import RasterIO
import Testing
import Tiles

@Suite("Pictures of tiles")
struct TilePictureTests {
  let scratch = TilesScratch()

  /// A picture of an image in pixels, decoded by GDAL: the index of each pixel, NaN where it is clear.
  private func picture(_ bytes: [UInt8], _ name: String) throws -> Grid<Float> {
    try Data(bytes).write(to: URL(filePath: scratch[name]))
    let image = try RasterImage.open(scratch[name])
    return try image.read(image.window)
  }

  private func row(of values: [Float]) throws -> RasterLayerFile {
    try scratch.raster("v.tif", RasterLayout(rows: 256, columns: 256)) { _, column in values[column % values.count] }
  }

  private let whole = TileAddress(z: 0, x: 0, y: 0)

  @Test("missing is clear, the ends of the scale are the first and last colour, and beyond them too")
  func ramp() throws {
    let file = try row(of: [0, 10, -5, 20, .nan, 5])
    let style = TileStyle(.speed, range: try .init(0, 10))
    let bytes = try RasterTiles().png(file, whole, style: style)
    #expect(Array(bytes[1..<4]) == Array("PNG".utf8) && bytes[25] == 3)
    let indices = try picture(bytes, "p.png")
    #expect(Array(indices.cells[0..<4]) == [1, 255, 1, 255])
    #expect(indices[0, 4].isNaN)
    #expect(indices[0, 5] == 128)
    let table = try RasterImage.open(scratch["p.png"]).info
    #expect(table.bandCount == 1 && table.rows == 256)
  }

  @Test("a scale that is turned round runs the other way")
  func turned() throws {
    let file = try row(of: [0, 10])
    let indices = try picture(
      try RasterTiles().png(file, whole, style: TileStyle(.balance, range: try .init(10, 0))), "t.png")
    #expect(indices[0, 0] == 255 && indices[0, 1] == 1)
    #expect(ColourMap.balance.reversed.colours.first == ColourMap.balance.colours.last)
  }

  @Test("directions close the circle: 0, 360 and 720 degrees look alike, 180 is half-way")
  func directions() throws {
    let file = try row(of: [0, 360, 720, 180, -90, 270])
    let style = try TileStyle(colours: "direction", range: nil)
    let indices = try picture(try RasterTiles().png(file, whole, style: style), "d.png")
    #expect(indices[0, 0] == indices[0, 1] && indices[0, 1] == indices[0, 2])
    #expect(indices[0, 3] == 128 && indices[0, 4] == indices[0, 5])
  }

  @Test("classes have their own colours, and what is no class is clear")
  func classes() throws {
    let written = try row(of: [0, 3, 7])
    let file = RasterLayerFile(written.path, isCategorical: true)
    let style = TileStyle(
      classes: [LayerClass(0, "rock", Colour(hex: 0)), LayerClass(3, "snow", Colour(hex: 0xFFFFFF))])
    let indices = try picture(try RasterTiles().png(file, whole, style: style), "c.png")
    #expect(indices[0, 0] == 1 && indices[0, 1] == 2 && indices[0, 2].isNaN)
  }

  @Test("without a scale it goes from 2 to 98 % of the values, and evenly about zero for signed ones")
  func automatic() throws {
    let file = try scratch.raster("a.tif", RasterLayout(rows: 300, columns: 300)) { row, column in
      Float(row * 300 + column) / 90_000 * 100 - 20
    }
    let statistics = try RasterTiles().statistics(of: file)
    #expect(abs(statistics.lower + 18) < 0.1 && abs(statistics.upper - 78) < 0.1)
    #expect(abs(statistics.median - 30) < 0.1 && statistics.valid == 1 && statistics.least == -20)
    let range = statistics.range(for: .speed), signed = statistics.range(for: .balance)
    #expect(range.low == statistics.lower && range.high == statistics.upper)
    #expect(signed.high == statistics.upper && signed.low == -statistics.upper)
    let circle = statistics.range(for: .direction)
    #expect(circle.low == 0 && circle.high == 360)
  }

  @Test("words of a request are read, and wrong ones are named")
  func words() throws {
    let style = try TileStyle(colours: "balance-reversed", range: "-3,4.5")
    #expect(style.colours.name == "balance-reversed" && style.range?.low == -3 && style.range?.high == 4.5)
    #expect(TileStyle.colourNames == ["speed", "uncertainty", "balance", "direction", "grey"])
    #expect(kind { () throws(TilesError) in try TileStyle(colours: "rainbow", range: nil) } == .noSuchColours)
    for text in ["1", "1,2,3", "a,b", "2,2", "nan,1", ","] {
      #expect(kind { () throws(TilesError) in try TileStyle(colours: nil, range: text) } == .badRange)
    }
  }

  @Test("a layer without any value gives clear tiles")
  func empty() throws {
    let file = try row(of: [.nan])
    let indices = try picture(try RasterTiles().png(file, whole), "e.png")
    #expect(indices.cells.allSatisfy { $0.isNaN })
  }
}
