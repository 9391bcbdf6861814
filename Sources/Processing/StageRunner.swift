// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Synchronization

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
  /// - Throws: `RunCancelled`; `ProcessingError` when a result could not be stored; `RunHandedOver` in a process that
  ///   shares the run with others (`RunShare`).
  public func run(
    _ stage: String, unit: String, _ units: [StageUnit], compute: @escaping @Sendable (Int) throws -> UnitArrays
  ) throws -> [UnitOutcome] {
    switch RunShare.ofProcess {
    case .alone:
      store.note(stage: stage, units.map(\.key))
      return try run(stage, unit, units, Array(units.indices), pace: nil, compute)
    case .lead(let lead):
      store.note(stage: stage, units.map(\.key))
      return try run(stage, unit: unit, units, lead, compute)
    case .part(let part):
      return try run(stage, unit: unit, units, part, compute)
    }
  }

  /// Runs those units that are chosen; the outcomes of the others are left out.
  private func run(
    _ stage: String, _ unit: String, _ units: [StageUnit], _ chosen: [Int], pace: StagePace?,
    _ compute: @escaping @Sendable (Int) throws -> UnitArrays
  ) throws -> [UnitOutcome] {
    progress.begin(stage, total: chosen.reduce(0) { $0 + units[$1].work }, unit: unit)
    defer { progress.end() }
    let queue = UnitQueue(count: chosen.count)
    runOnThreads(min(threads, chosen.count)) {
      while let place = queue.next() {
        let index = chosen[place]
        do {
          try cancellation.check()
          let begin = ContinuousClock.now
          let outcome = try outcome(of: units[index], stage) { try compute(index) }
          queue.finish(place, outcome)
          progress.advance(by: units[index].work)
          try pace?.finish(units[index], outcome, seconds: (ContinuousClock.now - begin) / .seconds(1))
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
    } catch let error as RunHandedOver {
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

// MARK: - Sharing a stage with other processes

extension StageRunner {
  /// Runs a stage until it turns out that it is worth several processes.
  private func run(
    _ stage: String, unit: String, _ units: [StageUnit], _ lead: RunLead,
    _ compute: @escaping @Sendable (Int) throws -> UnitArrays
  ) throws -> [UnitOutcome] {
    let missing = units.filter { !store.mayHold($0.key) }.reduce(0) { $0 + $1.work }
    let pace = StagePace(lead: lead, threads: threads, missing: missing)
    do {
      return try run(stage, unit, units, Array(units.indices), pace: pace, compute)
    } catch is StagePace.TooLong {
      let left = units.filter { !store.mayHold($0.key) }
        .map { WideStage.Unit(key: $0.key.checksum, name: $0.name, work: $0.work) }
      progress.note("\(stage): \(left.count) units are left to other processes")
      try lead.handOver(stage, unit: unit, left, coreSecondsPerWork: pace.coreSecondsPerWork)
    }
  }

  /// Runs the units of this process, if they are of this stage; otherwise finds all units done.
  private func run(
    _ stage: String, unit: String, _ units: [StageUnit], _ part: RunPart,
    _ compute: @escaping @Sendable (Int) throws -> UnitArrays
  ) throws -> [UnitOutcome] {
    let own = units.indices.filter { part.own.contains(units[$0].key.checksum) }
    guard own.isEmpty else {
      _ = try run(stage, unit, units, own, pace: nil, compute)
      throw RunHandedOver("\(stage): \(own.count) units of this process are done")
    }
    return try units.map { unit in
      if store.holds(unit.key) { return .reused }
      guard part.failed.contains(unit.key.checksum) else {
        throw ProcessingError(
          .partStrayed,
          "\(unit.name) of the stage \(stage) is missing, which was done when this stage was shared; have the inputs "
            + "changed? Start the job again")
      }
      return .failed(UnitFailedElsewhere())
    }
  }
}

/// How fast a stage goes, and when it goes too slowly for one process.
private final class StagePace: Sendable {
  struct TooLong: Error {}

  private struct State {
    var done = 0
    var units = 0
    /// Seconds that the computed units have taken on their threads, all together.
    var seconds = 0.0
    var left: Int

    var coreSecondsPerWork: Double { seconds / Double(max(1, done)) }
  }

  private let lead: RunLead
  private let threads: Int
  private let state: Mutex<State>

  init(lead: RunLead, threads: Int, missing: Int) {
    (self.lead, self.threads) = (lead, threads)
    state = Mutex(State(left: missing))
  }

  var coreSecondsPerWork: Double { state.withLock(\.coreSecondsPerWork) }

  /// - Throws: `TooLong` when what is left would take longer than the lead has patience for.
  func finish(_ unit: StageUnit, _ outcome: UnitOutcome, seconds: Double) throws {
    switch outcome {
    case .reused: return
    case .failed: lead.note(failed: unit.key)
    case .computed: break
    }
    let now = state.withLock { state in
      state.done += unit.work
      state.units += 1
      state.seconds += seconds
      state.left -= unit.work
      return state
    }
    // The first unit of each thread also pays for what all share. Where units are long that says little, and a second one
    // that a thread begins meanwhile would keep all others waiting for it.
    guard now.units >= threads || seconds > lead.patience / 10, now.left > 0 else { return }
    if Double(now.left) * now.coreSecondsPerWork / Double(threads) > lead.patience { throw TooLong() }
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
