// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

@Suite("The command info", .enabled(if: OgiveTool.hasCommand("info"), "needs a tool with the command 'info'"))
struct InfoCommandTests {
  private let folder: RunScratch

  init() throws { folder = try RunScratch() }

  private func json(_ words: String...) throws -> [String: Any] {
    let outcome = try OgiveTool.run(["info"] + words + ["--json"], in: folder.path)
    #expect(outcome.code == 0, "\(outcome)")
    return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  }

  private func putImage(_ name: String) throws {
    var layout = RasterLayout(
      rows: 100, columns: 120, type: .int16,
      transform: GeoTransform(originEast: 500_000, originNorth: 0, eastPerColumn: 10, northPerRow: -10),
      crs: try CRS("EPSG:32631"))
    layout.nodata = -9999
    layout.unit = "m"
    var grid = Grid<Float>(rows: 100, columns: 120, filledWith: 7)
    for column in 0..<120 { grid[0, column] = .nan }
    grid[5, 5] = -12
    grid[6, 6] = 2500
    let writer = try RasterWriter.create("\(folder.path)/\(name)", layout)
    try writer.write(grid)
    try writer.finish()
  }

  @Test("tells size, type, place to 1e-4 degrees, missing value, exact range, valid share and date")
  func image() throws {
    try putImage("scene_20200131.tif")
    let found = try json("scene_20200131.tif")
    #expect(found["kind"] as? String == "image" && found["format"] as? String == "GTiff")
    #expect(found["size"] as? [String: Int] == ["rows": 100, "columns": 120])
    #expect(found["type"] as? String == "int16" && found["nodata"] as? Double == -9999)
    #expect((found["crs"] as? [String: Any])?["code"] as? String == "EPSG:32631")
    #expect(found["pixelSize"] as? [Double] == [10, 10])
    #expect(found["extent"] as? [Double] == [500_000, -1000, 501_200, 0])
    // Zone 31 is centred on 3° E; 1200 m and 1000 m at the equator, scale 0.9996.
    let degrees = try #require(found["longitudeLatitude"] as? [Double])
    for (value, truth) in zip(degrees, [3, -0.009_047, 3.010_784, 0]) { #expect(abs(value - truth) < 1e-4) }
    #expect(found["validShare"] as? Double == 0.99)
    let values = try #require(found["values"] as? [String: Double])
    #expect(values["least"] == -12 && values["largest"] == 2500 && values["blockSide"] == 1)
    let date = try #require(found["acquired"] as? [String: String])
    #expect(date["date"] == "2020-01-31" && date["source"] == "file name")
    #expect(found["notices"] as? [String] == [])
  }

  @Test("prints the same as lines for people")
  func lines() throws {
    try putImage("scene_20200131.tif")
    let outcome = try OgiveTool.run(["info", "scene_20200131.tif"], in: folder.path)
    for text in [
      "100 × 120 px", "EPSG:32631 (WGS 84 / UTM zone 31N)", "10 × 10 m", "-9999", "2020-01-31 (file name)", "99.0",
    ] {
      #expect(outcome.output.replacing("−", with: "-").contains(text), "\(text)\n\(outcome)")
    }
  }

  @Test("says which band of a colour image is used, that a photograph has no CRS, and that an image is constant")
  func notices() throws {
    try folder.put("c.ppm", TestImage.colour(rows: 50, columns: 60))
    let colour = try #require(try json("c.ppm")["notices"] as? [String])
    #expect(colour.contains { $0.contains("has 3 bands; band 1") } && colour.contains { $0.contains("--pixel-size") })
    // The third band of the test image is zero everywhere.
    #expect((try json("c.ppm", "--band", "3")["values"] as? [String: Double])?["largest"] == 0)
    try folder.put("flat.pgm", TestImage.constant(rows: 50, columns: 60))
    let flat = try #require(try json("flat.pgm")["notices"] as? [String])
    #expect(flat.contains { $0.contains("constant") })
  }

  @Test("tells layers, geometry, extent and attributes of a vector file")
  func vector() throws {
    let text = """
      {"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"tongue"},"geometry":
      {"type":"Polygon","coordinates":[[[-73,-50],[-72,-50],[-72,-49],[-73,-50]]]}}]}
      """
    try folder.put("area.geojson", Data(text.utf8))
    let found = try json("area.geojson")
    #expect(found["kind"] as? String == "vector" && found["format"] as? String == "GeoJSON")
    let layer = try #require((found["layers"] as? [[String: Any]])?.first)
    #expect(layer["geometry"] as? String == "Polygon" && layer["features"] as? Int == 1)
    #expect(layer["extent"] as? [Double] == [-73, -50, -72, -49] && layer["attributes"] as? [String] == ["name"])
  }

  @Test("tells what a run did")
  func run() throws {
    let made = try OgiveTool.run(
      ["simulate", "texture", "--rows", "64", "--columns", "70", "--out", "pair", "--quiet"], in: folder.path)
    #expect(made.code == 0, "\(made)")
    let found = try json("pair")
    #expect(found["kind"] as? String == "run")
    #expect((found["simulation"] as? [String: Any])?["process"] as? String == "simulate")
    #expect((found["products"] as? [String])?.contains("truth_dx.tif") == true)
    let lines = try OgiveTool.run(["info", "pair"], in: folder.path)
    #expect(lines.output.contains("inputs.noiseVariance"), "\(lines)")
  }

  @Test("tells the scenes of a folder in the order of time, and what is wrong with the rest")
  func scenes() throws {
    try FileManager.default.createDirectory(atPath: folder.path + "/stack", withIntermediateDirectories: true)
    for name in ["b_20200131.tif", "a_20200205.tif", "undated.tif"] {
      let layout = RasterLayout(rows: 50, columns: 60, type: .uint8)
      let writer = try RasterWriter.create("\(folder.path)/stack/\(name)", layout)
      try writer.write(Grid<Float>(rows: 50, columns: 60, filledWith: 7))
      try writer.finish()
    }
    let found = try json("stack")
    #expect(found["kind"] as? String == "scenes")
    let scenes = try #require(found["scenes"] as? [[String: Any]])
    #expect(scenes.map { $0["datetime"] as? String } == ["2020-01-31", "2020-02-05"])
    let problems = try #require(found["problems"] as? [[String: Any]])
    #expect(problems.map { $0["kind"] as? String } == ["scene.no-date"])
    let lines = try OgiveTool.run(["info", "stack"], in: folder.path)
    #expect(lines.output.contains("2020-01-31  plain"), "\(lines)")
    #expect(lines.output.contains("undated.tif: there is no date in the name"), "\(lines)")
  }

  @Test("names what it can't read; exit code 1")
  func unreadable() throws {
    try folder.put("notes.tif", Data("not an image\n".utf8))
    try FileManager.default.createDirectory(atPath: folder.path + "/plain", withIntermediateDirectories: true)
    for (name, text) in [("none.tif", "no such file"), ("notes.tif", "damaged"), ("plain", "folder")] {
      let outcome = try OgiveTool.run(["info", name], in: folder.path)
      #expect(outcome.code == 1 && outcome.errors.contains(name) && outcome.errors.contains(text), "\(outcome)")
    }
    try folder.put("a.pgm", TestImage.texture(rows: 50, columns: 60))
    let band = try OgiveTool.run(["info", "a.pgm", "--band", "2"], in: folder.path)
    #expect(band.code == 1 && band.errors.contains("there is no band 2"), "\(band)")
  }
}
