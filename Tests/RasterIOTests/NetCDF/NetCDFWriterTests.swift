// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

@Suite("NetCDF writer")
struct NetCDFWriterTests {
  let scratch = Scratch()
  private let rows = 700, columns = 530

  private func layout(_ type: RasterLayout.SampleType, missing: Double?) -> NetCDFLayout {
    var values = NetCDFVariable("values", ["time", "y", "x"], type)
    values.missing = missing
    values.chunk = [1, 512, 512]
    values.attributes = [NetCDFAttribute("units", "m"), NetCDFAttribute("error", .double(2.5))]
    var x = NetCDFVariable("x", ["x"], .float64)
    x.attributes = [NetCDFAttribute("standard_name", "projection_x_coordinate"), NetCDFAttribute("units", "m")]
    var y = NetCDFVariable("y", ["y"], .float64)
    y.attributes = [NetCDFAttribute("standard_name", "projection_y_coordinate"), NetCDFAttribute("units", "m")]
    return NetCDFLayout(
      dimensions: [.init("time", 1), .init("y", rows), .init("x", columns)], variables: [x, y, values],
      attributes: [NetCDFAttribute("title", "a test")])
  }

  private func write(_ grid: Grid<Float>, _ layout: NetCDFLayout, band: Int, _ name: String = "a.nc") throws
    -> RasterImage
  {
    let writer = try NetCDFWriter.create(scratch[name], layout)
    try writer.write((0..<columns).map { 5e5 + Double($0) * 10 }, to: "x")
    try writer.write((0..<rows).map { 5e6 - Double($0) * 10 }, to: "y")
    for row in stride(from: 0, to: rows, by: band) {
      let part = grid.cropped(to: Window(row: row, column: 0, rows: min(band, rows - row), columns: columns))
      try writer.write(part, to: "values", atRow: row)
    }
    #expect(!scratch.files.contains(name), "nothing stands under the final name before finish()")
    try writer.finish()
    #expect(scratch.files.contains(name) && scratch.files.allSatisfy { !$0.hasPrefix(".") })
    return try RasterImage.open("NETCDF:\"\(scratch[name])\":values")
  }

  @Test("whole numbers written by rows come back, NaN as missing, fractions rounded", arguments: [512, 700, 33])
  func integers(band: Int) throws {
    var grid = counting(rows, columns).map { $0.truncatingRemainder(dividingBy: 997) - 500 }
    grid[3, 7] = .nan
    grid[699, 529] = 12.6
    let image = try write(grid, layout(.int16, missing: -32_767), band: band)
    grid[699, 529] = 13
    let read = try image.read(image.window)
    #expect(same(read, grid))
    #expect(image.info.dataType == .int16 && image.info.nodata == -32_767)
    #expect(image.info.tag("values#error") == "2.5" && image.info.tag("NC_GLOBAL#title") == "a test")
  }

  @Test("numbers beyond the type's range are clamped to it, and floating point keeps its bits")
  func types() throws {
    var grid = counting(rows, columns)
    grid[0, 0] = -5
    let bytes = try write(grid, layout(.uint8, missing: nil), band: 512)
    let clamped = try bytes.read(bytes.window)
    #expect(clamped[0, 0] == 0 && clamped[0, 254] == 254 && clamped[600, 500] == 255)
    let floats = try write(grid.map { $0 * 0.37 }, layout(.float32, missing: .nan), band: 512, "b.nc")
    #expect(same(try floats.read(floats.window), grid.map { $0 * 0.37 }))
  }

  @Test("cancelling leaves nothing; a folder that is not there is named in the error; the name may come last")
  func ends() throws {
    let writer = try NetCDFWriter.create(scratch["b.nc"], layout(.int16, missing: nil))
    writer.cancel()
    #expect(scratch.files.isEmpty)
    let error = failure { () throws(RasterError) in
      try NetCDFWriter.create(scratch["no/b.nc"], layout(.int16, missing: nil))
    }
    #expect(error?.kind == .notWritable && error?.message.contains("no/ does not exist") == true)
    let renamed = try NetCDFWriter.create(scratch["c.nc"], layout(.int16, missing: nil))
    try renamed.add([NetCDFAttribute("late", "yes")], to: "values")
    try renamed.finish(as: scratch["d.nc"])
    #expect(scratch.files == ["d.nc"])
    #expect(try RasterImage.open("NETCDF:\"\(scratch["d.nc"])\":values").info.tag("values#late") == "yes")
  }
}

@Suite("CF grid mapping")
struct GridMappingTests {
  private func text(_ mapping: GridMapping, _ name: String) -> NetCDFAttribute.Value? {
    mapping.attributes.first { $0.name == name }?.value
  }

  @Test("UTM is a transverse Mercator with its central meridian, in metres")
  func utmZone() throws {
    let mapping = try GridMapping(utm(33))
    #expect(text(mapping, "grid_mapping_name") == .text("transverse_mercator"))
    #expect(text(mapping, "longitude_of_central_meridian") == .double(15))
    #expect(text(mapping, "scale_factor_at_central_meridian") == .double(0.9996))
    #expect(text(mapping, "GeoTransform") == nil)
    #expect(mapping.x.contains(NetCDFAttribute("standard_name", "projection_x_coordinate")))
    #expect(mapping.y.contains(NetCDFAttribute("units", "m")))
    guard case .text(let wkt) = text(mapping, "crs_wkt") else {
      Issue.record("no crs_wkt")
      return
    }
    #expect(try CRS(wkt).isSame(as: utm(33)))
  }

  @Test(
    "other systems have their own methods",
    arguments: [
      ("EPSG:3413", "polar_stereographic"), ("EPSG:3031", "polar_stereographic"),
      ("EPSG:3035", "lambert_azimuthal_equal_area"), ("EPSG:2154", "lambert_conformal_conic"),
      ("EPSG:4326", "latitude_longitude"),
    ])
  func methods(code: String, method: String) throws {
    #expect(text(try GridMapping(try CRS(code)), "grid_mapping_name") == .text(method))
  }

  @Test("degrees have longitude and latitude for axes, feet their length in metres")
  func axes() throws {
    let degrees = try GridMapping(.longitudeLatitude)
    #expect(degrees.x.contains(NetCDFAttribute("units", "degrees_east")))
    #expect(degrees.y.contains(NetCDFAttribute("standard_name", "latitude")))
    let feet = try GridMapping(try CRS("EPSG:2263"))
    #expect(feet.x.contains { $0.name == "units" && "\($0.value)".contains("0.3048006096") })
  }

  @Test("a projection that CF does not know is refused with a way out")
  func unknown() throws {
    let krovak = try CRS("EPSG:5514")
    let error = failure { () throws(RasterError) in try GridMapping(krovak) }
    #expect(error?.kind == .badCRS && error?.message.contains("reproject the scenes") == true)
  }
}
