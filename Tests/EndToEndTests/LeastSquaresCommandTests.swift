// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite(
  "The command match, point by point",
  .enabled(if: OgiveTool.hasCommand("match"), "needs a tool with the command 'match'"))
struct LeastSquaresCommandTests {
  private let folder: RunScratch

  init() throws {
    folder = try RunScratch()
    try folder.put("a.pgm", TestImage.texture(rows: 200, columns: 220))
    try folder.put("b.pgm", TestImage.texture(rows: 200, columns: 220, dx: 1.5, dy: -0.75))
  }

  private func run(_ out: String, _ options: String...) throws -> OgiveTool.Outcome {
    try OgiveTool.run(
      ["match", "a.pgm", "b.pgm", "--out", out, "--quiet", "--method", "least-squares"] + options, in: folder.path)
  }

  /// The median offset of a run's summary, px.
  private func median(_ out: String) throws -> (dx: Double, dy: Double) {
    let data = try #require(folder.data(out + "/summary.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    func value(_ name: String) throws -> Double {
      let quantities = try #require(json["quantities"] as? [String: Any], "\(json.keys)")
      return try #require((quantities[name] as? [String: Any])?["median"] as? Double)
    }
    return (try value("dx"), try value("dy"))
  }

  @Test("finds a shift within 0.01 px with every transformation; only affine gives gradients of its own")
  func transformations() throws {
    for transformation in ["affine", "rigid", "translation"] {
      let outcome = try run(transformation, "--transformation", transformation)
      #expect(outcome.code == 0, "\(outcome)")
      let found = try median(transformation)
      #expect(abs(found.dx - 1.5) < 0.01 && abs(found.dy + 0.75) < 0.01, "\(transformation): \(found)")
      #expect(folder.has(transformation + "/products/dx_sigma.tif"))
      #expect(folder.has(transformation + "/products/dx_per_column.tif") == (transformation == "affine"))
    }
  }

  @Test("gives other values with the cubic spline, and the same again by default as with the quintic")
  func interpolation() throws {
    for (out, options) in [("default", []), ("quintic", ["quintic"]), ("cubic", ["cubic"])] {
      let outcome = try OgiveTool.run(
        ["match", "a.pgm", "b.pgm", "--out", out, "--quiet", "--method", "least-squares"]
          + options.flatMap { ["--interpolation", $0] }, in: folder.path)
      #expect(outcome.code == 0, "\(outcome)")
    }
    let quintic = try #require(folder.data("quintic/products/dx.tif"))
    #expect(quintic == folder.data("default/products/dx.tif"))
    #expect(quintic != folder.data("cubic/products/dx.tif"))
  }

  @Test("refuses its own choices with another method, by name; exit code 2")
  func refused() throws {
    for (flag, value) in [("transformation", "rigid"), ("interpolation", "cubic")] {
      let outcome = try OgiveTool.run(
        ["match", "a.pgm", "b.pgm", "--out", "out", "--" + flag, value], in: folder.path)
      #expect(outcome.code == 2, "\(outcome)")
      for text in [flag, "least-squares", "dense"] { #expect(outcome.errors.contains(text), "\(outcome)") }
      #expect(!folder.has("out"))
    }
    let unknown = try run("out", "--transformation", "projective")
    #expect(unknown.code == 2 && unknown.errors.contains("projective"), "\(unknown)")
  }
}
