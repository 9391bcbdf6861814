// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing
import Synchronization

/// Hands each job to a Slurm cluster, and a stage that takes long to many of its machines.
///
/// A job begins as one leading process. Where that meets a stage that would take it long, it writes down what is missing
/// and ends; an array of parts is handed over then, and the leading process again for when all of them have ended,
/// however they have. What a lost part leaves undone the lead finds missing.
///
/// The folders of jobs, the inputs and the program must be seen by all machines under the same paths.
public final class SlurmExecutor: Executor {
  public let name = "slurm"
  public var slots: Int { settings.slots }
  private let program: WorkerProgram
  private let settings: SlurmSettings
  private let commands: SlurmCommands
  private let queue = Mutex(Queue())
  private let cancelled = Mutex<[String: ContinuousClock.Instant]>([:])

  /// What the cluster last said.
  private struct Queue {
    var jobs: [SlurmJob] = []
    var asked: ContinuousClock.Instant?
    var arrayLimit: Int?
  }

  /// - Parameters:
  ///   - program: the worker; its environment goes along.
  ///   - environment: set for Slurm's own commands, such as `SLURM_CONF`.
  public init(
    _ program: WorkerProgram, _ settings: SlurmSettings = SlurmSettings(), environment: [String: String] = [:]
  ) {
    (self.program, self.settings) = (program, settings)
    commands = SlurmCommands(environment: environment)
  }

  public func start(_ attempt: JobAttempt) async throws(JobsError) -> String {
    guard !JobLock.isHeld(attempt.folder.lockPath) else {
      throw JobsError(.locked, "a worker is at \(attempt.folder.path) already")
    }
    attempt.folder.clearExit()
    unlink(attempt.folder.widePath)
    var run = SlurmRun(attempt: attempt.number)
    // An earlier server may have handed it over and died before it could write that down.
    let known = try await jobs(isFresh: true).first { $0.name == run.leadName(attempt.id) && $0.isAlive }
    run.lead = if let known { known.id } else { try await submitLead(run, attempt, after: nil) }
    try run.write(to: attempt.folder)
    return "\(run.lead)"
  }

  public func states(of attempts: [JobAttempt]) async -> [ExecutionState] {
    guard !attempts.isEmpty else { return [] }
    guard let jobs = try? await jobs(isFresh: false) else { return attempts.map { _ in Self.silence } }
    var states: [ExecutionState] = []
    for attempt in attempts { states.append(await state(attempt, jobs)) }
    return states
  }

  public func cancel(_ attempt: JobAttempt) async {
    let first = cancelled.withLock { cancelled in
      defer { cancelled[attempt.id] = cancelled[attempt.id] ?? .now }
      return cancelled[attempt.id]
    }
    guard let run = SlurmRun(attempt.folder, attempt.number) else { return }
    let ids = run.ids.map(String.init)
    if first == nil {
      // What runs is asked to stop; what waits need not begin.
      _ = try? await commands.run("scancel", ["--state=PENDING"] + ids)
      _ = try? await commands.run("scancel", ["--full", "--signal=TERM"] + ids)
      queue.withLock { $0.asked = nil }
    } else if let first, ContinuousClock.now - first > .seconds(settings.grace) {
      cancelled.withLock { $0[attempt.id] = .now }
      _ = try? await commands.run("scancel", ["--full", "--signal=KILL"] + ids)
      _ = try? await commands.run("scancel", ids)
      queue.withLock { $0.asked = nil }
    }
  }

  /// Computes one part of a shared stage once more, whatever has become of it.
  ///
  /// - Throws: `jobs.wrong-state` while no stage of the job is shared.
  public func requeue(part index: Int, of attempt: JobAttempt) async throws(JobsError) {
    guard let array = SlurmRun(attempt.folder, attempt.number)?.array else {
      throw JobsError(.wrongState, "the job \(attempt.id) has no parts just now")
    }
    _ = try await commands.run("scontrol", ["requeue", "\(array)_\(index)"])
  }
}

// MARK: - States

extension SlurmExecutor {
  private static let silence = ExecutionState.waiting("the cluster does not answer")

  private func state(_ attempt: JobAttempt, _ jobs: [SlurmJob]) async -> ExecutionState {
    let folder = attempt.folder
    guard let run = SlurmRun(folder, attempt.number) else {
      // Handed over by a server that died before it wrote that down, or never handed over.
      var run = SlurmRun(attempt: attempt.number)
      guard let lead = jobs.first(where: { $0.name == run.leadName(attempt.id) }) else { return ended(attempt, nil) }
      run.lead = lead.id
      try? run.write(to: folder)
      return .waiting("waiting for the cluster")
    }
    let own = jobs.filter { run.ids.contains($0.id) || $0.array.map(run.ids.contains) ?? false }
    let isCancelled = cancelled.withLock { $0[attempt.id] != nil }
    // What only clears up after itself computes no more.
    let alive = own.filter { $0.isAlive && !(isCancelled && $0.state == "COMPLETING") }
    if !alive.isEmpty {
      if let lead = alive.first(where: { $0.id == run.lead }), lead.isRunning { return .running }
      guard run.array != nil else {
        return .waiting("waiting for the cluster" + (alive.compactMap(\.reason).first.map { ": \($0)" } ?? ""))
      }
      return .waiting(run.words(folder, running: alive.count { $0.isRunning }))
    }
    // The queue may be older than the job: only what Slurm itself says of the job ends it.
    let end: SlurmEnd?
    do throws(JobsError) { end = try await commands.end(of: run.lead) } catch { return Self.silence }
    if let end, !isCancelled, SlurmJob(id: run.lead, array: nil, name: "", state: end.state).isAlive {
      return .waiting("waiting for the cluster")
    }
    if let exit = folder.exit(), exit.isWide, exit.code == 0, !isCancelled {
      do throws(JobsError) {
        try await share(run, attempt)
        return .running
      } catch {
        return .waiting("the stage cannot be shared now: \(error.message)")
      }
    }
    return ended(attempt, end)
  }

  private func ended(_ attempt: JobAttempt, _ end: SlurmEnd?) -> ExecutionState {
    _ = cancelled.withLock { $0.removeValue(forKey: attempt.id) }
    if let exit = attempt.folder.exit(), !exit.isWide { return .ended(.exited(exit)) }
    // A shell says 128 and the signal's number where its child was ended by one.
    let signal = end.flatMap { $0.signal > 0 ? $0.signal : $0.code > 128 ? $0.code - 128 : nil }
    return .ended(.killed(signal: signal.map { Int32($0) }, outOfMemory: end?.state == "OUT_OF_MEMORY"))
  }

  /// The queue, asked for at most every few seconds.
  private func jobs(isFresh: Bool) async throws(JobsError) -> [SlurmJob] {
    let known: [SlurmJob]? = queue.withLock { queue in
      guard !isFresh, let asked = queue.asked, ContinuousClock.now - asked < .seconds(settings.interval) else {
        return nil
      }
      return queue.jobs
    }
    if let known { return known }
    let jobs = try await commands.jobs()
    queue.withLock { ($0.jobs, $0.asked) = (jobs, .now) }
    return jobs
  }
}

// MARK: - Handing over

extension SlurmExecutor {
  /// Hands over the parts of a stage, and the leading process for after them.
  private func share(_ earlier: SlurmRun, _ attempt: JobAttempt) async throws(JobsError) {
    let folder = attempt.folder
    guard let stage = folder.wideStage(), !stage.units.isEmpty else {
      throw JobsError(.folder, "\(folder.widePath) names no units")
    }
    var limit = queue.withLock { $0.arrayLimit }
    if limit == nil { limit = try await commands.arrayLimit() }
    queue.withLock { $0.arrayLimit = limit }
    var run = earlier
    run.round += 1
    run.stage = stage.stage
    run.units = stage.units.count
    run.parts = settings.parts(coreSeconds: stage.coreSeconds, units: stage.units.count, limit: limit ?? 1_001)
    // Both may have been handed over by a server that died before it could write that down.
    let known = try await jobs(isFresh: true)
    if let array = known.first(where: { $0.name == run.partName(attempt.id) }) {
      run.array = array.array ?? array.id
    } else {
      try? FileManager.default.removeItem(atPath: "\(folder.path)/parts")
      run.array = try await submitParts(run, attempt)
    }
    if let lead = known.first(where: { $0.name == run.leadName(attempt.id) }) {
      run.lead = lead.id
    } else {
      run.lead = try await submitLead(run, attempt, after: run.array)
    }
    try run.write(to: folder)
    // Its last word was about the lead before; the next one ends the job.
    if folder.exit()?.isWide == true { folder.clearExit() }
    queue.withLock { $0.asked = nil }
  }

  private func submitLead(_ run: SlurmRun, _ attempt: JobAttempt, after array: Int?) async throws(JobsError) -> Int {
    var words = common(run.leadName(attempt.id), attempt, cores: settings.cores)
    if let array { words += ["--dependency=afterany:\(array)", "--kill-on-invalid-dep=yes"] }
    let script = work(attempt, ["--until-wide", "\(settings.patience)"])
    return try await commands.submit(words + ["--wrap", script])
  }

  private func submitParts(_ run: SlurmRun, _ attempt: JobAttempt) async throws(JobsError) -> Int {
    let throttle = settings.throttle.map { "%\($0)" } ?? ""
    let words = common(run.partName(attempt.id), attempt, cores: settings.partCores)
    let script =
      work(attempt, []) + " --part " + shellLine([run.stage]) + ":\"$SLURM_ARRAY_TASK_ID\"/\(run.parts)"
    return try await commands.submit(words + ["--array=0-\(run.parts - 1)\(throttle)", "--wrap", script])
  }

  private func common(_ name: String, _ attempt: JobAttempt, cores: Int) -> [String] {
    let path = attempt.folder.path
    var words = [
      "--job-name=\(name)", "--output=\(path)/slurm.txt", "--open-mode=append", "--chdir=\(path)", "--requeue",
      "--ntasks=1", "--cpus-per-task=\(cores)",
    ]
    if let partition = settings.partition { words.append("--partition=\(partition)") }
    if let account = settings.account { words.append("--account=\(account)") }
    // A third more than estimated; Slurm ends what takes more than it asked for.
    let memory = attempt.memory.map { $0 + $0 / 3 } ?? settings.memory
    if let memory { words.append("--mem=\(max(128, memory / 1_000_000))M") }
    return words + settings.extra
  }

  /// The worker takes the place of the shell, so that signals reach it.
  private func work(_ attempt: JobAttempt, _ more: [String]) -> String {
    let environment = program.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return "exec "
      + shellLine(["/usr/bin/env"] + environment + [program.path] + program.arguments + [attempt.folder.path] + more)
  }
}
