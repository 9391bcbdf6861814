// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Where a command prints and what it may know about its surroundings; tests put a recorder in its place.
public struct Console: Sendable {
  private let write: @Sendable (String) -> Void
  private let writeError: @Sendable (String) -> Void
  /// Columns of the terminal; help is wrapped to it.
  public let width: Int
  /// Whether a person watches standard error: then progress is drawn, else it is logged as JSON lines.
  public let isInteractive: Bool
  /// Errors and log go out as JSON lines: `--json-errors` or `OGIVE_LOG=json`.
  public let logsJSON: Bool

  public init(
    width: Int = 100, isInteractive: Bool = false, logsJSON: Bool = false,
    write: @escaping @Sendable (String) -> Void, writeError: @escaping @Sendable (String) -> Void
  ) {
    self.width = min(max(width, 60), 110)
    (self.isInteractive, self.logsJSON) = (isInteractive, logsJSON)
    (self.write, self.writeError) = (write, writeError)
  }

  /// Prints one line to standard output.
  public func print(_ line: String) { write(line + "\n") }

  /// Prints one line to standard error.
  public func printError(_ line: String) { writeError(line + "\n") }

  /// Prints to standard error without a line feed, such as a progress bar that draws over itself.
  public func drawError(_ text: String) { writeError(text) }

  func with(logsJSON: Bool) -> Console {
    Console(
      width: width, isInteractive: isInteractive, logsJSON: logsJSON || self.logsJSON, write: write,
      writeError: writeError)
  }

  /// The console of the process.
  public static func standard() -> Console {
    let environment = ProcessInfo.processInfo.environment
    return Console(
      width: terminalColumns() ?? environment["COLUMNS"].flatMap { Int($0) } ?? 100,
      isInteractive: isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb",
      logsJSON: environment["OGIVE_LOG"] == "json",
      write: { Self.write($0, to: STDOUT_FILENO) }, writeError: { Self.write($0, to: STDERR_FILENO) })
  }

  private static func terminalColumns() -> Int? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Unbuffered, so that the order of output and errors holds; a closed pipe (`| head`) is no error of ours.
  private static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var offset = 0
      while offset < bytes.count {
        let count = systemWrite(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        offset += count
      }
    }
  }
}

/// Inside `Console` the name `write` means its own member.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
