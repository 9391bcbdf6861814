// SPDX-License-Identifier: Apache-2.0

/// How jobs are handed to a Slurm cluster.
public struct SlurmSettings: Sendable {
  /// Jobs that are handed over at once; the cluster has a queue of its own.
  public var slots = 200
  /// Partition and account; the cluster's defaults when nil.
  public var partition: String?
  public var account: String?
  /// Cores of the process that leads a job, and of each that takes a part.
  public var cores = 4
  public var partCores = 1
  /// Memory of a process where no estimate says, bytes; the cluster's default when nil.
  public var memory: Int?
  /// Parts of one job that run at once; no limit when nil.
  public var throttle: Int?
  /// Seconds that a stage may still take in the leading process before it is shared.
  public var patience = 300.0
  /// Seconds that a part should take: starting one costs seconds, and a lost one is lost whole.
  public var partSeconds = 600.0
  /// Further words for `sbatch`, such as `--qos=long`.
  public var extra: [String] = []
  /// Seconds between two questions to the cluster.
  public var interval = 2.0
  /// Seconds that a cancelled job has to end by itself.
  public var grace = 3.0

  public init() {}

  /// In how many parts a stage is shared: so that a part takes 2 to 20 minutes, as far as the cluster's arrays and the
  /// number of units allow.
  ///
  /// - Parameters:
  ///   - coreSeconds: of the whole stage.
  ///   - limit: largest array of the cluster.
  package func parts(coreSeconds: Double, units: Int, limit: Int) -> Int {
    let seconds = max(1, coreSeconds / Double(max(1, partCores)))
    let wanted = (seconds / min(1_200, max(1, partSeconds))).rounded(.up)
    return max(1, min(units, limit, Int(min(wanted, 1e6))))
  }
}
