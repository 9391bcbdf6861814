// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import Processing
import Testing

@Suite("Tiled units")
struct TiledUnitsTests {
  private func value(_ row: Int, _ column: Int) -> Float { Float(row) + Float(column) / 100 }

  private func stored(_ store: UnitStore) throws -> TiledUnits {
    let plan = TilePlan(rows: 7, columns: 11, tileRows: 3, tileColumns: 4)
    let stage = StageIdentity("test", version: 1, parameters: [:])
    let keys = (0..<plan.count).map { stage.key(reading: [], window: plan[$0]) }
    for index in 0..<plan.count {
      let tile = plan[index]
      var grid = Grid<Float>(rows: tile.rows, columns: tile.columns, filledWith: 0)
      for row in 0..<tile.rows {
        for column in 0..<tile.columns { grid[row, column] = value(tile.row + row, tile.column + column) }
      }
      let arrays = UnitArrays([
        .init("a", grid), .init("b", grid.map { UInt8($0) }), .init("note", text: "tile \(index)"),
      ])
      try store.save(arrays, for: keys[index])
    }
    return TiledUnits(plan, keys: keys, in: store)
  }

  @Test(
    "a window across tiles has the values of its pixels, and NaN beyond the raster",
    arguments: [
      Window(row: 2, column: 3, rows: 4, columns: 6), Window(row: 0, column: 0, rows: 7, columns: 11),
      Window(row: -2, column: 9, rows: 5, columns: 5), Window(row: 6, column: 10, rows: 1, columns: 1),
    ])
  func windows(window: Window) throws {
    let folder = try TemporaryFolder()
    let units = try stored(UnitStore(folder: folder.path))
    let grid = try units.floats(["a"], window)[0], bytes = try units.bytes("b", window, outside: 99)
    for row in 0..<window.rows {
      for column in 0..<window.columns {
        let r = window.row + row, c = window.column + column
        let isInside = r >= 0 && c >= 0 && r < 7 && c < 11
        #expect(isInside ? grid[row, column] == value(r, c) : grid[row, column].isNaN)
        #expect(bytes[row, column] == (isInside ? UInt8(r) : 99))
      }
    }
  }

  @Test("a unit that is gone is an error that says what to do")
  func missing() throws {
    let folder = try TemporaryFolder()
    let store = UnitStore(folder: folder.path)
    let units = try stored(store)
    store.prune()
    let error = #expect(throws: ProcessingError.self) {
      try units.floats(["a"], Window(row: 0, column: 0, rows: 1, columns: 1))
    }
    #expect(error?.message.contains("run the same command again") == true)
  }

  @Test("a stage's keys change with its own parameters and with the units it reads, and with nothing else")
  func keys() {
    func key(_ size: Int, reading input: String) -> UnitKey {
      StageIdentity("match", version: 1, parameters: ["size": .integer(size)])
        .key(reading: [SHA256.checksum(of: input)])
    }
    #expect(key(3, reading: "a") == key(3, reading: "a"))
    #expect(Set([key(3, reading: "a"), key(4, reading: "a"), key(3, reading: "b")]).count == 3)
  }
}

@Suite("Packed units")
struct PackedUnitsTests {
  private func roundTrip(_ values: [Float], _ precision: UnitArrays.Precision) throws -> [Float] {
    let grid = Grid(rows: 1, columns: values.count, cells: values)
    let bytes = UnitArrays([.init("v", grid, as: precision)]).encoded()
    let back = try #require(bytes.withUnsafeBytes(UnitArrays.init(decoding:)))
    return try #require(back.floats("v")).cells
  }

  @Test("two bytes keep an offset to half a step, missing ones missing")
  func steps() throws {
    let values: [Float] = [0, 0.0009, -3.14159, 65.5, .nan, .infinity]
    let back = try roundTrip(values, .steps(0.002))
    for (value, stored) in zip(values.prefix(4), back) { #expect(abs(value - stored) <= 0.001_001) }
    #expect(back[4].isNaN && back[5].isNaN)
  }

  @Test("a large offset makes the step grow, not the value wrong")
  func growingSteps() throws {
    let back = try roundTrip([250, -0.01], .steps(0.002))
    #expect(abs(back[0] - 250) <= 0.004 && abs(back[1] + 0.01) <= 0.004)
  }

  @Test("half precision keeps a standard deviation to 0.05 %, however small")
  func half() throws {
    let values: [Float] = [0.00123, 0.5, 40, .nan]
    let back = try roundTrip(values, .half)
    for (value, stored) in zip(values.prefix(3), back) { #expect(abs(stored / value - 1) < 6e-4) }
    #expect(back[3].isNaN)
  }

  @Test("one byte keeps a correlation to 0.004 and clamps what is beyond")
  func byteSteps() throws {
    let back = try roundTrip([1, -1, 0.5, 7, .nan], .byteSteps(1 / 127))
    #expect(back[0] == 1 && back[1] == -1 && abs(back[2] - 0.5) < 0.004 && back[3] == 1 && back[4].isNaN)
  }

  @Test(
    "packed fields take the bytes that they promise",
    arguments: [(UnitArrays.Precision.steps(1), 2), (.half, 2), (.byteSteps(1), 1), (.full, 4)])
  func size(precision: UnitArrays.Precision, bytes: Int) {
    func size(_ count: Int) -> Int {
      UnitArrays([.init("v", Grid(rows: 1, columns: count, filledWith: Float(1)), as: precision)]).encoded().count
    }
    #expect(size(1000) - size(0) == 1000 * bytes)
  }
}
