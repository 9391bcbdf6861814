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

  @Test(
    "a full disk is an error that leaves no half file", .enabled(if: canMount, "needs leave to mount a small disk"),
    arguments: ["raster in memory", "raster in a file", "vectors", "picture"])
  func fullDisk(what: String) throws {
    try #require(run("mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", scratch.folder))
    defer { _ = run("umount", scratch.folder) }
    let path = scratch["full"]
    let error = failure { () throws(RasterError) in
      switch what {
      case "vectors":
        let layout = VectorLayout(layer: "v", geometry: .point, fields: [.init("dx", .double)])
        let writer = try GeoPackageWriter.create(path, layout)
        for index in 0..<5_000 { try writer.write([MapPoint(east: Double(index), north: 1)], [.double(0.5)]) }
        try writer.finish()
      case "picture":
        var state: UInt64 = 1
        var noise = Grid<UInt8>(rows: 600, columns: 600, filledWith: 0)
        for index in noise.cells.indices {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          noise.cells[index] = UInt8(state >> 56)
        }
        try PNG.write(noise, to: path)
      default:
        let size = what == "raster in memory" ? 300 : 2600
        let writer = try RasterWriter.create(path, RasterLayout(rows: size, columns: size))
        try writer.write(counting(size, size).map { ($0 * 1.618).truncatingRemainder(dividingBy: 0.97) })
        try writer.finish()
      }
    }
    #expect(error?.kind == .diskFull)
    #expect(error?.message == "\(path): the disk is full; free some space or choose another folder")
    #expect(scratch.files.isEmpty)
  }

  @Test("an image of one pixel, one of nodata only and a constant one are read as what they are")
  func degenerate() throws {
    let one = try RasterImage.open(
      scratch.raster("1.vrt", rows: 1, columns: 1, type: "Byte", bands: [[9] as [UInt8]]))
    #expect(try one.read(one.window).cells == [9])
    #expect(try one.readDecimated(factor: 8).cells == [9])
    let path = scratch.raster(
      "n.vrt", rows: 3, columns: 3, type: "Int16", bands: [[Int16](repeating: -1, count: 9)],
      bandHeaders: ["<NoDataValue>-1</NoDataValue>"])
    let nothing = try RasterImage.open(path)
    #expect(try nothing.read(nothing.window).cells.allSatisfy(\.isNaN))
    #expect(try nothing.readDecimated(factor: 2).cells.allSatisfy(\.isNaN))
  }
}

/// Whether this process may mount file systems: root outside of most containers.
private let canMount: Bool = {
  let scratch = Scratch()
  guard geteuid() == 0, run("mount", "-t", "tmpfs", "tmpfs", scratch.folder) else { return false }
  return run("umount", scratch.folder)
}()

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
