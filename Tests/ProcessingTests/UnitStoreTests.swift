// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Processing
import Testing

@Suite("Unit store")
struct UnitStoreTests {
  private let checksum = SHA256.checksum(of: "image")

  private func key(version: Int = 1, parameters: String = "{}", row: Int = 0) -> UnitKey {
    UnitKey(
      algorithm: "match", version: version, inputs: [checksum], parameters: parameters,
      window: Window(row: row, column: 0, rows: 2, columns: 3))
  }

  private let arrays = UnitArrays([
    .init("dx", Grid<Float>(rows: 2, columns: 3, cells: [1.5, .nan, -0.0, .infinity, .leastNonzeroMagnitude, -7])),
    .init("flags", Grid<UInt8>(rows: 1, columns: 4, cells: [0, 1, 7, 255])),
  ])

  @Test("gives back the same bits, NaN and minus zero included")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let store = UnitStore(folder: folder.path)
    #expect(store.load(key()) == nil)
    try store.save(arrays, for: key())
    let loaded = try #require(store.load(key()))
    #expect(loaded.floats("dx")?.cells.map(\.bitPattern) == arrays.floats("dx")?.cells.map(\.bitPattern))
    #expect(loaded.bytes("flags") == arrays.bytes("flags"))
    #expect(loaded.floats("flags") == nil)
  }

  @Test("keys differ by version, parameters, window and inputs")
  func keys() {
    let other = UnitKey(
      algorithm: "match", version: 1, inputs: [SHA256.checksum(of: "other")], parameters: "{}",
      window: Window(row: 0, column: 0, rows: 2, columns: 3))
    let keys = [key(), key(version: 2), key(parameters: "{\"a\":1}"), key(row: 1), other]
    #expect(Set(keys).count == 5)
    #expect(key() == key())
  }

  @Test("a unit with one changed byte, or cut short, counts as absent and is removed", arguments: [true, false])
  func damage(isCutShort: Bool) throws {
    let folder = try TemporaryFolder()
    let store = UnitStore(folder: folder.path)
    try store.save(arrays, for: key())
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
    let file = URL(filePath: folder.path + "/" + name)
    var bytes = try Data(contentsOf: file)
    if isCutShort { bytes.removeLast(5) } else { bytes[bytes.count / 2] ^= 1 }
    try bytes.write(to: file)
    #expect(store.load(key()) == nil)
    #expect(!folder.has(name))
  }

  @Test("pruning removes all units but those asked for")
  func prune() throws {
    let folder = try TemporaryFolder()
    let store = UnitStore(folder: folder.path)
    for row in 0..<3 { try store.save(arrays, for: key(row: row)) }
    store.prune(keeping: [key(row: 1)])
    #expect((0..<3).map { store.load(key(row: $0)) != nil } == [false, true, false])
  }
}
