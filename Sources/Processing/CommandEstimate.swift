// SPDX-License-Identifier: Apache-2.0
import Parameters

/// What a run will take, said before anything runs.
public struct CommandEstimate: Sendable, Equatable {
  /// A number with the range in which it is expected to lie.
  public struct Range: Sendable, Equatable {
    public var low, likely, high: Double

    public init(low: Double, likely: Double, high: Double) {
      (self.low, self.likely, self.high) = (low, likely, high)
    }

    /// A number that may be wrong by a factor.
    public init(_ likely: Double, factor: Double) {
      self.init(low: likely / factor, likely: likely, high: likely * factor)
    }
  }

  /// Seconds on the clock.
  public var seconds: Range
  /// Largest memory, and what the disk must hold while it runs, bytes.
  public var memoryBytes: Int
  public var diskBytes: Int
  /// Whether the rates come from earlier runs on this host, and not from an ordinary machine.
  public var isMeasured: Bool
  /// The same in words for people.
  public var lines: [String]
  /// What else is known before the run, by name, such as the `network` of pairs of a stack; for who asks, not kept with
  /// the job.
  public var details: JSONObject = [:]

  /// The kind of work, as hosts differ in it (`match ncc`), and the seconds of a core that it takes on the machine that its rates
  /// were measured on; nil and 0 where the rates are this host's own.
  public var work: String?
  public var coreSeconds = 0.0

  public init(seconds: Range, memoryBytes: Int, diskBytes: Int, isMeasured: Bool, lines: [String] = []) {
    (self.seconds, self.memoryBytes, self.diskBytes) = (seconds, memoryBytes, diskBytes)
    (self.isMeasured, self.lines) = (isMeasured, lines)
  }
}

extension CommandEstimate {
  /// By how much a rate of another machine may be wrong here.
  private static let strangersFactor = 3.0

  /// At the rates of another machine, to be adjusted by `HostSpeed`.
  ///
  /// - Parameters:
  ///   - serial: seconds in which one core works.
  ///   - parallel: seconds of a core that are shared by `width` of them.
  public init(
    _ work: String, serial: Double, parallel: Double, width: Int, memoryBytes: Double, diskBytes: Double
  ) {
    self.init(
      seconds: .init(serial + parallel / Double(max(1, width)), factor: Self.strangersFactor),
      memoryBytes: Int(memoryBytes), diskBytes: Int(diskBytes), isMeasured: false)
    (self.work, coreSeconds) = (work, serial + parallel)
  }
}

/// A command that can say what it will take. It opens its inputs for that and writes nothing.
public protocol EstimatingCommand: Command {
  /// - Throws: what the run itself would find wrong with its inputs before it begins.
  func estimate(_ parameters: Parameters) throws -> CommandEstimate
}

// MARK: - JSON

extension CommandEstimate {
  public init?(json: JSONValue) {
    guard let likely = json["seconds"]?["likely"]?.doubleValue else { return nil }
    let seconds = Range(
      low: json["seconds"]?["low"]?.doubleValue ?? likely, likely: likely,
      high: json["seconds"]?["high"]?.doubleValue ?? likely)
    self.init(
      seconds: seconds, memoryBytes: json["memoryBytes"]?.intValue ?? 0,
      diskBytes: json["diskBytes"]?.intValue ?? 0, isMeasured: json["isMeasured"]?.boolValue ?? false,
      lines: json["lines"]?.arrayValue?.compactMap(\.stringValue) ?? [])
  }

  public var json: JSONObject {
    [
      "seconds": [
        "low": .number(seconds.low), "likely": .number(seconds.likely), "high": .number(seconds.high),
      ],
      "memoryBytes": .integer(memoryBytes), "diskBytes": .integer(diskBytes), "isMeasured": .bool(isMeasured),
      "lines": .array(lines.map(JSONValue.string)),
    ]
  }
}
