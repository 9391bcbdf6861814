// SPDX-License-Identifier: Apache-2.0
import Grids
import Products
import RasterIO
import Testing

@Suite("Common grid of scenes")
struct SceneGridTests {
  private let scratch = Scratch()

  private func scene(
    _ day: String, _ rows: Int, _ columns: Int, east: Double, north: Double, side: Double = 10,
    crs: String = "EPSG:32631"
  ) throws -> Scene {
    try scratch.tiff(
      "\(day).tif", Grid(rows: rows, columns: columns, filledWith: 5), at: northUp(east, north, side: side), crs: crs)
    return try scratch.scene("\(day).tif")
  }

  @Test("scenes of one grid keep it to the bit")
  func sameGrid() throws {
    let scenes = try ["20200101", "20200111"].map { try scene($0, 40, 50, east: 400_000, north: 5_000_000) }
    let grid = try SceneGrid.common(of: scenes, band: .grey)
    #expect(
      grid
        == SceneGrid(
          rows: 40, columns: 50, transform: northUp(400_000, 5_000_000, side: 10), crs: try CRS("EPSG:32631")))
  }

  @Test("the grid holds what at least two dates cover, on the lattice of most scenes")
  func mostFrequent() throws {
    let scenes = [
      try scene("20200101", 40, 50, east: 400_000, north: 5_000_000),
      try scene("20200111", 40, 50, east: 400_100, north: 4_999_950),
      try scene("20200121", 20, 20, east: 400_003, north: 4_999_990, side: 7),
    ]
    let stack = try SceneStack(scenes, band: .grey)
    #expect(stack.problems.isEmpty && stack.passes.count == 3)
    // The first two share columns 10 to 49 and rows 5 to 39; the third, 140 m wide from 3 m right and 10 m below the
    // first corner, shares columns 0 to 13 and rows 1 to 14 with the first.
    #expect(stack.grid.transform == northUp(400_000, 4_999_990, side: 10))
    #expect(stack.grid.rows == 39 && stack.grid.columns == 50)
  }

  @Test("of two equally frequent grids the finer decides; a pixel size can be asked for")
  func pixelSize() throws {
    let scenes = [
      try scene("20200101", 20, 20, east: 400_000, north: 5_000_000, side: 30),
      try scene("20200111", 60, 60, east: 400_000, north: 5_000_000),
    ]
    #expect(try SceneGrid.common(of: scenes, band: .grey).transform == northUp(400_000, 5_000_000, side: 10))
    let coarse = try SceneGrid.common(of: scenes, band: .grey, pixelSize: 20)
    #expect(coarse.transform == northUp(400_000, 5_000_000, side: 20) && coarse.rows == 30)
    #expect(throws: SceneError.self) { try SceneGrid.common(of: scenes, band: .grey, pixelSize: -3) }
  }

  @Test("an area of interest crops to the pixels whose centres it holds, in map units, degrees or as polygons")
  func area() throws {
    let scenes = try ["20200101", "20200111"].map { try scene($0, 100, 100, east: 500_000, north: 5_000_000) }
    let box = SceneArea.box(Extent(west: 500_201, south: 4_999_500, east: 500_404, north: 4_999_804), crs: nil)
    let grid = try SceneGrid.common(of: scenes, band: .grey, area: box)
    #expect(grid == SceneGrid(rows: 30, columns: 20, transform: northUp(500_200, 4_999_800, side: 10), crs: grid.crs))
    // The central meridian of zone 31 is 3° east of Greenwich.
    let corner = try CRS("EPSG:32631").longitudeLatitude(of: [
      MapPoint(east: 500_201, north: 4_999_500), MapPoint(east: 500_404, north: 4_999_804),
    ])
    let degrees = Extent(west: corner[0].east, south: corner[0].north, east: corner[1].east, north: corner[1].north)
    #expect(try SceneGrid.common(of: scenes, band: .grey, area: .box(degrees, crs: nil)) == grid)
    let ring = [
      [500_201, 4_999_500], [500_404, 4_999_500], [500_404, 4_999_804], [500_201, 4_999_804], [500_201, 4_999_500],
    ]
    let polygon = scratch.write(
      "area.geojson",
      """
      {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32631"}},
       "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [\(ring)]}}]}
      """)
    let byPolygon = try SceneGrid.common(of: scenes, band: .grey, area: .polygons(polygon))
    #expect(abs(byPolygon.rows - 30) <= 2 && abs(byPolygon.columns - 20) <= 2)
    let message = #expect(throws: SceneError.self) {
      try SceneGrid.common(
        of: scenes, band: .grey, area: .box(Extent(west: 0, south: 0, east: 9, north: 9), crs: nil))
    }
    #expect(message?.kind == .badArea && message?.message.contains("lies outside all scenes") == true)
  }

  @Test("a scene elsewhere, one without a map and one without the band are left out with a reason, the rest goes on")
  func leftOut() throws {
    try scratch.tiff("20200131.tif", numbers(10, 10), at: nil, crs: nil)
    try scratch.tiff("20200210.tif", numbers(10, 10), at: northUp(400_000, 5_000_000, side: 10))
    let scenes = [
      try scene("20200101", 40, 50, east: 400_000, north: 5_000_000),
      try scene("20200111", 40, 50, east: 400_000, north: 5_000_000),
      try scene("20200121", 40, 50, east: 700_000, north: 5_000_000),
      try scratch.scene("20200131.tif"),
      try PlainSceneReader.read(scratch["20200210.tif"], bandNames: [.red]),
    ]
    let stack = try SceneStack(scenes, band: .grey)
    #expect(stack.grid.rows == 40 && stack.passes.map(\.id) == ["20200101.tif", "20200111.tif"])
    #expect(stack.problems.map(\.kind) == [.noBand, .gridMismatch, .noOverlap])
    #expect(stack.problems[0].message.contains("has no band \"grey\": it has red"))
    #expect(stack.problems[1].message.contains("has no place on a map and most scenes do"))
    #expect(stack.problems[2].message.contains("does not overlap the other dates"))
    #expect(throws: SceneError.self) { try SceneGrid.common(of: scenes, band: .grey) }
  }

  @Test("images without a map are used in pixels and must be of one size")
  func pixels() throws {
    for (day, side) in [("20200101", 30), ("20200111", 30), ("20200121", 20)] {
      try scratch.tiff("\(day).tif", numbers(side, side), at: nil, crs: nil)
    }
    let scenes = try ["20200101", "20200111", "20200121"].map { try scratch.scene("\($0).tif") }
    let stack = try SceneStack(scenes, band: .grey)
    #expect(stack.grid == SceneGrid(rows: 30, columns: 30))
    #expect(stack.problems.map(\.kind) == [.gridMismatch])
    #expect(stack.problems[0].message.contains("has 20 × 20 pixels, most scenes have 30 × 30"))
    let area = SceneArea.box(Extent(west: 4, south: 6, east: 13, north: 10), crs: nil)
    let cropped = try SceneStack(scenes, band: .grey, area: area)
    #expect(cropped.grid.rows == 5 && cropped.grid.columns == 10 && cropped.grid.origin == (6, 4))
    let image = try PassImage(cropped.passes[0], band: .grey, grid: cropped.grid)
    #expect(
      try image.read(cropped.grid.window).cells
        == numbers(30, 30).cropped(to: Window(row: 6, column: 4, rows: 5, columns: 10)).cells)
    #expect(throws: SceneError.self) { try SceneStack(scenes, band: .grey, pixelSize: 5) }
  }

  @Test("a stack without a scene is an error")
  func nothing() {
    let error = #expect(throws: SceneError.self) { try SceneStack([], band: .grey) }
    #expect(error?.kind == .noOverlap)
  }
}
