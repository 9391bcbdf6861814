// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// A cube of series as `ogive invert` leaves it, with a motion that is known.
struct SeriesCubeFixture {
  let rows, columns: Int
  /// Days since 1970-01-01.
  var days: [Double] = (0...40).map { 18_000 + 12 * Double($0) }
  var sigma: Float = 0.001
  var hasUp = false
  static let pixel = 50.0, west = 400_000.0, north = 5_100_000.0

  /// The middle of a pixel.
  static func place(_ row: Int, _ column: Int) -> (east: Double, north: Double) {
    (west + pixel * (Double(column) + 0.5), north - pixel * (Double(row) + 0.5))
  }

  /// - Parameter motion: displacement in m of a component (0 east, 1 north, 2 up) at a row, column and day.
  func write(to path: String, motion: (Int, Int, Int, Double) -> Double) throws {
    let count = days.count - 1
    func field(_ name: String, _ axis: String, _ unit: String) -> NetCDFVariable {
      var variable = NetCDFVariable(name, [axis, "y", "x"], .float32)
      variable.missing = .nan
      variable.attributes = [.init("units", unit), .init("grid_mapping", "mapping")]
      return variable
    }
    func moment(_ name: String, _ axis: String) -> NetCDFVariable {
      var variable = NetCDFVariable(name, [axis], .float64)
      variable.attributes = [.init("units", "days since 1970-01-01 00:00:00")]
      return variable
    }
    var mapping = NetCDFVariable("mapping", [], .int32)
    mapping.attributes = [.init("crs_wkt", try CRS("EPSG:32632").wkt)]
    let words = ["east", "north"] + (hasUp ? ["up"] : [])
    var variables = [mapping, NetCDFVariable("x", ["x"], .float64), NetCDFVariable("y", ["y"], .float64)]
    variables += [moment("time", "time"), moment("mid_date", "mid_date")]
    variables += [moment("date1", "mid_date"), moment("date2", "mid_date")]
    variables += words.flatMap {
      [field("\($0)_displacement", "time", "m"), field("\($0)_displacement_sigma", "time", "m")]
    }
    variables += ["vx", "errorx", "vy", "errory"].map { field($0, "mid_date", "meter/year") }
    let layout = NetCDFLayout(
      dimensions: [.init("time", days.count), .init("mid_date", count), .init("y", rows), .init("x", columns)],
      variables: variables, attributes: [.init("Conventions", "CF-1.8")])
    let writer = try NetCDFWriter.create(path, layout)
    try writer.write([0], to: "mapping")
    try writer.write((0..<columns).map { Self.place(0, $0).east }, to: "x")
    try writer.write((0..<rows).map { Self.place($0, 0).north }, to: "y")
    try writer.write(days, to: "time")
    try writer.write(zip(days, days.dropFirst()).map { ($0 + $1) / 2 }, to: "mid_date")
    try writer.write(Array(days.dropLast()), to: "date1")
    try writer.write(Array(days.dropFirst()), to: "date2")
    for (component, word) in words.enumerated() {
      let values = fields(days.count) { motion(component, $1, $2, days[$0]) }
      try put(values, "\(word)_displacement", writer)
      try put(values.map { _ in sigma }, "\(word)_displacement_sigma", writer)
      guard component < 2 else { continue }
      let speeds = fields(count) { index, row, column in
        (motion(component, row, column, days[index + 1]) - motion(component, row, column, days[index]))
          / (days[index + 1] - days[index]) * 365.25
      }
      try put(speeds, ["vx", "vy"][component], writer)
      try put(speeds.map { _ in sigma * 40 }, ["errorx", "errory"][component], writer)
    }
    try writer.finish()
  }

  private func fields(_ count: Int, _ value: (Int, Int, Int) -> Double) -> [Float] {
    (0..<count).flatMap { index in
      (0..<rows * columns).map { Float(value(index, $0 / columns, $0 % columns)) }
    }
  }

  private func put(_ values: [Float], _ name: String, _ writer: NetCDFWriter) throws {
    try writer.write(
      values, to: name, start: [0, 0, 0], count: [values.count / (rows * columns), rows, columns])
  }
}
