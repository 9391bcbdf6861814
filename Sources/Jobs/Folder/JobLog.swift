// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// Lines of a job's log from some place on.
public struct JobLogPage: Sendable {
  /// One object a line, each with `time`, `event` and its values.
  public let lines: [JSONObject]
  /// Where the next page begins, bytes.
  public let next: Int
}

extension JobFolder {
  /// Reads the log of the job.
  ///
  /// - Parameters:
  ///   - offset: where the last page ended, bytes; 0 for the beginning.
  ///   - limit: most bytes that are read; a line that is longer than that is left out.
  /// - Returns: whole lines only: what is being written comes with the next page.
  public func log(after offset: Int = 0, limit: Int = 1 << 20, part: JobPart? = nil) -> JobLogPage {
    guard let file = FileHandle(forReadingAtPath: logPath(part)) else { return JobLogPage(lines: [], next: 0) }
    defer { try? file.close() }
    guard (try? file.seek(toOffset: UInt64(max(0, offset)))) != nil, let data = try? file.read(upToCount: limit),
      let end = data.lastIndex(of: 0x0A)
    else { return JobLogPage(lines: [], next: offset) }
    var time: JSONValue = .null
    let lines = data[...end].split(separator: 0x0A).map { line in
      let object = Self.entry(Array(line), after: time)
      time = object["time"] ?? time
      return object
    }
    return JobLogPage(lines: lines, next: offset + data.distance(from: data.startIndex, to: end) + 1)
  }

  /// Where the log ends now, bytes.
  package var logSize: Int {
    var info = stat()
    return stat(logPath(), &info) == 0 ? Int(info.st_size) : 0
  }

  /// The last lines of the log, of at most so many bytes.
  public func tail(bytes: Int = 1 << 16, part: JobPart? = nil) -> [JSONObject] {
    var info = stat()
    guard stat(logPath(part), &info) == 0 else { return [] }
    let start = max(0, Int(info.st_size) - bytes)
    let lines = log(after: start, limit: bytes, part: part).lines
    // The first line may have been cut.
    return start > 0 ? Array(lines.dropFirst()) : lines
  }

  /// What a library or a crash prints is no JSON, and belongs to the log all the same.
  private static func entry(_ line: [UInt8], after time: JSONValue) -> JSONObject {
    if let object = (try? JSONValue(parsing: line, named: "log"))?.objectValue { return object }
    var object: JSONObject = ["event": "text", "message": .string(String(decoding: line, as: UTF8.self))]
    if !time.isNull { object = JSONObject([("time", time)]).merged(with: object) }
    return object
  }
}
