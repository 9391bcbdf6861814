// SPDX-License-Identifier: Apache-2.0
import Services
import Testing

@Suite("People and licences of a package")
struct DepositWordsTests {
  @Test("names, ORCID and affiliation are read")
  func authors() throws {
    let author = try DepositAuthor(
      parsing: "Josiah Stinkney Carberry <https://orcid.org/0000-0002-1825-0097> (Brown (RI))")
    #expect(author.givenNames == "Josiah Stinkney" && author.familyName == "Carberry")
    #expect(author.orcid == "0000-0002-1825-0097" && author.affiliation == "Brown (RI)")
    #expect(author.catalogueName == "Carberry, Josiah Stinkney")
    let plain = try DepositAuthor(parsing: "Plato")
    #expect(plain.catalogueName == "Plato" && plain.orcid == nil && plain.affiliation == nil)
    // A check digit of ten is written X.
    #expect(try DepositAuthor(parsing: "A B <000000021694233x>").orcid == "0000-0002-1694-233X")
  }

  @Test(
    "no name and numbers that are no ORCID are refused",
    arguments: [
      "", "<0000-0002-1825-0097>", "A B <0000-0002-1825-0098>", "A B <12>", "A B <abc", "A B <000a-0002-1825-0097>",
    ])
  func wrongAuthors(_ text: String) {
    #expect(throws: ServiceError.self) { try DepositAuthor(parsing: text) }
  }

  @Test("licences of the SPDX list are found whatever their case, and words are refused")
  func licences() throws {
    #expect(try DepositLicence("cc-by-4.0").name == "Creative Commons Attribution 4.0 International")
    #expect(try DepositLicence("MIT").address == "https://spdx.org/licenses/MIT.html")
    #expect(throws: ServiceError.self) { try DepositLicence("free for all") }
    #expect(throws: ServiceError.self) { try DepositLicence("") }
  }
}
