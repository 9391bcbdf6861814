// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Processing
import Synchronization
import Testing

/// Everything about processes that share a run changes a setting of the process, so these run one after the other.
@Suite("Stages of a run", .serialized)
struct RunStagesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func units(_ stage: String, _ count: Int) -> [StageUnit] {
    let identity = StageIdentity(stage, version: 1, parameters: [:])
    return (0..<count).map { index in
      StageUnit(
        "\(stage) \(index)",
        key: identity.key(reading: [], window: Window(row: index, column: 0, rows: 1, columns: 1)))
    }
  }

  /// Runs three stages and tells which units were computed.
  private func run(cache: UnitCache? = nil) throws -> [String: Int] {
    let run = try RunFolder(at: "\(folder.path)/run", for: "test")
    let runner = StageRunner(
      threads: 2, store: UnitStore(folder: run.units.folder, cache: cache), cancellation: Cancellation(),
      progress: ProgressReporter(.quiet))
    var computed: [String: Int] = [:]
    for stage in ["grid", "match it", "fuse"] {
      let outcomes = try runner.run(stage, unit: "units", units(stage, 5)) { index in
        UnitArrays([.init("value", Grid<Float>(rows: 1, columns: 1, cells: [Float(index)]))])
      }
      computed[stage] = outcomes.count { if case .computed = $0 { true } else { false } }
    }
    try run.finish(keepingUnits: true)
    return computed
  }

  @Test("a run that is to start again from a stage computes that and the later ones, and keeps the earlier")
  func restart() throws {
    #expect(try run() == ["grid": 5, "match it": 5, "fuse": 5])
    #expect(try run() == ["grid": 0, "match it": 0, "fuse": 0])
    let path = "\(folder.path)/run"
    #expect(RunFolder.stages(in: path) == ["grid", "match it", "fuse"])
    #expect(try RunFolder.forget(from: "match it", in: path) == 10)
    #expect(!RunFolder.isFinished(path))
    #expect(try run() == ["grid": 0, "match it": 5, "fuse": 5])
    #expect(try RunFolder.forget(from: "nothing", in: path) == 0)
  }

  @Test("a stage that is forgotten is forgotten in the cache, too")
  func cache() throws {
    let cache = UnitCache(folder: "\(folder.path)/cache", limit: 1_000_000)
    _ = try run(cache: cache)
    try RunFolder.forget(from: "fuse", in: "\(folder.path)/run", cache: cache)
    #expect(try run(cache: cache) == ["grid": 0, "match it": 0, "fuse": 5])
  }
}
