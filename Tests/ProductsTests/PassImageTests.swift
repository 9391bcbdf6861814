// SPDX-License-Identifier: Apache-2.0
import Grids
import ProductFixtures
import Products
import RasterIO
import Testing

@Suite("Image of a pass on the common grid")
struct PassImageTests {
  private let scratch = Scratch()
  private let side = 10.0

  @Test("two tiles of one date become one image, pixels unchanged, NaN where neither has data")
  func mosaic() throws {
    // Columns 0 to 29 and 28 to 59: a seam of two columns, less than a tenth.
    var left = Grid(rows: 20, columns: 30, cells: (0..<600).map { Float(1000 + $0) })
    left[3, 29] = 0
    let right = Grid(rows: 20, columns: 32, cells: (0..<640).map { Float(5000 + $0) })
    try scratch.tiff("a/20200101.tif", left, at: northUp(400_000, 5_000_000, side: side), type: .uint16)
    try scratch.tiff("b/20200101.tif", right, at: northUp(400_280, 5_000_000, side: side), type: .uint16)
    let scenes = [try scratch.scene("b/20200101.tif"), try scratch.scene("a/20200101.tif")]
    let passes = ScenePass.grouped(scenes)
    #expect(passes.count == 1 && passes[0].scenes.count == 2)
    let grid = try SceneGrid.common(of: scenes, band: .grey)
    #expect(grid.rows == 20 && grid.columns == 60)
    let image = try PassImage(passes[0], band: .grey, grid: grid)
    let window = Window(row: -2, column: 20, rows: 30, columns: 50)
    let pixels = try image.read(window)
    for row in 0..<30 {
      for column in 0..<50 {
        let r = row - 2, c = column + 20, value = pixels[row, column]
        if r < 0 || r >= 20 || c >= 60 {
          #expect(value.isNaN)
        } else if c < 30 {
          // Without a missing value in the file, 0 is a number as any other.
          #expect(value == left[r, c])
        } else {
          #expect(value == right[r, c - 28])
        }
      }
    }
  }

  @Test("a scene in the next UTM zone fills what one on the grid leaves; whole and parts have the same bits")
  func zones() throws {
    let texture = GroundTexture(shortest: 80)
    let own = northUp(400_000, 5_000_000, side: side)
    var first = texture.grid(80, 90, own)
    for row in 20..<60 { for column in 30..<90 { first[row, column] = .nan } }
    try scratch.tiff("a/20200101.tif", first, at: own)
    // The same ground in zone 32, where it lies 6° from the central meridian: grid north turned by about 4°.
    let other = northUp(-72_500, 5_026_000, side: side)
    let far = Georeference(name: "far", rows: 300, columns: 300, transform: other, crs: try CRS("EPSG:32632"))
    let grid = SceneGrid(rows: 80, columns: 90, transform: own, crs: try CRS("EPSG:32631"))
    let found = try #require(try far.pixels(in: grid.georeference.extent, of: grid.crs))
    #expect(far.window.contains(found.grown(by: 36)), "the second image must reach round the first: \(found)")
    let second = try AlignedImage(
      Procedural(texture: texture, transform: own, rows: 3000, columns: 3000, row: -1500, column: -1500),
      at: Georeference(
        name: "ground", rows: 3000, columns: 3000,
        transform: northUp(400_000 - 15_000, 5_000_000 + 15_000, side: side), crs: grid.crs), onto: far)
    try scratch.tiff("b/20200101.tif", try second.read(far.window), at: other, crs: "EPSG:32632")
    let pass = ScenePass([try scratch.scene("b/20200101.tif"), try scratch.scene("a/20200101.tif")])
    let image = try PassImage(pass, band: .grey, grid: grid)
    let whole = try image.read(grid.window)
    var worst: Float = 0
    for row in 0..<80 {
      for column in 0..<90 {
        let place = own.coordinate(row: Double(row), column: Double(column))
        worst = max(worst, abs(whole[row, column] - Float(texture.value(east: place.east, north: place.north))))
        if first[row, column].isFinite { #expect(whole[row, column] == first[row, column]) }
      }
    }
    // Twice interpolated; the texture's values spread over 2000.
    #expect(worst < 4)
    for part in [
      Window(row: 0, column: 0, rows: 37, columns: 41), Window(row: 37, column: 13, rows: 43, columns: 77),
      Window(row: 25, column: 50, rows: 3, columns: 3), Window(row: 70, column: -20, rows: 40, columns: 50),
    ] {
      let read = try image.read(part), expected = GridSource(whole).read(part)
      #expect(zip(read.cells, expected.cells).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
    }
  }

  @Test("reflectance comes calibrated, and digital numbers on request")
  func calibration() throws {
    let scene = try LandsatReader.read(try LandsatFixture.write(in: scratch)).checked()
    let grid = try SceneGrid.common(of: [scene], band: .red)
    let image = try PassImage(ScenePass([scene]), band: .red, grid: grid)
    let raw = try PassImage(ScenePass([scene]), band: .red, grid: grid, isCalibrated: false)
    // (2e-5 x 1009 - 0.1) / sin 30
    #expect(abs(try image.read(grid.window)[1, 1] - (2e-5 * 1009 - 0.1) * 2) < 1e-6)
    #expect(try raw.read(grid.window)[1, 1] == 1009 && (try raw.read(grid.window)[0, 0].isNaN))
  }
}

/// A texture as an endless image.
private struct Procedural: PixelSource {
  let texture: GroundTexture
  let transform: GeoTransform
  let rows, columns, row, column: Int

  func read(_ window: Window) -> Grid<Float> {
    texture.grid(
      window.rows, window.columns,
      transform.grid(row: Double(row + window.row), column: Double(column + window.column), spacing: 1))
  }
}
