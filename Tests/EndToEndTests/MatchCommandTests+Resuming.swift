// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Runs that are killed, interrupted or started twice.
@Suite("Resuming match", .enabled(if: OgiveTool.hasCommand("match"), "needs a tool with the command 'match'"))
struct ResumingTests {
  private let folder: RunScratch
  private let command = ["match", "a.pgm", "b.pgm", "--spacing", "2", "--threads", "1", "--quiet", "--out"]

  init() throws {
    // Three tiles, one after the other.
    folder = try RunScratch()
    try folder.put("a.pgm", TestImage.texture(rows: 80, columns: 2200))
    try folder.put("b.pgm", TestImage.texture(rows: 80, columns: 2200, dx: 1.5, dy: -0.75))
  }

  private let products = ["dx", "dy", "dx_sigma", "ncc", "flags", "strain_shear"]

  @Test("a run that was killed and one that was interrupted go on to the same bytes as one that was not")
  func resumed() throws {
    let whole = try OgiveTool.run(command + ["whole"], in: folder.path)
    #expect(whole.code == 0, "\(whole)")
    for (name, isKilled) in [("killed", true), ("interrupted", false)] {
      let first = try OgiveTool.run(
        command + [name], in: folder.path, interruptAfter: isKilled ? nil : whole.seconds * 0.5,
        limit: isKilled ? whole.seconds * 0.5 : 120)
      #expect(!folder.has("\(name)/config.lock.json") || first.code == 0, "unfinished, so not locked\n\(first)")
      let second = try OgiveTool.run(command + [name], in: folder.path)
      #expect(second.code == 0, "\(second)")
      for product in products {
        let bytes = try #require(folder.data("whole/products/\(product).tif"))
        #expect(folder.data("\(name)/products/\(product).tif") == bytes, "\(name): \(product)")
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/\(name)/.ogive/partial")
      #expect(left.isEmpty)
    }
  }

  @Test("of two runs on one folder the second is refused with code 1 and the first ends well")
  func twoAtOnce() throws {
    let process = Process()
    process.executableURL = URL(filePath: OgiveTool.path)
    process.arguments = command + ["out"]
    process.currentDirectoryURL = URL(filePath: folder.path)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    var tries = 0
    while !folder.has("out/.ogive/lock") && tries < 5000 {
      usleep(1000)
      tries += 1
    }
    let second = try OgiveTool.run(command + ["out"], in: folder.path)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(second.code == 1 && second.errors.contains("another run"), "\(second)")
  }
}
