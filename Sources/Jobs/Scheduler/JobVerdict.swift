// SPDX-License-Identifier: Apache-2.0
import Parameters

/// What becomes of a job after an attempt.
package enum JobVerdict: Sendable, Equatable {
  case successful(isPartial: Bool, String)
  case failed(kind: String, String)
  /// Tried again, after so many seconds.
  case again(Setback, after: Double, kind: String, String)
  /// Goes on when there is space.
  case paused(String)
  case dismissed

  package enum Setback: Sendable, Equatable {
    /// What may be well the next time: a kill, a disk, a network.
    case transient
    /// Tried once more with less memory.
    case memory
  }

  /// What somebody wanted of a job while it ran.
  package enum Intent: String, Sendable {
    case cancel, pause
  }

  /// What a job has behind it.
  package struct History: Sendable {
    /// Transient setbacks in a row before this attempt, and those for want of memory.
    package var setbacks = 0
    package var memorySetbacks = 0
    /// Whether this attempt has stored anything.
    package var hasAdvanced = false
    /// Whether the server has just started: what was killed meanwhile has waited long enough.
    package var isRecovering = false
    /// Whether the disk has no room for the job: a worker without room cannot even say what it died of.
    package var lacksRoom = false

    package init() {}
  }

  package init(_ end: JobEnd, intent: Intent?, _ history: History, _ policy: JobPolicy) {
    switch (end, intent) {
    case (_, .cancel): self = .dismissed
    case (.exited(let exit), _) where exit.code == 0: self = .successful(isPartial: false, "done")
    case (.exited(let exit), _) where exit.code == 3:
      self = .successful(isPartial: true, exit.message ?? "done; some results are missing, see the warnings")
    case (_, .pause): self = .paused("paused: the disk is nearly full")
    case (.exited(let exit), _): self = Self.failed(exit, history, policy)
    case (.killed(let signal, true), _):
      let words = signal.map { "ended with signal \($0)" } ?? "ended"
      self = Self.outOfMemory("the worker was \(words) because it took too much memory", history)
    case (.killed(_, false), _) where history.lacksRoom:
      self = .paused("paused: the disk is nearly full, and the worker ended without a word")
    case (.killed(let signal, false), _):
      let words = signal.map { "the worker was ended with signal \($0)" } ?? "the worker was ended from outside"
      self = Self.transient(JobsErrorKind.killed.rawValue, words, history, policy)
    }
  }

  private static func failed(_ exit: JobExit, _ history: History, _ policy: JobPolicy) -> JobVerdict {
    let kind = exit.kind ?? "job.failed", message = exit.message ?? "the process ended with the code \(exit.code)"
    if kind.hasPrefix("memory.") || kind.hasSuffix(".out-of-memory") { return outOfMemory(message, history) }
    if kind.hasSuffix("disk-full") {
      // A limit that no free space cures would go on for ever.
      let isHopeless = !history.hasAdvanced && history.setbacks >= policy.retries
      return isHopeless ? .failed(kind: kind, message) : .paused(message)
    }
    let isTransient = exit.code == JobWorker.tryAgain || transientKinds.contains(kind)
    return isTransient ? transient(kind, message, history, policy) : .failed(kind: kind, message)
  }

  /// Errors of disks, networks and other processes, which may be over the next time. Whatever a file or a parameter has
  /// wrong with it will be so then, too. A worker that was asked to stop by somebody else is one that was killed.
  private static let transientKinds: Set<String> = [
    "file.not-readable", "file.not-writable", "raster.read-failed", "raster.write-failed", "run-folder.locked",
    "run.cancelled", "http.timeout", "http.unreachable",
  ]

  private static func transient(
    _ kind: String, _ message: String, _ history: History, _ policy: JobPolicy
  ) -> JobVerdict {
    let setbacks = history.hasAdvanced ? 1 : history.setbacks + 1
    if setbacks > policy.retries {
      return .failed(kind: kind, "\(message); given up after \(setbacks) attempts without progress")
    }
    let delay = history.isRecovering ? 0 : policy.delay(afterSetback: setbacks)
    return .again(.transient, after: delay, kind: kind, message)
  }

  private static func outOfMemory(_ message: String, _ history: History) -> JobVerdict {
    let kind = JobsErrorKind.outOfMemory.rawValue
    if history.memorySetbacks > 0 { return .failed(kind: kind, "\(message), also with less of it") }
    return .again(.memory, after: 0, kind: kind, message)
  }
}

/// Less memory for a job that had too little.
package enum MemoryRelief {
  /// Inputs that make a process take about half: half of its `memory`, or else half of its `threads`.
  ///
  /// - Returns: what is to be changed; empty where the process declares neither.
  package static func inputs(_ inputs: JSONObject, of command: any Command, cores: Int) -> JSONObject {
    fields(command).reduce(into: JSONObject()) { relief, field in
      guard relief.isEmpty else { return }
      let value = (inputs[field.name] ?? field.value)?.doubleValue
      switch field.name {
      case "memory": if let value { relief["memory"] = half(value, field) }
      case "threads": relief["threads"] = .integer(max(1, Int(value ?? Double(cores)) / 2))
      default: break
      }
    }
  }

  /// Memory first: threads change the time as well.
  private static func fields<C: Command>(_ command: C) -> [ParameterField] {
    let fields = C.Parameters().fields
    return ["memory", "threads"].compactMap { name in fields.first { $0.name == name } }
  }

  private static func half(_ value: Double, _ field: ParameterField) -> JSONValue {
    field.declaration.shape.type == .integer ? .integer(max(1, Int(value / 2))) : .number(value / 2)
  }
}
