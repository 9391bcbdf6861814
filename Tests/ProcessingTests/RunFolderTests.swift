// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing
import Testing

@Suite("Run folder")
struct RunFolderTests {
  @Test("is created with its parents, and its files appear under their names")
  func create() throws {
    let temporary = try TemporaryFolder()
    let run = try RunFolder(at: temporary.path + "/a/b")
    try run.write("{}\n", to: "summary.json")
    try run.write("x", to: "stac/item.json")
    #expect(temporary.text("a/b/summary.json") == "{}\n")
    #expect(temporary.text("a/b/stac/item.json") == "x")
  }

  @Test("is refused where a file has its name")
  func isFile() throws {
    let temporary = try TemporaryFolder()
    try "x".write(toFile: temporary.path + "/out", atomically: true, encoding: .utf8)
    let error = #expect(throws: ProcessingError.self) { try RunFolder(at: temporary.path + "/out") }
    #expect(error?.kind == .folderIsFile)
    #expect(error?.message == "\(temporary.path)/out is a file; --out needs a folder")
  }

  @Test("is refused where it cannot be created, with the reason")
  func notWritable() throws {
    let error = #expect(throws: ProcessingError.self) { try RunFolder(at: "/proc/ogive/out") }
    #expect(error?.kind == .folderNotWritable)
    #expect(error?.message.contains("give another folder as --out") == true)
  }

  @Test("is refused where it holds another command's run, and leaves that alone; a folder without files is not")
  func otherCommand() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path + "/out"
    do {
      let run = try RunFolder(at: path, for: "match")
      try run.write("{}", to: "summary.json")
      try run.finish()
    }
    let error = #expect(throws: ProcessingError.self) { try RunFolder(at: path, for: "simulate") }
    #expect(error?.kind == .folderOfOtherCommand)
    #expect(
      error?.message
        == "\(path) holds a run of ogive match, which ogive simulate would replace; give another --out, or remove the "
        + "folder first")
    #expect(temporary.has("out/summary.json"))
    #expect(throws: Never.self) { try RunFolder(at: path, for: "match") }
    #expect(throws: Never.self) { try RunFolder(at: path).write("{}", to: "evaluation.json") }
    try FileManager.default.removeItem(atPath: path + "/.ogive/files")
    #expect(throws: Never.self) { try RunFolder(at: path, for: "simulate") }
  }

  @Test("the space that a run needs is less by what is there already")
  func heldSpace() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path + "/out", free = try #require(RunFolder.freeBytes(at: temporary.path))
    do {
      let run = try RunFolder(at: path)
      // A hole: a size without space on the disk.
      try run.write("x", to: "dx.tif")
      #expect(truncate(run.path(of: "dx.tif"), 1 << 40) == 0)
    }
    #expect(throws: Never.self) { try RunFolder(at: path, neededBytes: free + 1 << 39) }
    #expect(throws: ProcessingError.self) { try RunFolder(at: path, neededBytes: free + 1 << 41) }
  }

  @Test("is refused where it holds files of others, and leaves them alone")
  func foreign() throws {
    let temporary = try TemporaryFolder()
    try "mine".write(toFile: temporary.path + "/thesis.tex", atomically: true, encoding: .utf8)
    let error = #expect(throws: ProcessingError.self) { try RunFolder(at: temporary.path) }
    #expect(error?.kind == .folderForeign)
    #expect(error?.message.contains("thesis.tex") == true)
    #expect(!temporary.has(".ogive"))
  }

  @Test("never replaces a file that no run wrote, but replaces those of an earlier run")
  func foreignFile() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path + "/out"
    do {
      let first = try RunFolder(at: path)
      try first.write("one", to: "summary.json")
      try first.finish()
    }
    try "mine".write(toFile: path + "/report.html", atomically: true, encoding: .utf8)
    let second = try RunFolder(at: path)
    try second.write("two", to: "summary.json")
    #expect(temporary.text("out/summary.json") == "two")
    let error = #expect(throws: ProcessingError.self) { try second.write("ours", to: "report.html") }
    #expect(error?.kind == .folderForeign)
    #expect(temporary.text("out/report.html") == "mine")
  }

  @Test("is refused while another run holds it, and free again after")
  func locked() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path + "/out"
    do {
      let first = try RunFolder(at: path)
      let error = #expect(throws: ProcessingError.self) { try RunFolder(at: path) }
      #expect(error?.kind == .folderLocked)
      #expect(error?.message.contains("process \(getpid())") == true)
      try first.finish()
    }
    #expect(throws: Never.self) { try RunFolder(at: path) }
  }

  @Test("loses the products of an earlier run that the later one does not make, and nothing else")
  func stale() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path + "/out"
    for names in [["products/dx.tif", "products/speed.tif"], ["products/dx.tif"]] {
      let run = try RunFolder(at: path)
      for name in names { try run.write("cells", to: name) }
      try run.finish()
    }
    #expect(temporary.has("out/products/dx.tif"))
    #expect(!temporary.has("out/products/speed.tif"))
  }

  @Test("moves a folder that is one product whole, over an older one, and takes it away when it is not made again")
  func folderProduct() throws {
    let temporary = try TemporaryFolder(), path = temporary.path + "/out"
    for files in [["0.0", "0.1"], ["0.0"], []] {
      let run = try RunFolder(at: path)
      if !files.isEmpty {
        try run.write("series.zarr") { partial in
          try FileManager.default.createDirectory(atPath: partial + "/vx", withIntermediateDirectories: true)
          for file in files { try file.write(toFile: "\(partial)/vx/\(file)", atomically: false, encoding: .utf8) }
        }
      }
      try run.finish()
      let found = try? FileManager.default.contentsOfDirectory(atPath: path + "/series.zarr/vx").sorted()
      #expect(found == (files.isEmpty ? nil : files))
      #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/.ogive/partial").isEmpty)
    }
  }

  @Test("knows its own files after a run that never finished")
  func interrupted() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path + "/out"
    do {
      let run = try RunFolder(at: path)
      try run.write("one", to: "summary.json")
      // Half a raster, whose run ends here.
      try "half".write(toFile: try run.partialPath(for: "products/dx.tif"), atomically: false, encoding: .utf8)
    }
    let second = try RunFolder(at: path)
    #expect(throws: Never.self) { try second.write("two", to: "summary.json") }
    #expect(!temporary.has("out/products/dx.tif"))
    let partial = try FileManager.default.contentsOfDirectory(atPath: path + "/.ogive/partial")
    #expect(partial.isEmpty)
  }

  @Test("is refused before anything is written when the disk is too full, and leaves no folder")
  func diskFull() throws {
    let temporary = try TemporaryFolder()
    let error = #expect(throws: ProcessingError.self) {
      try RunFolder(at: temporary.path + "/out", neededBytes: 1 << 60)
    }
    #expect(error?.kind == .diskFull)
    #expect(error?.message.contains("1152921504.6 GB") == true)
    #expect(!temporary.has("out"))
  }

  @Test("of a run that fails early is taken away again")
  func discard() throws {
    let temporary = try TemporaryFolder()
    let run = try RunFolder(at: temporary.path + "/out")
    run.discardIfEmpty()
    #expect(!temporary.has("out"))
  }

  @Test(
    "reports a disk that fills up while writing, and leaves nothing half-written",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs the device /dev/full"))
  func fullDevice() throws {
    let temporary = try TemporaryFolder()
    // Reached through a link, so that cleaning up removes the link and not the device.
    let partial = temporary.path + "/partial"
    try FileManager.default.createSymbolicLink(atPath: partial, withDestinationPath: "/dev/full")
    let error = #expect(throws: ProcessingError.self) {
      try AtomicFile.write("cells", to: temporary.path + "/dx.tif", partial: partial)
    }
    #expect(error?.kind == .diskFull)
    #expect(error?.message.contains("No space left on device. Free some space") == true)
    #expect(!temporary.has("dx.tif") && !temporary.has("partial"))
  }

  @Test("keeps a log of one JSON object a line")
  func log() throws {
    let temporary = try TemporaryFolder()
    let run = try RunFolder(at: temporary.path + "/out")
    let log = try RunLog(run)
    log.write("start", "said \"go\"")
    log.write("tile", ["row": 3])
    let lines = try #require(temporary.text("out/log.jsonl")).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasSuffix(#""event":"start","message":"said \"go\""}"#))
    #expect(lines[1].hasSuffix(#""event":"tile","row":3}"#))
  }
}
