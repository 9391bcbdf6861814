// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import Synchronization

/// The part that this process takes in a run that several processes share.
///
/// The lead does what a run alone would do until it meets a stage that would take it long; it then hands over the list
/// of the units that are missing and ends. Each part is the same command again, in the same run folder, which computes
/// its own units of that list and ends. The lead, started once more, finds them and goes on.
///
/// It belongs to the process as its signals do: a command that is run by `StageRunner` needs to know nothing of it.
public enum RunShare: Sendable {
  /// This process does everything.
  case alone
  case lead(RunLead)
  case part(RunPart)

  private static let state = Mutex<RunShare>(.alone)

  /// The share of this process.
  public static var ofProcess: RunShare {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }

  var isPart: Bool {
    if case .part = self { return true }
    return false
  }
}

/// A stage that is worth several processes, with what is missing of it.
public struct WideStage: Sendable, Equatable {
  /// One unit that is missing.
  public struct Unit: Sendable, Equatable {
    public let key: Checksum
    public let name: String
    /// As in the stage's progress.
    public let work: Int

    public init(key: Checksum, name: String, work: Int) { (self.key, self.name, self.work) = (key, name, work) }
  }

  public let stage: String
  /// What its work is counted in.
  public let unit: String
  public let units: [Unit]
  /// Seconds of one core for a piece of work, as measured on the first units.
  public let coreSecondsPerWork: Double
  /// Units of this stage and of earlier ones that failed by themselves: nobody tries them again.
  public let failed: [Checksum]

  public init(stage: String, unit: String, units: [Unit], coreSecondsPerWork: Double, failed: [Checksum]) {
    (self.stage, self.unit, self.units) = (stage, unit, units)
    (self.coreSecondsPerWork, self.failed) = (coreSecondsPerWork, failed)
  }

  /// Core seconds of all units.
  public var coreSeconds: Double { Double(units.reduce(0) { $0 + $1.work }) * coreSecondsPerWork }
}

/// The process that does what is not shared, and finds what is.
public final class RunLead: Sendable {
  /// Seconds that a stage may still take here before it is shared.
  public let patience: Double
  private let announce: @Sendable (WideStage) throws -> Void
  private let failed = Mutex<[Checksum]>([])

  /// - Parameters:
  ///   - patience: seconds that a stage may still take in this process.
  ///   - announce: called once, with the stage at which the process ends.
  public init(patience: Double, announce: @escaping @Sendable (WideStage) throws -> Void) {
    (self.patience, self.announce) = (patience, announce)
  }

  func note(failed key: UnitKey) { failed.withLock { $0.append(key.checksum) } }

  /// - Throws: `RunHandedOver` always, unless writing the stage down fails.
  func handOver(_ stage: String, unit: String, _ units: [WideStage.Unit], coreSecondsPerWork: Double) throws -> Never
  {
    let failed = failed.withLock { $0 }
    let gone = Set(failed)
    try announce(
      WideStage(
        stage: stage, unit: unit, units: units.filter { !gone.contains($0.key) },
        coreSecondsPerWork: coreSecondsPerWork, failed: failed))
    throw RunHandedOver("\(stage): the other units are left to other processes")
  }
}

/// A process that computes some units of one stage.
public struct RunPart: Sendable {
  let own: Set<Checksum>
  let failed: Set<Checksum>

  /// - Parameters:
  ///   - own: keys of the units that this process computes.
  ///   - failed: keys of those that nobody tries again.
  public init(own: [Checksum], failed: [Checksum]) { (self.own, self.failed) = (Set(own), Set(failed)) }
}

/// A process that takes a share in a run has done what it is there for.
public struct RunHandedOver: Error, Sendable, CustomStringConvertible {
  public let kind = "run.handed-over"
  public let message: String

  init(_ message: String) { self.message = message }

  public var description: String { message }
}

/// A unit that has failed in another process of the same run.
struct UnitFailedElsewhere: Error, CustomStringConvertible {
  let description = "failed in another process of this run"
}
