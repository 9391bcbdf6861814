// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing
import Tiles

@Suite("Prepared series")
struct PreparedSeriesTests {
  let scratch = TilesScratch()

  private func series(_ count: Int, rows: Int, columns: Int) throws -> [RasterLayerFile] {
    try (0..<count).map { step in
      try scratch.raster("s\(step).tif", RasterLayout(rows: rows, columns: columns)) { row, column in
        (row + column + step) % 7 == 0 ? .nan : Float(step * 1_000_000 + row * 1000 + column)
      }
    }
  }

  private func same(_ first: [[Float]], _ second: [[Float]]) -> Bool {
    first.count == second.count
      && zip(first, second).allSatisfy { zip($0, $1).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) } }
  }

  @Test(
    "readings are the same before and after, at any place and outside", arguments: [(37, 53), (600, 16), (515, 700)])
  func same(_ rows: Int, _ columns: Int) throws {
    let files = try series(6, rows: rows, columns: columns), plain = RasterTiles(), prepared = RasterTiles()
    #expect(try prepared.prepareSeries(files))
    var places = stride(from: 0, to: rows, by: 17).flatMap { row in
      stride(from: 0, to: columns, by: 13).map { Place.pixel(row: Double(row), column: Double($0) + 0.4) }
    }
    places += [
      .pixel(row: Double(rows - 1), column: Double(columns - 1)), .pixel(row: -1, column: 0),
      .pixel(row: 0, column: Double(columns)), .pixel(row: .nan, column: 3),
    ]
    let expected = try plain.values(of: files, at: places)
    #expect(same(try prepared.values(of: files, at: places), expected))
    #expect(prepared.cachedBytes == 0, "nothing was read through the cache of the map")
  }

  @Test("a layer that changes on the disk is read anew, and the series can be prepared again")
  func changed() throws {
    let files = try series(3, rows: 40, columns: 40), tiles = RasterTiles(), place = [Place.pixel(row: 8, column: 9)]
    #expect(try tiles.prepareSeries(files))
    _ = try tiles.values(of: files, at: place)
    try scratch.raster("s1.tif", RasterLayout(rows: 40, columns: 40)) { _, _ in -5 }
    #expect(try tiles.values(of: files, at: place)[0][1] == -5)
    #expect(try tiles.prepareSeries(files))
    #expect(try tiles.values(of: files, at: place)[0] == [8009, -5, 2_008_009])
  }

  @Test("layers on different lattices, and more than there is room for, are read as they are")
  func unsuitable() throws {
    let files = try series(2, rows: 40, columns: 40)
    let other = try scratch.raster("o.tif", RasterLayout(rows: 41, columns: 40)) { _, _ in 1 }
    #expect(try RasterTiles().prepareSeries(files + [other]) == false)
    let small = RasterTiles(scratchBytes: 1000)
    #expect(try small.prepareSeries(files) == false)
    #expect(try small.values(of: files, at: [.pixel(row: 8, column: 9)])[0].count == 2)
    #expect(try RasterTiles(scratchFolder: scratch["o.tif"] + "/none").prepareSeries(files) == false)
    #expect(
      kind { () throws(TilesError) in try small.prepareSeries([RasterLayerFile(scratch["x.tif"])]) } == .missing)
  }

  @Test("of more series than there is room for the latest stay, and all can be read")
  func bounded() throws {
    let files = try series(4, rows: 64, columns: 64)
    // Room for two series of one layer, 16 KiB each.
    let tiles = RasterTiles(scratchFolder: scratch["stacks"], scratchBytes: 2 * 64 * 64 * 4)
    for file in files { #expect(try tiles.prepareSeries([file])) }
    for (step, file) in files.enumerated() {
      let value = try tiles.values(of: [file], at: [.pixel(row: 30, column: 30)])[0][0]
      #expect(value == Float(step * 1_000_000 + 30_030) || (60 + step) % 7 == 0)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch["stacks"]).count == 2)
  }

  @Test("what one process has prepared the next finds, and nothing that broke off or that the layers have outgrown")
  func kept() throws {
    let files = try series(3, rows: 40, columns: 50), folder = scratch["stacks"]
    let place = [Place.pixel(row: 8, column: 10)]
    #expect(try RasterTiles(scratchFolder: folder).prepareSeries(files))
    try Data([1]).write(to: URL(filePath: folder + "/broken.stack.part"))
    let next = RasterTiles(scratchFolder: folder)
    #expect(try next.values(of: files, at: place)[0] == [8010, 1_008_010, 2_008_010])
    #expect(next.cachedBytes == 0, "nothing was read through the cache of the map")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
    try scratch.raster("s1.tif", RasterLayout(rows: 40, columns: 50)) { _, _ in -5 }
    #expect(try RasterTiles(scratchFolder: folder).values(of: files, at: place)[0][1] == -5)
  }

  @Test("many threads prepare and read the same series")
  func threads() throws {
    let files = try series(5, rows: 100, columns: 100), tiles = RasterTiles()
    let results = try parallelMap(Array(0..<32), threads: 8) { index in
      if index % 4 == 0 { return try tiles.prepareSeries(files) }
      return try tiles.values(of: files, at: [.pixel(row: 50, column: 51)])[0][1] == 1_050_051
    }
    #expect(results.allSatisfy { $0 })
  }
}
