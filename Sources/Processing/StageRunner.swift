// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// A piece of a stage that stands for itself: a scene's tile, a pair's tile, a pair.
public struct StageUnit: Sendable {
  /// For people, as in `2020-01-01 to 2020-01-21, tile 3`.
  public let name: String
  public let key: UnitKey
  /// How much work it is, in the unit of its stage's progress.
  public let work: Int

  public init(_ name: String, key: UnitKey, work: Int = 1) {
    (self.name, self.key, self.work) = (name, key, work)
  }
}

/// What became of a unit.
public enum UnitOutcome: Sendable {
  case computed
  /// Taken from an earlier run.
  case reused
  /// It failed by itself; the others went on.
  case failed(any Error)

  /// Whether its result is in the store.
  public var isDone: Bool {
    if case .failed = self { return false }
    return true
  }
}

/// Runs the units of one stage on a few threads and keeps their results in a store.
///
/// Units don't know of each other, so one that fails costs its own result only: a truncated scene, a pair without
/// overlap. What nobody can go on from ends the stage: cancellation, and a store that can't be written. Each result
/// appears whole under its key, so a stage that was killed goes on with what is missing; per thread at most one unit is
/// computed twice.
public struct StageRunner: Sendable {
  public let threads: Int
  public let store: UnitStore
  public let cancellation: Cancellation
  public let progress: ProgressReporter
  /// Where each unit is written down that is begun, so that it can be told afterwards what a kill has cost.
  public let log: RunLog?

  public init(
    threads: Int, store: UnitStore, cancellation: Cancellation, progress: ProgressReporter, log: RunLog? = nil
  ) {
    precondition(threads > 0, "units need at least one thread")
    (self.threads, self.store, self.cancellation) = (threads, store, cancellation)
    (self.progress, self.log) = (progress, log)
  }

  /// - Parameters:
  ///   - stage: its name for progress, counted in `unit`.
  ///   - units: in the order in which they are begun.
  ///   - compute: the result of a unit by its index; called on several threads at once.
  /// - Returns: an outcome for each unit, in their order, whatever the number of threads.
  /// - Throws: `RunCancelled`; `ProcessingError` when a result could not be stored.
  public func run(
    _ stage: String, unit: String, _ units: [StageUnit], compute: @escaping @Sendable (Int) throws -> UnitArrays
  ) throws -> [UnitOutcome] {
    progress.begin(stage, total: units.reduce(0) { $0 + $1.work }, unit: unit)
    defer { progress.end() }
    let queue = UnitQueue(count: units.count)
    runOnThreads(min(threads, units.count)) {
      while let index = queue.next() {
        do {
          try cancellation.check()
          let outcome = try outcome(of: units[index], stage) { try compute(index) }
          queue.finish(index, outcome)
          progress.advance(by: units[index].work)
        } catch {
          queue.stop(error)
        }
      }
    }
    return try queue.outcomes()
  }

  /// Throws only what ends the stage.
  private func outcome(
    of unit: StageUnit, _ stage: String, _ compute: () throws -> UnitArrays
  ) throws -> UnitOutcome {
    if store.holds(unit.key) {
      progress.reuse(unit.work)
      return .reused
    }
    log?.write("unit", ["stage": .string(stage), "unit": .string(unit.name)])
    let arrays: UnitArrays
    do {
      arrays = try compute()
    } catch let error as RunCancelled {
      throw error
    } catch {
      progress.note("\(unit.name) failed: \(error)")
      log?.write("unit-failed", "\(stage), \(unit.name): \(error)")
      return .failed(error)
    }
    try store.save(arrays, for: unit.key)
    return .computed
  }
}

/// Which unit comes next and what became of those before.
private final class UnitQueue: @unchecked Sendable {
  private let lock = NSLock()
  private var started = 0
  private var found: [UnitOutcome?]
  private var error: (any Error)?

  init(count: Int) { found = Array(repeating: nil, count: count) }

  func next() -> Int? {
    lock.withLock {
      guard error == nil, started < found.count else { return nil }
      defer { started += 1 }
      return started
    }
  }

  func finish(_ index: Int, _ outcome: UnitOutcome) { lock.withLock { found[index] = outcome } }

  func stop(_ error: any Error) { lock.withLock { self.error = self.error ?? error } }

  func outcomes() throws -> [UnitOutcome] {
    try lock.withLock {
      if let error { throw error }
      return found.compactMap { $0 }
    }
  }
}
