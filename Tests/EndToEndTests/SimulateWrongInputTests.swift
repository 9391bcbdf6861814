// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

@Suite("Wrong input to simulate", .enabled(if: OgiveTool.hasCommand("simulate"), "needs the command 'simulate'"))
struct SimulateWrongInputTests {
  private let folder: RunScratch

  init() throws { folder = try RunScratch() }

  private func expectRefusal(
    _ words: [String], code: Int32, saying texts: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try OgiveTool.run(["simulate"] + words + ["--out", "out"], in: folder.path)
    #expect(outcome.code == code, "\(outcome)", sourceLocation: sourceLocation)
    for text in texts { #expect(outcome.errors.contains(text), "\(outcome)", sourceLocation: sourceLocation) }
    #expect(!folder.has("out"), "a refused run leaves no folder", sourceLocation: sourceLocation)
  }

  @Test("a field that folds is refused with the largest displacement that does not; exit code 2")
  func folds() throws {
    try expectRefusal(
      ["texture", "--field", "landslide", "--maximum-displacement", "60"], code: 2, saying: "would fold",
      "steepest gradient is 2.0", "--maximum-displacement below 30.0", "--boundary")
  }

  @Test("an image that is too small is refused with both sizes; exit code 1")
  func tooSmall() throws {
    try folder.put("a.pgm", TestImage.texture(rows: 40, columns: 200))
    try expectRefusal(["a.pgm"], code: 1, saying: "a.pgm: 40 × 200 px are too small", "at least 64 × 64 px")
  }

  @Test("a displacement of more than a quarter of the image is refused; exit code 2")
  func tooFar() throws {
    try expectRefusal(
      ["texture", "--rows", "100", "--columns", "300", "--maximum-displacement", "26"], code: 2,
      saying: "more than a quarter of the image's shorter side (100 px)", "at most 25")
  }

  @Test("a missing and a damaged file are named; exit code 1")
  func unreadable() throws {
    try expectRefusal(["none.tif"], code: 1, saying: "none.tif")
    try folder.put("notes.tif", Data("not an image\n".utf8))
    try expectRefusal(["notes.tif"], code: 1, saying: "notes.tif")
    try folder.put("short.pgm", TestImage.texture(rows: 160, columns: 180).prefix(9000))
    try expectRefusal(["short.pgm"], code: 1, saying: "short.pgm")
  }

  @Test("a constant image and one without a pixel are named as such; exit code 1")
  func noTexture() throws {
    try folder.put("flat.pgm", TestImage.constant(rows: 100, columns: 100))
    try expectRefusal(["flat.pgm"], code: 1, saying: "flat.pgm is constant")
    let writer = try RasterWriter.create("\(folder.path)/void.tif", RasterLayout(rows: 100, columns: 100))
    try writer.write(Grid(rows: 100, columns: 100, filledWith: Float.nan))
    try writer.finish()
    try expectRefusal(["void.tif"], code: 1, saying: "void.tif: every pixel", "missing")
  }

  @Test("an area outside the image, and one of a texture, are refused")
  func area() throws {
    try folder.put("a.pgm", TestImage.texture(rows: 100, columns: 100))
    try expectRefusal(["a.pgm", "--area", "500,500,900,900"], code: 1, saying: "a.pgm", "outside")
    try expectRefusal(["texture", "--area", "0,0,90,90"], code: 2, saying: "--area", "--rows and --columns")
    try expectRefusal(["texture", "--band", "1"], code: 2, saying: "--band", "only one")
  }

  @Test("an unknown field and a misspelt flag are refused with the right ones; exit code 2")
  func words() throws {
    try expectRefusal(["texture", "--field", "glacer"], code: 2, saying: "glacer", "affine, glacier, landslide")
    try expectRefusal(["texture", "--noise-varience", "1"], code: 2, saying: "--noise-variance")
  }

  @Test("a folder with files of others is left alone; exit code 1")
  func foreign() throws {
    try FileManager.default.createDirectory(atPath: folder.path + "/thesis", withIntermediateDirectories: true)
    try folder.put("thesis/reference.tif", Data("mine".utf8))
    let outcome = try OgiveTool.run(
      ["simulate", "texture", "--rows", "64", "--columns", "64", "--out", "thesis"], in: folder.path)
    #expect(outcome.code == 1 && outcome.errors.contains("thesis"), "\(outcome)")
    #expect(folder.text("thesis/reference.tif") == "mine" && !folder.has("thesis/.ogive"))
  }

  @Test("an interrupted run says so, leaves nothing half-written and the earlier pair as it was; exit code 1")
  func interrupted() throws {
    // Long enough that it has begun and not ended by then, on a fast machine and on a busy one.
    let size = ["--rows", "3500", "--columns", "3500", "--no-gradients", "--threads", "1"]
    let large = ["simulate", "texture"] + size + ["--out"]
    let first = try OgiveTool.run(large + ["new"], in: folder.path, interruptAfter: 0.8)
    #expect(first.code == 1 && first.errors.contains("nothing was written to new"), "\(first)")
    #expect(!folder.has("new"))

    let small = try OgiveTool.run(
      ["simulate", "texture", "--rows", "64", "--columns", "64", "--out", "old"], in: folder.path)
    #expect(small.code == 0, "\(small)")
    let before = try #require(folder.data("old/reference.tif"))
    let second = try OgiveTool.run(large + ["old"], in: folder.path, interruptAfter: 0.8)
    #expect(second.code == 1, "\(second)")
    #expect(folder.data("old/reference.tif") == before)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/old/.ogive/partial")
    #expect(left.isEmpty, "\(left)")
  }
}
