// SPDX-License-Identifier: Apache-2.0

/// Something to measure: prepared once for a pair, then run several times on a number of threads.
struct BenchmarkCase: Sendable {
  /// What a run did.
  struct Outcome {
    let work: Double
    let workUnit: String
    /// Compared with the truth after the clock has stopped.
    var found: FoundPoints?
  }

  let name: String
  /// Makes what does not count; returns the run.
  let prepare: @Sendable (BenchPair) -> (_ threads: Int) -> Outcome

  /// The least wall and CPU time of `runs` runs. One run warms the caches and is not counted.
  func measure(_ pair: BenchPair, threads: Int, runs: Int) -> Measurement {
    let run = prepare(pair)
    var outcome = run(threads)
    Gauge.resetPeak()
    var wall = Double.infinity, cpu = Double.infinity
    for _ in 0..<runs {
      let wallStart = Gauge.wallSeconds(), cpuStart = Gauge.processSeconds()
      outcome = run(threads)
      cpu = min(cpu, Gauge.processSeconds() - cpuStart)
      wall = min(wall, Gauge.wallSeconds() - wallStart)
    }
    let offsets = outcome.found.map { Score($0, pair).offsets }, both = offsets?.both
    return Measurement(
      tool: "ogive", name: name, pair: pair.name, size: pair.size, threads: threads, seconds: wall, cpuSeconds: cpu,
      peakMegabytes: Gauge.peakMegabytes(), work: outcome.work, workUnit: outcome.workUnit,
      valid: offsets?.valid, error: both?.meanAbsolute, rootMeanSquare: both?.rootMeanSquare,
      ratio: both.flatMap { $0.ratio.isFinite ? $0.ratio : nil })
  }
}
