// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

/// Tables of points with known errors, written as `ogive match --points` writes them.
@Suite(
  "The command evaluate on a list of points",
  .enabled(if: OgiveTool.hasCommand("evaluate"), "needs the command 'evaluate'"))
struct EvaluatePointsTests {
  private let folder: RunScratch

  init() throws {
    folder = try RunScratch()
    let simulated = try OgiveTool.run(
      ["simulate", "texture", "--rows", "200", "--columns", "240", "--out", "truth", "--quiet"], in: folder.path)
    #expect(simulated.code == 0, "\(simulated)")
  }

  private typealias Place = (row: Double, column: Double)

  /// Places between the pixels in no order, by irrational steps; the last two lie outside.
  private static let scattered: [Place] =
    (1...300).map { step in
      let a = Double(step) * 0.618_034, b = Double(step) * 0.754_878
      return (1 + (a - a.rounded(.down)) * 197, 1 + (b - b.rounded(.down)) * 237)
    } + [(-40, 20), (50, 1e7)]

  /// The truth of this name, plus an error, bilinear at places; zero outside.
  private func truth(_ name: String, at places: [Place], plus error: Float) throws -> [Float] {
    let image = try RasterImage.open("\(folder.path)/truth/truth_\(name).tif")
    let all = try image.read(image.window)
    return places.map { place in
      guard place.row >= 0, place.column < 239 else { return 0 }
      let r = Int(place.row), c = Int(place.column)
      let v = place.row - Double(r), u = place.column - Double(c)
      let top = (1 - u) * Double(all[r, c]) + u * Double(all[r, min(c + 1, 239)])
      let below = (1 - u) * Double(all[min(r + 1, 199), c]) + u * Double(all[min(r + 1, 199), min(c + 1, 239)])
      return Float((1 - v) * top + v * below) + error
    }
  }

  private func put(_ places: [Place], flags: [String], _ products: [(name: String, unit: String, values: [Float])])
    throws
  {
    try FileManager.default.createDirectory(
      atPath: folder.path + "/run/products", withIntermediateDirectories: true)
    var text = (["point", "row", "col", "flag"] + products.map(\.name)).joined(separator: ",") + "\n"
    for (index, place) in places.enumerated() {
      let values = products.map { $0.values[index].isFinite ? "\($0.values[index])" : "" }
      let cells = ["\(index + 1)", "\(place.row)", "\(place.column)", flags[index]] + values
      text += cells.joined(separator: ",") + "\n"
    }
    try folder.put("run/products/points.csv", Data(text.utf8))
    let units = products.map { "\"\($0.name)\": {\"unit\": \"\($0.unit)\"}" }.joined(separator: ", ")
    try folder.put("run/summary.json", Data("{\"separationDays\": 20, \"quantities\": {\(units)}}".utf8))
    let writer = try GeoPackageWriter.create(
      folder.path + "/run/vectors.gpkg",
      VectorLayout(layer: "points", geometry: .point, fields: [.init("point", .integer)]))
    for (index, place) in places.enumerated() {
      try writer.write([MapPoint(east: place.column, north: -place.row)], [.integer(index + 1)])
    }
    try writer.finish()
  }

  private func putRun(_ places: [Place] = scattered, rotationUnit: String = "rad", factor: Float = 1) throws {
    var dx = try truth("dx", at: places, plus: 0.3), flags = [String](repeating: "measured", count: places.count)
    (dx[7], flags[7]) = (.nan, "ambiguous")
    (flags[places.count - 1], flags[places.count - 2]) = ("offImage", "offImage")
    func constant(_ value: Float) -> [Float] { [Float](repeating: value, count: places.count) }
    try put(
      places, flags: flags,
      [
        ("dx", "px", dx), ("dx_sigma", "px", constant(0.3)), ("dy", "px", try truth("dy", at: places, plus: -0.4)),
        ("dy_sigma", "px", constant(0.2)), ("dx_per_row", "1", try truth("dx_dy", at: places, plus: 0.001)),
        ("rotation", rotationUnit, try truth("rotation", at: places, plus: -0.002).map { $0 * factor }),
      ])
  }

  private func results(_ options: [String]) throws -> [String: Double] {
    let outcome = try OgiveTool.run(["evaluate", "run"] + options + ["--json"], in: folder.path)
    #expect(outcome.code == 0, "\(outcome)")
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    #expect(folder.text("run/evaluation.json") == outcome.output, "the file holds what was printed")
    return try #require(object?["results"] as? [String: Double])
  }

  private func expect(_ found: [String: Double], _ name: String, _ value: Double, within tolerance: Double = 1e-5) {
    #expect(abs((found[name] ?? .nan) - value) < tolerance, "\(name) \(found[name] ?? .nan), not \(value)")
  }

  @Test("finds errors of 0.3 and -0.4 px at scattered places within 1e-5 px, and leaves out places outside")
  func numbers() throws {
    try putRun()
    let found = try results(["--truth", "truth", "--margin", "0"])
    expect(found, "points", 300)
    expect(found, "valid", 299.0 / 300)
    expect(found, "bias_dx", 0.3)
    expect(found, "bias_dy", -0.4)
    expect(found, "dx_nmad", 0)
    expect(found, "dy_nmad", 0)
    expect(found, "vector_mean", 0.5)
    expect(found, "dx_rms_error_over_sigma", 1)
    expect(found, "dy_rms_error_over_sigma", 2)
    expect(found, "dx_per_row_mae", 0.001, within: 1e-6)
    let table = try OgiveTool.run(["evaluate", "run", "--truth", "truth", "--margin", "8"], in: folder.path)
    #expect(table.code == 0 && table.errors == "", "\(table)")
    for text in ["ambiguous 1\n", "0.500 px (MAD)", "dx_per_row", "rotation", "rad "] {
      #expect(table.output.contains(text), "\(text) is missing\n\(table)")
    }
    let inside = Self.scattered.count { $0.row >= 64 && $0.row <= 135 && $0.column >= 64 && $0.column <= 175 }
    #expect(try results(["--truth", "truth"])["points"] == Double(inside))
  }

  @Test("takes strain for a rate where the summary says so: 20 days of -0.002 rad are -0.0365 rad/yr")
  func rates() throws {
    let whole = stride(from: 12.0, to: 190, by: 9).flatMap { row in
      stride(from: 20.0, to: 220, by: 7).map { (row, $0) }
    }
    try putRun(whole)
    expect(try results(["--truth", "truth", "--margin", "0"]), "rotation_median_error", -0.002, within: 1e-6)
    try putRun(whole, rotationUnit: "rad/yr", factor: 365.25 / 20)
    expect(
      try results(["--truth", "truth", "--margin", "0"]), "rotation_median_error", -0.002 * 365.25 / 20, within: 2e-5)
  }

  @Test("compares a list with a shift that is the same everywhere")
  func shift() throws {
    let places = Array(Self.scattered.prefix(50))
    let values: (Float) -> [Float] = { [Float](repeating: $0, count: 50) }
    try put(
      places, flags: [String](repeating: "measured", count: 50),
      [("dx", "px", values(0.7)), ("dy", "px", values(1.85))])
    let found = try results(["--truth-dx", "0.68", "--truth-dy", "1.88"])
    expect(found, "bias_dx", 0.02, within: 1e-6)
    expect(found, "bias_dy", -0.03, within: 1e-6)
    #expect(found["points"] == 50 && found["rms_error_over_sigma"] == nil)
  }

  // MARK: - Wrong inputs

  private func expectRefusal(_ texts: String...) throws {
    let outcome = try OgiveTool.run(["evaluate", "run", "--truth", "truth"], in: folder.path)
    #expect(outcome.code == 1 && !folder.has("run/evaluation.json"), "\(outcome)")
    for text in texts { #expect(outcome.errors.contains(text), "\(text) is missing\n\(outcome)") }
  }

  /// Writes the table anew with one of its lines, from 1, changed.
  private func change(_ line: Int, _ change: (inout [String]) -> Void) throws {
    try putRun()
    var lines = try #require(folder.text("run/products/points.csv")).components(separatedBy: "\n")
    var cells = lines[line - 1].components(separatedBy: ",")
    change(&cells)
    lines[line - 1] = cells.joined(separator: ",")
    try folder.put("run/products/points.csv", Data(lines.joined(separator: "\n").utf8))
  }

  @Test("names the file, the line and the cure of a damaged or foreign table of points")
  func damagedTable() throws {
    let cure = "run ogive match again"
    try change(6) { $0[4] = "0.3.1" }
    try expectRefusal("run/products/points.csv, line 6: \"0.3.1\" under dx is no number", cure)
    try change(9) { $0.removeLast() }
    try expectRefusal("points.csv, line 9: 9 cells where the header names 10 columns", cure)
    try change(12) { $0[3] = "perhaps" }
    try expectRefusal("points.csv, line 12: \"perhaps\" under flag is no reason", cure)
    try change(3) { $0[1] = "" }
    try expectRefusal("points.csv, line 3: \"\" under row is no number", cure)
    try change(1) { $0[4] = "shift" }
    try expectRefusal("points.csv, line 1: no column is named dx", cure)
    try change(1) { $0[9] = "spin" }
    try expectRefusal("points.csv, line 1: no column is named rotation", cure)
    try putRun()
    let half = try #require(folder.text("run/products/points.csv")).split(separator: "\n").prefix(100)
    try folder.put("run/products/points.csv", Data(half.joined(separator: "\n").utf8))
    try expectRefusal("points.csv holds 99 points and vectors.gpkg beside it 302", "cut off", cure)
    try folder.put("run/products/points.csv", Data())
    try expectRefusal("points.csv is empty")
  }

  @Test("says which file of a match of points is missing, of another match, or damaged")
  func damagedFolder() throws {
    try putRun()
    try folder.put("run/summary.json", Data("{}".utf8))
    try expectRefusal("run/summary.json", "dx", "run ogive match again")
    try folder.put("run/summary.json", Data("{\"quantities\": {".utf8))
    try expectRefusal("run/summary.json, line 1", "run ogive match again")
    for name in ["summary.json", "vectors.gpkg"] {
      try putRun()
      try FileManager.default.removeItem(atPath: "\(folder.path)/run/\(name)")
      try expectRefusal("run is not the folder of a finished match: \(name) is missing")
    }
    try putRun()
    try folder.put("run/products/dx.tif", Data("x".utf8))
    try expectRefusal("the rasters of one match and the points of another", "run ogive match again")
  }
}
