// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Files in the layouts of other services: made once for what they are made from.
@Suite("Resumed exports", .enabled(if: OgiveTool.hasCommand("mpic"), "needs a tool with the command 'mpic'"))
struct ExportResumeTests {
  /// What tells a file from one that was written anew under its name: the number of a file alone doesn't,
  /// because a file system gives the number of a file that is gone to the next one.
  private struct Mark: Equatable {
    var number: UInt64
    var modified: Date
  }

  private func marks(_ scratch: StackScratch, _ folder: String) throws -> [String: Mark] {
    let path = "\(scratch.folder.path)/out/\(folder)"
    return try FileManager.default.subpathsOfDirectory(atPath: path).reduce(into: [:]) { found, name in
      let facts = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
      guard facts[.type] as? FileAttributeType == .typeRegular else { return }
      found[name] = Mark(
        number: try #require(facts[.systemFileNumber] as? UInt64),
        modified: try #require(facts[.modificationDate] as? Date))
    }
  }

  @Test("asking for an export makes its files and no other; a file that is gone is made again with those of its pair")
  func choices() throws {
    let scratch = try StackScratch(days: [1, 6, 16], rows: 64, columns: 96)
    let words = ["--out", "out", "--quiet", "--cloud-weighting", "none"]
    #expect(try scratch.run(words).code == 0)
    // Fused points are not kept beside the rasters that are made of them.
    func matched() -> Int { scratch.begun("out").count { !$0.contains("\"fuse\"") } }
    let units = matched()
    let pairs = try marks(scratch, "pairs"),
      means = try marks(scratch, "products").filter { $0.key.hasSuffix(".tif") }
    #expect(try scratch.run(words + ["--exports", "gep"]).code == 0)
    #expect(matched() == units)
    #expect(try marks(scratch, "pairs") == pairs)
    #expect(try marks(scratch, "products").filter { $0.key.hasSuffix(".tif") } == means)
    let exports = try marks(scratch, "gep")
    #expect(exports.count == 3 * 3 + 4, "\(exports)")

    let gone = "Px1_20200101_20200106.tif"
    try FileManager.default.removeItem(atPath: "\(scratch.folder.path)/out/gep/\(gone)")
    #expect(try scratch.run(words + ["--exports", "gep"]).code == 0)
    let again = try marks(scratch, "gep")
    #expect(again.keys.sorted() == exports.keys.sorted())
    for (name, mark) in exports {
      #expect((again[name] == mark) == !name.contains("20200101_20200106"), "\(name)")
    }
    #expect(try scratch.run(words).code == 0)
    #expect(!scratch.folder.has("out/gep/\(gone)") && matched() == units)
  }

  @Test("a kill between two pairs' files leaves those of the first, and resume makes the rest")
  func killed() throws {
    let scratch = try StackScratch(days: [1, 4, 7, 10, 13, 16], rows: 64, columns: 96)
    let words = scratch.arguments + ["--out", "out", "--quiet", "--cloud-weighting", "none", "--exports", "gep"]
    let made = "\(scratch.folder.path)/out/.ogive/made"
    func groups() -> [String] {
      ((try? FileManager.default.contentsOfDirectory(atPath: made)) ?? []).filter { $0.hasSuffix(".group") }
    }
    let first = try OgiveTool.run(words, in: scratch.folder.path, killWhen: { groups().count >= 2 })
    #expect(first.code == SIGKILL, "\(first)")
    let before = try marks(scratch, "gep"), finished = groups()
    #expect(finished.count >= 2 && finished.count < 15)
    let second = try OgiveTool.run(["resume", "out"], in: scratch.folder.path)
    #expect(second.code == 0, "\(second)")
    let after = try marks(scratch, "gep")
    #expect(after.count == 15 * 3 + 4)
    for group in finished {
      let text = try #require(scratch.folder.text("out/.ogive/made/\(group)"))
      for line in text.split(separator: "\n") {
        let name = line.split(separator: "\t")[1].replacing("gep/", with: "")
        #expect(after[String(name)] == before[String(name)], "\(name)")
      }
    }
  }
}
