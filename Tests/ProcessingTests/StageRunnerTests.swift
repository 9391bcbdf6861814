// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Processing
import Synchronization
import Testing

@Suite("Stage runner")
struct StageRunnerTests {
  private struct Broken: Error, CustomStringConvertible { let description = "the scene is cut short" }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func units(_ count: Int, version: Int = 1) -> [StageUnit] {
    (0..<count).map { index in
      StageUnit(
        "unit \(index)",
        key: UnitKey(
          algorithm: "test", version: version, inputs: [], parameters: "{}",
          window: Window(row: index, column: 0, rows: 1, columns: 1)))
    }
  }

  private func runner(
    threads: Int = 2, _ cancellation: Cancellation = Cancellation(), _ progress: ProgressReporter? = nil
  ) -> StageRunner {
    StageRunner(
      threads: threads, store: UnitStore(folder: folder.path), cancellation: cancellation,
      progress: progress ?? ProgressReporter(.quiet))
  }

  private func result(_ index: Int) -> UnitArrays {
    UnitArrays([.init("value", Grid<Float>(rows: 1, columns: 1, cells: [Float(index)]))])
  }

  private func words(_ outcomes: [UnitOutcome]) -> [String] {
    outcomes.map {
      switch $0 {
      case .computed: "computed"
      case .reused: "reused"
      case .failed(let error): "\(error)"
      }
    }
  }

  @Test("a unit that fails costs its own result only, and is tried again by the next run", arguments: [1, 3])
  func isolation(threads: Int) throws {
    let units = units(7)
    let first = try runner(threads: threads).run("stage", unit: "units", units) { index in
      if index == 2 { throw Broken() }
      return result(index)
    }
    #expect(
      words(first).enumerated().allSatisfy { $0.element == ($0.offset == 2 ? "the scene is cut short" : "computed") })
    let called = Mutex<[Int]>([])
    let second = try runner(threads: threads).run("stage", unit: "units", units) { index in
      called.withLock { $0.append(index) }
      return result(index)
    }
    #expect(called.withLock { $0 } == [2])
    #expect(words(second).enumerated().allSatisfy { $0.element == ($0.offset == 2 ? "computed" : "reused") })
    #expect(UnitStore(folder: folder.path).load(units[2].key)?.floats("value")?.cells == [2])
  }

  @Test("says which unit failed and why")
  func note() throws {
    let text = Mutex("")
    let progress = ProgressReporter(.jsonLines, now: { 0 }, emit: { line in text.withLock { $0 += line } })
    _ = try runner(Cancellation(), progress).run("stage", unit: "units", units(1)) { _ in throw Broken() }
    #expect(text.withLock { $0 }.contains("unit 0 failed: the scene is cut short"))
  }

  @Test("stops on request after the units at hand and keeps what is finished")
  func cancelled() throws {
    let cancellation = Cancellation()
    let units = units(20)
    #expect(throws: RunCancelled.self) {
      try runner(threads: 1, cancellation).run("stage", unit: "units", units) { index in
        if index == 4 { cancellation.cancel() }
        return result(index)
      }
    }
    let store = UnitStore(folder: folder.path)
    #expect(units.map { store.load($0.key) != nil } == units.indices.map { $0 <= 4 })
  }

  @Test("ends when a result can't be stored: the others could not be either")
  func unwritable() throws {
    let gone = StageRunner(
      threads: 2, store: UnitStore(folder: folder.path + "/gone"), cancellation: Cancellation(),
      progress: ProgressReporter(.quiet))
    #expect(throws: ProcessingError.self) { try gone.run("stage", unit: "units", units(3)) { result($0) } }
  }

  @Test("another version of the stage computes all of it again")
  func version() throws {
    for version in [1, 2] {
      let outcomes = try runner().run("stage", unit: "units", units(3, version: version)) { result($0) }
      #expect(words(outcomes) == ["computed", "computed", "computed"])
    }
  }
}
