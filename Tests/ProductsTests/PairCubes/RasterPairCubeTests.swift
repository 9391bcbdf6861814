// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Products
import RasterIO
import Testing

@Suite("Folders of pair rasters")
struct RasterPairCubeTests {
  let scratch: Scratch
  private let rows = 6, columns = 7

  init() { scratch = Scratch() }

  private init(scratch: Scratch) { self.scratch = scratch }

  /// A raster of 6 × 7 px with 10 row + column + base; 20 m pixels in UTM zone 33 unless said otherwise.
  private func raster(
    _ name: String, _ base: Float = 0, unit: String = "m/yr", side: Double = 20, crs: String? = "EPSG:32633",
    isPlaced: Bool = true, columns: Int? = nil, east: Double = 500_000
  ) throws {
    let url = URL(filePath: scratch[name]), columns = columns ?? self.columns
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    var layout = RasterLayout(rows: rows, columns: columns)
    if isPlaced {
      layout.transform = GeoTransform(
        originEast: east, originNorth: 5_200_000, eastPerColumn: side, northPerRow: -side)
      layout.crs = try crs.map { try CRS($0) }
    }
    layout.unit = unit
    let writer = try RasterWriter.create(url.path, layout)
    var grid = Grid(rows: rows, columns: columns, filledWith: Float(0))
    for row in 0..<rows { for column in 0..<columns { grid[row, column] = base + Float(10 * row + column) } }
    try writer.write(grid)
    try writer.finish()
  }

  private func failure(_ options: PairCubeOptions = PairCubeOptions()) -> CubeError? {
    do throws(CubeError) {
      _ = try PairCubes.open(scratch.folder, options)
      return nil
    } catch { return error }
  }

  @Test("velocities become metres along the map, pairs in the order of names, standard deviations by pixel")
  func velocities() throws {
    for (index, dates) in ["20200101_20200131", "20200131_20200210"].enumerated() {
      try raster("\(dates)_vx.tif", Float(100 * index))
      try raster("\(dates)_vy.tif", Float(-100 * index))
      try raster("\(dates)_vx_error.tif", 1)
    }
    try raster("20200101_20200131_mask.tif", unit: "")
    let cube = try PairCubes.open(scratch.folder)
    #expect(cube.pairs.map(\.earlier) == [18_262.5, 18_292.5] && cube.pairs.map(\.later) == [18_292.5, 18_302.5])
    #expect(cube.directions == .map && cube.hasPixelSigma && cube.georeference?.crs?.code == "EPSG:32633")
    #expect(cube.notices == ["1 rasters have no two dates or no component in their names and are not used"])
    let block = try cube.read(Window(row: 2, column: 3, rows: 2, columns: 2)), scale = Float(10 / 365.25)
    #expect(block.east[5] == 124 * scale && block.north[5] == -76 * scale)
    #expect(block.eastSigma.value(pair: 1, place: 3, pixels: 4) == 35 * scale)
    #expect(block.northSigma.value(pair: 1, place: 3, pixels: 4).isNaN)
  }

  @Test("a run of ours: offsets in px become ground metres with the run's spacing, backward pairs turn round")
  func run() throws {
    for pair in ["2020-01-01_2020-01-31", "2020-01-31_2020-01-01_2"] {
      for name in ["dx", "dy", "dx-sigma", "dy-sigma"] { try raster("pairs/\(pair)/\(name).tif", 1, unit: "px") }
      try raster("pairs/\(pair)/ncc.tif", unit: "")
    }
    scratch.write("config.lock.json", "{\"process\": \"mpic\", \"inputs\": {\"spacing\": 2, \"pixelSize\": null}}")
    let cube = try PairCubes.open(scratch.folder)
    #expect(cube.directions == .ground && cube.pairs.map(\.isReversed) == [false, true])
    #expect(cube.notices.count == 1 && cube.notices[0].contains("later date first"))
    let block = try cube.read(Window(row: 1, column: 2, rows: 1, columns: 1))
    // 13 px of 10 m on the central meridian of UTM, where a metre on the map is 1 / 0.9996 on the ground.
    #expect(abs(block.east[0] - 130 / 0.9996) < 0.01 && abs(block.north[0] + 130 / 0.9996) < 0.01)
    #expect(block.east[1] == -block.east[0] && block.north[1] == -block.north[0])
    #expect(abs(block.eastSigma.value(pair: 1, place: 0, pixels: 1) - 130 / 0.9996) < 0.01)
    #expect(try PairCubes.open(scratch["pairs"]).pairs == cube.pairs)
  }

  @Test("correlations beside the pairs are read where there are any, and refused where they are none")
  func correlations() throws {
    for (index, dates) in ["20200101_20200131", "20200131_20200210", "20200210_20200220"].enumerated() {
      for component in ["vx", "vy"] { try raster("\(dates)_\(component).tif", Float(index)) }
    }
    #expect(try !PairCubes.open(scratch.folder).hasCorrelation)
    try raster("20200131_20200210_ncc.tif", -12.2, unit: "")
    // On another grid: of no use, and no reason to refuse the pair.
    try raster("20200210_20200220_corr.tif", 0, unit: "", columns: 8)
    let cube = try PairCubes.open(scratch.folder), window = Window(row: 1, column: 2, rows: 1, columns: 2)
    #expect(cube.hasCorrelation && cube.pairs.count == 3 && cube.sources.count == 7)
    let values = try cube.correlation(window)
    #expect(values[..<2].allSatisfy(\.isNaN) && values[4...].allSatisfy(\.isNaN))
    #expect(abs(values[2] + 0.2) < 1e-5 && abs(values[3] - 0.8) < 1e-5)
    do {
      _ = try cube.correlation(cube.window)
      Issue.record("correlations of up to 54.8 were taken")
    } catch { #expect("\(error)".contains("they go from -1 to 1")) }
  }

  @Test("pixels without a map need their size; lengths and one component are read as they are")
  func plain() throws {
    try raster("20200101_20200131_dx.tif", unit: "px", isPlaced: false)
    try raster("20200101_20200131_dy.tif", unit: "px", isPlaced: false)
    #expect(failure()?.message.contains("has no place on a map: give the size of a pixel in metres") == true)
    var options = PairCubeOptions()
    options.pixelSize = 0.5
    let placeless = try PairCubes.open(scratch.folder, options)
    #expect(placeless.georeference == nil && placeless.directions == .map)
    #expect(
      placeless.notices.contains { $0.hasSuffix("have no place on a map; the top of the images is taken as north") })
    let block = try placeless.read(Window(row: 1, column: 1, rows: 1, columns: 1))
    #expect(block.east == [5.5] && block.north == [-5.5])
    let other = Scratch()
    let own = RasterPairCubeTests(scratch: other)
    try own.raster("2020-01-01_2020-01-31/los.tif", unit: "mm")
    let cube = try PairCubes.open(other.folder)
    #expect(cube.directions == .single)
    let single = try cube.read(Window(row: 1, column: 1, rows: 1, columns: 1))
    #expect(abs(single.east[0] - 0.011) < 1e-7 && single.north.isEmpty)
  }

  @Test("wrong folders are refused with what is wrong and how to cure it")
  func refusals() throws {
    #expect(failure()?.message.contains("holds no rasters of pairs: names need two dates and a component") == true)
    try raster("20200101_20200131_vx.tif", unit: "")
    #expect(failure()?.kind == .noPairs)
    try raster("20200101_20200131_vy.tif", unit: "")
    #expect(failure()?.message.contains("does not say its unit; give it: known are m, m/yr") == true)
    var options = PairCubeOptions()
    options.unit = .metresPerDay
    #expect(try PairCubes.open(scratch.folder, options).pairs.count == 1)
    try raster("20200131_20200210_vx.tif", unit: "", east: 500_004)
    try raster("20200131_20200210_vy.tif", unit: "")
    #expect(failure(options)?.kind == .gridMismatch)
    #expect(
      failure(options)?.message.contains("its pixels lie up to 0.2 px off; lay all rasters on one grid") == true)
    try raster("20200131_20200210_vx.tif", unit: "", columns: 8)
    #expect(failure(options)?.message.contains("6 × 8 pixels instead of 6 × 7") == true)
    try raster("20200131_20200210_vx.tif", unit: "m")
    #expect(failure(options)?.message.contains("is in \"m\" but") == true)
    try raster("20200131_20200210_vx.tif", unit: "")
    try raster("20200131_20200210_vx_filtered.tif", unit: "")
    #expect(failure(options)?.message.contains("are the same component of the same pair; keep one of them") == true)
    try FileManager.default.removeItem(atPath: scratch["20200131_20200210_vx_filtered.tif"])
    try raster("20200301_20200301_vx.tif", unit: "")
    try raster("20200301_20200301_vy.tif", unit: "")
    #expect(failure(options)?.message.contains("pair 3 has the same date twice, 2020-03-01") == true)
    let run = RasterPairCubeTests(scratch: Scratch())
    run.scratch.write("config.lock.json", "{\"process\": \"ice\", \"inputs\": {}}")
    #expect(run.failure()?.message.contains("run it again with --pair-products all") == true)
  }
}
