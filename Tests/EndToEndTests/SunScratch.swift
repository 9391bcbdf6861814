// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// Pairs over hills at 46 degrees north, some of which slide with a season of their own, as a matcher would see them under
/// the sun of 10:30: every slope seems to move with the shadows.
struct SunScratch {
  let folder: RunScratch
  let rows = 24, columns = 30
  static let place = GeoTransform(originEast: 500_000, originNorth: 5_095_000, eastPerColumn: 100, northPerRow: -100)
  /// Lengths of (g·s) s and |s|² g, m.
  let lengths: (shadow: Double, tilt: Double)
  /// First column of the ground that slides.
  static let edge = 22

  init(shadow: Double = -1.5, tilt: Double = 0.5) throws {
    folder = try RunScratch()
    lengths = (shadow, tilt)
    try FileManager.default.createDirectory(atPath: "\(folder.path)/pairs", withIntermediateDirectories: true)
    // 50 m cells from 1 km beyond the pairs' corner on.
    var heights = Grid(rows: 100, columns: 110, filledWith: Float(0))
    for row in 0..<100 {
      for column in 0..<110 {
        heights[row, column] = Float(Self.height(Double(column) * 50 - 975, 975 - Double(row) * 50))
      }
    }
    let corner = GeoTransform(originEast: 499_000, originNorth: 5_096_000, eastPerColumn: 50, northPerRow: -50)
    try write("dem.tif", heights, corner, unit: "m")
    var stable = Grid(rows: rows, columns: columns, filledWith: Float(1))
    for row in 0..<rows { for column in Self.edge..<columns { stable[row, column] = 0 } }
    try write("stable.tif", stable, Self.place, unit: "")
    for first in 0..<26 {
      for second in [first + 1, first + 2, first + 5, first + 9] where second < 26 { try pair(first, second) }
    }
  }

  static let start = 18_262  // 2020-01-01

  static func day(_ date: Int) -> Int { start + 41 * date }

  /// m, at metres east and north of the pairs' corner.
  static func height(_ east: Double, _ north: Double) -> Double {
    250 * sin(east / 520) * cos(north / 610) + 120 * sin((east + 2 * north) / 900)
  }

  /// Hills' rise by differences over the reach of a pixel's plane.
  static func rise(_ row: Int, _ column: Int) -> SIMD2<Double> {
    let east = (Double(column) + 0.5) * 100, north = -(Double(row) + 0.5) * 100
    return SIMD2(
      (height(east + 100, north) - height(east - 100, north)) / 200,
      (height(east, north + 100) - height(east, north - 100)) / 200)
  }

  /// By a declination that is a sine of the year: right to a degree.
  static func shadow(_ day: Int) -> SIMD2<Double> {
    let degree = Double.pi / 180, latitude = 46 * degree, hours = -22.5 * degree
    let declination = 23.44 * degree * sin(2 * .pi * (Double(day - start) - 80) / 365.25)
    let up = sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hours)
    let north = cos(latitude) * sin(declination) - sin(latitude) * cos(declination) * cos(hours)
    return SIMD2(-cos(declination) * sin(hours), north) / up
  }

  func bias(_ row: Int, _ column: Int, _ day: Int) -> SIMD2<Double> {
    let rise = Self.rise(row, column), sun = Self.shadow(day)
    return lengths.shadow * (rise * sun).sum() * sun + lengths.tilt * (sun * sun).sum() * rise
  }

  /// m to the east since the first day, of the ground that slides: 20 m/yr, with a season of 2 m that is fastest in autumn.
  static func slide(_ day: Int) -> Double {
    let years = Double(day - start) / 365.25
    return 20 * years + 2 * sin(2 * .pi * (years - 0.8))
  }

  private func pair(_ first: Int, _ second: Int) throws {
    let days = [Self.day(first), Self.day(second)]
    var east = Grid(rows: rows, columns: columns, filledWith: Float(0)), north = east
    for row in 0..<rows {
      for column in 0..<columns {
        let feigned = bias(row, column, days[1]) - bias(row, column, days[0])
        let moved = column < Self.edge ? 0 : Self.slide(days[1]) - Self.slide(days[0])
        let noise = (row * 7919 + column * 104_729 + first * 1_299_709 + second * 15_485_863) % 1009
        let other = (row * 611_953 + column * 7907 + first * 3571 + second * 27_644_437) % 997
        east[row, column] = Float(moved + feigned.x + 3 + Double(noise) / 1009 - 0.5)
        north[row, column] = Float(feigned.y - 2 + Double(other) / 997 - 0.5)
      }
    }
    let name = days.map { Self.name($0) }.joined(separator: "_")
    try write("pairs/\(name)_east.tif", east, Self.place, unit: "m")
    try write("pairs/\(name)_north.tif", north, Self.place, unit: "m")
  }

  private static func name(_ day: Int) -> String {
    let date = Date(timeIntervalSince1970: Double(day) * 86_400 + 43_200)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "UTC")!
    let parts = calendar.dateComponents([.year, .month, .day], from: date)
    return "\(parts.year! * 10_000 + parts.month! * 100 + parts.day!)"
  }

  private func write(_ name: String, _ grid: Grid<Float>, _ place: GeoTransform, unit: String) throws {
    var layout = RasterLayout(
      rows: grid.rows, columns: grid.columns, transform: place, crs: try CRS("EPSG:32632"))
    layout.unit = unit
    let writer = try RasterWriter.create("\(folder.path)/\(name)", layout)
    try writer.write(grid)
    try writer.finish()
  }

  func values(_ name: String) throws -> Grid<Float> {
    let image = try RasterImage.open("\(folder.path)/\(name)")
    return try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns))
  }

  func invert(_ more: [String], out: String) throws -> OgiveTool.Outcome {
    try OgiveTool.run(
      ["invert", "pairs", "--out", out, "--quiet", "--stable-terrain", "stable.tif"] + more, in: folder.path)
  }
}
