// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Processing
import Testing

@Suite("Unit cache")
struct UnitCacheTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["a", "b"] {
      try FileManager.default.createDirectory(atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
    }
  }

  private func cache(limit: Int = 1_000_000) -> UnitCache {
    UnitCache(folder: "\(folder.path)/cache", limit: limit)
  }

  private func store(_ name: String, _ cache: UnitCache?) -> UnitStore {
    UnitStore(folder: "\(folder.path)/\(name)", cache: cache)
  }

  private func key(_ index: Int) -> UnitKey {
    UnitKey(
      algorithm: "test", version: 1, inputs: [], parameters: "{}",
      window: Window(row: index, column: 0, rows: 1, columns: 1))
  }

  private func arrays(_ index: Int, cells: Int = 100) -> UnitArrays {
    UnitArrays([.init("value", Grid<Float>(rows: 1, columns: cells, filledWith: Float(index)))])
  }

  private func bytes(_ name: String, _ index: Int) -> Data? {
    FileManager.default.contents(atPath: "\(folder.path)/\(name)/\(key(index).checksum.hexadecimal).unit")
  }

  @Test("a run takes the units of another one, byte for byte, and a run without a cache does not")
  func reuse() throws {
    let cache = cache()
    try store("a", cache).save(arrays(1), for: key(1))
    #expect(!store("b", nil).holds(key(1)))
    #expect(store("b", cache).holds(key(1)))
    #expect(bytes("a", 1) != nil && bytes("a", 1) == bytes("b", 1))
    #expect(store("b", nil).load(key(1))?.floats("value")?.cells == arrays(1).floats("value")?.cells)
    #expect(!store("b", cache).holds(key(2)))
  }

  @Test("a unit that is gone from its run is still there for others, and the other way round")
  func independence() throws {
    let cache = cache()
    try store("a", cache).save(arrays(1), for: key(1))
    store("a", cache).prune()
    #expect(store("b", cache).load(key(1)) != nil)
    try FileManager.default.removeItem(atPath: cache.folder)
    #expect(store("b", cache).load(key(1)) != nil)
  }

  @Test("a damaged unit of the cache is removed there too, and computed again")
  func damage() throws {
    let cache = cache()
    try store("a", cache).save(arrays(1), for: key(1))
    let path = "\(folder.path)/a/\(key(1).checksum.hexadecimal).unit"
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.seek(toOffset: 90)
    try file.write(contentsOf: Data([0xFF, 0x00, 0xFF]))
    try file.close()
    #expect(!store("b", cache).holds(key(1)))
    #expect(bytes("b", 1) == nil)
    try store("b", cache).save(arrays(1), for: key(1))
    // The run of the damage finds the sound one.
    #expect(!store("a", nil).holds(key(1)))
    #expect(store("a", cache).holds(key(1)))
  }

  @Test("more than the limit is never kept for long: what was asked for the longest ago goes first")
  func eviction() throws {
    let cache = cache(limit: 100_000)
    let store = store("a", cache)
    for index in 0..<20 {
      // What is asked for again and again stays.
      _ = self.store("b", cache).holds(key(0))
      unlink("\(folder.path)/b/\(key(0).checksum.hexadecimal).unit")
      try store.save(arrays(index, cells: 2_500), for: key(index))
    }
    #expect(cache.evict() <= 100_000)
    let kept = (0..<20).filter { self.store("b", cache).holds(key($0)) }
    #expect(kept.contains(0) && kept.contains(19) && !kept.contains(1) && kept.count >= 8)
    #expect((0..<20).allSatisfy { store.holds(key($0)) })
  }
}
