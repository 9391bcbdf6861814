// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// Runs each job as a process on this machine: the default.
///
/// A worker that this server has started is its child, whose end the system tells; one that an earlier server has
/// started is watched by its lock. Memory is watched too, since a machine without any left ends the wrong process.
public final class ProcessExecutor: Executor {
  public let name = "local"
  public let slots: Int
  private let program: WorkerProgram
  private let memoryLimit: Int?
  private let grace: Duration
  private let workers = Mutex<[String: Worker]>([:])

  private struct Worker {
    let mark: ProcessMark
    /// Nil for one that an earlier server has started.
    let child: ChildProcess?
    /// How many processes the system had ended for want of memory when this one began.
    let kills: Int
    var cancelled: ContinuousClock.Instant?
    var isOverLimit = false
  }

  /// - Parameters:
  ///   - program: the worker.
  ///   - slots: how many jobs run at once.
  ///   - memoryLimit: bytes that a job may hold before it is ended; nil for no limit.
  ///   - grace: how long a cancelled job has to end by itself.
  public init(_ program: WorkerProgram, slots: Int = 1, memoryLimit: Int? = nil, grace: Duration = .seconds(3)) {
    precondition(slots > 0, "an executor needs at least one slot")
    (self.program, self.slots, self.memoryLimit, self.grace) = (program, slots, memoryLimit, grace)
  }

  public func start(_ attempt: JobAttempt) async throws(JobsError) -> String {
    let folder = attempt.folder
    guard let lock = try JobLock.take(folder.lockPath) else {
      throw JobsError(.locked, "a worker is at \(folder.path) already")
    }
    folder.clearExit()
    var surroundings = ChildProcess.Surroundings()
    surroundings.environment = program.environment
    surroundings.folder = folder.path
    (surroundings.output, surroundings.errors) = (folder.logPath(), folder.logPath())
    surroundings.passedDescriptor = lock.descriptor
    let child = try ChildProcess(program.path, program.arguments + [folder.path], surroundings)
    // A child cannot vanish before it is asked about: there is always something in /proc.
    let mark = ProcessMark(of: child.id) ?? ProcessMark("\(child.id) 0")
    guard let mark else { throw JobsError(.executor, "the worker has no process number") }
    lock.sign(mark.text)
    let kills = Self.memoryKills()
    workers.withLock { $0[attempt.id] = Worker(mark: mark, child: child, kills: kills) }
    return mark.text
  }

  public func states(of attempts: [JobAttempt]) async -> [ExecutionState] { attempts.map(state) }

  public func cancel(_ attempt: JobAttempt) async {
    takeOver(attempt)
    workers.withLock { workers in
      guard let worker = workers[attempt.id], worker.cancelled == nil else { return }
      workers[attempt.id]?.cancelled = .now
      Self.signal(worker, SIGTERM)
    }
  }
}

// MARK: - Watching

extension ProcessExecutor {
  private func state(_ attempt: JobAttempt) -> ExecutionState {
    takeOver(attempt)
    guard var worker = workers.withLock({ $0[attempt.id] }) else {
      // Held by somebody whom this machine does not know: someone's own `ogive work`.
      return JobLock.isHeld(attempt.folder.lockPath) ? .running : .ended(Self.end(attempt.folder, nil))
    }
    let end: JobEnd
    if let child = worker.child {
      guard let ended = child.poll() else {
        workers.withLock { $0[attempt.id] = press(&worker) }
        return .running
      }
      // What it has started goes with it; the group outlives its leader.
      child.signalGroup(SIGKILL)
      let isOut = worker.isOverLimit || ended.signal == SIGKILL && Self.memoryKills() > worker.kills
      end = Self.end(attempt.folder, ended.signal, outOfMemory: isOut)
    } else if JobLock.isHeld(attempt.folder.lockPath) {
      workers.withLock { $0[attempt.id] = press(&worker) }
      return .running
    } else {
      end = Self.end(attempt.folder, nil, outOfMemory: worker.isOverLimit)
    }
    workers.withLock { $0[attempt.id] = nil }
    return .ended(end)
  }

  /// Ends what will not end by itself, and what takes too much memory.
  private func press(_ worker: inout Worker) -> Worker {
    if let cancelled = worker.cancelled, ContinuousClock.now - cancelled > grace { Self.signal(worker, SIGKILL) }
    if let memoryLimit, let bytes = worker.mark.residentBytes, bytes > memoryLimit {
      worker.isOverLimit = true
      Self.signal(worker, SIGKILL)
    }
    return worker
  }

  /// Finds a worker that an earlier server has started.
  private func takeOver(_ attempt: JobAttempt) {
    guard workers.withLock({ $0[attempt.id] == nil }), JobLock.isHeld(attempt.folder.lockPath) else { return }
    // The handle may never have been written down; the lock says who holds it.
    let signature = try? String(contentsOfFile: attempt.folder.lockPath, encoding: .utf8)
    guard
      let mark = [signature, attempt.handle].compactMap({ $0.flatMap { ProcessMark($0) } }).first(where: \.isAlive)
    else { return }
    let kills = Self.memoryKills()
    workers.withLock { $0[attempt.id] = Worker(mark: mark, child: nil, kills: kills) }
  }

  private static func end(_ folder: JobFolder, _ signal: Int32?, outOfMemory: Bool = false) -> JobEnd {
    folder.exit().map(JobEnd.exited) ?? .killed(signal: signal, outOfMemory: outOfMemory)
  }

  private static func signal(_ worker: Worker, _ number: Int32) {
    // Only to that very process: its number may have been given away since.
    guard worker.child != nil || worker.mark.isAlive else { return }
    kill(-worker.mark.process, number)
  }

  /// How many processes this machine's kernel has ended for want of memory since it started.
  private static func memoryKills() -> Int {
    let text = (try? String(contentsOfFile: "/proc/vmstat", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
    return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
  }
}
