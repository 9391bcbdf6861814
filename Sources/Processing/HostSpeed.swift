// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// How fast this host is beside the machine that the rates of estimates were measured on.
///
/// One factor for each kind of work: seconds of a core that a small run of it took here, over those that were estimated. It is
/// kept in the user's cache until the program or the processor changes.
public struct HostSpeed: Sendable, Equatable {
  public private(set) var factors: [String: Double] = [:]
  /// Whether other work ran on the host when it was measured: it then seems slower than it is, also by the time of its cores,
  /// which share caches and memory.
  public let wasBusy: Bool
  private let version: String

  /// Nothing is known yet.
  public init(version: String, wasBusy: Bool = false) { (self.version, self.wasBusy) = (version, wasBusy) }

  /// Whether other work runs on this host now: over a quarter of its cores in the last minute.
  public static var isBusy: Bool {
    var load = 0.0
    guard getloadavg(&load, 1) == 1 else { return false }
    return load > 0.25 * Double(ProcessInfo.processInfo.activeProcessorCount)
  }

  /// Learns from a run of a kind of work. What took no time teaches nothing.
  public mutating func record(_ work: String, coreSeconds: Double, estimated: Double) {
    guard coreSeconds > 0, estimated > 0, coreSeconds.isFinite, estimated.isFinite else { return }
    factors[work] = coreSeconds / estimated
  }

  /// By how much longer a kind of work takes here; the mean of the others where it was not measured itself, nil where nothing was.
  public func factor(of work: String) -> Double? {
    if let own = factors[work] { return own }
    guard !factors.isEmpty else { return nil }
    return exp(factors.values.reduce(0) { $0 + log($1) } / Double(factors.count))
  }

  /// An estimate for this host. What is not nominal, because earlier runs here have told, stays as it is.
  public func adjusted(_ estimate: CommandEstimate) -> CommandEstimate {
    guard let work = estimate.work, let factor = factor(of: work) else { return estimate }
    var result = estimate
    result.seconds = CommandEstimate.Range(estimate.seconds.likely * factor, factor: Self.spread)
    result.isMeasured = true
    return result
  }

  /// By how much a run may differ from what small runs say: what images hold decides how long a search takes.
  private static let spread = 1.6
}

// MARK: - Keeping

extension HostSpeed {
  /// Where it is kept; nil for a user without a home.
  public static var path: String? {
    let environment = ProcessInfo.processInfo.environment
    let base = environment["XDG_CACHE_HOME"] ?? environment["HOME"].map { $0 + "/.cache" }
    return base.map { $0 + "/ogive/speed.json" }
  }

  /// What was measured here by this version; nil when nothing was.
  public static func load(version: String, from path: String? = HostSpeed.path) -> HostSpeed? {
    guard let path, let data = FileManager.default.contents(atPath: path),
      let json = try? JSONValue(parsing: Array(data), named: path), json["version"]?.stringValue == version,
      json["processor"]?.stringValue == processor, let factors = json["factors"]?.objectValue
    else { return nil }
    var speed = HostSpeed(version: version, wasBusy: json["busy"]?.boolValue ?? false)
    for name in factors.keys { speed.record(name, coreSeconds: factors[name]?.doubleValue ?? 0, estimated: 1) }
    return speed.factors.isEmpty ? nil : speed
  }

  /// Keeps it: a convenience, so nothing that goes wrong with it ends a run.
  public func save(to path: String? = HostSpeed.path) {
    guard let path else { return }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let json: JSONObject = [
      "version": .string(version), "processor": .string(Self.processor), "busy": .bool(wasBusy),
      "factors": .object(JSONObject(factors.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })),
    ]
    try? AtomicFile.write(json.text(.pretty) + "\n", to: path)
  }

  private static var processor: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    return "\(name), \(ProcessInfo.processInfo.processorCount) cores"
  }
}

/// A small run that tells how fast a host is.
public struct HostProbe: Sendable {
  public let process: String
  /// Inputs of the process, where `{folder}` stands for the folder of the measurement.
  public let inputs: JSONObject
  /// Folder for its results, in that of the measurement.
  public let out: String
  /// Files of earlier probes that it finds under other names, all in that folder.
  public let copies: [String: String]

  public init(_ process: String, _ inputs: JSONObject, out: String, copies: [String: String] = [:]) {
    (self.process, self.inputs, self.out, self.copies) = (process, inputs, out, copies)
  }
}
