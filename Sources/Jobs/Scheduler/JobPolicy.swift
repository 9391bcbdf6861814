// SPDX-License-Identifier: Apache-2.0
import Foundation
import Processing

/// What users may take, how often a job is tried, how long results stay.
public struct JobPolicy: Sendable {
  /// Jobs of one user that run at once, and that wait; no limit when nil.
  public var runningPerUser: Int?
  public var queuedPerUser: Int?
  /// Bytes of all jobs of one user, beyond which no further one is taken; no limit when nil.
  public var diskPerUser: Int?
  /// How often in a row a job is tried again that was killed or met a failing disk or network. An attempt that has stored
  /// a unit begins a new row.
  public var retries = 3
  /// Seconds before the first and the last of them.
  public var firstDelay = 30.0
  public var lastDelay = 1_800.0
  /// Share of the disk that must stay free: below it jobs pause, and none begins that would take it there.
  public var freeShare = 0.05
  /// Seconds for which the files of a job stay after its end, by state; for ever when absent.
  public var retention: [JobState: TimeInterval] = [:]
  /// Time between two looks at what runs.
  public var interval = Duration.milliseconds(200)

  public init() {}

  /// Seconds to wait after so many setbacks in a row, from 1 on: in equal steps of the logarithm.
  package func delay(afterSetback count: Int) -> Double {
    guard count > 1, retries > 1 else { return firstDelay }
    let step = pow(lastDelay / max(firstDelay, 1e-3), 1 / Double(retries - 1))
    return min(lastDelay, firstDelay * pow(step, Double(count - 1)))
  }
}

/// Room on the disk of the jobs.
public struct DiskSpace: Sendable {
  public let free, total: Int

  public init(free: Int, total: Int) { (self.free, self.total) = (free, total) }

  /// Of the file system that holds a path; nil when that does not tell.
  public static func at(_ path: String) -> DiskSpace? {
    var info = statvfs()
    guard let free = RunFolder.freeBytes(at: path), statvfs(path, &info) == 0 else { return nil }
    return DiskSpace(free: free, total: Int(clamping: UInt64(info.f_blocks) * UInt64(info.f_frsize)))
  }
}
