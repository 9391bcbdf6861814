// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import TestSupport
import Testing

@Suite("Wrong raster input")
struct WrongInputTests {
  let scratch = Scratch()

  private func opening(_ path: String) -> RasterError? {
    failure { () throws(RasterError) in try RasterImage.open(path) }
  }

  @Test("a missing file, a folder, an empty file and a text file each say so by name")
  func unreadable() {
    let missing = opening(scratch["no.tif"])
    #expect(missing?.kind == .missing)
    #expect(missing?.message == "\(scratch["no.tif"]): there is no such file; check the path")
    let folder = opening(scratch.folder)
    #expect(folder?.kind == .directory)
    #expect(folder?.message == "\(scratch.folder) is a folder; give an image file inside it")
    let empty = opening(scratch.write("empty.tif", ""))
    #expect(empty?.kind == .empty)
    #expect(empty?.message == "\(scratch["empty.tif"]) is empty (0 bytes); fetch or write it again")
    let text = opening(scratch.write("text.tif", "hello, I am not an image at all"))
    #expect(text?.kind == .unreadable)
    #expect(
      text?.message
        == "\(scratch["text.tif"]) is not readable as an image: it is damaged, cut off, or of an unknown format")
    #expect(text?.cause?.contains("not recognized as a supported file format") == true)
  }

  @Test("a file without read permission says so")
  func noPermission() {
    let path = scratch.write("secret.tif", "x")
    chmod(path, 0)
    let error = asNobody { opening(path) }
    #expect(error?.kind == .noPermission)
    #expect(
      error?.message
        == "\(path): no permission to read it; change its mode or owner, or run as its owner")
  }

  @Test("a TIFF cut in half fails at the read and names file, window and GDAL's text", arguments: [false, true])
  func truncated(isLarge: Bool) throws {
    let size = isLarge ? 1500 : 300
    let path = scratch["cut-\(size).tif"]
    let writer = try RasterWriter.create(path, RasterLayout(rows: size, columns: size))
    try writer.write(counting(size, size).map { ($0 * 1.618).truncatingRemainder(dividingBy: 97) })
    try writer.finish()
    let length = try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    truncate(path, length / 2)
    let image = try RasterImage.open(path)
    let error = failure { () throws(RasterError) in try image.read(image.window) }
    #expect(error?.kind == .readFailed)
    #expect(
      error?.message
        == "\(path): rows 0..<\(size), columns 0..<\(size) cannot be read; the file is damaged or cut off: fetch or "
        + "write it again")
    #expect(error?.cause?.isEmpty == false)
    #expect(failure { () throws(RasterError) in try image.readDecimated(factor: 4) }?.kind == .readFailed)
  }

  @Test("a JPEG cut in half fails instead of reading as grey", .enabled(if: jpeg != nil, "needs ../shared/data"))
  func truncatedJPEG() throws {
    let data = try Data(contentsOf: try #require(jpeg))
    let path = scratch["cut.jpg"]
    _ = FileManager.default.createFile(atPath: path, contents: data.prefix(data.count / 2))
    let image = try RasterImage.open(path)
    #expect(failure { () throws(RasterError) in try image.read(image.window) }?.kind == .readFailed)
  }

  @Test("an unwritable, an absent and a full folder each say so and leave nothing")
  func unwritable() {
    let layout = RasterLayout(rows: 20, columns: 20)
    chmod(scratch.folder, 0o555)
    let refused = asNobody { failure { () throws(RasterError) in try RasterWriter.create(scratch["x.tif"], layout) } }
    chmod(scratch.folder, 0o755)
    #expect(refused?.kind == .notWritable)
    #expect(
      refused?.message
        == "\(scratch["x.tif"]): no permission to write in \(scratch.folder)/; choose another folder or change its mode"
    )
    let absent = failure { () throws(RasterError) in try RasterWriter.create(scratch["no/x.tif"], layout) }
    #expect(absent?.kind == .notWritable)
    #expect(
      absent?.message == "\(scratch["no/x.tif"]): the folder \(scratch.folder)/no/ does not exist; make it first")
    #expect(scratch.files.isEmpty)
  }

  @Test("a full disk is an error that leaves no half file", .enabled(if: geteuid() == 0, "needs root to mount"))
  func fullDisk() throws {
    let mounted = run("mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", scratch.folder)
    try #require(mounted, "needs leave to mount a file system")
    defer { _ = run("umount", scratch.folder) }
    for size in [300, 2600] {  // gathered in memory, and in a file
      let noise = counting(size, size).map { ($0 * 1.618).truncatingRemainder(dividingBy: 0.97) }
      let error = failure { () throws(RasterError) in
        let writer = try RasterWriter.create(scratch["full.tif"], RasterLayout(rows: size, columns: size))
        try writer.write(noise)
        try writer.finish()
      }
      #expect(error?.kind == .diskFull)
      #expect(
        error?.message == "\(scratch["full.tif"]): the disk is full; free some space or choose another folder")
      #expect(scratch.files.isEmpty)
    }
  }
}

private let jpeg = SharedData.file("perito_moreno_s2/20200101.jpg")

/// Runs a block with the file permissions of nobody on this thread when the tests run as root.
func asNobody<Result>(_ body: () -> Result) -> Result {
  guard geteuid() == 0, let symbol = dlsym(nil, "setfsuid") else { return body() }
  let setUser = unsafeBitCast(symbol, to: (@convention(c) (UInt32) -> Int32).self)
  _ = setUser(65534)
  defer { _ = setUser(0) }
  return body()
}

func run(_ command: String...) -> Bool {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = command
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}
