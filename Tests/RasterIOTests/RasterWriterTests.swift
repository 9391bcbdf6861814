// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

@Suite("Raster writer")
struct RasterWriterTests {
  let scratch = Scratch()

  private func layout(_ rows: Int, _ columns: Int, _ type: RasterLayout.SampleType = .float32) throws -> RasterLayout
  {
    var layout = RasterLayout(
      rows: rows, columns: columns, type: type,
      transform: GeoTransform(originEast: 4e5, originNorth: 5e6, eastPerColumn: 80, northPerRow: -80),
      crs: try utm(33))
    layout.unit = "m/yr"
    layout.description = "east velocity"
    layout.metadata = [RasterTag("OGIVE_STEP", "match")]
    return layout
  }

  @Test(
    "what is written by blocks is read back bit for bit, as a valid COG",
    arguments: [[1, 1], [64, 64], [300, 200], [700, 1100], [2100, 2100]])
  func roundTrip(shape: [Int]) throws {
    let (rows, columns) = (shape[0], shape[1])
    var grid = counting(rows, columns).map { $0 * 0.37 }
    if rows > 2 { grid[1, 1] = .nan }
    let path = scratch["a.tif"]
    let writer = try RasterWriter.create(path, try layout(rows, columns))
    for row in stride(from: 0, to: rows, by: 256) {
      for column in stride(from: 0, to: columns, by: 300) {
        let window = Window(row: row, column: column, rows: min(256, rows - row), columns: min(300, columns - column))
        try writer.write(grid.cropped(to: window), atRow: row, column: column)
      }
    }
    #expect(!scratch.files.contains("a.tif"), "nothing stands under the final name before finish()")
    try writer.finish()
    #expect(scratch.files == ["a.tif"])
    let image = try RasterImage.open(path)
    #expect(same(try image.read(image.window), grid))
    #expect(image.info.unit == "m/yr" && image.info.description == "east velocity")
    #expect(image.info.crs?.code == "EPSG:32633" && image.info.nodata?.isNaN == true)
    #expect(image.info.tag("OGIVE_STEP") == "match")
    #expect(image.info.transform == (try layout(rows, columns)).transform)
    let longest = max(rows, columns)
    let levels = longest <= 512 ? [] : longest <= 1024 ? [2] : longest <= 2048 ? [2, 4] : [2, 4, 8]
    #expect(image.info.overviewFactors == levels)
    let cog = try COGLayout(path)
    #expect(cog.problems.isEmpty, "\(cog.problems)")
    #expect(cog.isDeflate && cog.isTiled)
  }

  @Test("bytes keep their values, nearest overviews, and no nodata unless given")
  func bytes() throws {
    let grid = Grid(rows: 600, columns: 600, cells: (0..<360_000).map { UInt8($0 % 8) })
    var layout = RasterLayout(rows: 600, columns: 600, type: .uint8)
    layout.overviews = .nearest
    let writer = try RasterWriter.create(scratch["f.tif"], layout)
    try writer.write(grid)
    try writer.finish()
    let image = try RasterImage.open(scratch["f.tif"])
    #expect(image.info.dataType == .uint8 && image.info.nodata == nil && image.info.crs == nil)
    #expect(try image.read(image.window).cells == grid.cells.map(Float.init))
    let overview = try #require(try image.readOverview(factor: 2))
    #expect(overview.cells.allSatisfy { $0 == $0.rounded() })
  }

  @Test("NaN is stored as a nodata value that is given, and comes back as NaN")
  func nodata() throws {
    var layout = RasterLayout(rows: 2, columns: 2, type: .int16)
    layout.nodata = -9999
    let writer = try RasterWriter.create(scratch["n.tif"], layout)
    try writer.write(Grid<Float>(rows: 2, columns: 2, cells: [1.4, .nan, 1e9, -3.6]))
    try writer.finish()
    let image = try RasterImage.open(scratch["n.tif"])
    #expect(image.info.nodata == -9999)
    #expect(same(try image.read(image.window), Grid(rows: 2, columns: 2, cells: [1, .nan, 32767, -4])))
  }

  @Test("cancel and a dropped writer leave nothing behind")
  func cancel() throws {
    for size in [50, 2200] {
      let writer = try RasterWriter.create(scratch["c.tif"], RasterLayout(rows: size, columns: size))
      try writer.write(counting(10, 10))
      #expect(!scratch.files.isEmpty)
      writer.cancel()
      #expect(scratch.files.isEmpty)
      _ = try RasterWriter.create(scratch["d.tif"], RasterLayout(rows: size, columns: size))
      #expect(scratch.files.isEmpty)
    }
  }

  @Test("the same pixels give the same bytes whatever the order of the blocks")
  func reproducible() throws {
    let grid = counting(900, 900)
    let halves = [0, 450].map { Window(row: $0, column: 0, rows: 450, columns: 900) }
    for (name, order) in [("1.tif", halves), ("2.tif", halves.reversed())] {
      let writer = try RasterWriter.create(scratch[name], try layout(900, 900))
      for window in order { try writer.write(grid.cropped(to: window), atRow: window.row) }
      try writer.finish()
    }
    #expect(FileManager.default.contentsEqual(atPath: scratch["1.tif"], andPath: scratch["2.tif"]))
  }

  @Test("blocks from many threads give the same bytes as from one")
  func threads() throws {
    let grid = counting(640, 640)
    let parts = (0..<100).map { Window(row: $0 / 10 * 64, column: $0 % 10 * 64, rows: 64, columns: 64) }
    let one = try RasterWriter.create(scratch["1.tif"], try layout(640, 640))
    for part in parts { try one.write(grid.cropped(to: part), atRow: part.row, column: part.column) }
    try one.finish()
    let many = try RasterWriter.create(scratch["2.tif"], try layout(640, 640))
    let failed = ManagedCount()
    DispatchQueue.concurrentPerform(iterations: 100) { index in
      let part = parts[99 - index]
      let error = failure { () throws(RasterError) in
        try many.write(grid.cropped(to: part), atRow: part.row, column: part.column)
      }
      if error != nil { failed.add() }
    }
    try many.finish()
    #expect(failed.value == 0)
    #expect(FileManager.default.contentsEqual(atPath: scratch["1.tif"], andPath: scratch["2.tif"]))
  }

  @Test("25 products of 64 x 64 cells take less than 0.3 s of processor time")
  func speed() throws {
    let grid = counting(64, 64)
    let seconds = try (0..<3).map { _ in
      try processorTime {
        for index in 0..<25 {
          let writer = try RasterWriter.create(scratch["s\(index).tif"], try layout(64, 64))
          try writer.write(grid)
          try writer.finish()
        }
      }
    }.min()!
    print("25 small COGs: \(seconds) s")
    #expect(seconds < 0.3)
  }
}

/// Processor time of this thread spent in a block, s.
func processorTime(_ body: () throws -> Void) rethrows -> Double {
  var start = timespec(), end = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
  try body()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
  return Double(end.tv_sec - start.tv_sec) + 1e-9 * Double(end.tv_nsec - start.tv_nsec)
}
