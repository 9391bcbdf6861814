// SPDX-License-Identifier: Apache-2.0
import Foundation
import Processing
import Storage

// What past jobs on this host say about estimates: how far off they were.
extension JobStore {
  private static let remembered = 50
  /// Fewer jobs than this say nothing about the spread.
  private static let leastJobs = 3

  /// Writes down what a job took beside what was estimated. Only an undisturbed job counts: one that was stopped has been
  /// partly done before.
  static func learn(_ job: Job, at now: Date, _ connection: Connection) throws {
    guard let estimate = job.estimate, job.attempts == 1, estimate.seconds.likely > 0, job.cost.seconds > 1 else {
      return
    }
    func ratio(_ real: Int, _ estimated: Int) -> SQLValue {
      real > 0 && estimated > 0 ? .real(Double(real) / Double(estimated)) : .null
    }
    try connection.run(
      "INSERT INTO job_rates (process, time_ratio, memory_ratio, disk_ratio, recorded) VALUES (?, ?, ?, ?, ?)",
      [
        .text(job.process), .real(job.cost.seconds / estimate.seconds.likely),
        ratio(job.cost.peakMemory, estimate.memoryBytes), ratio(job.cost.disk, estimate.diskBytes),
        .real(now.timeIntervalSince1970),
      ])
    try connection.run(
      """
      DELETE FROM job_rates WHERE process = ? AND number NOT IN
        (SELECT number FROM job_rates WHERE process = ? ORDER BY number DESC LIMIT ?)
      """, [.text(job.process), .text(job.process), .integer(remembered)])
  }

  /// An estimate, corrected by what jobs of the process have taken here beside theirs: by the median of the ratios, with a
  /// range of two of their standard deviations.
  ///
  /// The estimate that is stored with a job is the uncorrected one: otherwise corrections would correct themselves.
  public func corrected(_ estimate: CommandEstimate, of process: String) throws -> CommandEstimate {
    let rows = try database.read {
      try $0.rows("SELECT time_ratio, memory_ratio, disk_ratio FROM job_rates WHERE process = ?", [.text(process)])
    }
    func logarithms(_ column: String) -> [Double] {
      rows.compactMap { $0.optionalDouble(column) }.filter { $0 > 0 }.map { log($0) }.sorted()
    }
    var result = estimate
    let times = logarithms("time_ratio")
    if times.count >= Self.leastJobs {
      let middle = Self.median(times)
      let spread = max(log(1.15), 2 * 1.4826 * Self.median(times.map { abs($0 - middle) }.sorted()))
      result.seconds = CommandEstimate.Range(estimate.seconds.likely * exp(middle), factor: exp(spread))
      result.isMeasured = true
    }
    let memory = logarithms("memory_ratio")
    if memory.count >= Self.leastJobs {
      result.memoryBytes = Int(Double(estimate.memoryBytes) * exp(Self.median(memory)))
    }
    return result
  }

  private static func median(_ sorted: [Double]) -> Double {
    let half = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
  }
}
