// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Storage

/// A message that is owed to an address.
package struct JobCallback: Sendable, Equatable {
  package let number: Int
  package let job: String
  package let address: String
  package let body: JSONObject
  package let tries: Int
}

extension JobStore {
  private static let mostTries = 6
  private static let firstWait = 10.0

  /// Writes down whom a change of state is to be told, in its own transaction: nothing is lost when the server ends.
  static func addCallbacks(_ job: Job, at now: Date, _ connection: Connection) throws {
    let name: String
    switch job.state {
    case .successful: name = "successUri"
    case .failed, .dismissed: name = "failedUri"
    case .running: name = "inProgressUri"
    case .accepted, .paused: return
    }
    // The standard's own schema calls one of them by two names.
    let address = job.subscriber[name]?.stringValue ?? job.subscriber[name.replacing("Uri", with: "Url")]?.stringValue
    guard let address, !address.isEmpty else { return }
    try connection.run(
      "INSERT INTO job_callbacks (job, address, body, due) VALUES (?, ?, ?, ?)",
      [.text(job.id), .text(address), SQLValue(job.notice), .real(now.timeIntervalSince1970)])
  }

  package func dueCallbacks(at now: Date) throws -> [JobCallback] {
    try database.read { connection in
      try connection.rows(
        "SELECT * FROM job_callbacks WHERE due <= ? ORDER BY number LIMIT 16", [.real(now.timeIntervalSince1970)]
      ).map {
        JobCallback(
          number: $0.int("number"), job: $0.text("job"), address: $0.text("address"), body: $0.jsonObject("body"),
          tries: $0.int("tries"))
      }
    }
  }

  /// Forgets a message that was taken, or that nobody wants after several tries; puts others off.
  package func settle(_ callback: JobCallback, wasTaken: Bool, at now: Date) throws {
    try database.write { connection in
      if wasTaken || callback.tries + 1 >= Self.mostTries {
        try connection.run("DELETE FROM job_callbacks WHERE number = ?", [.integer(callback.number)])
      } else {
        let wait = Self.firstWait * pow(4, Double(callback.tries))
        try connection.run(
          "UPDATE job_callbacks SET tries = tries + 1, due = ? WHERE number = ?",
          [.real(now.timeIntervalSince1970 + wait), .integer(callback.number)])
      }
    }
  }
}

extension Job {
  /// The job as OGC API Processes describes it, without links.
  public var statusInfo: JSONObject {
    var object: JSONObject = [
      "jobID": .string(id), "processID": .string(process), "type": "process", "status": .string(state.standardName),
      "message": .string(message), "progress": .integer(state == .successful ? 100 : Int(progress.percent)),
      "created": .string(JobTime.text(created)), "updated": .string(JobTime.text(updated)),
    ]
    if let started { object["started"] = .string(JobTime.text(started)) }
    if let finished { object["finished"] = .string(JobTime.text(finished)) }
    return object
  }

  /// What subscribers are told besides.
  var notice: JSONObject {
    var object = statusInfo
    object["state"] = .string(state.rawValue)
    object["title"] = .string(title)
    object["partial"] = .bool(isPartial)
    object["errorKind"] = errorKind.map(JSONValue.string) ?? .null
    return object
  }
}

extension JobState {
  /// The one of the five states of OGC API Processes that stands for it.
  public var standardName: String { self == .paused ? JobState.accepted.rawValue : rawValue }
}
