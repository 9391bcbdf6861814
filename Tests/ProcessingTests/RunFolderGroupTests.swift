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
}
