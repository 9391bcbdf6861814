// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// Measures how fast this host is: runs small jobs of the tool's own commands, one after the other at the lowest priority.
///
/// What counts is the time that cores have worked, so that other work on the machine disturbs it little.
package struct HostMeasurement {
  private let tool: CommandLineTool
  private let program: WorkerProgram
  private let probes: [HostProbe]

  /// - Parameter program: the executable of `tool`; it takes the name of a command as its first word.
  package init(tool: CommandLineTool, program: WorkerProgram = .own, probes: [HostProbe]) {
    (self.tool, self.program, self.probes) = (tool, program, probes)
  }

  /// Runs the probes, as far as there is time, in a folder that is removed again. A probe that fails teaches nothing.
  ///
  /// - Parameter seconds: on the clock, for all of them.
  /// - Throws: `jobs.folder` when there is no room for the measurement, `jobs.executor`.
  package func run(within seconds: Double) async throws(JobsError) -> HostSpeed {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ogive-measure-\(UUID().uuidString)").path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw JobsError(.folder, "cannot create \(folder): \(error.localizedDescription)")
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var speed = HostSpeed(version: tool.identity.version, wasBusy: HostSpeed.isBusy)
    let end = ContinuousClock.now + .seconds(seconds)
    for probe in probes {
      let left = (end - .now) / .seconds(1)
      guard left > 0 else { break }
      for (name, source) in probe.copies { Self.copy("\(folder)/\(source)", to: "\(folder)/\(name)") }
      try await run(probe, in: folder, within: left, &speed)
    }
    return speed
  }

  private func run(
    _ probe: HostProbe, in folder: String, within seconds: Double, _ speed: inout HostSpeed
  ) async throws(JobsError) {
    let inputs = Self.placed(.object(probe.inputs), folder).objectValue ?? [:]
    guard let command = tool[probe.process], let estimate = try? EstimateCommand.estimate(command, inputs),
      let work = estimate.work
    else { return }
    let path = "\(folder)/\(probe.out).json"
    try JobFolder(folder).write(JobFile(process: probe.process, inputs: inputs).json, to: path)
    let words = [probe.process, "--config", path, "--out", "\(folder)/\(probe.out)"]
    // `nice` is part of every system; without it the measurement is merely less polite.
    let nice = CommandOutput.find("nice")
    let said = try? await CommandOutput.of(
      nice ?? program.path, (nice == nil ? [] : ["-n", "19", program.path]) + words, environment: program.environment,
      within: seconds)
    guard let said, said.code == 0 else { return }
    speed.record(work, coreSeconds: said.cpuSeconds, estimated: estimate.coreSeconds)
  }

  private static func copy(_ source: String, to target: String) {
    let folder = URL(filePath: target).deletingLastPathComponent().path
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try? FileManager.default.copyItem(atPath: source, toPath: target)
  }

  /// The inputs with the folder where `{folder}` stands.
  private static func placed(_ value: JSONValue, _ folder: String) -> JSONValue {
    switch value {
    case .string(let text): return .string(text.replacingOccurrences(of: "{folder}", with: folder))
    case .array(let all): return .array(all.map { placed($0, folder) })
    case .object(let object):
      return .object(JSONObject(object.keys.map { ($0, placed(object[$0] ?? .null, folder)) }))
    default: return value
    }
  }
}

extension HostMeasurement {
  /// What is known of this host, measured now where nothing is, or nothing better than what was measured beside other work;
  /// nil where that is not possible, or somebody is just at it.
  package func known(within seconds: Double) async -> HostSpeed? {
    let version = tool.identity.version
    let known = HostSpeed.load(version: version)
    if let known, !known.wasBusy || HostSpeed.isBusy { return known }
    guard let path = HostSpeed.path else { return nil }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    guard let lock = try? JobLock.take(path + ".lock") else { return known }
    defer { withExtendedLifetime(lock) {} }
    guard let speed = try? await run(within: seconds), !speed.factors.isEmpty else { return known }
    speed.save()
    return speed
  }
}
