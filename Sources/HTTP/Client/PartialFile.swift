// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// What has come of a download so far, beside the place where the whole will be.
struct PartialFile: Sendable {
  let path: String
  let url: String

  /// The bytes.
  var partPath: String { path + ".part" }
  /// What they are of: address and version.
  private var notePath: String { path + ".part.json" }

  /// Bytes that are there.
  var count: Int {
    var information = stat()
    return stat(partPath, &information) == 0 ? Int(information.st_size) : 0
  }

  /// The version that the bytes are of, as `If-Range` takes it; nil when it is not known or of another address.
  var version: String? {
    guard let text = try? String(contentsOfFile: notePath, encoding: .utf8),
      let note = try? JSONValue(parsing: text), note["url"]?.stringValue == url
    else { return nil }
    return note["version"]?.stringValue
  }

  /// Whether the bytes are of this address, whatever its version.
  var isOfSameAddress: Bool {
    guard let text = try? String(contentsOfFile: notePath, encoding: .utf8) else { return false }
    return (try? JSONValue(parsing: text))?["url"]?.stringValue == url
  }

  func note(version: String?) throws(ProcessingError) {
    var note: JSONObject = ["url": .string(url)]
    if let version { note["version"] = .string(version) }
    try AtomicFile.write(JSONValue.object(note).text(.line) + "\n", to: notePath)
  }

  func remove() {
    unlink(partPath)
    unlink(notePath)
  }

  func checksum() throws -> String { try FileChecksum.sha256(ofFile: partPath).hexadecimal }

  /// Moves the whole to its place.
  func publish() throws {
    let descriptor = open(partPath, O_RDONLY | O_CLOEXEC)
    if descriptor >= 0 {
      fsync(descriptor)
      close(descriptor)
    }
    try AtomicFile.move(partPath, to: path)
    unlink(notePath)
  }
}

/// Takes the bytes of one try of a download; used on one thread.
final class PartialWriter {
  let part: PartialFile
  private(set) var error: HTTPError?
  /// Whether the bytes were appended to those of an earlier try.
  private(set) var isResumed = false
  private let limit: Int
  private let isChecked: Bool
  private let progress: ((HTTPDownloadProgress) -> Void)?
  private var descriptor: Int32 = -1
  private var count: Int
  private var total: Int?
  private var status = 0
  private var words: [UInt8] = []
  private var lastTold = ContinuousClock.now - .seconds(1)

  init(
    _ part: PartialFile, limit: Int, isChecked: Bool, _ progress: ((HTTPDownloadProgress) -> Void)?
  ) {
    self.part = part
    self.limit = limit
    self.isChecked = isChecked
    self.progress = progress
    count = part.count
    if count > 0 && part.version == nil && !(isChecked && part.isOfSameAddress) { count = 0 }
  }

  /// Whether it asks for a part only.
  var isAsking: Bool { count > 0 }

  /// Whether the bytes at hand are the whole, by the length that an answer of status 416 gives.
  func hasAll(_ headers: HTTPFields) -> Bool {
    isResumed = headers["Content-Range"].map(HTTPFields.trimmed) == "bytes */\(count)"
    return isResumed
  }

  /// What to ask for, so that only what is missing comes, or all of it if the version has changed.
  var rangeFields: HTTPFields {
    guard count > 0 else { return [:] }
    var fields: HTTPFields = ["Range": "bytes=\(count)-"]
    if let version = part.version { fields["If-Range"] = version }
    return fields
  }

  var badStatus: HTTPError {
    HTTPError(
      .badStatus,
      "\(part.url) answered \(status) \(HTTPStatus.reason(status)) \(String(decoding: words, as: UTF8.self))")
  }

  func begin(_ status: Int, _ headers: HTTPFields) -> Bool {
    self.status = status
    guard status == 200 || status == 206 else { return true }
    let length = headers["Content-Length"].flatMap { Int($0) }
    if status == 206 {
      let start = headers["Content-Range"].flatMap(Self.start)
      guard start == count, count > 0 else {
        return fail(.notFetched, "\(part.url) answers with another part than was asked for")
      }
      isResumed = true
    } else {
      count = 0
    }
    total = length.map { $0 + count }
    if let total, total > limit { return failAsTooLarge() }
    return open(headers)
  }

  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard descriptor >= 0 else {
      // The beginning of an error's text is kept for the message.
      words += bytes.prefix(max(0, 300 - words.count))
      return true
    }
    guard count + bytes.count <= limit else { return failAsTooLarge() }
    var done = 0
    while done < bytes.count {
      let written = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else {
        return fail(.fileNotWritable, "cannot write \(part.partPath): \(String(cString: strerror(errno)))")
      }
      done += written
    }
    count += bytes.count
    tell()
    return true
  }

  func close() {
    guard descriptor >= 0 else { return }
    if Foundation.close(descriptor) != 0 {
      _ = fail(.fileNotWritable, "cannot write \(part.partPath): \(String(cString: strerror(errno)))")
    }
    descriptor = -1
    progress?(HTTPDownloadProgress(count: count, total: total))
  }

  private func open(_ headers: HTTPFields) -> Bool {
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (count == 0 ? O_TRUNC : O_APPEND)
    descriptor = Foundation.open(part.partPath, flags, 0o644)
    guard descriptor >= 0 else {
      return fail(.fileNotWritable, "cannot write \(part.partPath): \(String(cString: strerror(errno)))")
    }
    guard count == 0 else { return true }
    // A weak tag does not promise the same bytes.
    let tag = headers["ETag"].flatMap { $0.hasPrefix("\"") ? $0 : nil }
    do {
      try part.note(version: tag ?? headers["Last-Modified"])
    } catch {
      return fail(.fileNotWritable, error.message)
    }
    return true
  }

  private func tell() {
    let now = ContinuousClock.now
    guard let progress, lastTold.duration(to: now) > .seconds(0.25) else { return }
    lastTold = now
    progress(HTTPDownloadProgress(count: count, total: total))
  }

  private func failAsTooLarge() -> Bool {
    fail(.tooLarge, "\(part.url) has more than the \(limit) bytes that are taken")
  }

  private func fail(_ kind: HTTPErrorKind, _ message: String) -> Bool {
    if error == nil { error = HTTPError(kind, message) }
    return false
  }

  /// The first byte of `bytes 100-199/1000`.
  private static func start(_ text: String) -> Int? {
    let text = HTTPFields.trimmed(text)
    guard text.lowercased().hasPrefix("bytes ") else { return nil }
    return Int(text.dropFirst(6).prefix { $0 != "-" })
  }
}
