// SPDX-License-Identifier: Apache-2.0
import Foundation
import Processing
import RasterIO
import Services
import TestSupport
import Testing

@Suite("ZIP archives")
struct ZipWriterTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ogive-zip-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func archive(_ folder: String, limit: Int = 0xFFFF_FFFF) throws -> String {
    try Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }).write(to: URL(filePath: "\(folder)/a.bin"))
    try Data().write(to: URL(filePath: "\(folder)/empty"))
    try Data("text".utf8).write(to: URL(filePath: "\(folder)/t"))
    let path = "\(folder)/x.zip"
    let zip = try ZipWriter(path, date: "2020-02-29", limit: limit)
    try zip.add("\(folder)/a.bin", as: "top/a.bin", cancellation: Cancellation())
    try zip.add("\(folder)/empty", as: "top/empty", cancellation: Cancellation())
    try zip.add("\(folder)/t", as: "top/Größe.txt", cancellation: Cancellation())
    try zip.finish()
    return path
  }

  @Test(
    "GDAL reads back what was packed, with 32-bit fields and with 64-bit ones", arguments: [0xFFFF_FFFF, 100_000, 2])
  func readBack(_ limit: Int) throws {
    try withFolder { folder in
      let path = try archive(folder, limit: limit)
      #expect(VirtualFile.entries(of: "/vsizip/\(path)/top") == ["Größe.txt", "a.bin", "empty"])
      let bytes = try VirtualFile.read("/vsizip/\(path)/top/a.bin")
      #expect(Data(bytes) == FileManager.default.contents(atPath: "\(folder)/a.bin"))
      #expect(try VirtualFile.read("/vsizip/\(path)/top/Größe.txt") == Array("text".utf8))
    }
  }

  @Test("the same files make the same bytes")
  func isReproducible() throws {
    try withFolder { folder in
      let first = FileManager.default.contents(atPath: try archive(folder))
      #expect(FileManager.default.contents(atPath: try archive(folder)) == first)
    }
  }

  @Test("the checksum is that of ISO 3309, in one piece or in many")
  func checksum() {
    let bytes = Array("123456789".utf8)
    #expect(bytes.withUnsafeBytes { CRC32.checksum($0) } == 0xCBF4_3926)
    let parts = bytes.reduce(UInt32(0)) { sum, byte in
      withUnsafeBytes(of: byte) { CRC32.checksum($0, continuing: sum) }
    }
    #expect(parts == 0xCBF4_3926)
  }

  @Test("an archive that is not finished leaves nothing")
  func unfinished() throws {
    try withFolder { folder in
      do {
        let zip = try ZipWriter("\(folder)/y.zip", date: "2020-01-01")
        withExtendedLifetime(zip) {}
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
      #expect(throws: ProcessingError.self) { try ZipWriter("\(folder)/none/y.zip", date: "2020-01-01") }
    }
  }
}
