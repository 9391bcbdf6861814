// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The lock of a job's folder: held by the process that works in it, and by nobody else when that has ended, however it
/// has (`flock`).
///
/// A lock belongs to the open file and not to the process. Whoever starts a worker takes the lock and passes the open
/// file on, so there is no moment at which a job that has been started looks dead.
package final class JobLock: Sendable {
  /// Under which number a worker finds the lock that it was given.
  package static let passedDescriptor: Int32 = 3

  package let descriptor: Int32

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Takes the lock; nil while somebody holds it.
  package static func take(_ path: String) throws(JobsError) -> JobLock? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw JobsError(.folder, "cannot open \(path): \(String(cString: strerror(errno)))")
    }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return JobLock(descriptor) }
    let code = errno
    close(descriptor)
    guard code == EWOULDBLOCK else {
      throw JobsError(.folder, "cannot lock \(path): \(String(cString: strerror(code)))")
    }
    return nil
  }

  /// The lock that whoever started this process has taken for it; nil where there is none.
  package static func adopted(_ path: String) -> JobLock? {
    var passed = stat(), own = stat()
    guard fstat(passedDescriptor, &passed) == 0, stat(path, &own) == 0, passed.st_ino == own.st_ino,
      passed.st_dev == own.st_dev, flock(passedDescriptor, LOCK_EX | LOCK_NB) == 0
    else { return nil }
    // Programs that the job starts must not keep it alive.
    _ = fcntl(passedDescriptor, F_SETFD, FD_CLOEXEC)
    return JobLock(passedDescriptor)
  }

  /// Whether some process holds the lock.
  package static func isHeld(_ path: String) -> Bool {
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0
  }

  /// Writes down who holds the lock, for those who take over: `process start-time`.
  package func sign(_ text: String) {
    ftruncate(descriptor, 0)
    _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }
}

/// What tells a process from a later one with the same number.
package struct ProcessMark: Sendable, Equatable {
  package let process: pid_t
  /// Start of the process in ticks since the machine's own.
  package let start: String

  /// The mark of a running process; nil when there is none.
  package init?(of process: pid_t) {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    let words = text[text.index(after: end)...].split(separator: " ")
    guard words.count > 19 else { return nil }
    (self.process, start) = (process, String(words[19]))
  }

  package init?(_ text: String) {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let process = pid_t(words[0]), process > 1 else { return nil }
    (self.process, start) = (process, String(words[1]))
  }

  package var text: String { "\(process) \(start)" }

  /// Whether that very process is still there.
  package var isAlive: Bool { ProcessMark(of: process) == self }

  /// Bytes of memory that it holds; nil when it is gone.
  package var residentBytes: Int? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8) else { return nil }
    let words = text.split(separator: " ")
    return words.count > 1 ? Int(words[1]).map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) } : nil
  }
}
