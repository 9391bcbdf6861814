// SPDX-License-Identifier: Apache-2.0
import Foundation
import Processing
import Testing

@Suite("SHA-256")
struct SHA256Tests {
  @Test(
    "gives the published checksums of FIPS 180-4's examples",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
      ),
    ])
  func publishedVectors(text: String, expected: String) {
    #expect(SHA256.checksum(of: text).hexadecimal == expected)
  }

  @Test("gives the published checksum of a million letters a")
  func millionLetters() {
    let checksum = SHA256.checksum(of: [UInt8](repeating: 97, count: 1_000_000))
    #expect(checksum.hexadecimal == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test("does not depend on how the bytes are cut into pieces", arguments: [1, 3, 55, 56, 63, 64, 65, 127, 1000])
  func pieces(length: Int) {
    let bytes = (0..<1500).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    var hash = SHA256()
    bytes.withUnsafeBytes { whole in
      for start in stride(from: 0, to: bytes.count, by: length) {
        hash.update(UnsafeRawBufferPointer(rebasing: whole[start..<min(start + length, bytes.count)]))
      }
    }
    #expect(hash.finalized() == SHA256.checksum(of: bytes))
  }

  @Test("of a file of 3 MB equals that of its bytes; a missing file is an error with its path")
  func file() throws {
    let folder = try TemporaryFolder()
    let bytes = Data((0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 5) })
    try bytes.write(to: URL(filePath: folder.path + "/a"))
    #expect(try FileChecksum.sha256(ofFile: folder.path + "/a") == SHA256.checksum(of: bytes))
    let error = #expect(throws: ProcessingError.self) { try FileChecksum.sha256(ofFile: folder.path + "/missing") }
    #expect(error?.kind == .fileNotReadable)
    #expect(error?.message == "cannot read \(folder.path)/missing: No such file or directory")
  }

  @Test("as a multihash begins with the code of SHA-256")
  func multihash() {
    #expect(SHA256.checksum(of: "abc").multihash.hasPrefix("1220ba7816bf"))
    #expect(Checksum(hexadecimal: "ABC") == nil)
  }
}
