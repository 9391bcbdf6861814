// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Storage
import Testing

@Suite("Sharing")
struct SharingTests {
  static let visibilities: [Visibility] = [.private, .group("alps"), .group("andes"), .public, .link]
  static let viewers = [
    Viewer.anonymous, Viewer(userID: "ada"), Viewer(userID: "bob"), Viewer(userID: "bob", groups: ["alps", "x"]),
    Viewer(userID: "root", isAdmin: true),
  ]

  @Test("the rule in SQL lists what the rule in Swift lets be seen", arguments: viewers)
  func sqlEqualsSwift(viewer: Viewer) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "sharing-\(UUID().uuidString).sqlite").path
    defer { for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) } }
    let table = Schema(
      "things", ["CREATE TABLE things (id INTEGER PRIMARY KEY, owner TEXT, visibility TEXT, visibility_group TEXT)"])
    let database = try Database(path: path, [table])
    for (number, visibility) in Self.visibilities.enumerated() {
      let columns = visibility.columns
      _ = try database.write {
        try $0.run(
          "INSERT INTO things VALUES (?, 'ada', ?, ?)",
          [.integer(number), .text(columns.visibility), SQLValue(columns.group)])
      }
    }
    let (sql, values) = Sharing.condition(for: viewer, table: "t")
    let seen = try database.read { try $0.rows("SELECT id FROM things t WHERE \(sql) ORDER BY id", values) }
    let expected = Self.visibilities.indices.filter {
      Sharing(ownerID: "ada", visibility: Self.visibilities[$0]).canBeSeen(by: viewer)
    }
    #expect(seen.map { $0.int("id") } == expected)
  }

  @Test("a link opens what is shared by link, and nothing else, and changes nothing")
  func links() {
    let bob = Viewer(userID: "bob")
    #expect(Sharing(ownerID: "ada", visibility: .link).canBeSeen(by: bob, hasLink: true))
    #expect(!Sharing(ownerID: "ada", visibility: .private).canBeSeen(by: bob, hasLink: true))
    #expect(!Sharing(ownerID: "ada", visibility: .public).canBeChanged(by: bob))
  }

  @Test("a visibility survives its columns", arguments: visibilities)
  func columns(visibility: Visibility) {
    let columns = visibility.columns
    #expect(Visibility(visibility: columns.visibility, group: columns.group) == visibility)
  }
}

@Suite("Secrets")
struct SecretTests {
  @Test("base 64 for addresses gives the bytes back and refuses what is none")
  func base64() {
    for count in 0...40 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
      #expect(Base64URL.bytes(of: Base64URL.text(of: bytes)) == bytes)
    }
    for text in ["A", "A=", "AA=", "A+", "AB"] { #expect(Base64URL.bytes(of: text) == nil) }
    #expect(Base64URL.text(of: [0xFB, 0xFF]) == "-_8")
  }

  @Test("the signature is HMAC-SHA-256 as RFC 4231 prints it")
  func hmac() {
    // Test case 2 of RFC 4231.
    let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    let bytes = Base64URL.bytes(of: Secret.signature(of: "what do ya want for nothing?", key: "Jefe")) ?? []
    let digits = bytes.map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }
    #expect(digits.joined() == expected)
  }

  @Test("secrets are long and never the same")
  func random() throws {
    let secrets = try (0..<100).map { _ in try Secret.random() }
    #expect(Set(secrets).count == 100 && secrets.allSatisfy { $0.utf8.count == 43 })
  }
}
