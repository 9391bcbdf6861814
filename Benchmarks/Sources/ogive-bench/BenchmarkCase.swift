// SPDX-License-Identifier: Apache-2.0

/// Something to measure: prepared once for a size, then run several times on a number of threads.
struct BenchmarkCase: Sendable {
  /// What a run did.
  struct Outcome: Sendable {
    let work: Double
    let workUnit: String
    var error: Double?
    var errorUnit: String?
  }

  let name: String
  /// Builds the inputs for an image of `size × size` pixels; returns the run, which takes a number of threads.
  let prepare: @Sendable (_ size: Int) throws -> (_ threads: Int) throws -> Outcome

  /// The least wall and CPU time of `runs` runs. One run warms the caches and is not counted.
  func measure(size: Int, threads: Int, runs: Int) throws -> Measurement {
    let run = try prepare(size)
    var outcome = try run(threads)
    Gauge.resetPeak()
    var wall = Double.infinity, cpu = Double.infinity
    for _ in 0..<runs {
      let wallStart = Gauge.wallSeconds(), cpuStart = Gauge.processSeconds()
      outcome = try run(threads)
      cpu = min(cpu, Gauge.processSeconds() - cpuStart)
      wall = min(wall, Gauge.wallSeconds() - wallStart)
    }
    return Measurement(
      tool: "ogive", name: name, size: size, threads: threads, seconds: wall, cpuSeconds: cpu,
      peakMegabytes: Gauge.peakMegabytes(), work: outcome.work, workUnit: outcome.workUnit, error: outcome.error,
      errorUnit: outcome.errorUnit)
  }
}
