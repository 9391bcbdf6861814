// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import TestSupport
import Testing

/// Measures the tables of docs/guides/{ice,slide,quake}.md: what one choice does while all others stay.
@Suite(
  "Service measurements", .serialized,
  .enabled(
    if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil && OgiveTool.hasCommand("quake"),
    "measures only when OGIVE_MEASURE is set"))
struct ServiceMeasurements {
  private let folder: RunScratch

  init() throws { folder = try RunScratch() }

  private func values(_ name: String) throws -> [Float] {
    let image = try RasterImage.open("\(folder.path)/\(name)")
    return try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns)).cells
  }

  private func run(_ words: [String]) throws -> OgiveTool.Outcome {
    let outcome = try OgiveTool.run(words + ["--quiet"], in: folder.path, limit: 1200)
    #expect(outcome.code == 0, "\(outcome)")
    return outcome
  }

  private static func text(_ value: Float, _ places: Int = 2) -> String { String(format: "%.\(places)f", value) }

  @Test("Perito Moreno: window, regularisation, search range and pair range of ogive ice")
  func ice() throws {
    let data = try #require(SharedData.file("perito_moreno_s2")).path
    let dates = ["20200121", "20200131", "20200210", "20200222", "20200301"].map { "\(data)/\($0).jpg" }
    let cases: [(String, String)] = [
      ("", ""), ("--window-half", "1"), ("--window-half", "5"), ("--regularisation", "0.1"),
      ("--regularisation", "0.8"), ("--search-range", "2"), ("--search-range", "4"), ("--search-range", "12"),
      ("--maximum-range", "1"), ("--maximum-range", "4"),
    ]
    for (flag, value) in cases {
      var words = ["ice"] + dates + ["--out", "out", "--pixel-size", "6.5", "--area", "650,450,1000,750"]
      words += ["--deshift=false", "--deramp=false", "--destripe=false"]
      for (name, usual) in [("--search-range", "8"), ("--maximum-range", "2")] where name != flag {
        words += [name, usual]
      }
      _ = try run(words + (flag.isEmpty ? [] : [flag, value]))
      // m/yr to px in 20 days.
      let scale: Float = 20 / 365.25 / 6.5
      let speed = try values("out/products/speed.tif").filter(\.isFinite)
      let spread = try values("out/products/east-spread.tif").filter(\.isFinite)
      let pairs = ["2020-01-21_2020-01-31", "2020-01-31_2020-02-10", "2020-01-21_2020-02-10"]
      var closure = "-"
      if pairs.allSatisfy({ folder.has("out/pairs/\($0)/dx.tif") }) {
        let layers = try pairs.map { try (values("out/pairs/\($0)/dx.tif"), values("out/pairs/\($0)/ncc.tif")) }
        let errors = layers[0].0.indices.filter { index in layers.allSatisfy { $0.1[index] >= 0.2 } }
          .map { layers[0].0[$0] + layers[1].0[$0] - layers[2].0[$0] }.filter(\.isFinite)
        closure = Self.text(nmad(errors))
      }
      print(
        "ice \(flag) \(value): speed \(Self.text(median(speed) * scale)), spread \(Self.text(median(spread) * scale)), "
          + "closure \(closure)")
    }
  }

  /// Two dates before and two after an event, from a generated texture with noise.
  private func event(_ field: [String]) throws {
    for seed in ["1", "2"] {
      _ = try run(
        [
          "simulate", "texture", "--rows", "384", "--columns", "384", "--texture-seed", "5", "--seed", seed, "--out",
          seed,
        ]
          + field)
      let days = seed == "1" ? ("20160901", "20161120") : ("20160911", "20161130")
      for (name, day) in [("reference", days.0), ("secondary", days.1)] {
        try folder.put("\(day).tif", try #require(folder.data("\(seed)/\(name).tif")))
      }
    }
  }

  private static let dates = ["20160901.tif", "20160911.tif", "20161120.tif", "20161130.tif"]

  @Test("a simulated fault: regularisation, its direction, window and matcher of ogive quake")
  func quake() throws {
    try event(["--field", "fault", "--maximum-displacement", "1", "--direction", "60", "--locking-depth", "0"])
    for more in [
      [], ["--fault-direction", "30"], ["--regularisation", "0.1"], ["--regularisation", "0.5"],
      ["--regularisation", "0.5", "--fault-direction", "30"], ["--window-half", "1"], ["--window-half", "5"],
      ["--search-range", "1"], ["--matcher", "flow"], ["--matcher", "dense"],
    ] {
      let range = more.contains("--search-range") ? [] : ["--search-range", "3"]
      _ = try run(
        ["quake"] + Self.dates + ["--out", "out", "--split-date", "2016-11-13", "--pixel-size", "10"] + range + more)
      let near = try OgiveTool.run(["fault-profile", "out", "--line", "19,292,365,92"], in: folder.path)
      let far = try OgiveTool.run(
        ["fault-profile", "out", "--line", "19,292,365,92", "--gap", "20", "--reach", "100"], in: folder.path)
      let lines = [near, far].map { String($0.output.split(separator: "\n").first ?? "") }
      print("quake \(more.joined(separator: " ")): \(lines[0]); \(lines[1])")
      if more == ["--fault-direction", "30"] {
        #expect(lines[0].contains("−20.") || lines[0].contains("−19.9"), "\(lines)")
      }
    }
  }

  @Test("a simulated landslide: window, regularisation and search range of ogive slide")
  func slide() throws {
    try event(["--field", "landslide", "--maximum-displacement", "1.5", "--width", "0.25"])
    let truth = try (values("1/truth_dx.tif"), values("1/truth_dy.tif"))
    for more in [
      [], ["--window-half", "1"], ["--window-half", "5"], ["--regularisation", "0.05"], ["--regularisation", "0.3"],
      ["--regularisation", "0.8"], ["--search-range", "1"], ["--search-range", "6"], ["--matcher", "dense"],
    ] {
      _ = try run(
        ["slide"] + Self.dates + ["--out", "out", "--split-date", "2016-11-13", "--pixel-size", "1"] + more)
      let east = try values("out/products/east-displacement.tif"),
        north = try values("out/products/north-displacement.tif")
      func error(_ isInside: Bool) -> Float {
        let all = east.indices.filter { (hypot(truth.0[$0], truth.1[$0]) > 0.05) == isInside }
          .map { hypot(east[$0] - truth.0[$0], north[$0] + truth.1[$0]) }.filter(\.isFinite)
        return all.reduce(0, +) / Float(max(1, all.count))
      }
      print(
        "slide \(more.joined(separator: " ")): inside \(Self.text(error(true), 3)), outside \(Self.text(error(false), 3)) px"
      )
    }
  }
}
