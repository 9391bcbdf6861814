// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite("The command match", .enabled(if: OgiveTool.hasCommand("match"), "needs a tool with the command 'match'"))
struct MatchCommandTests {
  private let folder: RunScratch

  init() throws {
    folder = try RunScratch()
    try folder.put("a.pgm", TestImage.texture(rows: 200, columns: 220))
    try folder.put("b.pgm", TestImage.texture(rows: 200, columns: 220, dx: 1.5, dy: -0.75))
  }

  @Test("writes the files of a run without coordinates, and no temporary ones")
  func files() throws {
    let outcome = try OgiveTool.run(["match", "a.pgm", "b.pgm", "--out", "out"], in: folder.path)
    #expect(outcome.code == 0, "\(outcome)")
    let names = [
      "products/dx.tif", "products/dy.tif", "products/ncc.tif", "products/snr.tif", "products/flags.tif",
      "products/dx_sigma.tif", "products/dy_sigma.tif", "summary.json", "config.lock.json", "report.html",
      "log.jsonl",
    ]
    for name in names { #expect(folder.has("out/" + name), "\(name) is missing\n\(outcome)") }
    let all = FileManager.default.enumerator(atPath: folder.path + "/out")?.compactMap { $0 as? String } ?? []
    #expect(!all.contains { $0.hasSuffix(".part") })
  }

  @Test("gives the same rasters, byte for byte, on one thread and on two")
  func threads() throws {
    for threads in ["1", "2"] {
      let outcome = try OgiveTool.run(
        ["match", "a.pgm", "b.pgm", "--out", "out\(threads)", "--threads", threads], in: folder.path)
      #expect(outcome.code == 0, "\(outcome)")
    }
    for name in ["dx", "dy", "dx_sigma", "flags"] {
      let first = try #require(folder.data("out1/products/\(name).tif"))
      #expect(first == folder.data("out2/products/\(name).tif"), "\(name).tif differs")
    }
  }

  @Test("without a terminal tells progress as JSON lines, and nothing with --quiet")
  func progress() throws {
    let outcome = try OgiveTool.run(["match", "a.pgm", "b.pgm", "--out", "out"], in: folder.path)
    for line in outcome.errors.split(separator: "\n") {
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
    #expect(outcome.errors.contains("\"event\":\"stage-start\""))
    let quiet = try OgiveTool.run(["match", "a.pgm", "b.pgm", "--out", "quiet", "--quiet"], in: folder.path)
    #expect(quiet.errors == "")
  }

  @Test("that is interrupted ends soon, leaves no half-written product, and goes on when run again")
  func interrupted() throws {
    try folder.put("large-a.pgm", TestImage.texture(rows: 700, columns: 700))
    try folder.put("large-b.pgm", TestImage.texture(rows: 700, columns: 700, dx: 1.5))
    let command = ["match", "large-a.pgm", "large-b.pgm", "--out", "out", "--spacing", "1"]
    let first = try OgiveTool.run(command, in: folder.path, interruptAfter: 0.15)
    // On a fast machine it may have ended before the interrupt.
    #expect([0, 1, 3].contains(first.code), "\(first)")
    let second = try OgiveTool.run(command, in: folder.path)
    #expect(second.code == 0, "\(second)")
  }
}
