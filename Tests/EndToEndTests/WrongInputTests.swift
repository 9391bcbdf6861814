// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// What a user gets for wrong input: the right exit code, a message that names the thing, and nothing half-written.
@Suite("Wrong input", .enabled(if: OgiveTool.hasCommand("match"), "needs a tool with the command 'match'"))
struct WrongInputTests {
  private let folder: RunScratch

  init() throws {
    folder = try RunScratch()
    try folder.put("a.pgm", TestImage.texture(rows: 160, columns: 180))
    try folder.put("b.pgm", TestImage.texture(rows: 160, columns: 180, dx: 1.5, dy: -0.75))
  }

  /// Runs `match` on two files and expects it to fail with a code and a text.
  private func expectRefusal(
    _ reference: String, _ secondary: String, options: [String] = [], code: Int32, saying texts: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try OgiveTool.run(
      ["match", reference, secondary, "--out", "out"] + options, in: folder.path)
    #expect(outcome.code == code, "\(outcome)", sourceLocation: sourceLocation)
    for text in texts {
      #expect(outcome.errors.localizedCaseInsensitiveContains(text), "\(outcome)", sourceLocation: sourceLocation)
    }
    #expect(!folder.has("out"), "a refused run leaves no folder", sourceLocation: sourceLocation)
  }

  @Test("a missing file is named; exit code 1")
  func missing() throws { try expectRefusal("a.pgm", "none.tif", code: 1, saying: "none.tif") }

  @Test("a file that is no image is named; exit code 1")
  func noImage() throws {
    try folder.put("notes.tif", Data("not an image\n".utf8))
    try expectRefusal("a.pgm", "notes.tif", code: 1, saying: "notes.tif")
  }

  @Test("a file that ends too early is named; exit code 1")
  func truncated() throws {
    try folder.put("short.pgm", TestImage.texture(rows: 160, columns: 180).prefix(9000))
    try expectRefusal("a.pgm", "short.pgm", code: 1, saying: "short.pgm")
  }

  @Test("a constant image is named as such; exit code 1")
  func constant() throws {
    try folder.put("flat.pgm", TestImage.constant(rows: 160, columns: 180))
    try expectRefusal("flat.pgm", "a.pgm", code: 1, saying: "flat.pgm", "constant")
  }

  @Test("an image of one pixel is too small; exit code 1")
  func onePixel() throws {
    try folder.put("dot.pgm", TestImage.constant(rows: 1, columns: 1))
    try expectRefusal("dot.pgm", "dot.pgm", code: 1, saying: "1 × 1")
  }

  @Test("a window larger than the image is refused with both sizes; exit code 2")
  func windowTooLarge() throws {
    try expectRefusal("a.pgm", "b.pgm", options: ["--template-window", "401"], code: 2, saying: "401", "160 × 180")
  }

  @Test(
    "dates that are reversed or equal are refused; exit code 2",
    arguments: [("2021-08-01", "2020-08-01"), ("2021-08-01", "2021-08-01")])
  func dates(reference: String, secondary: String) throws {
    let options = ["--reference-date", reference, "--secondary-date", secondary]
    try expectRefusal("a.pgm", "b.pgm", options: options, code: 2, saying: secondary)
  }

  @Test("a misspelt flag is refused with the right one; exit code 2")
  func misspeltFlag() throws {
    try expectRefusal("a.pgm", "b.pgm", options: ["--template-windw", "51"], code: 2, saying: "--template-window")
  }

  @Test("an output folder that is a file, or holds files of others, is refused and left alone; exit code 1")
  func output() throws {
    try folder.put("taken", Data("mine".utf8))
    try FileManager.default.createDirectory(atPath: folder.path + "/thesis", withIntermediateDirectories: true)
    try folder.put("thesis/chapter.tex", Data("mine".utf8))
    for name in ["taken", "thesis"] {
      let outcome = try OgiveTool.run(["match", "a.pgm", "b.pgm", "--out", name], in: folder.path)
      #expect(outcome.code == 1 && outcome.errors.contains(name), "\(outcome)")
    }
    #expect(folder.text("taken") == "mine" && folder.text("thesis/chapter.tex") == "mine")
    #expect(!folder.has("thesis/.ogive"))
  }

  @Test("of a colour image the band that was taken is told; exit code 0")
  func colour() throws {
    try folder.put("c.ppm", TestImage.colour(rows: 160, columns: 180))
    try folder.put("d.ppm", TestImage.colour(rows: 160, columns: 180, dx: 1.5))
    let outcome = try OgiveTool.run(["match", "c.ppm", "d.ppm", "--out", "out"], in: folder.path)
    #expect(outcome.code == 0, "\(outcome)")
    #expect((outcome.output + outcome.errors).localizedCaseInsensitiveContains("band 1"), "\(outcome)")
  }
}
