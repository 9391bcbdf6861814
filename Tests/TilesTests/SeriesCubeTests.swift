// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing
import Tiles

@Suite("Cubes of series")
struct SeriesCubeTests {
  let scratch = TilesScratch()

  /// Two quantities over four dates, one of means over three intervals; 20 × 30 pixels of 100 m.
  private func cube(_ format: ArrayFormat, _ name: String) throws -> String {
    let crs = try CRS("EPSG:32718")
    func field(_ name: String, _ axis: String, _ count: Int, _ unit: String, sigma: String? = nil) -> NetCDFVariable {
      var variable = NetCDFVariable(name, [axis, "y", "x"], .float32)
      variable.missing = .nan
      variable.chunk = [count, 10, 10]
      variable.attributes = [.init("long_name", "the \(name)"), .init("units", unit)]
      if let sigma { variable.attributes.append(.init("ancillary_variables", sigma)) }
      return variable
    }
    func moment(_ name: String, _ axis: String) -> NetCDFVariable {
      var variable = NetCDFVariable(name, [axis], .float64)
      variable.attributes = [
        .init("units", "days since 1970-01-01 00:00:00"), .init("calendar", "proleptic_gregorian"),
      ]
      return variable
    }
    var mapping = NetCDFVariable("mapping", [], .int32)
    mapping.attributes = [.init("crs_wkt", crs.wkt)]
    let layout = NetCDFLayout(
      dimensions: [
        NetCDFDimension("time", 4), NetCDFDimension("mid_date", 3), NetCDFDimension("y", 20),
        NetCDFDimension("x", 30),
      ],
      variables: [
        mapping, NetCDFVariable("x", ["x"], .float64), NetCDFVariable("y", ["y"], .float64), moment("time", "time"),
        moment("mid_date", "mid_date"), moment("date1", "mid_date"), moment("date2", "mid_date"),
        field("east_displacement", "time", 4, "m", sigma: "east_displacement_sigma"),
        field("east_displacement_sigma", "time", 4, "m"), field("vx", "mid_date", 3, "meter/year"),
      ], attributes: [])
    let path = scratch[name]
    let writer = try format.writer(path, layout)
    try writer.write((0..<30).map { 600_050 + 100 * Double($0) }, to: "x")
    try writer.write((0..<20).map { 4_499_950 - 100 * Double($0) }, to: "y")
    let days = [18262.0, 18282, 18300, 18400]
    try writer.write(days, to: "time")
    try writer.write([18272.0, 18291, 18350], to: "mid_date")
    try writer.write(Array(days.dropLast()), to: "date1")
    try writer.write(Array(days.dropFirst()), to: "date2")
    func values(_ count: Int, _ base: Float) -> [Float] {
      (0..<count * 600).map { base + Float($0 / 600) * 1000 + Float($0 % 600) }
    }
    try writer.write(values(4, 0), to: "east_displacement", start: [0, 0, 0], count: [4, 20, 30])
    try writer.write(values(4, 0.5), to: "east_displacement_sigma", start: [0, 0, 0], count: [4, 20, 30])
    try writer.write(values(3, 0.25), to: "vx", start: [0, 0, 0], count: [3, 20, 30])
    try writer.finish(as: nil)
    return path
  }

  @Test(
    "a place gives all its series with dates, sigma and units, from NetCDF and Zarr", arguments: ArrayFormat.allCases)
  func place(_ format: ArrayFormat) throws {
    let cube = try SeriesCube(try cube(format, "series.\(format.rawValue)"))
    let toDegrees = try CoordinateTransformation(from: try CRS("EPSG:32718"), to: .longitudeLatitude)
    // Row 7, column 12.
    var east = [600_000 + 1_250.0], north = [4_500_000 - 750.0]
    try toDegrees.transform(east: &east, north: &north)
    for place in [Place.geographic(longitude: east[0], latitude: north[0]), .pixel(row: 7.2, column: 11.8)] {
      let series = try cube.series(at: place)
      #expect(series.map(\.name) == ["east_displacement", "vx"] && series.map(\.unit) == ["m", "m/yr"])
      #expect(series[0].title == "the east_displacement")
      #expect(series[0].steps.map(\.value) == [222, 1222, 2222, 3222])
      #expect(series[0].steps.map(\.sigma) == [222.5, 1222.5, 2222.5, 3222.5])
      #expect(series[0].steps.map(\.from) == [18262, 18282, 18300, 18400])
      #expect(series[1].steps.map(\.value) == [222.25, 1222.25, 2222.25])
      #expect(series[1].steps[1].from == 18282 && series[1].steps[1].to == 18300)
      #expect(series[1].steps.allSatisfy { $0.sigma.isNaN })
    }
    #expect(try cube.series(at: .pixel(row: 20, column: 3)).allSatisfy { $0.steps.isEmpty })
  }

  @Test("a file without series is refused")
  func noSeries() throws {
    #expect(kind { () throws(TilesError) in try SeriesCube(scratch["none.nc"]) } == .missing)
  }
}
