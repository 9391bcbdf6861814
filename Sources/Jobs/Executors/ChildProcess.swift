// SPDX-License-Identifier: Apache-2.0
import CSpawn
import Foundation

/// A process that this one has started, in a session and group of its own.
package struct ChildProcess: Sendable {
  package let id: pid_t

  /// How it ended.
  package struct End: Sendable {
    /// Exit status; nil when a signal ended it.
    package let code: Int32?
    package let signal: Int32?
    package let peakMemory: Int
    package let cpuSeconds: Double
  }

  /// Where a process starts and what it gets.
  package struct Surroundings: Sendable {
    package var environment: [String: String] = [:]
    package var folder: String?
    package var output: String?
    package var errors: String?
    package var passedDescriptor: Int32?

    package init() {}
  }

  /// - Throws: `jobs.executor` with the system's reason.
  package init(_ path: String, _ arguments: [String], _ surroundings: Surroundings) throws(JobsError) {
    let environment = ProcessInfo.processInfo.environment.merging(surroundings.environment) { $1 }
    var child: pid_t = 0
    let code = withCStrings([path] + arguments) { arguments in
      withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
        withCStrings([path, surroundings.folder, surroundings.output, surroundings.errors]) { texts in
          var request = CSpawnRequest(
            path: texts[0], arguments: arguments, environment: environment, folder: texts[1], output: texts[2],
            errors: texts[3], passedDescriptor: surroundings.passedDescriptor ?? -1)
          return cspawn_start(&request, &child)
        }
      }
    }
    guard code == 0 else {
      throw JobsError(
        .executor, "cannot start \(path): \(String(cString: strerror(code))); is it there and executable?")
    }
    id = child
  }

  /// How it ended; nil while it runs. To be asked until there is an answer, and not after.
  package func poll() -> End? {
    var status: Int32 = 0, peak = 0, seconds = 0.0
    switch cspawn_poll(id, &status, &peak, &seconds) {
    case 0: return nil
    case 1:
      let signal = status & 0x7F
      return End(
        code: signal == 0 ? status >> 8 & 0xFF : nil, signal: signal == 0 ? nil : signal, peakMemory: peak * 1024,
        cpuSeconds: seconds)
    default: return End(code: nil, signal: nil, peakMemory: 0, cpuSeconds: 0)
    }
  }

  /// Sends a signal to it and to everything that it has started.
  package func signalGroup(_ number: Int32) { kill(-id, number) }
}

/// The texts as C has them, with a NULL behind the last; a text that is nil is NULL itself.
private func withCStrings<Result>(
  _ texts: [String?], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = texts.map { text in text.flatMap { strdup($0) } }
  pointers.append(nil)
  defer { for pointer in pointers { free(pointer) } }
  return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
}
