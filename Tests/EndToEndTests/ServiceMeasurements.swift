// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import TestSupport
import Testing

/// Measures the tables of docs/guides/{mpic,ice,survey,slide,quake}.md: what one choice does while all others stay. Rows are
/// printed as they stand in the pages; with `OGIVE_IMAGES=docs/images` the pictures of the pages are drawn there too.
@Suite(
  "Service measurements", .serialized,
  .enabled(
    if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil && OgiveTool.hasCommand("quake"),
    "measures only when OGIVE_MEASURE is set"))
struct ServiceMeasurements {
  private let folder: RunScratch

  init() throws { folder = try RunScratch() }

  private func raster(_ name: String) throws -> Grid<Float> {
    let image = try RasterImage.open("\(folder.path)/\(name)")
    return try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns))
  }

  private func values(_ name: String) throws -> [Float] { try raster(name).cells }

  private func run(_ words: [String]) throws -> OgiveTool.Outcome {
    try? FileManager.default.removeItem(atPath: "\(folder.path)/out")
    let outcome = try OgiveTool.run(words + ["--quiet"], in: folder.path, limit: 1200)
    #expect(outcome.code == 0, "\(outcome)")
    return outcome
  }

  private static func text(_ value: Float, _ places: Int = 2) -> String { String(format: "%.\(places)f", value) }

  /// A choice as a page names it.
  private static func name(_ choice: [String]) -> String {
    choice.isEmpty ? "defaults" : "`\(choice.joined(separator: " "))`"
  }

  /// A picture's title: the choice without dashes.
  private static func title(_ choice: [String]) -> String {
    choice.isEmpty ? "defaults" : choice.joined(separator: " ").replacing("--", with: "").replacing("-", with: " ")
  }

  // MARK: Perito Moreno

  private static let fiveDates = ["20200121", "20200131", "20200210", "20200222", "20200301"]
  private static let allDates = [
    "20200101", "20200108", "20200116", "20200118", "20200121", "20200123", "20200126", "20200131", "20200207",
    "20200210", "20200212", "20200222", "20200301", "20200311", "20200316",
  ]

  private struct Perito {
    let command: String
    let dates: [String]
    /// What is said unless a choice says it otherwise, as flag and value.
    let usual: [(flag: String, value: String)]
    let choices: [[String]]
  }

  private static let common = [
    ["--window-half", "1"], ["--window-half", "5"], ["--regularisation", "0.1"], ["--regularisation", "0.8"],
    ["--search-range", "2"], ["--search-range", "4"], ["--search-range", "12"],
  ]
  private static let peritos = [
    Perito(
      command: "ice", dates: fiveDates, usual: [("--search-range", "8"), ("--maximum-range", "2")],
      choices: [[]] + common + [["--maximum-range", "1"], ["--maximum-range", "4"]]),
    Perito(
      command: "mpic", dates: allDates, usual: [("--search-range", "8"), ("--maximum-range", "2")],
      choices: [[]] + common + [
        ["--maximum-range", "1"], ["--maximum-range", "5"], ["--cloud-weighting", "none"],
        ["--pair-weighting", "inverse-variance"], ["--matcher", "flow"], ["--matcher", "dense"],
      ]),
    Perito(
      command: "survey", dates: fiveDates,
      usual: [("--search-range", "8"), ("--pairing-mode", "days"), ("--maximum-range", "22")],
      choices: [[]] + common + [
        ["--maximum-range", "10"], ["--maximum-range", "60"], ["--spacing", "1"], ["--spacing", "8"],
      ]),
  ]

  @Test("Perito Moreno: window, regularisation, search range and pair range", arguments: ["ice", "mpic", "survey"])
  func perito(command: String) throws {
    let data = try #require(SharedData.file("perito_moreno_s2")).path
    let scene = try #require(Self.peritos.first { $0.command == command })
    var panels: [ChoiceSheet.Panel] = []
    print("| \(command) | speed | spread | sigma | coherence | closure |")
    for choice in scene.choices {
      var words = [command] + scene.dates.map { "\(data)/\($0).jpg" }
      words += [
        "--out", "out", "--pixel-size", "6.5", "--area", "650,450,1000,750", "--deshift=false", "--deramp=false",
      ]
      words += command == "mpic" ? ["--band-names", "nir,red,green", "--band", "nir"] : ["--destripe=false"]
      for (flag, value) in scene.usual where flag != choice.first { words += [flag, value] }
      _ = try run(words + choice)
      // m/yr to px in 20 days.
      let scale: Float = 20 / 365.25 / 6.5
      func middle(_ layer: String, _ scale: Float = 1) throws -> String {
        Self.text(median(try values("out/products/\(layer).tif").filter(\.isFinite)) * scale)
      }
      print(
        "| \(Self.name(choice)) | \(try middle("speed", scale)) | \(try middle("east-spread", scale)) | "
          + "\(try middle("east-sigma", scale)) | \(try middle("vector-coherence")) | \(try closure()) |")
      if panels.count < 9 || command == "mpic" {
        panels.append(.init(Self.title(choice), try raster("out/products/speed.tif")))
      }
    }
    try ChoiceSheet(
      panels.filter { $0.values.window == panels[0].values.window }, map: .speed, range: (0, 800), name: "Mean speed",
      unit: "m/yr", metres: 6.5, spacing: command == "survey" ? 4 : 1
    ).write("\(command)-choices")
  }

  /// What the pair of 20 days differs by from the sum of its halves, NMAD, px.
  private func closure() throws -> String {
    let pairs = ["2020-01-21_2020-01-31", "2020-01-31_2020-02-10", "2020-01-21_2020-02-10"]
    guard pairs.allSatisfy({ folder.has("out/pairs/\($0)/dx.tif") }) else { return "–" }
    let layers = try pairs.map { try (values("out/pairs/\($0)/dx.tif"), values("out/pairs/\($0)/ncc.tif")) }
    let errors = layers[0].0.indices.filter { index in layers.allSatisfy { $0.1[index] >= 0.2 } }
      .map { layers[0].0[$0] + layers[1].0[$0] - layers[2].0[$0] }.filter(\.isFinite)
    return Self.text(nmad(errors))
  }

  // MARK: Events

  /// Two dates before and two after an event, from a generated texture with noise.
  private func event(_ field: [String]) throws {
    for seed in ["1", "2"] {
      _ = try OgiveTool.run(
        [
          "simulate", "texture", "--rows", "384", "--columns", "384", "--texture-seed", "5", "--seed", seed, "--out",
          seed, "--quiet",
        ]
          + field, in: folder.path)
      let days = seed == "1" ? ("20160901", "20161120") : ("20160911", "20161130")
      for (name, day) in [("reference", days.0), ("secondary", days.1)] {
        try folder.put("\(day).tif", try #require(folder.data("\(seed)/\(name).tif")))
      }
    }
  }

  private static let dates = ["20160901.tif", "20160911.tif", "20161120.tif", "20161130.tif"]
  /// An event needs no range of pairs but dates: one before and one after, and all.
  private static let oneDate = "one date before, one after"

  private func event(_ command: String, _ size: String, _ more: [String]) throws {
    let dates = more == [Self.oneDate] ? [Self.dates[0], Self.dates[2]] : Self.dates
    let flags = more == [Self.oneDate] ? [] : more
    let range = command == "quake" && !flags.contains("--search-range") ? ["--search-range", "3"] : []
    _ = try run(
      [command] + dates + ["--out", "out", "--split-date", "2016-11-13", "--pixel-size", size] + range + flags)
  }

  @Test("a simulated fault: regularisation, its direction, window, matcher and dates of ogive quake")
  func quake() throws {
    try event(["--field", "fault", "--maximum-displacement", "1", "--direction", "60", "--locking-depth", "0"])
    var panels: [ChoiceSheet.Panel] = []
    for more in [
      [], ["--fault-direction", "30"], ["--regularisation", "0.1"], ["--regularisation", "0.5"],
      ["--regularisation", "0.5", "--fault-direction", "30"], ["--window-half", "1"], ["--window-half", "5"],
      ["--search-range", "1"], [Self.oneDate], ["--matcher", "flow"], ["--matcher", "dense"],
    ] {
      try event("quake", "10", more)
      let near = try OgiveTool.run(["fault-profile", "out", "--line", "19,292,365,92"], in: folder.path)
      let far = try OgiveTool.run(
        ["fault-profile", "out", "--line", "19,292,365,92", "--gap", "20", "--reach", "100"], in: folder.path)
      let lines = [near, far].map { String($0.output.split(separator: "\n").first ?? "") }
      print("| \(Self.name(more)) | \(lines[0]) | \(lines[1]) |")
      if more == ["--fault-direction", "30"] {
        #expect(lines[0].contains("−20.") || lines[0].contains("−19.9"), "\(lines)")
      }
      if panels.count < 9 { panels.append(.init(Self.title(more), try raster("out/products/east-displacement.tif"))) }
    }
    try ChoiceSheet(
      panels, map: .balance, range: (-15, 15), name: "Displacement to the east", unit: "m", metres: 10, spacing: 1
    ).write("quake-choices")
  }

  @Test("a simulated landslide: window, regularisation, search range and dates of ogive slide")
  func slide() throws {
    try event(["--field", "landslide", "--maximum-displacement", "1.5", "--width", "0.25"])
    let truth = try (values("1/truth_dx.tif"), values("1/truth_dy.tif"))
    var panels: [ChoiceSheet.Panel] = []
    for more in [
      [], ["--window-half", "1"], ["--window-half", "5"], ["--regularisation", "0.05"], ["--regularisation", "0.3"],
      ["--regularisation", "0.8"], ["--search-range", "1"], ["--search-range", "6"], [Self.oneDate],
      ["--matcher", "dense"],
    ] {
      try event("slide", "1", more)
      let east = try raster("out/products/east-displacement.tif"),
        north = try values("out/products/north-displacement.tif")
      let misses = east.cells.indices.map { hypot(east.cells[$0] - truth.0[$0], north[$0] + truth.1[$0]) }
      func error(_ isInside: Bool) -> Float {
        let all = misses.indices.filter { (hypot(truth.0[$0], truth.1[$0]) > 0.05) == isInside }.map { misses[$0] }
          .filter(\.isFinite)
        return all.reduce(0, +) / Float(max(1, all.count))
      }
      print("| \(Self.name(more)) | \(Self.text(error(true), 3)) | \(Self.text(error(false), 3)) |")
      if panels.count < 9 {
        panels.append(.init(Self.title(more), Grid(rows: east.rows, columns: east.columns, cells: misses)))
      }
    }
    try ChoiceSheet(
      panels, map: .uncertainty, range: (0, 0.4), name: "Error of the displacement", unit: "px", metres: nil,
      spacing: 1
    ).write("slide-choices")
  }
}
