// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Runs a whole command as a user would and reads wall time, CPU time and peak memory of its process.
enum CommandTimer {
  struct Failed: Error, CustomStringConvertible {
    let description: String
  }

  /// - Parameter command: program and arguments; `%OUT` in them stands for a folder that is empty before every run.
  static func markdownRow(label: String, command: [String], runs: Int) throws -> String {
    let out = FileManager.default.temporaryDirectory.appending(path: "ogive-bench-\(getpid())")
    defer { try? FileManager.default.removeItem(at: out) }
    var wall = Double.infinity, cpu = Double.infinity
    for _ in 0..<runs {
      try? FileManager.default.removeItem(at: out)
      let start = Gauge.wallSeconds(), cpuStart = childUse().cpu
      let process = Process()
      process.executableURL = URL(filePath: command[0])
      process.arguments = command.dropFirst().map { $0.replacingOccurrences(of: "%OUT", with: out.path) }
      process.standardOutput = FileHandle.nullDevice
      let messages = Pipe()
      process.standardError = messages
      try process.run()
      let text = String(decoding: messages.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        throw Failed(
          description: "\(command.joined(separator: " ")) ended with \(process.terminationStatus)\n\(text)")
      }
      wall = min(wall, Gauge.wallSeconds() - start)
      cpu = min(cpu, childUse().cpu - cpuStart)
    }
    return String(format: "| %@ | %.2f | %.2f | %.0f |", label, wall, cpu, childUse().peakMegabytes)
  }

  /// CPU time of all children so far, s, and the largest memory that one of them held, MB.
  private static func childUse() -> (cpu: Double, peakMegabytes: Double) {
    var use = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &use)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + 1e-6 * Double(time.tv_usec) }
    return (seconds(use.ru_utime) + seconds(use.ru_stime), Double(use.ru_maxrss) / 1024)
  }
}
