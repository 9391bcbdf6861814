// SPDX-License-Identifier: Apache-2.0

/// Someone who made a data set, as archives name people.
public struct DepositAuthor: Hashable, Sendable {
  public let givenNames, familyName: String
  /// `0000-0002-1825-0097`; nil where none was given.
  public let orcid: String?
  public let affiliation: String?

  /// `Carberry, Josiah`, as catalogues sort.
  public var catalogueName: String { givenNames.isEmpty ? familyName : "\(familyName), \(givenNames)" }

  public var name: String { givenNames.isEmpty ? familyName : "\(givenNames) \(familyName)" }

  /// The address that stands for the person everywhere.
  public var address: String? { orcid.map { "https://orcid.org/\($0)" } }

  /// Reads `Josiah Carberry <0000-0002-1825-0097> (Brown University)`, ORCID and affiliation as one likes.
  ///
  /// The last word is the family name; an underscore stands for a space inside it (`Ada van_der_Berg`).
  ///
  /// - Throws: `ServiceError.deposit` without a name, or with a number that is no ORCID.
  public init(parsing text: String) throws(ServiceError) {
    var rest = Substring(text)
    affiliation = Self.take(from: &rest, "(", ")")
    orcid = try Self.take(from: &rest, "<", ">").map { given throws(ServiceError) in try Self.orcid(given) }
    let words = rest.split(separator: " ")
    guard let last = words.last, !rest.contains(where: { "<>()".contains($0) }) else {
      throw ServiceError(
        .deposit,
        "\"\(text)\" is no author: give for example \"Josiah Carberry <0000-0002-1825-0097> (Brown University)\"")
    }
    givenNames = words.dropLast().joined(separator: " ")
    familyName = String(last).replacing("_", with: " ")
  }

  private static func take(from rest: inout Substring, _ open: Character, _ close: Character) -> String? {
    guard let first = rest.firstIndex(of: open), let last = rest.lastIndex(of: close), first < last else {
      return nil
    }
    let inner = rest[rest.index(after: first)..<last]
    rest = rest[..<first] + rest[rest.index(after: last)...]
    return inner.isEmpty ? nil : String(inner)
  }

  /// The number with its dashes, when its last digit is right (ISO 7064, modulus 11-2).
  private static func orcid(_ text: String) throws(ServiceError) -> String {
    let bare = text.split(separator: "/").last.map(String.init) ?? text
    let digits = bare.replacing("-", with: "").uppercased()
    var total = 0
    for digit in digits.dropLast() { total = (total + (digit.wholeNumberValue ?? 0)) * 2 }
    let check = (12 - total % 11) % 11
    guard digits.count == 16, digits.dropLast().allSatisfy({ $0.isASCII && $0.isNumber }),
      digits.last == (check == 10 ? "X" : Character("\(check)"))
    else {
      throw ServiceError(
        .deposit,
        "<\(text)> is no ORCID, or has a wrong digit: they look like 0000-0002-1825-0097; leave it out if unsure")
    }
    let parts = stride(from: 0, to: 16, by: 4).map { start in
      String(
        digits[
          digits.index(digits.startIndex, offsetBy: start)..<digits.index(digits.startIndex, offsetBy: start + 4)])
    }
    return parts.joined(separator: "-")
  }
}
