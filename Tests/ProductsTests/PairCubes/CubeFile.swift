// SPDX-License-Identifier: Apache-2.0
import Foundation
import RasterIO

/// A small cube of pairs in any layout, whose velocities are known: pair p, row r from the north, column c has
/// vx = 1000 p + 10 r + c and vy = −vx, in its unit.
struct CubeFile {
  var isITSLive = false
  var axes = ["mid_date", "y", "x"]
  var type = RasterLayout.SampleType.float32
  var isAscending = false, isMirrored = false
  var unit: String? = "m/y"
  var first: [Double] = [16_801, 16_820, 16_801], second: [Double] = [16_821, 16_801 + 365.25, 16_831]
  var sensors = ["S2A", "L8", "S2A"]
  var hasPixelErrors = false, hasErrors = true, hasNorth = true
  var crs: String? = "EPSG:32632"
  var hasCoordinates = true
  /// Values that are missing: pair, row, column.
  var holes: [[Int]] = []
  var block: [Int]?
  var uneven: Int?
  var component = ("vx", "vy")

  static let rows = 4, columns = 5
  var pairs: Int { first.count }

  func value(_ pair: Int, _ row: Int, _ column: Int) -> Float { Float(1000 * pair + 10 * row + column) }

  func write(_ path: String) throws {
    let sizes = ["mid_date": pairs, "y": Self.rows, "x": Self.columns]
    let dates = isITSLive ? ["acquisition_date_img1", "acquisition_date_img2"] : ["date1", "date2"]
    var variables: [NetCDFVariable] = dates.map { name in
      var date = NetCDFVariable(name, ["mid_date"], .float64)
      // ITS_LIVE's cubes count nanoseconds.
      date.attributes = [
        .init("units", isITSLive ? "nanoseconds since 1970-01-01" : "days since 2016-01-01 00:00:00"),
        .init("calendar", "proleptic_gregorian"),
      ]
      return date
    }
    for name in hasNorth ? [component.0, component.1] : [component.0] {
      var array = NetCDFVariable(name, axes, type)
      array.missing = type == .float32 ? .nan : -32_767
      array.chunk = block
      array.attributes = unit.map { [NetCDFAttribute("units", $0)] } ?? []
      if crs != nil { array.attributes.append(.init("grid_mapping", "mapping")) }
      variables.append(array)
      guard hasErrors else { continue }
      let error = isITSLive || name.count > 2 ? "\(name)_error" : "error\(name.suffix(1))"
      variables.append(NetCDFVariable(error, hasPixelErrors ? axes : ["mid_date"], .float32))
    }
    let texts = isITSLive ? ["mission_img1", "satellite_img1"] : ["sensor"]
    variables += texts.map { .text($0, ["mid_date"], longest: 3) }
    if hasCoordinates { variables += ["x", "y"].map { NetCDFVariable($0, [$0], .float64) } }
    var mapping = NetCDFVariable("mapping", [], .int32)
    if let crs { mapping.attributes = [.init("crs_wkt", try CRS(crs).wkt)] }
    variables.append(mapping)
    let layout = NetCDFLayout(
      dimensions: axes.map { .init($0, sizes[$0]!) }, variables: variables, attributes: [.init("author", "test")])
    let writer = try ArrayFormat(path: path)!.writer(path, layout)
    for (name, days) in zip(dates, [first, second]) {
      try writer.write(days.map { isITSLive ? $0 * 86_400e9 : $0 - 16_801 }, to: name)
    }
    try fill(writer, layout)
    for (index, name) in texts.enumerated() {
      try writer.write(
        sensors.map { isITSLive ? (index == 0 ? String($0.prefix(1)) : String($0.dropFirst())) : $0 }, to: name)
    }
    if hasCoordinates {
      var x: [Double] = [], y: [Double] = []
      for column in 0..<Self.columns {
        x.append(400_060 + 120 * Double(isMirrored ? Self.columns - 1 - column : column))
      }
      for row in 0..<Self.rows { y.append(4_999_940 - 120 * Double(isAscending ? Self.rows - 1 - row : row)) }
      if let uneven { x[uneven] += 40 }
      try writer.write(x, to: "x")
      try writer.write(y, to: "y")
    }
    try writer.write([0], to: "mapping")
    try writer.finish(as: nil)
  }

  private func fill(_ writer: any ArrayWriter, _ layout: NetCDFLayout) throws {
    let sizes = axes.map { axis in layout.dimensions.first { $0.name == axis }!.size }
    for variable in layout.variables where variable.dimensions == axes {
      var values = [Float](repeating: 0, count: sizes.reduce(1, *))
      for place in values.indices {
        var rest = place, at: [String: Int] = [:]
        for (axis, size) in zip(axes, sizes).reversed() {
          at[axis] = rest % size
          rest /= size
        }
        let pair = at["mid_date"]!
        let row = isAscending ? Self.rows - 1 - at["y"]! : at["y"]!
        let column = isMirrored ? Self.columns - 1 - at["x"]! : at["x"]!
        values[place] = value(pair, row, column) * (variable.name == component.1 ? -1 : 1)
        if variable.name.contains("error") { values[place] = Float(pair + 1) + Float(row) / 10 }
        if holes.contains([pair, row, column]), !variable.name.contains("error") { values[place] = .nan }
      }
      try writer.write(values, to: variable.name, start: sizes.map { _ in 0 }, count: sizes)
    }
    for variable in layout.variables where variable.dimensions == ["mid_date"] && variable.name.contains("error") {
      try writer.write((0..<pairs).map { Double($0 + 1) }, to: variable.name)
    }
  }
}
