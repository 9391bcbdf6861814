// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Synchronization

/// The log of a run, `log.jsonl`: one JSON object a line, with the time, an event and its values.
///
/// A resumed run goes on in the same file. Losing a line must not end a run: a full disk is found by the products.
public final class RunLog: Sendable {
  package static let name = "log.jsonl"
  private let descriptor: Int32
  private let writing = Mutex<Void>(())

  /// Opens the log of a run folder.
  ///
  /// - Throws: `fileNotWritable`; `folderForeign` when a `log.jsonl` is there that no run wrote.
  public init(_ folder: RunFolder) throws(ProcessingError) {
    try folder.refuseForeign(Self.name)
    try folder.record(Self.name)
    descriptor = open(folder.path(of: Self.name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw AtomicFile.failure("write", folder.path(of: Self.name)) }
  }

  deinit { close(descriptor) }

  /// Appends an event with a sentence for people.
  public func write(_ event: String, _ message: String = "") {
    write(event, message.isEmpty ? [:] : ["message": .string(message)])
  }

  /// Appends an event with its values.
  package func write(_ event: String, _ values: JSONObject) {
    let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    let entry: JSONObject = ["time": .string(time), "event": .string(event)]
    let line = Array((entry.merged(with: values).text(.line) + "\n").utf8)
    writing.withLock { _ in _ = line.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress!, $0.count) } }
  }
}
