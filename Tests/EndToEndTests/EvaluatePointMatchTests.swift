// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

@Suite(
  "The command evaluate on a real match of points",
  .enabled(if: OgiveTool.hasCommand("match"), "needs a tool with the command 'match'"))
struct EvaluatePointMatchTests {
  private let folder: RunScratch
  private static let side = 320

  /// A pair with a known motion, in the CRS that a text names.
  private func simulate(crs: String?) throws {
    try TestRaster.write(
      TestRaster.texture(rows: Self.side, columns: Self.side), to: folder.path + "/image.tif", crs: crs)
    let outcome = try OgiveTool.run(
      ["simulate", "image.tif", "--out", "truth", "--field", "glacier", "--maximum-displacement", "2", "--quiet"],
      in: folder.path)
    #expect(outcome.code == 0, "\(outcome)")
  }

  init() throws { folder = try RunScratch() }

  private func run(_ words: [String]) throws -> OgiveTool.Outcome {
    let outcome = try OgiveTool.run(words, in: folder.path)
    #expect(outcome.code == 0, "\(outcome)")
    return outcome
  }

  private func evaluate(_ run: String) throws -> (results: [String: Double], units: [String: String]) {
    let text = try self.run(["evaluate", run, "--truth", "truth", "--margin", "40", "--json"]).output
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    return (
      try #require(object?["results"] as? [String: Double]), try #require(object?["units"] as? [String: String])
    )
  }

  private static let dates = ["--reference-date", "2020-01-01", "--secondary-date", "2020-01-21"]
  private static let method = ["--method", "least-squares", "--template-window", "31", "--quiet"]

  /// Every 16th pixel, the lower ones first.
  private static let places = stride(from: 264, through: 40, by: -16).flatMap { row in
    stride(from: 40, through: 264, by: 16).map { (row: row, column: $0) }
  }

  private func matchPoints(_ out: String) throws {
    let list = Self.places.map { "\($0.row),\($0.column)\n" }.joined()
    try folder.put("points.csv", Data(("row,col\n" + list).utf8))
    _ = try run(
      ["match", "truth/reference.tif", "truth/secondary.tif", "--out", out, "--points", "points.csv"] + Self.dates
        + Self.method)
  }

  @Test(
    "gives the mean error of what is in points.csv within 1e-6 px, with and without CRS, and rates by the dates",
    arguments: ["EPSG:32719", "+proj=laea +lat_0=46 +lon_0=8 +x_0=600000 +y_0=4500000 +datum=WGS84", nil])
  func realMatch(crs: String?) throws {
    try simulate(crs: crs)
    try matchPoints("run")
    let lines = try #require(folder.text("run/products/points.csv")).split(separator: "\n")
    let names = try #require(lines.first).split(separator: ",").map(String.init)
    #expect(names.contains("x") == (crs != nil))
    let (found, units) = try evaluate("run")
    for name in ["dx", "dy"] {
      let image = try RasterImage.open("\(folder.path)/truth/truth_\(name).tif", band: nil)
      let truth = try image.read(image.window), column = try #require(names.firstIndex(of: name))
      let errors = zip(Self.places, lines.dropFirst()).compactMap { place, line in
        Double(line.split(separator: ",", omittingEmptySubsequences: false)[column])
          .map { abs($0 - Double(truth[place.row, place.column])) }
      }
      #expect(errors.count > 200)
      let mean = errors.reduce(0, +) / Double(errors.count)
      #expect(abs((found[name + "_mae"] ?? .nan) - mean) < 1e-6, "\(name): \(found[name + "_mae"] ?? .nan), \(mean)")
    }
    #expect(found["points"] == Double(Self.places.count) && (found["mae"] ?? .nan) < 0.05, "\(found)")
    #expect(units["rotation_nmad"] == "rad/yr" && (found["rotation_nmad"] ?? .nan) < 0.1, "\(found)")
    #expect((found["strain_longitudinal_nmad"] ?? .nan) < 0.1, "\(found)")
  }

  @Test("scores points and the grid of the same places alike: RMS errors within 20 %, and the same table")
  func likeGrid() throws {
    try simulate(crs: "EPSG:32719")
    try matchPoints("run")
    _ = try run(
      ["match", "truth/reference.tif", "truth/secondary.tif", "--out", "grid", "--spacing", "16"] + Self.dates
        + Self.method)
    let points = try evaluate("run"), grid = try evaluate("grid")
    #expect(points.units == grid.units)
    #expect(points.results["points"] == grid.results["points"])
    for name in ["rmse", "dx_per_row_rmse", "rotation_rmse"] {
      let ratio = (points.results[name] ?? .nan) / (grid.results[name] ?? .nan)
      #expect(ratio > 0.8 && ratio < 1.2, "\(name): \(points.results[name] ?? .nan), \(grid.results[name] ?? .nan)")
    }
    let again = try run(
      ["match", "truth/reference.tif", "truth/secondary.tif", "--out", "run", "--spacing", "32"] + Self.method)
    #expect(!folder.has("run/products/points.csv") && !folder.has("run/evaluation.json"), "\(again)")
    #expect((try evaluate("run").results["points"] ?? 0) < 100)
  }
}
