// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Parameters
import Processing

/// Decides which job runs when, and writes down what becomes of each.
///
/// It looks at everything that runs several times a second; whatever it knows besides stands in the records and the
/// folders. So it may end at any moment: the next one finds running workers, takes the words of those that have ended
/// meanwhile, and starts again what was killed.
public actor JobScheduler {
  public nonisolated let store: JobStore
  public nonisolated let executor: any Executor
  let policy: JobPolicy
  /// The commands that jobs may ask for: for what they declare, never to run them here.
  let tool: CommandLineTool
  let sender: (any CallbackSender)?
  let units: UnitCache?
  let now: @Sendable () -> Date
  let space: @Sendable (String) -> DiskSpace?

  var watchers = JobWatchers()
  var readings: [String: Reading] = [:]
  private var loop: Task<Void, Never>?
  private var isStepping = false
  private var isFirstStep = true
  private var isSending = false
  private var nextRetention = Date.distantPast

  /// What has been read of a running job.
  struct Reading {
    let attempt: Int
    var progress: ProgressReading
    var offset = 0
    var hasNews = true
    var written = Date.distantPast
    var said = ""
  }

  /// - Parameters:
  ///   - tool: the commands that jobs may ask for.
  ///   - sender: takes messages to those who want to be told; nobody is told when nil.
  ///   - units: what the workers share (`OGIVE_UNIT_CACHE` of theirs), so that a stage that is to be done again is not
  ///     taken from there.
  ///   - now: the clock, for tests.
  ///   - space: room on the disk of a path, for tests.
  public init(
    store: JobStore, executor: any Executor, tool: CommandLineTool, policy: JobPolicy = JobPolicy(),
    sender: (any CallbackSender)? = nil, units: UnitCache? = .ofEnvironment,
    now: @escaping @Sendable () -> Date = { Date() },
    space: @escaping @Sendable (String) -> DiskSpace? = { DiskSpace.at($0) }
  ) {
    (self.store, self.executor, self.tool, self.policy) = (store, executor, tool, policy)
    (self.sender, self.units, self.now, self.space) = (sender, units, now, space)
  }

  /// Begins to look after jobs: first of all those that an earlier server has left.
  public func start() {
    guard loop == nil else { return }
    loop = Task { [weak self, interval = policy.interval] in
      while !Task.isCancelled {
        await self?.step()
        try? await Task.sleep(for: interval)
      }
    }
  }

  /// Ends looking after jobs. Workers go on; the next server finds them.
  public func stop() async {
    loop?.cancel()
    await loop?.value
    loop = nil
    watchers.finish()
  }

  /// One look at everything: what ended, how far the others are, what may begin.
  package func step() async {
    guard !isStepping else { return }
    isStepping = true
    defer { isStepping = false }
    do {
      let running = try store.running()
      let states = await executor.states(of: running.map(\.attempt))
      for (job, state) in zip(running, states) {
        if case .ended(let end) = state { try settle(job, end) }
      }
      let alive = zip(running, states).filter { if case .ended = $0.1 { false } else { true } }
      try readProgress(alive.map { ($0.0, $0.1) })
      try await stopWhatMust(alive.map(\.0))
      isFirstStep = false
      try await beginWaiting()
      sendCallbacks()
      try retainNow()
    } catch {
      // A full disk or a busy database: nothing has been decided, and the next look comes soon.
      lastProblem = "\(error)"
      return
    }
    lastProblem = nil
  }

  /// Why the last look could not be finished, for the page of the server's health; nil when all is well.
  public private(set) var lastProblem: String?
}

// MARK: - What ended

extension JobScheduler {
  private func settle(_ running: RunningJob, _ end: JobEnd) throws {
    let folder = running.attempt.folder
    var history = JobVerdict.History()
    (history.setbacks, history.memorySetbacks) = (running.setbacks, running.memorySetbacks)
    history.hasAdvanced = folder.unitCount() > running.units
    history.isRecovering = isFirstStep
    let bytes = folder.bytes()
    history.lacksRoom = shortage(max(0, (running.job.estimate?.diskBytes ?? 0) - bytes)) != nil
    let verdict = JobVerdict(end, intent: intent(of: running), history, policy)
    if case .again(.memory, _, _, _) = verdict { try relieve(running.job, folder) }
    var reading = reading(of: running)
    read(&reading, running)
    var outcome = AttemptOutcome(verdict: verdict, policy: policy)
    outcome.seconds = max(0, now().timeIntervalSince(running.attemptStarted))
    if case .exited(let exit) = end {
      (outcome.seconds, outcome.cpuSeconds, outcome.peakMemory) = (exit.seconds, exit.cpuSeconds, exit.peakMemory)
    }
    (outcome.disk, outcome.hasAdvanced) = (bytes, history.hasAdvanced)
    outcome.warnings = reading.progress.warnings
    readings[running.job.id] = nil
    if let job = try store.settle(running, end, outcome, at: now()) { watchers.tell(.changed(job)) }
  }

  /// Asked for while the step was waiting for the executor, perhaps.
  private func intent(of running: RunningJob) -> JobVerdict.Intent? {
    (try? store.running().first { $0.job.id == running.job.id })?.intent ?? running.intent
  }

  private func relieve(_ job: Job, _ folder: JobFolder) throws {
    guard let command = tool[job.process] else { return }
    let relief = MemoryRelief.inputs(
      job.inputs, of: command, cores: ProcessInfo.processInfo.activeProcessorCount)
    try folder.create(JobFile(process: job.process, inputs: job.inputs.merged(with: relief)))
  }
}

// MARK: - What runs

extension JobScheduler {
  func reading(of running: RunningJob) -> Reading {
    if let known = readings[running.job.id], known.attempt == running.job.attempts { return known }
    var progress = running.job.progress
    (progress.stage, progress.done, progress.total) = (nil, 0, 0)
    return Reading(attempt: running.job.attempts, progress: ProgressReading(progress, warnings: running.job.warnings))
  }

  /// Reads what the worker has written since the last look.
  private func read(_ reading: inout Reading, _ running: RunningJob) {
    let elapsed = now().timeIntervalSince(running.attemptStarted)
    while true {
      let page = running.attempt.folder.log(after: reading.offset)
      guard page.next > reading.offset else { return }
      reading.offset = page.next
      reading.progress.read(page.lines, elapsed: elapsed, expected: running.job.estimate?.seconds.likely)
      reading.hasNews = true
      watchers.tell(.log(id: running.job.id, page))
    }
  }

  private func readProgress(_ alive: [(RunningJob, ExecutionState)]) throws {
    let time = now()
    var due: [(id: String, reading: ProgressReading, message: String)] = []
    for (running, state) in alive {
      var reading = reading(of: running)
      read(&reading, running)
      var message = reading.progress.message
      if case .waiting(let words) = state { message = words }
      if running.intent == .cancel { message = "being cancelled" }
      // Once a second is enough for people, and spares the disk.
      if reading.hasNews || message != reading.said, time.timeIntervalSince(reading.written) >= 1 {
        due.append((running.job.id, reading.progress, message))
        (reading.hasNews, reading.written, reading.said) = (false, time, message)
      }
      readings[running.job.id] = reading
    }
    try store.setProgress(due, at: time)
    for entry in due {
      if let job = try store.job(entry.id) { watchers.tell(.changed(job)) }
    }
  }

  /// Cancels what somebody wants cancelled, and pauses everything when the disk is nearly full.
  private func stopWhatMust(_ alive: [RunningJob]) async throws {
    if !alive.isEmpty, let space = space(store.folder), Double(space.free) < policy.freeShare * Double(space.total) {
      try store.intend(.pause, alive.map(\.job.id))
    }
    for running in try store.running() where running.intent != nil { await executor.cancel(running.attempt) }
  }
}

// MARK: - What begins

extension JobScheduler {
  private func beginWaiting() async throws {
    let waiting = try store.queue(at: now())
    var free = executor.slots - waiting.running.values.reduce(0, +)
    guard free > 0, !waiting.entries.isEmpty else { return }
    var queue = FairQueue(waiting.entries, running: waiting.running, served: waiting.served)
    var reserved = 0
    while free > 0 {
      let begun = queue.next(
        limit: { policy.quota(of: $0).running }, fits: { shortage($0.bytes, reserved: reserved) == nil })
      guard let entry = begun else { break }
      reserved += entry.bytes
      if try await begin(entry.id) { free -= 1 }
    }
    try store.setMessages(
      waiting.entries.compactMap { entry in shortage(entry.bytes, reserved: reserved).map { (entry.id, $0) } })
  }

  /// Why there is no room on the disk for a job that needs so many bytes; nil when there is.
  private func shortage(_ bytes: Int, reserved: Int = 0) -> String? {
    guard let space = space(store.folder) else { return nil }
    let kept = Int(policy.freeShare * Double(space.total))
    // What is paused begins only when there is clearly more than the share, or it would pause again at once.
    let margin = kept / 5
    let left = space.free - reserved - bytes - kept - margin
    guard left < 0 else { return nil }
    return
      "waiting for space: \(bytes / 1_000_000) MB are needed beside \((kept + margin) / 1_000_000) MB that "
      + "stay free, and \(max(0, space.free - reserved) / 1_000_000) MB are free"
  }

  private func begin(_ id: String) async throws -> Bool {
    let folder = store.folder(of: id)
    // What an earlier attempt has said must not be taken for the word of this one.
    if !JobLock.isHeld(folder.lockPath) { folder.clearExit() }
    guard let job = try store.begin(id, executor: executor.name, units: folder.unitCount(), at: now()) else {
      return false
    }
    watchers.tell(.changed(job))
    var reading = Reading(attempt: job.attempts, progress: ProgressReading(job.progress))
    reading.offset = folder.logSize
    readings[id] = reading
    let attempt = JobAttempt(
      id: id, folder: folder, number: job.attempts, memory: job.estimate?.memoryBytes,
      seconds: job.estimate?.seconds.likely)
    do throws(JobsError) {
      let handle = try await executor.start(attempt)
      try? store.setHandle(id, handle)
    } catch  where error.kind == .locked {
      // Somebody is at it already: it is watched like those of an earlier server.
    } catch {
      try couldNotStart(id, error)
    }
    return true
  }

  private func couldNotStart(_ id: String, _ error: JobsError) throws {
    guard let running = try store.running().first(where: { $0.job.id == id }) else { return }
    var exit = JobExit(code: JobWorker.tryAgain, kind: error.kind.rawValue, message: error.message)
    exit.finished = now()
    try settle(running, .exited(exit))
  }
}

// MARK: - Others

extension JobScheduler {
  private func sendCallbacks() {
    guard let sender, !isSending, let due = try? store.dueCallbacks(at: now()), !due.isEmpty else { return }
    isSending = true
    // Jobs do not wait for somebody's server.
    Task {
      for callback in due {
        let wasTaken = await sender.send(callback.body, to: callback.address)
        try? store.settle(callback, wasTaken: wasTaken, at: now())
      }
      isSending = false
    }
  }

  private func retainNow() throws {
    guard now() >= nextRetention else { return }
    nextRetention = now().addingTimeInterval(600)
    for job in try store.removeExpired(at: now()) { watchers.tell(.changed(job)) }
  }
}

/// Takes a message to an address.
public protocol CallbackSender: Sendable {
  /// Posts a JSON document. Returns whether it was taken; one that was not is sent again later.
  func send(_ body: JSONObject, to address: String) async -> Bool
}
