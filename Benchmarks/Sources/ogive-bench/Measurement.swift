// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One row of the results: how long, how much memory and how wrong, together.
struct Measurement: Codable {
  /// Who did the work, e.g. `ogive` or `opencv 4.10`.
  let tool: String
  let name: String
  /// The images, e.g. `simulated` or `real_n01`.
  let pair: String
  /// Side of the square image, px.
  let size: Int
  let threads: Int
  /// Wall time and CPU time of all threads, s: the least of the runs.
  let seconds: Double
  let cpuSeconds: Double
  /// Most memory that the process held during the runs, MB, images included.
  let peakMegabytes: Double
  /// How much was done, e.g. 2 500 `points`.
  let work: Double
  let workUnit: String
  /// Share of points measured, mean absolute and root mean square error of a component, px, and root mean square of
  /// error over claimed sigma; nil where there is none.
  let valid: Double?
  let error: Double?
  let rootMeanSquare: Double?
  let ratio: Double?
}

/// The clocks and gauges of this process.
enum Gauge {
  static func wallSeconds() -> Double { seconds(CLOCK_MONOTONIC) }

  /// CPU time of the calling thread: what one core does, whatever else the machine does.
  static func threadSeconds() -> Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

  /// CPU time of all threads of the process.
  static func processSeconds() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

  /// Forgets the highest memory use so far, so that the next reading belongs to what follows.
  static func resetPeak() { try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8) }

  /// Highest memory use since the last reset, MB; NaN where the system does not tell.
  static func peakMegabytes() -> Double {
    if let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({ Double($0) }
      )
    {
      return kilobytes / 1024
    }
    return .nan
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
