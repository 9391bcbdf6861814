// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// A lattice cut into tiles, row by row from the top left. The cuts depend on the lattice and the tile size only:
/// never on threads or memory.
public struct TilePlan: Sendable {
  public let rows, columns: Int
  public let tileRows, tileColumns: Int

  /// - Parameters:
  ///   - rows, columns: the shape of the output lattice.
  ///   - tileRows, tileColumns: the largest shape of a tile; the last row and column of tiles may be smaller.
  public init(rows: Int, columns: Int, tileRows: Int, tileColumns: Int) {
    precondition(rows >= 0 && columns >= 0 && tileRows > 0 && tileColumns > 0, "a tile needs at least one cell")
    self.rows = rows
    self.columns = columns
    self.tileRows = tileRows
    self.tileColumns = tileColumns
  }

  private var tilesAcross: Int { (columns + tileColumns - 1) / tileColumns }
  private var tilesDown: Int { (rows + tileRows - 1) / tileRows }

  /// Number of tiles.
  public var count: Int { tilesAcross * tilesDown }

  /// The part of the lattice that tile `index` covers.
  public subscript(index: Int) -> Window {
    let row = index / tilesAcross * tileRows, column = index % tilesAcross * tileColumns
    return Window(
      row: row, column: column, rows: min(tileRows, rows - row), columns: min(tileColumns, columns - column))
  }
}

/// Runs a computation over tiles on a few threads, and hands the results over in the order of the tiles.
///
/// At most `threads` tiles are computed at a time, and at most twice as many finished results wait for an earlier one:
/// memory is bounded by the tile, not by the scene. Which thread computes a tile changes nothing in the result.
public struct TileRunner: Sendable {
  public let threads: Int
  public let cancellation: Cancellation
  public let progress: ProgressReporter

  public init(threads: Int, cancellation: Cancellation, progress: ProgressReporter) {
    precondition(threads > 0, "tiles need at least one thread")
    self.threads = threads
    self.cancellation = cancellation
    self.progress = progress
  }

  /// Computes every tile and delivers the results one after another, in the order of the tiles.
  ///
  /// - Parameters:
  ///   - stage: name of the stage for progress, counted in cells of the lattice.
  ///   - compute: called on several threads at once; must not depend on other tiles.
  ///   - deliver: called for one tile at a time, in order; usually writes to a file or copies into a grid.
  /// - Throws: the error of the first tile, in their order, that failed; `RunCancelled`. Tiles before it have then
  ///   been delivered, unless the run was cancelled.
  public func run<Result: Sendable>(
    _ plan: TilePlan, stage: String, unit: String = "points",
    compute: @escaping @Sendable (Window) throws -> Result,
    deliver: @escaping @Sendable (Window, Result) throws -> Void
  ) throws {
    progress.begin(stage, total: plan.rows * plan.columns, unit: unit)
    defer { progress.end() }
    let queue = TileQueue<Result>(count: plan.count, backlog: threads)
    runOnThreads(min(threads, plan.count)) { work(plan, queue, compute: compute, deliver: deliver) }
    if let error = queue.failure { throw error }
  }

  /// Like `run`, but takes tiles that `store` holds from there and keeps those that are computed.
  public func run(
    _ plan: TilePlan, stage: String, unit: String = "points", store: UnitStore,
    key: @escaping @Sendable (Window) -> UnitKey,
    compute: @escaping @Sendable (Window) throws -> UnitArrays,
    deliver: @escaping @Sendable (Window, UnitArrays) throws -> Void
  ) throws {
    try run(
      plan, stage: stage, unit: unit,
      compute: { window in
        let key = key(window)
        if let stored = store.load(key) {
          progress.reuse(window.rows * window.columns)
          return stored
        }
        let arrays = try compute(window)
        try store.save(arrays, for: key)
        return arrays
      }, deliver: deliver)
  }

  private func work<Result: Sendable>(
    _ plan: TilePlan, _ queue: TileQueue<Result>, compute: (Window) throws -> Result,
    deliver: (Window, Result) throws -> Void
  ) {
    while let index = queue.next() {
      let window = plan[index]
      do {
        try cancellation.check()
        queue.finish(index, with: try compute(window))
        progress.advance(by: window.rows * window.columns)
      } catch {
        queue.fail(index, error)
      }
      // Whoever finds that it is some tile's turn delivers it; the queue lets one thread at a time do so.
      while let (turn, result) = queue.takeTurn() {
        do {
          try deliver(plan[turn], result)
          queue.endTurn()
        } catch {
          queue.fail(turn, error)
          queue.endTurn()
        }
      }
    }
  }
}

/// Which tile comes next, which results wait, and whose turn it is to be delivered.
private final class TileQueue<Result: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private let count, backlog: Int
  private var started = 0
  private var delivered = 0
  private var isDelivering = false
  private var waiting: [Int: Result] = [:]
  private var firstFailure: (index: Int, error: any Error)?

  init(count: Int, backlog: Int) {
    self.count = count
    self.backlog = backlog
  }

  var failure: (any Error)? { condition.withLock { firstFailure?.error } }

  /// The next tile to compute; waits while too many results wait for an earlier tile; nil when there is no more.
  func next() -> Int? {
    condition.withLock {
      // A result waits only for tiles being computed or delivered by others, so this ends.
      while firstFailure == nil && started < count && waiting.count >= backlog { condition.wait() }
      guard firstFailure == nil, started < count else { return nil }
      defer { started += 1 }
      return started
    }
  }

  func finish(_ index: Int, with result: Result) {
    condition.withLock { waiting[index] = result }
  }

  /// Remembers the failure of the earliest tile. No further tile is started; those before it still end.
  func fail(_ index: Int, _ error: any Error) {
    condition.withLock {
      if firstFailure.map({ index < $0.index }) ?? true { firstFailure = (index, error) }
      condition.broadcast()
    }
  }

  /// The result whose turn it is, unless another thread is delivering or the tile is not ready.
  func takeTurn() -> (Int, Result)? {
    condition.withLock {
      if let failure = firstFailure, delivered >= failure.index { return nil }
      guard !isDelivering, let result = waiting.removeValue(forKey: delivered) else { return nil }
      isDelivering = true
      return (delivered, result)
    }
  }

  func endTurn() {
    condition.withLock {
      isDelivering = false
      delivered += 1
      condition.broadcast()
    }
  }
}
