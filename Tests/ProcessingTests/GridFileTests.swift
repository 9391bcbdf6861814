// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Processing
import Testing

@Suite("Grid files")
struct GridFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run() throws -> RunFolder { try RunFolder(at: folder.path + "/run") }

  private static let grid = Grid(rows: 20, columns: 7, cells: (0..<140).map { Float($0) / 3 })

  @Test("rows written in any order come back as bits, whole, as parts, and thinned")
  func roundTrip() throws {
    let file = try run().makeGridFile(of: Float.self, rows: 20, columns: 7)
    for row in stride(from: 15, through: 0, by: -5) {
      try file.write(Self.grid.cropped(to: Window(row: row, column: 0, rows: 5, columns: 7)), atRow: row)
    }
    #expect(try file.read(0..<20) == Self.grid)
    let window = Window(row: 3, column: 2, rows: 11, columns: 4)
    #expect(try file.read(window) == Self.grid.cropped(to: window))
    #expect(try file.read(4..<4).cells.isEmpty)
    let thin = try file.thinned(to: 3)
    #expect(thin.rows == 7 && thin.columns == 3)
    for row in 0..<7 { for column in 0..<3 { #expect(thin[row, column] == Self.grid[3 * row, 3 * column]) } }
    #expect(file.bands(of: 15) == stride(from: 0, to: 20, by: 2).map { $0..<$0 + 2 })
    #expect(file.bands(of: 1).count == 20)
  }

  @Test("nothing of it can be seen in the folder, and reading what was not written is an error")
  func unseen() throws {
    let run = try run()
    let file = try run.makeGridFile(of: UInt8.self, rows: 4, columns: 4)
    try file.write(Grid(rows: 2, columns: 4, filledWith: 9), atRow: 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: run.path + "/.ogive/partial").isEmpty)
    let error = #expect(throws: ProcessingError.self) { try file.read(0..<4) }
    #expect(error?.kind == .fileNotReadable)
  }

  @Test("some rows of a stored unit are those of the whole; a unit that is gone is an error")
  func unitRows() throws {
    let store = UnitStore(folder: folder.path)
    let key = UnitKey(
      algorithm: "match", version: 1, inputs: [], parameters: "",
      window: Window(row: 0, column: 0, rows: 1, columns: 1))
    let bytes = Self.grid.map { UInt8($0) }
    try store.save(UnitArrays([.init("dx", Self.grid), .init("flags", bytes)]), for: key)
    let window = Window(row: 6, column: 0, rows: 9, columns: 7)
    let part = try store.load(key, rows: 6..<15)
    #expect(part.floats("dx") == Self.grid.cropped(to: window) && part.bytes("flags") == bytes.cropped(to: window))
    #expect(throws: ProcessingError.self) { try store.load(key, rows: 6..<21) }
    store.prune()
    let error = #expect(throws: ProcessingError.self) { try store.load(key, rows: 0..<1) }
    #expect(error?.kind == .fileNotReadable)
  }
}
