// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Processing
import Synchronization
import Testing

/// Counts how many tiles are in work at once.
private final class Gauge: Sendable {
  private let state = Mutex<(now: Int, most: Int, all: Int)>((0, 0, 0))

  func enter() {
    state.withLock {
      $0.now += 1
      $0.all += 1
      $0.most = max($0.most, $0.now)
    }
  }

  func leave() { state.withLock { $0.now -= 1 } }
  var most: Int { state.withLock(\.most) }
  var all: Int { state.withLock(\.all) }
}

@Suite("Tile runner")
struct TileRunnerTests {
  private struct Failure: Error, Equatable { let row: Int }

  private func runner(_ threads: Int, _ cancellation: Cancellation = Cancellation()) -> TileRunner {
    TileRunner(threads: threads, cancellation: cancellation, progress: ProgressReporter(.quiet))
  }

  @Test("covers every cell of a lattice once, also where tiles do not divide it", arguments: [1, 3, 7, 20])
  func plan(tile: Int) {
    let plan = TilePlan(rows: 13, columns: 10, tileRows: tile, tileColumns: tile + 1)
    var hits = Grid(rows: 13, columns: 10, filledWith: 0)
    for index in 0..<plan.count {
      let window = plan[index]
      #expect(!window.isEmpty && hits.window.contains(window))
      for row in window.row..<window.endRow {
        for column in window.column..<window.endColumn { hits[row, column] += 1 }
      }
    }
    #expect(hits.cells.allSatisfy { $0 == 1 })
    #expect(TilePlan(rows: 0, columns: 5, tileRows: 2, tileColumns: 2).count == 0)
  }

  @Test("delivers in the order of the tiles on any number of threads", arguments: [1, 2, 5])
  func order(threads: Int) throws {
    let plan = TilePlan(rows: 40, columns: 4, tileRows: 1, tileColumns: 4)
    let rows = Mutex<[Int]>([])
    try runner(threads).run(plan, stage: "test") { window in
      usleep(UInt32((window.row * 7919) % 5) * 200)
      return window.row * 2
    } deliver: { window, result in
      #expect(result == window.row * 2)
      rows.withLock { $0.append(window.row) }
    }
    #expect(rows.withLock { $0 } == Array(0..<40))
  }

  @Test("has at most as many tiles in work as threads")
  func bounded() throws {
    let gauge = Gauge()
    let plan = TilePlan(rows: 30, columns: 1, tileRows: 1, tileColumns: 1)
    try runner(3).run(plan, stage: "test") { _ in
      gauge.enter()
      usleep(500)
      gauge.leave()
    } deliver: { _, _ in
    }
    #expect(gauge.most <= 3 && gauge.all == 30)
  }

  @Test("throws the error of the first tile that failed, after delivering those before it", arguments: [1, 4])
  func failure(threads: Int) {
    let delivered = Mutex<[Int]>([])
    let plan = TilePlan(rows: 50, columns: 1, tileRows: 1, tileColumns: 1)
    #expect(throws: Failure(row: 6)) {
      try runner(threads).run(plan, stage: "test") { window in
        // The later one fails sooner.
        if window.row == 6 { usleep(20_000) }
        if window.row == 6 || window.row == 8 { throw Failure(row: window.row) }
      } deliver: { window, _ in
        delivered.withLock { $0.append(window.row) }
      }
    }
    #expect(delivered.withLock { $0 } == Array(0..<6))
  }

  @Test("throws the error of a delivery and delivers nothing after it", arguments: [1, 4])
  func deliveryFailure(threads: Int) {
    let delivered = Mutex<[Int]>([])
    let plan = TilePlan(rows: 50, columns: 1, tileRows: 1, tileColumns: 1)
    #expect(throws: Failure(row: 5)) {
      try runner(threads).run(plan, stage: "test") { _ in
      } deliver: { window, _ in
        if window.row == 5 { throw Failure(row: 5) }
        delivered.withLock { $0.append(window.row) }
      }
    }
    #expect(delivered.withLock { $0 } == Array(0..<5))
  }

  @Test("stops soon after a cancellation and says so")
  func cancelled() {
    let cancellation = Cancellation()
    let gauge = Gauge()
    let plan = TilePlan(rows: 1000, columns: 1, tileRows: 1, tileColumns: 1)
    #expect(throws: RunCancelled.self) {
      try runner(2, cancellation).run(plan, stage: "test") { window in
        gauge.enter()
        if window.row == 10 { cancellation.cancel() }
      } deliver: { _, _ in
      }
    }
    #expect(gauge.all < 20)
  }

  @Test("a resumed run computes only the tiles that are not stored, and gives the same cells")
  func resume() throws {
    let folder = try TemporaryFolder()
    let store = UnitStore(folder: folder.path)
    let plan = TilePlan(rows: 10, columns: 3, tileRows: 1, tileColumns: 3)
    let gauge = Gauge()
    @Sendable func run(stoppingAt stop: Int) throws -> [Float] {
      let out = Mutex<[Float]>([])
      let cancellation = Cancellation()
      try runner(2, cancellation).run(plan, stage: "test", store: store) { window in
        UnitKey(algorithm: "square", version: 1, inputs: [], parameters: "{}", window: window)
      } compute: { window in
        gauge.enter()
        if window.row == stop { cancellation.cancel() }
        let cells = (0..<3).map { Float(window.row * 3 + $0).squareRoot() }
        return UnitArrays([.init("root", Grid(rows: 1, columns: 3, cells: cells))])
      } deliver: { _, arrays in
        out.withLock { $0 += arrays.floats("root")!.cells }
      }
      return out.withLock { $0 }
    }
    #expect(throws: RunCancelled.self) { try run(stoppingAt: 4) }
    let before = gauge.all
    #expect(before < 10)
    let cells = try run(stoppingAt: -1)
    #expect(cells == (0..<30).map { Float($0).squareRoot() })
    #expect(gauge.all == 10)
  }
}
