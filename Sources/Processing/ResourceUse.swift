// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What this process has used since it began.
package struct ResourceUse: Sendable {
  /// Seconds of all cores together: other work on the machine changes it little.
  package let cpuSeconds: Double
  /// Largest memory, bytes.
  package let peakMemory: Int

  /// As the system counts it now.
  package static var ofProcess: ResourceUse {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return ResourceUse(
      cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), peakMemory: usage.ru_maxrss * 1024)
  }
}
