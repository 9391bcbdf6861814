// SPDX-License-Identifier: Apache-2.0
import Foundation
import ProductFixtures
import Products
import Testing

/// Documents of some kilobytes that would unfold into more than the memory holds, or lead to other files.
@Suite("Hostile metadata")
struct HostileMetadataTests {
  private let scratch = Scratch()

  enum Trick: CaseIterable {
    case entitiesInEntities, oneLargeEntity, otherFile, manyElements, depth

    var document: String {
      switch self {
      case .entitiesInEntities:
        let steps = (1..<12).map { "<!ENTITY l\($0) \"\(String(repeating: "&l\($0 - 1);", count: 10))\">" }
        return "<!DOCTYPE r [<!ENTITY l0 \"laughter\">\(steps.joined())]><r>&l11;</r>"
      case .oneLargeEntity:
        let large = String(repeating: "x", count: 200_000)
        return "<!DOCTYPE r [<!ENTITY a \"\(large)\">]><r>\(String(repeating: "&a;", count: 10_000))</r>"
      case .otherFile:
        return "<!DOCTYPE r [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><r>&a;</r>"
      case .manyElements: return "<r>\(String(repeating: "<a/>", count: 2_000_000))</r>"
      case .depth:
        return String(repeating: "<a>", count: 200_000) + String(repeating: "</a>", count: 200_000)
      }
    }
  }

  @Test("a product whose metadata unfold without end is refused with the reason", arguments: Trick.allCases)
  func refused(_ trick: Trick) throws {
    let path = try SafeFixture().write(to: scratch.folder, images: false)
    for name in ["MTD_MSIL1C.xml", "\(SafeFixture().granule)/MTD_TL.xml"] {
      try Data(trick.document.utf8).write(to: URL(filePath: "\(path)/\(name)"))
      let found = Sentinel2Reader.read(path)
      #expect(found.scenes.isEmpty || !found.problems.isEmpty)
      let text = found.problems.map { "\($0)" }.joined()
      #expect(!text.contains("root:"))
    }
  }

  @Test("a file that a small archive unpacks to 100 MB is not read as metadata")
  func inflated() throws {
    let path = try SafeFixture().write(to: scratch.folder, images: false)
    let spaces = Data(repeating: 32, count: 100_000_000)
    try spaces.write(to: URL(filePath: "\(path)/MTD_MSIL1C.xml"))
    let archive = ImageFile.zip(path)
    let size = try FileManager.default.attributesOfItem(atPath: archive)[.size] as? Int
    #expect(size.map { $0 < 1_000_000 } == true)
    let problems = Sentinel2Reader.read(archive).problems.map { "\($0)" }.joined()
    #expect(problems.contains("too many"), "\(problems.prefix(300))")
  }
}
