// SPDX-License-Identifier: Apache-2.0
import CCurl
import Foundation
import Processing

extension HTTPClient {
  /// Fetches an address into a file, which appears whole or not at all.
  ///
  /// What has come is kept beside it (`.part`) when the transfer breaks off; this call, or a later one, goes on from
  /// there if the server still has the same version, which it tells by its tag or date, or if a checksum is given.
  ///
  /// - Parameters:
  ///   - resume: whether bytes of an earlier try are used.
  ///   - sha256: what the whole must have, 64 hexadecimal digits.
  ///   - limit: the longest file, bytes.
  ///   - progress: called a few times a second, on another thread.
  /// - Throws: `HTTPError` as `get`, and `.badStatus`, `.checksumDiffers`, `.fileNotWritable`; `CancellationError`.
  public func download(
    _ url: String, to path: String, headers: HTTPFields = [:], resume: Bool = true, sha256: String? = nil,
    limit: Int = .max, progress: (@Sendable (HTTPDownloadProgress) -> Void)? = nil
  ) async throws -> HTTPDownload {
    try check(url)
    let part = PartialFile(path: path, url: url)
    if !resume { part.remove() }
    let expected = sha256?.lowercased()
    var result = try await fetch(part, headers: headers, limit: limit, isChecked: expected != nil, progress)
    if let expected, result.sha256 != expected, result.resumedFrom > 0 {
      // The beginning may have been of another version: once more from the start.
      part.remove()
      result = try await fetch(part, headers: headers, limit: limit, isChecked: true, progress)
    }
    if let expected, result.sha256 != expected {
      part.remove()
      throw HTTPError(
        .checksumDiffers, "\(url) has the SHA-256 \(result.sha256), not \(expected): it was changed or damaged")
    }
    try part.publish()
    return result
  }

  private func fetch(
    _ part: PartialFile, headers: HTTPFields, limit: Int, isChecked: Bool,
    _ progress: (@Sendable (HTTPDownloadProgress) -> Void)?
  ) async throws -> HTTPDownload {
    let before = part.count
    return try await retrying { [self] () -> Attempt<HTTPDownload> in
      try await onThread(of: Self.downloads) { flag in
        let writer = PartialWriter(part, limit: limit, isChecked: isChecked, progress)
        switch try self.attempt(writer, headers: headers, flag) {
        case .final(let headers):
          return .final(
            HTTPDownload(
              path: part.path, count: part.count, sha256: try part.checksum(),
              resumedFrom: writer.isResumed ? before : 0,
              headers: headers))
        case .transient(_, let after): return .failure(writer.badStatus, after: after)
        case .failure(let error, let after): return .failure(error, after: after)
        }
      }
    }
  }

  private func attempt(
    _ writer: PartialWriter, headers: HTTPFields, _ flag: CancellationFlag
  ) throws -> Attempt<HTTPFields> {
    let transfer = Transfer(configuration, cancelled: flag)
    let url = writer.part.url
    var request = Transfer.Request(url: url, headers: headers, isUnpacked: false)
    for field in writer.rangeFields.fields { request.headers.add(field.name, field.value) }
    transfer.begin = { writer.begin($0.status, $0.headers) }
    transfer.take = { writer.take($0) }
    let outcome = try withHandle { transfer.perform(request, on: $0) }
    writer.close()
    if let error = writer.error { throw error }
    switch outcome {
    case .answered(let status, _):
      if status == 200 || status == 206 { return .final(transfer.headers) }
      if status == 416 && writer.isAsking {
        // Broken off after the last byte and before the file was moved to its place.
        if writer.hasAll(transfer.headers) { return .final(transfer.headers) }
        writer.part.remove()
        return .failure(writer.badStatus)
      }
      guard [429, 500, 502, 503, 504].contains(status) else { throw writer.badStatus }
      return .failure(writer.badStatus, after: Self.pause(transfer.headers))
    case .failed(let code, let words):
      let error = Self.error(code, words, url)
      guard Self.isTransient(code) else { throw error }
      return .failure(error)
    case .refused(let address): throw Self.refusal(address, url)
    case .stopped: throw CancellationError()
    }
  }
}
