// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Runs whose folder belongs to another run, is not theirs to write, or has no room.
@Suite("Refused folders", .enabled(if: OgiveTool.hasCommand("match"), "needs a tool with the command 'match'"))
struct RefusedFolderTests {
  private let folder: RunScratch

  init() throws {
    folder = try RunScratch()
    try folder.put("a.pgm", TestImage.texture(rows: 120, columns: 140))
    try folder.put("b.pgm", TestImage.texture(rows: 120, columns: 140, dx: 1.5, dy: -0.75))
  }

  private let match = ["match", "a.pgm", "b.pgm", "--quiet", "--out"]

  private func names(_ path: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: "\(folder.path)/\(path)")
      .filter { !$0.hasPrefix(".ogive") }.sorted()
  }

  @Test("neither simulate onto a match nor match onto a simulation takes a file away; evaluate adds its own")
  func otherCommand() throws {
    #expect(try OgiveTool.run(match + ["m"], in: folder.path).code == 0)
    let simulate = ["simulate", "texture", "--rows", "128", "--columns", "128", "--quiet", "--out"]
    #expect(try OgiveTool.run(simulate + ["s"], in: folder.path).code == 0)
    let matched = try names("m"), simulated = try names("s")
    let first = try OgiveTool.run(simulate + ["m"], in: folder.path)
    #expect(
      first.code == 1 && first.errors.contains("holds a run of ogive match, which ogive simulate would replace"))
    let second = try OgiveTool.run(match + ["s"], in: folder.path)
    #expect(
      second.code == 1 && second.errors.contains("holds a run of ogive simulate, which ogive match would replace"))
    #expect(try names("m") == matched && names("s") == simulated)
    let evaluated = try OgiveTool.run(["evaluate", "m", "--truth-dx", "1.5", "--truth-dy", "-0.75"], in: folder.path)
    #expect(evaluated.code == 0, "\(evaluated)")
    #expect(try names("m") == (matched + ["evaluation.json"]).sorted())
  }

  private func run(after command: String, _ arguments: [String]) throws -> OgiveTool.Outcome {
    try OgiveTool.run(arguments, in: folder.path, after: command)
  }

  @Test(
    "a write that the system cuts off ends with code 1 and a reason, leaves nothing half-written, and is resumed",
    arguments: [1, 60, 200])
  func limited(_ blocks: Int) throws {
    // Blocks of 512 bytes: too small for a stored tile, for the vectors, and for what GDAL writes.
    let cut = try run(after: "ulimit -f \(blocks) &&", match + ["out"])
    #expect(cut.code == 1, "\(cut)")
    #expect(["File too large", "could not be written", "disk"].contains { cut.errors.contains($0) }, "\(cut)")
    #expect(!folder.has("out/config.lock.json"))
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out/.ogive/partial")
    #expect(left.isEmpty, "\(left)")
    let whole = try OgiveTool.run(match + ["whole"], in: folder.path)
    #expect(whole.code == 0, "\(whole)")
    for name in try names("out") where name.hasSuffix(".tif") {
      #expect(folder.data("out/\(name)") == folder.data("whole/\(name)"), "\(name) is whole")
    }
    let again = try OgiveTool.run(match + ["out"], in: folder.path)
    #expect(again.code == 0, "\(again)")
    for name in try names("whole") where name.hasSuffix(".tif") {
      #expect(folder.data("out/\(name)") == folder.data("whole/\(name)"), "\(name)")
    }
  }

  /// How to run as a user without rights: directly, or as `nobody` where the tests run as root.
  private static let ordinary: String? = {
    if getuid() != 0 { return "" }
    let path = ["/usr/bin/setpriv", "/bin/setpriv"].first { FileManager.default.isExecutableFile(atPath: $0) }
    return path.map { "\($0) --reuid=65534 --regid=65534 --clear-groups" }
  }()

  @Test(
    "a folder and an image that the user may not open are named, with code 1", .enabled(if: ordinary != nil))
  func permissions() throws {
    let command = try #require(Self.ordinary)
    // Another user must get to the images, and to the tool.
    guard try run(after: command, ["--version"]).code == 0 else { return }
    chmod(folder.path, 0o555)
    defer { chmod(folder.path, 0o755) }
    let closed = try run(after: command, match + ["out"])
    #expect(closed.code == 1 && closed.errors.contains("cannot create the folder"), "\(closed)")
    #expect(closed.errors.contains("Permission denied; give another folder as --out"))
    chmod(folder.path + "/b.pgm", 0)
    let unreadable = try run(after: command, match + ["out"])
    #expect(unreadable.code == 1 && unreadable.errors.contains("b.pgm: no permission to read it"), "\(unreadable)")
  }
}
