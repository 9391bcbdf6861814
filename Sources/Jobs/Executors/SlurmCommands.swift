// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// A job or an array element as Slurm tells of it.
package struct SlurmJob: Sendable, Equatable {
  package let id: Int
  /// The array that it belongs to; nil for a job of its own.
  package let array: Int?
  package let name: String
  package let state: String
  /// Why it waits, in Slurm's word; nil where there is no reason, and for what does not wait.
  package let reason: String?

  package init(id: Int, array: Int?, name: String, state: String, reason: String? = nil) {
    (self.id, self.array, self.name, self.state, self.reason) = (id, array, name, state, reason)
  }

  private static let overStates: Set<String> = [
    "COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE", "PREEMPTED",
    "REVOKED",
  ]

  /// Whether it runs or may yet run.
  package var isAlive: Bool { !Self.overStates.contains(state) }
  package var isRunning: Bool { ["RUNNING", "COMPLETING", "CONFIGURING", "SUSPENDED", "STOPPED"].contains(state) }

  /// The jobs in the answer of `squeue --json`, of Slurm 22.05 and of later ones, which wrap numbers and states.
  package static func list(_ json: JSONValue) -> [SlurmJob] {
    func number(_ value: JSONValue?) -> Int? { value?.intValue ?? value?["number"]?.intValue }
    return (json["jobs"]?.arrayValue ?? []).compactMap { job in
      guard let id = number(job["job_id"]), let name = job["name"]?.stringValue,
        let state = job["job_state"]?.stringValue ?? job["job_state"]?[0]?.stringValue
      else { return nil }
      let array = number(job["array_job_id"])
      let reason = job["state_reason"]?.stringValue.flatMap { state == "PENDING" && $0 != "None" ? $0 : nil }
      return SlurmJob(id: id, array: array == 0 ? nil : array, name: name, state: state, reason: reason)
    }
  }
}

/// How a job of Slurm ended, as `scontrol show job -o` tells.
package struct SlurmEnd: Sendable, Equatable {
  package let state: String
  package let code: Int
  package let signal: Int

  /// From the first line that holds a job.
  package init?(_ text: String) {
    func value(_ key: String) -> Substring? {
      text.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix(key + "=") }?.dropFirst(key.count + 1)
    }
    guard let state = value("JobState") else { return nil }
    let numbers = (value("ExitCode") ?? "0:0").split(separator: ":").map { Int($0) ?? 0 }
    self.state = String(state)
    (code, signal) = (numbers.first ?? 0, numbers.count > 1 ? numbers[1] : 0)
  }
}

/// Slurm's own commands, which are the same on every cluster.
package struct SlurmCommands: Sendable {
  private let folder: String?
  private let environment: [String: String]

  /// - Parameters:
  ///   - folder: where the commands lie; found on the path when nil.
  ///   - environment: set for them, such as `SLURM_CONF`.
  package init(folder: String? = nil, environment: [String: String] = [:]) {
    (self.folder, self.environment) = (folder, environment)
  }

  /// Runs a command and returns what it printed.
  ///
  /// - Throws: `jobs.executor` with what it complained of.
  package func run(_ name: String, _ words: [String]) async throws(JobsError) -> String {
    guard let path = folder.map({ "\($0)/\(name)" }) ?? CommandOutput.find(name) else {
      throw JobsError(.executor, "there is no \(name) here: this machine cannot hand jobs to a Slurm cluster")
    }
    let said = try await CommandOutput.of(path, words, environment: environment)
    guard said.code == 0 else { throw JobsError(.executor, "\(name) failed: \(said.complaint)") }
    return said.output
  }

  /// Hands a job over. Returns its number.
  package func submit(_ words: [String]) async throws(JobsError) -> Int {
    let said = try await run("sbatch", ["--parsable"] + words)
    // A federation adds the cluster's name behind a semicolon.
    let first = said.split(separator: "\n").last?.split(separator: ";").first.map(String.init) ?? ""
    guard let number = Int(first.trimmingCharacters(in: .whitespaces)) else {
      throw JobsError(.executor, "sbatch has answered '\(said)' and no number of a job")
    }
    return number
  }

  package func jobs() async throws(JobsError) -> [SlurmJob] {
    let said = try await run("squeue", ["--json"])
    guard let json = try? JSONValue(parsing: said, named: "squeue") else {
      throw JobsError(.executor, "squeue has answered something that is no JSON")
    }
    // It ends well, and lists no jobs, also where it could not reach the controller.
    if let error = json["errors"]?[0] {
      throw JobsError(
        .executor, "squeue failed: \(error["description"]?.stringValue ?? "for no reason that it gives")")
    }
    return SlurmJob.list(json)
  }

  /// How a job stands that the queue does not list; nil when Slurm has forgotten it.
  ///
  /// - Throws: `jobs.executor` when Slurm does not answer: that says nothing about the job.
  package func end(of job: Int) async throws(JobsError) -> SlurmEnd? {
    do throws(JobsError) {
      return SlurmEnd(try await run("scontrol", ["show", "job", "-o", "\(job)"]))
    } catch  where error.message.contains("Invalid job id") {
      return nil
    }
  }

  /// The largest number of elements of an array.
  ///
  /// - Throws: `jobs.executor` when Slurm does not answer.
  package func arrayLimit() async throws(JobsError) -> Int {
    let said = try await run("scontrol", ["show", "config"])
    let line = said.split(separator: "\n").first { $0.hasPrefix("MaxArraySize") }
    // The configuration says the first index that is too large.
    return line?.split(separator: "=").last.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) } ?? 1_001
  }
}
