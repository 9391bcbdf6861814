// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

/// Pairs of georeferenced images that don't fit, or only look as if they didn't.
@Suite(
  "Georeferenced input", .enabled(if: OgiveTool.hasCommand("match"), "needs a tool with the command 'match'"))
struct GeoreferencedInputTests {
  private let folder: RunScratch

  init() throws {
    folder = try RunScratch()
    try TestRaster.write(TestRaster.texture(rows: 160, columns: 180), to: folder.path + "/a.tif")
  }

  private func put(
    _ image: Grid<Float>, crs: String? = "EPSG:32719", place: GeoTransform = TestRaster.place, nodata: Double? = nil
  ) throws {
    try TestRaster.write(image, to: folder.path + "/b.tif", crs: crs, place: place, nodata: nodata)
  }

  private func match(_ options: String...) throws -> OgiveTool.Outcome {
    try OgiveTool.run(["match", "a.tif", "b.tif", "--out", "out"] + options, in: folder.path)
  }

  private func expectRefusal(_ texts: String..., options: [String] = []) throws {
    let outcome = try OgiveTool.run(["match", "a.tif", "b.tif", "--out", "out"] + options, in: folder.path)
    #expect(outcome.code == 1, "\(outcome)")
    for text in texts { #expect(outcome.errors.contains(text), "\(outcome)") }
    #expect(!folder.has("out"))
  }

  private let moved = TestRaster.texture(rows: 160, columns: 180, dx: 1.5, dy: -0.75)

  @Test("images that do not overlap are refused with both extents; exit code 1")
  func apart() throws {
    let far = GeoTransform(originEast: 900_000, originNorth: 4_500_000, eastPerColumn: 10, northPerRow: -10)
    try put(moved, place: far)
    try expectRefusal("do not overlap", "900000")
  }

  @Test("one image without coordinates is refused; exit code 1")
  func unplaced() throws {
    try put(moved, crs: nil)
    try expectRefusal("b.tif has no CRS")
  }

  @Test("a coordinate system without a way to the other is refused; exit code 1")
  func untransformable() throws {
    try put(moved, crs: #"LOCAL_CS["site",UNIT["metre",1]]"#)
    try expectRefusal("no transformation")
  }

  @Test("an image that is nodata all over is named; exit code 1")
  func empty() throws {
    try put(Grid(rows: 160, columns: 180, filledWith: -9999), nodata: -9999)
    try expectRefusal("b.tif holds no valid pixel")
  }

  @Test("a file cut in half is named; exit code 1")
  func half() throws {
    try put(moved)
    let data = try #require(folder.data("b.tif"))
    try folder.put("b.tif", data.prefix(data.count / 2))
    try expectRefusal("b.tif")
  }

  @Test("an area or points outside the image are refused; exit code 1")
  func outside() throws {
    try put(moved)
    try expectRefusal("lies outside", options: ["--area", "100,100,200,200"])
    try folder.put("points.csv", Data("x,y\n1,1\n".utf8))
    try expectRefusal("none of the 1 points", options: ["--points", "points.csv"])
  }

  @Test("NaN, infinities and nodata inside are left out: offsets within 0.01 px, no fewer than 90 % of the points")
  func holes() throws {
    var image = moved
    for row in 60..<75 {
      for column in 60..<75 { image[row, column] = .nan }
      image[row, 120] = .infinity
      image[row, 20] = -9999
    }
    try put(image, nodata: -9999)
    let outcome = try match()
    #expect(outcome.code == 0, "\(outcome)")
    let dx = try TestRaster.median(folder.path + "/out/products/dx.tif")
    let dy = try TestRaster.median(folder.path + "/out/products/dy.tif")
    #expect(abs(dx.value - 1.5) < 0.01 && abs(dy.value + 0.75) < 0.01)
    #expect(dx.count > 1530, "\(dx.count) of 1800 points; about 100 lie off the image or on holes")
  }

  @Test("a secondary of whole pixels beside is put in place to the bit: offsets within 0.01 px")
  func shifted() throws {
    let part = moved.cropped(to: Window(row: 20, column: 30, rows: 140, columns: 150))
    let place = GeoTransform(originEast: 600_300, originNorth: 4_499_800, eastPerColumn: 10, northPerRow: -10)
    try put(part, place: place)
    let outcome = try match()
    #expect(outcome.code == 0, "\(outcome)")
    #expect(abs(try TestRaster.median(folder.path + "/out/products/dx.tif").value - 1.5) < 0.01)
  }

  @Test("the same image twice has not moved: all offsets below 0.001 px")
  func same() throws {
    let outcome = try OgiveTool.run(["match", "a.tif", "a.tif", "--out", "out"], in: folder.path)
    #expect(outcome.code == 0, "\(outcome)")
    let image = try RasterImage.open(folder.path + "/out/products/dx.tif", band: nil)
    let dx = try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns))
    #expect(dx.cells.allSatisfy { !($0.magnitude > 0.001) })
  }
}
