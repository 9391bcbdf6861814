// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing
import Testing

@Suite("Checksum cache")
struct ChecksumCacheTests {
  @Test("a file that was left alone is not read again; one that changed is")
  func cache() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/image", list = folder.path + "/checksums"
    try Data("first".utf8).write(to: URL(filePath: file))
    let cache = ChecksumCache(list)
    #expect(try cache.checksum(ofFile: file) == SHA256.checksum(of: "first"))
    try cache.save()
    // A forged entry shows whether the file is read: its contents no longer matter.
    let text = try String(contentsOfFile: list, encoding: .utf8)
    let forged = text.replacing(
      SHA256.checksum(of: "first").hexadecimal, with: SHA256.checksum(of: "forged").hexadecimal)
    try forged.write(toFile: list, atomically: true, encoding: .utf8)
    #expect(try ChecksumCache(list).checksum(ofFile: file) == SHA256.checksum(of: "forged"))
    try Data("other".utf8).write(to: URL(filePath: file))
    #expect(try ChecksumCache(list).checksum(ofFile: file) == SHA256.checksum(of: "other"))
  }

  @Test("a damaged cache is begun anew")
  func damaged() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/image", list = folder.path + "/checksums"
    try Data("first".utf8).write(to: URL(filePath: file))
    try "nonsense\n\t\t\n".write(toFile: list, atomically: true, encoding: .utf8)
    #expect(try ChecksumCache(list).checksum(ofFile: file) == SHA256.checksum(of: "first"))
  }

  @Test("a product is made once for what it is made from, and again after a change of either")
  func keyedFiles() throws {
    let folder = try TemporaryFolder()
    let run = try RunFolder(at: folder.path + "/run", for: "mpic")
    let stage = StageIdentity("file", version: 1, parameters: [:])
    func write(_ text: String) throws -> Bool {
      try run.write("products/a.txt", key: stage.key(reading: [SHA256.checksum(of: text)])) { path in
        try text.write(toFile: path, atomically: false, encoding: .utf8)
      }
    }
    #expect(try write("one"))
    #expect(try !write("one"))
    #expect(try write("two"))
    try Data("longer than before".utf8).write(to: URL(filePath: run.path(of: "products/a.txt")))
    #expect(try write("two"))
    #expect(try String(contentsOfFile: run.path(of: "products/a.txt"), encoding: .utf8) == "two")
  }
}
