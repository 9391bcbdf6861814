// SPDX-License-Identifier: Apache-2.0

/// The licence that a data set is given under.
public struct DepositLicence: Hashable, Sendable {
  /// Of the SPDX list, e.g. `CC-BY-4.0`.
  public let identifier: String
  public let name: String
  /// Where its text stands.
  public let address: String

  /// - Throws: `ServiceError.deposit` for what cannot be an identifier of the SPDX list.
  public init(_ identifier: String) throws(ServiceError) {
    if let known = Self.known.first(where: { $0.identifier.lowercased() == identifier.lowercased() }) {
      self = known
      return
    }
    guard !identifier.isEmpty,
      identifier.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-.+".contains($0)) })
    else {
      throw ServiceError(
        .deposit,
        "\"\(identifier)\" is no identifier of the SPDX list of licences; for data take for example CC-BY-4.0")
    }
    self.init(identifier, identifier, "https://spdx.org/licenses/\(identifier).html")
  }

  private init(_ identifier: String, _ name: String, _ address: String) {
    (self.identifier, self.name, self.address) = (identifier, name, address)
  }

  /// Those that data are mostly given under.
  private static let known = [
    DepositLicence(
      "CC-BY-4.0", "Creative Commons Attribution 4.0 International", "https://creativecommons.org/licenses/by/4.0/"),
    DepositLicence(
      "CC-BY-SA-4.0", "Creative Commons Attribution Share Alike 4.0 International",
      "https://creativecommons.org/licenses/by-sa/4.0/"),
    DepositLicence(
      "CC-BY-NC-4.0", "Creative Commons Attribution Non Commercial 4.0 International",
      "https://creativecommons.org/licenses/by-nc/4.0/"),
    DepositLicence(
      "CC-BY-NC-SA-4.0", "Creative Commons Attribution Non Commercial Share Alike 4.0 International",
      "https://creativecommons.org/licenses/by-nc-sa/4.0/"),
    DepositLicence(
      "CC0-1.0", "Creative Commons Zero v1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"),
    DepositLicence(
      "ODbL-1.0", "Open Data Commons Open Database License v1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
    DepositLicence(
      "etalab-2.0", "Etalab Open License 2.0",
      "https://www.etalab.gouv.fr/wp-content/uploads/2018/11/open-licence.pdf"),
  ]

  /// What stands in `LICENSE`.
  func text(title: String, authors: [DepositAuthor], year: Int, inputs: String?) -> String {
    let owners = authors.map(\.name).joined(separator: ", ")
    var text = """
      \(title)

      Copyright \(year) \(owners)

      These data are given under the licence \(name).
      SPDX-License-Identifier: \(identifier)
      Its text stands at \(address)

      """
    if let inputs {
      text += """

        The images that the data were made from are no part of this package; they have a licence of their own:
        \(inputs)

        """
    }
    return text
  }
}
