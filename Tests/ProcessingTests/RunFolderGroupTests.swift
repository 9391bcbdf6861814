// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import Processing
import Testing

@Suite("Files of a run that are made together")
struct RunFolderGroupTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private func key(_ text: String) -> UnitKey {
    StageIdentity(text, version: 1, parameters: [:]).key(reading: [])
  }

  /// A run that writes two files together, unless they are there.
  private func run(_ text: String = "a", leavesAt file: String? = nil) throws -> Bool {
    let run = try RunFolder(at: temporary.path + "/out")
    let isNew = try run.write(group: "gep/pair", key: key(text), to: "gep") { folder in
      for name in ["x.tif", "y.tif"] {
        if name == file { throw CocoaError(.fileWriteUnknown) }
        try Data((text + name).utf8).write(to: URL(filePath: "\(folder)/\(name)"))
      }
      return ["x.tif", "y.tif"]
    }
    try run.finish(keepingUnits: true)
    return isNew
  }

  @Test("they are written once for what they are made from, and stay listed")
  func once() throws {
    #expect(try run())
    #expect(temporary.text("out/gep/x.tif") == "ax.tif" && temporary.text("out/gep/y.tif") == "ay.tif")
    #expect(try !run() && temporary.has("out/gep/x.tif") && temporary.has("out/gep/y.tif"))
    #expect(try run("b") && temporary.text("out/gep/y.tif") == "by.tif")
    #expect(try !run("b"))
  }

  @Test("one that is gone, or that someone has changed, is written again with the others")
  func changed() throws {
    #expect(try run())
    try FileManager.default.removeItem(atPath: temporary.path + "/out/gep/x.tif")
    #expect(try run() && temporary.has("out/gep/x.tif"))
    try "other".write(toFile: temporary.path + "/out/gep/y.tif", atomically: true, encoding: .utf8)
    #expect(try run() && temporary.text("out/gep/y.tif") == "ay.tif")
  }

  @Test("a maker that fails leaves nothing, and is asked again")
  func fails() throws {
    #expect(throws: CocoaError.self) { try run(leavesAt: "y.tif") }
    #expect(!temporary.has("out/gep/x.tif"))
    #expect(try run())
  }

  @Test("of files that are made in one go only those are made that are not there, and all stay listed")
  func oneGo() throws {
    func run(_ texts: [String]) throws -> [Int] {
      let run = try RunFolder(at: temporary.path + "/out")
      let made = try run.write(texts.enumerated().map { ("pairs/\($0).tif", key($1)) }) { places, paths in
        for (place, path) in zip(places, paths) {
          if texts[place] == "bad" { throw CocoaError(.fileWriteUnknown) }
          try Data(texts[place].utf8).write(to: URL(filePath: path))
        }
      }
      try run.finish(keepingUnits: true)
      return made
    }
    #expect(try run(["a", "b", "c"]) == [0, 1, 2])
    #expect(try run(["a", "b", "c"]) == [])
    #expect(try run(["a", "x", "c"]) == [1] && temporary.text("out/pairs/1.tif") == "x")
    #expect(temporary.text("out/pairs/0.tif") == "a" && temporary.text("out/pairs/2.tif") == "c")
    try FileManager.default.removeItem(atPath: temporary.path + "/out/pairs/2.tif")
    #expect(throws: CocoaError.self) { try run(["y", "x", "bad"]) }
    // What was there is not lost, but nobody takes it for what it should be.
    #expect(try run(["y", "x", "c"]) == [0, 2] && temporary.text("out/pairs/0.tif") == "y")
  }
}
