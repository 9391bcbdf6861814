// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing
import Tiles

@Suite("Tables of readings")
struct ReadingTableTests {
  let scratch = TilesScratch()

  private func velocity(_ values: [Float]) -> [PointSeries] {
    [
      PointSeries(
        name: "speed", title: "", unit: "m/yr",
        steps: values.enumerated().map { day, value in
          PointSeries.Step(from: 18262 + Double(day), to: 18262 + Double(day), value: value, sigma: 0.5)
        })
    ]
  }

  @Test("a series at two places is a row a place and date, with units in the header and gaps empty")
  func series() throws {
    let places: [Place] = [.geographic(longitude: 7.5, latitude: 46.25), .geographic(longitude: 8, latitude: 46)]
    let table = ReadingTable(
      series: [velocity([1.5, .nan]), velocity([3, 4])], at: places, names: ["1", "2, upper"])
    #expect(
      table.csv == """
        longitude,latitude,place,date,speed_m_per_yr,speed_sigma_m_per_yr
        7.5,46.25,1,2020-01-01,1.5,0.5
        7.5,46.25,1,2020-01-02,,0.5
        8.0,46.0,"2, upper",2020-01-01,3.0,0.5
        8.0,46.0,"2, upper",2020-01-02,4.0,0.5

        """)
    try table.writeGeoPackage(scratch["s.gpkg"], layer: "series")
    let info = try VectorInfo.read(scratch["s.gpkg"])
    #expect(info.layers.first?.name == "series" && info.layers.first?.featureCount == 4)
    #expect(info.layers.first?.crs?.code == "EPSG:4326")
  }

  @Test("means have two dates, and a name that looks like a formula is no formula")
  func means() {
    let series = PointSeries(
      name: "vx", title: "", unit: "m/yr", steps: [.init(from: 18262, to: 18282, value: 1, sigma: .nan)])
    let table = ReadingTable(series: [[series]], at: [.pixel(row: 3, column: 4)], names: ["=1+1"])
    #expect(
      table.csv == """
        column,row,place,from,to,vx_m_per_yr,vx_sigma_m_per_yr
        4.0,3.0,'=1+1,2020-01-01,2020-01-21,1.0,

        """)
  }

  @Test("a profile has its distance first")
  func profile() throws {
    let file = try scratch.raster("p.tif", RasterLayout(rows: 9, columns: 9)) { _, column in Float(column) / 10 }
    let profile = try RasterTiles().profile(
      of: file, along: [.pixel(row: 2, column: 1), .pixel(row: 2, column: 3)], count: 3)
    let table = ReadingTable(profile, name: "dx", unit: "px")
    #expect(
      table.csv == """
        column,row,distance_px,dx_px,dx_sigma_px
        1.0,2.0,0.0,0.1,
        2.0,2.0,1.0,0.2,
        3.0,2.0,2.0,0.3,

        """)
    try table.writeGeoPackage(scratch["p.gpkg"], layer: "profile")
    #expect(FileManager.default.fileExists(atPath: scratch["p.gpkg"]))
  }
}
