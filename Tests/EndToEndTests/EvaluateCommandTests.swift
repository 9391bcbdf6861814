// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

/// Products with known errors, written as `ogive match` writes them.
@Suite("The command evaluate", .enabled(if: OgiveTool.hasCommand("evaluate"), "needs the command 'evaluate'"))
struct EvaluateCommandTests {
  private let folder: RunScratch

  init() throws {
    folder = try RunScratch()
    let simulated = try OgiveTool.run(
      ["simulate", "texture", "--rows", "200", "--columns", "240", "--out", "truth", "--quiet"], in: folder.path)
    #expect(simulated.code == 0, "\(simulated)")
  }

  /// Every eighth pixel from pixel (12, 20) on.
  private static let (first, spacing, rows, columns) = ((row: 12, column: 20), 8, 22, 25)

  private func put(_ name: String, _ grid: Grid<Float>, type: RasterLayout.SampleType = .float32) throws {
    try FileManager.default.createDirectory(
      atPath: folder.path + "/run/products", withIntermediateDirectories: true)
    let pixels = GeoTransform(originEast: 0, originNorth: 0, eastPerColumn: 1, northPerRow: 1)
    let transform = pixels.grid(
      row: Double(Self.first.row), column: Double(Self.first.column), spacing: Double(Self.spacing))
    let writer = try RasterWriter.create(
      "\(folder.path)/run/products/\(name).tif",
      RasterLayout(rows: grid.rows, columns: grid.columns, type: type, transform: transform))
    try writer.write(grid)
    try writer.finish()
  }

  /// The truth of this name at the points, changed.
  private func truth(_ name: String, plus error: Float = 0) throws -> Grid<Float> {
    let image = try RasterImage.open("\(folder.path)/truth/truth_\(name).tif")
    let all = try image.read(image.window)
    var out = Grid<Float>(rows: Self.rows, columns: Self.columns, filledWith: 0)
    for row in 0..<out.rows {
      for column in 0..<out.columns {
        out[row, column] =
          all[Self.first.row + row * Self.spacing, Self.first.column + column * Self.spacing] + error
      }
    }
    return out
  }

  private func constant(_ value: Float) -> Grid<Float> {
    Grid(rows: Self.rows, columns: Self.columns, filledWith: value)
  }

  private func putRun() throws {
    var dx = try truth("dx", plus: 0.3)
    dx[10, 12] = .nan
    try put("dx", dx)
    try put("dy", try truth("dy", plus: -0.4))
    try put("dx_sigma", constant(0.3))
    try put("dy_sigma", constant(0.2))
    var flags = constant(0)
    flags[10, 12] = 4
    try put("flags", flags, type: .uint8)
    try put("dx_per_row", try truth("dx_dy", plus: 0.001))
    try put("rotation", try truth("rotation", plus: -0.002))
  }

  private func results(_ options: [String]) throws -> [String: Double] {
    let outcome = try OgiveTool.run(["evaluate", "run"] + options + ["--json"], in: folder.path)
    #expect(outcome.code == 0, "\(outcome)")
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    #expect(folder.text("run/evaluation.json") == outcome.output, "the file holds what was printed")
    return try #require(object?["results"] as? [String: Double])
  }

  @Test("finds errors of 0.3 and -0.4 px within 1e-5 px, and sigmas that fit one and are half of the other")
  func numbers() throws {
    try putRun()
    let found = try results(["--truth", "truth", "--margin", "0"])
    func expect(_ name: String, _ value: Double, within tolerance: Double = 1e-5) {
      #expect(abs((found[name] ?? .nan) - value) < tolerance, "\(name) \(found[name] ?? .nan)")
    }
    expect("points", 550)
    expect("valid", 549.0 / 550)
    expect("bias_dx", 0.3)
    expect("bias_dy", -0.4)
    expect("vector_mean", 0.5)
    expect("mae", 0.35)
    expect("dx_rms_error_over_sigma", 1)
    expect("dy_rms_error_over_sigma", 2)
    expect("dy_coverage_68", 0)
    expect("beyond_1px", 0)
    expect("dx_per_row_mae", 0.001, within: 1e-7)
    expect("rotation_median_error", -0.002, within: 1e-7)
  }

  @Test("counts only points as far inside the truth as the margin asks: 64 px leave 9 × 14")
  func margin() throws {
    try putRun()
    // Rows 64...135 hold 68, 76 ... 132; columns 64...175 hold 68, 76 ... 172.
    #expect(try results(["--truth", "truth"])["points"] == 126)
  }

  @Test("compares with a shift that is the same everywhere")
  func shift() throws {
    try put("dx", constant(0.7))
    try put("dy", constant(1.85))
    let found = try results(["--truth-dx", "0.68", "--truth-dy", "1.88"])
    #expect(abs((found["bias_dx"] ?? .nan) - 0.02) < 1e-6 && abs((found["bias_dy"] ?? .nan) + 0.03) < 1e-6)
    #expect(found["points"] == 550 && found["rms_error_over_sigma"] == nil)
  }

  @Test("prints a table with the reasons of missing points and every quantity")
  func table() throws {
    try putRun()
    let outcome = try OgiveTool.run(["evaluate", "run", "--truth", "truth", "--margin", "8"], in: folder.path)
    #expect(outcome.code == 0 && outcome.errors == "", "\(outcome)")
    for text in ["ambiguous 1", "0.500 px (MAD)", "error/sigma", "dx_per_row", "rotation"] {
      #expect(outcome.output.contains(text), "\(text) is missing\n\(outcome)")
    }
  }

  @Test("says what is wrong with a folder, a truth, a place or a margin, and how to cure it")
  func wrongInput() throws {
    func expect(_ words: [String], _ code: Int32, _ texts: String...) throws {
      let outcome = try OgiveTool.run(["evaluate"] + words, in: folder.path)
      #expect(outcome.code == code, "\(outcome)")
      for text in texts { #expect(outcome.errors.contains(text), "\(outcome)") }
    }
    try putRun()
    try expect(["none", "--truth", "truth"], 1, "none: there is no such folder", "--out folder of ogive match")
    try expect(["truth", "--truth", "truth"], 1, "truth is not the folder of a finished match", "products/dx.tif")
    try expect(["run", "--truth", "run"], 1, "run holds no truth_dx.tif", "--truth-dx")
    try expect(["run", "--truth", "truth", "--margin", "150"], 1, "150 px", "smaller --margin")
    try expect(["run"], 2, "give --truth, or --truth-dx and --truth-dy")
    try expect(["run", "--truth-dx", "1"], 2, "both --truth-dx and --truth-dy")
    try expect(["run", "--truth", "truth", "--truth-dy", "1"], 2, "give one")
    #expect(!folder.has("run/evaluation.json"))
  }

  @Test("refuses products that lie elsewhere or in another CRS than the truth")
  func elsewhere() throws {
    let transform = GeoTransform(originEast: 400_000, originNorth: 5_000_000, eastPerColumn: 10, northPerRow: -10)
    func put(_ path: String, code: String, transform: GeoTransform) throws {
      let name = (path as NSString).deletingLastPathComponent
      try FileManager.default.createDirectory(atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
      let writer = try RasterWriter.create(
        "\(folder.path)/\(path)", RasterLayout(rows: 90, columns: 90, transform: transform, crs: try CRS(code)))
      try writer.write(Grid(rows: 90, columns: 90, filledWith: Float(1)))
      try writer.finish()
    }
    for component in ["dx", "dy"] {
      try put("here/truth_\(component).tif", code: "EPSG:32633", transform: transform)
      try put("zone/products/\(component).tif", code: "EPSG:32632", transform: transform)
      try put(
        "far/products/\(component).tif", code: "EPSG:32633",
        transform: transform.grid(row: 500, column: 0, spacing: 1))
    }
    let zone = try OgiveTool.run(["evaluate", "zone", "--truth", "here"], in: folder.path)
    #expect(zone.code == 1 && zone.errors.contains("EPSG:32632 and the truth is in EPSG:32633"), "\(zone)")
    let far = try OgiveTool.run(["evaluate", "far", "--truth", "here"], in: folder.path)
    #expect(far.code == 1 && far.errors.contains("no measured point lies in the truth"), "\(far)")
  }

  @Test(
    "scores a real match of a simulated pair below 0.05 px, and its strain rates by the dates of the summary",
    .enabled(if: OgiveTool.hasCommand("match"), "needs a tool with the command 'match'"))
  func realMatch() throws {
    let words = [
      "match", "truth/reference.tif", "truth/secondary.tif", "--out", "run", "--quiet", "--reference-date",
      "2020-01-01",
      "--secondary-date", "2020-01-21",
    ]
    let matched = try OgiveTool.run(words, in: folder.path)
    #expect(matched.code == 0, "\(matched)")
    let found = try results(["--truth", "truth", "--margin", "48"])
    // The margins, of up to 0.19 px/px, are partly too uncertain to be kept.
    #expect((found["mae"] ?? .nan) < 0.05 && (found["valid"] ?? 0) > 0.85, "\(found)")
    // A rate of 20 days is 18 times the strain of the interval: far off when one side lacks the factor.
    #expect((found["rotation_nmad"] ?? .nan) < 0.2 && (found["rotation_median_error"] ?? .nan).magnitude < 0.05)
    let again = try OgiveTool.run(words, in: folder.path)
    #expect(again.code == 0 && !folder.has("run/evaluation.json"), "a new match outdates the evaluation\n\(again)")
  }

  @Test("strain of the truth is that of the ground where pixels are degrees: 60° north, error over sigma below 1.5")
  func degrees() throws {
    let texture = try RasterImage.open(folder.path + "/truth/reference.tif")
    let writer = try RasterWriter.create(
      folder.path + "/degrees.tif",
      RasterLayout(
        rows: texture.rows, columns: texture.columns, type: .uint8,
        transform: GeoTransform(originEast: 8, originNorth: 60, eastPerColumn: 1e-4, northPerRow: -1e-4),
        crs: .longitudeLatitude))
    try writer.write(try texture.read(texture.window))
    try writer.finish()
    for arguments in [
      ["simulate", "degrees.tif", "--out", "turned", "--field", "affine"],
      ["match", "turned/reference.tif", "turned/secondary.tif", "--out", "run"],
    ] {
      let outcome = try OgiveTool.run(arguments + ["--quiet"], in: folder.path)
      #expect(outcome.code == 0, "\(outcome)")
    }
    let found = try results(["--truth", "turned", "--margin", "40"])
    for name in ["strain_longitudinal", "strain_transverse", "strain_shear", "rotation"] {
      #expect((found[name + "_rms_error_over_sigma"] ?? .nan) < 1.5, "\(found)")
    }
  }
}
