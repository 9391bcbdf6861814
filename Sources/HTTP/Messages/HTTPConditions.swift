// SPDX-License-Identifier: Apache-2.0

/// What a request's conditions and range make of an answer that exists: RFC 9110, sections 13 and 14.
struct HTTPConditions {
  enum Outcome: Equatable {
    case whole
    case part(Range<Int>)
    case notModified
    case failed
    case unsatisfiable
  }

  let method: HTTPMethod
  let headers: HTTPFields

  /// - Parameters:
  ///   - tag: the entity tag, with its quotes; nil when there is none.
  ///   - modified: last change, seconds since 1970.
  ///   - count: length of the whole, bytes; nil when ranges are not served.
  func outcome(tag: String?, modified: Int?, count: Int?) -> Outcome {
    if let wanted = headers["If-Match"] {
      if !Self.matches(wanted, tag, isStrong: true) { return .failed }
    } else if let since = headers["If-Unmodified-Since"].flatMap(HTTPDate.seconds), let modified, modified > since {
      return .failed
    }
    if let known = headers["If-None-Match"] {
      if Self.matches(known, tag, isStrong: false) { return method.isSafe ? .notModified : .failed }
    } else if method.isSafe, let since = headers["If-Modified-Since"].flatMap(HTTPDate.seconds), let modified,
      modified <= since
    {
      return .notModified
    }
    guard method == .get, let count, let range = headers["Range"], isRangeCurrent(tag: tag, modified: modified) else {
      return .whole
    }
    return Self.part(range, of: count)
  }

  /// A range of an older version would be glued to the wrong bytes: `If-Range` says which version is meant.
  private func isRangeCurrent(tag: String?, modified: Int?) -> Bool {
    guard let condition = headers["If-Range"] else { return true }
    if condition.hasPrefix("\"") { return condition == tag }
    return modified != nil && HTTPDate.seconds(condition) == modified
  }

  private static func matches(_ list: String, _ tag: String?, isStrong: Bool) -> Bool {
    guard let tag else { return false }
    if HTTPFields.trimmed(list) == "*" { return true }
    return list.split(separator: ",").contains { entry in
      let entry = HTTPFields.trimmed(entry)
      return entry == tag || !isStrong && entry == "W/" + tag || !isStrong && "W/" + entry == tag
    }
  }

  /// One range is served; several, another unit or a malformed one get the whole, as the RFC allows.
  static func part(_ text: String, of count: Int) -> Outcome {
    let text = HTTPFields.trimmed(text)
    guard text.lowercased().hasPrefix("bytes="), !text.contains(",") else { return .whole }
    let ends = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }) else { return .whole }
    if ends[0].isEmpty {
      guard !ends[1].isEmpty else { return .whole }
      // More digits than fit into a number ask for at least the whole.
      let length = min(Int(ends[1]) ?? count, count)
      return length > 0 ? .part(count - length..<count) : .unsatisfiable
    }
    guard let first = Int(ends[0]), first < count else { return .unsatisfiable }
    if ends[1].isEmpty { return .part(first..<count) }
    let last = min(Int(ends[1]) ?? count - 1, count - 1)
    return first <= last ? .part(first..<last + 1) : .whole
  }
}
