// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Testing

/// A cluster that one test has for itself, so that it may break it.
struct OwnCluster: Sendable {
  private static let script =
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Scripts/slurm-local").path

  /// Nobody but root can start one, not even where there is a cluster.
  static let isPossible = SlurmHere.isThere && geteuid() == 0

  let folder: String

  /// Set for everybody who is to find it.
  var environment: [String: String] { ["SLURM_CONF": "\(folder)/slurm.conf"] }
  var commands: SlurmCommands { SlurmCommands(environment: environment) }

  /// Runs something over a cluster, which ends with it.
  ///
  /// - Parameter arrayLimit: its `MaxArraySize`.
  static func with(_ scratch: Scratch, arrayLimit: Int = 1_001, _ body: (OwnCluster) async throws -> Void)
    async throws
  {
    let cluster = OwnCluster(folder: "\(scratch.path)/slurm")
    let environment = ["SLURM_LOCAL_CPUS": "8", "SLURM_LOCAL_ARRAY": "\(arrayLimit)"]
    let said = try await CommandOutput.of(script, ["start", cluster.folder], environment: environment)
    try #require(said.code == 0, "\(said.errors)")
    do {
      try await body(cluster)
    } catch {
      await cluster.stop()
      throw error
    }
    await cluster.stop()
  }

  private func stop() async { _ = try? await CommandOutput.of(Self.script, ["stop", folder]) }

  func partition(_ state: String) async throws {
    _ = try await commands.run("scontrol", ["update", "PartitionName=all", "State=\(state)"])
  }

  /// When the controller last wrote down its jobs.
  func saved() throws -> Date {
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/state/job_state")
    return try #require(attributes[.modificationDate] as? Date)
  }

  /// Ends the controller as a crash of its machine does.
  func killController() async throws {
    let text = try String(contentsOfFile: "\(folder)/slurmctld.pid", encoding: .utf8)
    let controller = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    kill(controller, SIGKILL)
    try await eventually { kill(controller, 0) != 0 }
  }

  /// Starts it again over what it had saved.
  func startController() async throws {
    let path = CommandOutput.find("slurmctld") ?? "/usr/sbin/slurmctld"
    let said = try await CommandOutput.of(path, [], environment: environment)
    try #require(said.code == 0, "\(said.errors)")
    try await eventually(within: 30, "the controller answers") { (try? await commands.jobs()) != nil }
  }
}
