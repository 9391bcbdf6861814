// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import RasterIO
import Services
import Testing

@Suite("Dates of a pair")
struct PairDatesTests {
  private let fixture: PairFixture

  init() throws { fixture = try PairFixture() }

  private func dates(_ a: String, _ b: String, _ change: (inout MatchParameters) throws -> Void = { _ in }) throws
    -> PairDates
  {
    var p = try fixture.parameters(32, 32, names: (a, b))
    try change(&p)
    return try PairDates(ImagePair(p), p)
  }

  @Test("come from the file names: 2020-01-31 to 2020-03-01 is 30 days, over the leap day")
  func names() throws {
    let dates = try dates("scene_20200131.tif", "scene_20200301.tif")
    #expect(dates.separation == 30 && dates.notices.isEmpty)
  }

  @Test("given dates count for more than names")
  func given() throws {
    let dates = try dates("scene_20200131.tif", "scene_20200301.tif") {
      $0.referenceDate = try CalendarDate(json: "2019-03-01")
    }
    #expect(dates.separation == 366 && dates.reference?.source == "given")
  }

  @Test("without any date there is no separation, and the notice names both flags")
  func none() throws {
    let dates = try dates("a.tif", "b.tif")
    #expect(dates.separation == nil)
    #expect(dates.notices.count == 1 && dates.notices[0].contains("--reference-date and --secondary-date"))
    let one = try self.dates("a.tif", "scene_20200301.tif")
    #expect(one.separation == nil && one.notices[0].contains("give --reference-date to get velocities"))
  }

  @Test("the later image first, and twice the same day, are refused")
  func order() throws {
    let late = #expect(throws: ServiceError.self) { try dates("x_20200301.tif", "x_20200131.tif") }
    #expect(late?.kind == .dates && late?.message.contains("swap the two images") == true)
    let equal = #expect(throws: ServiceError.self) { try dates("a_20200131.tif", "b_20200131.tif") }
    #expect(equal?.message.contains("both are the same moment") == true)
  }
}

@Suite("Fill of a picture")
struct FillValueTests {
  private let fixture: PairFixture

  init() throws { fixture = try PairFixture() }

  /// Noise with a black strip on its left.
  private func framed(_ width: Int) -> Grid<Float> {
    var grid = PairFixture.noise(160, 160)
    for row in 0..<160 { for column in 0..<width { grid[row, column] = 0 } }
    return grid
  }

  private func find(_ grid: Grid<Float>, given: Double? = nil, nodata: Double? = nil) throws -> FillValue? {
    try FillValue.find(
      RasterImage.open(try fixture.write("a.tif", grid, nodata: nodata).path), given: given)
  }

  @Test("a black fifth of an 8-bit picture is found with its share within 2 %, and taken out to the pixel")
  func found() throws {
    let grid = framed(32)
    let fill = try #require(try find(grid))
    #expect(fill.value == 0 && fill.tolerance == 0 && fill.rim == 0 && abs(fill.share - 0.2) < 0.02)
    let source = FilledSource(source: try RasterImage.open(fixture["a.tif"]), fill: fill)
    let read = try source.read(Window(row: 10, column: 20, rows: 5, columns: 30))
    for row in 0..<5 {
      for column in 0..<30 {
        let value = read[row, column]
        #expect(column < 12 ? value.isNaN : value == grid[10 + row, 20 + column])
      }
    }
  }

  @Test("a picture without flat ground has no fill, nor has one whose file names its nodata")
  func none() throws {
    #expect(try find(PairFixture.noise(160, 160)) == nil)
    #expect(try find(framed(32), nodata: 7) == nil)
  }

  @Test("a given value is taken as it is")
  func given() throws {
    let fill = try #require(try find(PairFixture.noise(160, 160), given: 33))
    #expect(fill.value == 33 && fill.rim == 0)
  }

  @Test("a lossy fill is taken out with a rim of 8 px; neither a dark line of 5 px nor the image's edge is fill")
  func lossy() throws {
    var grid = PairFixture.noise(80, 80).map { max($0, 40) }
    for row in 0..<80 { for column in 0..<30 { grid[row, column] = Float((row + column) % 5) } }
    for row in 0..<80 { for column in 58..<63 { grid[row, column] = 3 } }
    try fixture.write("b.tif", grid)
    let source = FilledSource(
      source: try RasterImage.open(fixture["b.tif"]), fill: FillValue(value: 0, tolerance: 10, rim: 8, share: 0.4))
    let read = try source.read(Window(row: 20, column: 0, rows: 40, columns: 80))
    // Cut anywhere, the same: five dark columns are no fill, though the array may end beside them.
    for column in 0..<80 {
      let part = try source.read(Window(row: 20, column: column, rows: 40, columns: 1))
      #expect(same(part, read.cropped(to: Window(row: 0, column: column, rows: 40, columns: 1))), "column \(column)")
    }
    for row in 0..<40 {
      #expect((0..<38).allSatisfy { read[row, $0].isNaN } && (38..<80).allSatisfy { !read[row, $0].isNaN })
    }
  }
}
