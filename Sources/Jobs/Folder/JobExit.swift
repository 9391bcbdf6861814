// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// How a worker ended by itself: what `exit.json` holds.
public struct JobExit: Sendable, Equatable {
  /// As of the command line: 0 done, 1 failed, 2 wrong use, 3 partly done, 75 try again.
  public var code: Int32
  /// Stable kind and words of the error; nil where there was none.
  public var kind: String?
  public var message: String?
  /// Seconds on the clock and of all cores, and the largest memory, bytes.
  public var seconds = 0.0
  public var cpuSeconds = 0.0
  public var peakMemory = 0
  public var finished = Date()
  public var host = ""
  /// Whether the run is to go on in several processes: `wide.json` says with what.
  public var isWide = false

  public init(code: Int32, kind: String? = nil, message: String? = nil) {
    (self.code, self.kind, self.message) = (code, kind, message)
  }

  package init?(json: JSONValue) {
    guard let code = json["code"]?.intValue else { return nil }
    self.init(
      code: Int32(clamping: code), kind: json["kind"]?.stringValue, message: json["message"]?.stringValue)
    seconds = json["seconds"]?.doubleValue ?? 0
    cpuSeconds = json["cpuSeconds"]?.doubleValue ?? 0
    peakMemory = json["peakMemory"]?.intValue ?? 0
    finished = json["finished"]?.stringValue.flatMap(JobTime.date) ?? Date(timeIntervalSince1970: 0)
    host = json["host"]?.stringValue ?? ""
    isWide = json["wide"]?.boolValue ?? false
  }

  package var json: JSONObject {
    var object: JSONObject = ["code": .integer(Int(code))]
    if let kind { object["kind"] = .string(kind) }
    if let message { object["message"] = .string(message) }
    object["seconds"] = .number(seconds)
    object["cpuSeconds"] = .number(cpuSeconds)
    object["peakMemory"] = .integer(peakMemory)
    object["finished"] = .string(JobTime.text(finished))
    object["host"] = .string(host)
    if isWide { object["wide"] = true }
    return object
  }

  /// What this process has used so far, since `begin`.
  package mutating func measure(since begin: Date) {
    let used = ResourceUse.ofProcess
    finished = Date()
    seconds = finished.timeIntervalSince(begin)
    (cpuSeconds, peakMemory) = (used.cpuSeconds, used.peakMemory)
    host = ProcessInfo.processInfo.hostName
  }
}

/// How an attempt at a job ended, as whoever started it saw it.
public enum JobEnd: Sendable, Equatable {
  /// The worker said how.
  case exited(JobExit)
  /// The worker is gone and has said nothing.
  case killed(signal: Int32?, outOfMemory: Bool)
}
