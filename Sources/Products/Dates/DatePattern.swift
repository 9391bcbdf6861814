// SPDX-License-Identifier: Apache-2.0

/// Where the date stands in the names of a user's files: `scene_{dd}{MM}{yyyy}_*`.
///
/// Parts: `{yyyy}`, `{yy}` (1970 to 2069), `{MM}`, `{dd}`, `{DDD}` (day of the year), `{HH}`, `{mm}`, `{ss}`; `*` stands
/// for any characters and `?` for one; everything else for itself, whatever its case. The pattern is held
/// against the name without its ending.
public struct DatePattern: Hashable, Sendable {
  private enum Field: String, CaseIterable {
    case year = "yyyy"
    case shortYear = "yy"
    case month = "MM"
    case day = "dd"
    case dayOfYear = "DDD"
    case hour = "HH"
    case minute = "mm"
    case second = "ss"
  }

  private enum Part: Hashable {
    case field(Field)
    case character(Character)
    case anyCharacter, anything
  }

  public let text: String
  private let parts: [Part]

  /// - Throws: `SceneError` of kind `.badList` that says what is wrong with the pattern.
  public init(_ text: String) throws(SceneError) {
    self.text = text
    var parts: [Part] = []
    var rest = Substring(text)
    while let next = rest.popFirst() {
      switch next {
      case "*": parts.append(.anything)
      case "?": parts.append(.anyCharacter)
      case "{":
        guard let end = rest.firstIndex(of: "}"), let field = Field(rawValue: String(rest[..<end])) else {
          let known = Field.allCases.map { "{\($0.rawValue)}" }.joined(separator: " ")
          throw SceneError(.badList, text, "the pattern \(text) has a part that is none of \(known)")
        }
        parts.append(.field(field))
        rest = rest[rest.index(after: end)...]
      default: parts.append(.character(Character(next.lowercased())))
      }
    }
    func has(_ field: Field) -> Bool { parts.contains(.field(field)) }
    guard has(.year) || has(.shortYear), has(.dayOfYear) || (has(.month) && has(.day)) else {
      throw SceneError(
        .badList, text, "the pattern \(text) needs a year and a day, e.g. scene_{yyyy}{MM}{dd} or *_{yyyy}{DDD}")
    }
    self.parts = parts
  }

  /// The date in a file's name; nil when the name does not fit or names no day.
  public func date(in name: String) -> AcquisitionDate? {
    let base = name.split(separator: "/").last.map(String.init) ?? name
    let stem = base.lastIndex(of: ".").map { String(base[..<$0]) } ?? base
    return match(Array(stem.lowercased()), 0, 0, Found())
  }

  private struct Found {
    var values: [(field: Field, value: Int)] = []

    func value(_ field: Field) -> Int? { values.first { $0.field == field }?.value }

    var date: AcquisitionDate? {
      guard let year = value(.year) ?? value(.shortYear).map({ $0 < 70 ? 2000 + $0 : 1900 + $0 }) else { return nil }
      let source = "pattern"
      if let day = value(.dayOfYear) { return AcquisitionDate(year: year, dayOfYear: day, source: source) }
      guard let month = value(.month), let day = value(.day) else { return nil }
      return AcquisitionDate(
        year: year, month: month, day: day, hour: value(.hour), minute: value(.minute) ?? 0,
        second: Double(value(.second) ?? 0), source: source)
    }
  }

  /// Tries the parts from one on at a place of the name; a `*` takes as little as it can.
  private func match(_ name: [Character], _ place: Int, _ part: Int, _ found: Found) -> AcquisitionDate? {
    if part == parts.count { return place == name.count ? found.date : nil }
    switch parts[part] {
    case .anything:
      for next in place...name.count {
        if let date = match(name, next, part + 1, found) { return date }
      }
      return nil
    case .anyCharacter:
      return place < name.count ? match(name, place + 1, part + 1, found) : nil
    case .character(let character):
      return place < name.count && name[place] == character ? match(name, place + 1, part + 1, found) : nil
    case .field(let field):
      let end = place + field.rawValue.count
      guard end <= name.count, name[place..<end].allSatisfy({ $0.isASCII && $0.isNumber }),
        let value = Int(String(name[place..<end]))
      else { return nil }
      var found = found
      found.values.append((field, value))
      return match(name, end, part + 1, found)
    }
  }
}
