// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

@Suite("Services over stacks", .enabled(if: OgiveTool.hasCommand("quake"), "needs a tool with the command 'quake'"))
struct ServiceCommandTests {
  private static let loose = [
    "--deshift=false", "--deramp=false", "--destripe=false", "--pixel-size", "10", "--quiet",
  ]

  private func values(_ scratch: StackScratch, _ name: String) throws -> [Float] {
    let image = try RasterImage.open("\(scratch.folder.path)/\(name)")
    return try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns)).cells
  }

  @Test("ice, slide and survey give the velocity of the stack", arguments: ["ice", "slide", "survey"])
  func velocity(command: String) throws {
    let scratch = try StackScratch(days: [1, 6, 16], rows: 96, columns: 128)
    let outcome = try OgiveTool.run(
      [command] + scratch.dates + ["--out", "out"] + Self.loose, in: scratch.folder.path)
    #expect(outcome.code == 0, "\(outcome)")
    let east = try values(scratch, "out/products/east-velocity.tif").filter(\.isFinite)
    #expect(abs(Double(median(east)) / (StackScratch.right * 3652.5) - 1) < 0.05, "\(median(east))")
    #expect(scratch.folder.has("out/pairs") == (command != "survey"))
    let lock = try #require(scratch.folder.text("out/config.lock.json"))
    #expect(lock.contains("\"\(command)\"") && !lock.contains("correlationExponent"))
  }

  @Test("quake forms the pairs across the date alone, and fault-profile reads the slip with its sign")
  func quake() throws {
    let folder = try RunScratch()
    // The lower half has moved 0.8 px to the right: seen across the fault, the other side moves left.
    for (name, dx) in [("20200101", 0.0), ("20200106", 0.0), ("20200111", 0.8), ("20200116", 0.8)] {
      try folder.put("\(name).pgm", Self.faulted(rows: 128, columns: 160, dx: dx))
    }
    let names = ["20200101", "20200106", "20200111", "20200116"].map { $0 + ".pgm" }
    let outcome = try OgiveTool.run(
      ["quake"] + names + [
        "--out", "out", "--split-date", "2020-01-08", "--fault-direction", "0", "--dejitter=false", "--exports",
        "gep",
      ]
        + Self.loose, in: folder.path)
    #expect(outcome.code == 0 && outcome.output.contains("4 of 4 pairs"), "\(outcome)")
    try checkProducts(folder)
    let profile = try OgiveTool.run(
      ["fault-profile", "out", "--line", "10,64,150,64", "--reach", "40", "--gap", "8", "--stretch", "70"],
      in: folder.path)
    #expect(profile.code == 0, "\(profile)")
    let table = try #require(folder.text("out/fault-profile/stretches.csv")).split(separator: "\n")
    #expect(table.count == 3 && table[0].hasPrefix("from,to,slip,slip_sigma"), "\(table)")
    for row in table.dropFirst() {
      let cells = row.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
      #expect(abs(cells[2] + 8) < 0.3 && abs(cells[4]) < 0.3 && cells[3] < 0.3, "\(row)")
    }
    for name in ["profile.csv", "profile.svg", "slip.svg"] { #expect(folder.has("out/fault-profile/\(name)")) }
  }

  /// Displacements with their sigmas and no velocities, also under GEP's names, and a report with both sides' dates.
  private func checkProducts(_ folder: RunScratch) throws {
    for name in ["displacement", "east-displacement", "east-displacement-sigma", "north-displacement-sigma"] {
      #expect(folder.has("out/products/\(name).tif") && folder.has("out/products/\(name).qml"), "\(name)")
    }
    #expect(!folder.has("out/products/speed.tif") && folder.has("out/quicklook/displacement.png"))
    for word in ["magnitude", "EW", "NS"] {
      #expect(folder.has("out/gep/MM_Mean_displacement_\(word)_scene_20200101_to_20200116.tif"), "\(word)")
    }
    let report = try #require(folder.text("out/report.html"))
    #expect(report.contains("Displacement across 2020-01-08"))
    #expect(report.contains("4 pairs: before 2020-01-01 and 2020-01-06; after 2020-01-11 and 2020-01-16"))
    #expect(report.contains("Where pairs were lost") && report.contains("What to look at"))
  }

  /// A texture whose lower half has moved to the right.
  private static func faulted(rows: Int, columns: Int, dx: Double) -> Data {
    let still = TestImage.texture(rows: rows, columns: columns)
    let moved = TestImage.texture(rows: rows, columns: columns, dx: dx)
    let half = rows / 2 * columns
    return still.dropLast(half) + moved.suffix(half)
  }

  @Test("wrong use is refused with what to do")
  func wrongUse() throws {
    let scratch = try StackScratch(days: [1, 6], rows: 64, columns: 64)
    func run(_ words: [String]) throws -> OgiveTool.Outcome {
      try OgiveTool.run(words, in: scratch.folder.path)
    }
    let undated = try run(["quake"] + scratch.dates + ["--out", "out"])
    #expect(undated.code == 2 && undated.errors.contains("--split-date"), "\(undated)")
    let late = try run(["quake"] + scratch.dates + ["--out", "out", "--split-date", "2021-01-01", "--quiet"])
    #expect(late.code == 1 && late.errors.contains("both sides of the split date"), "\(late)")
    let failure = try run(["slide"] + scratch.dates + ["--out", "out", "--preset", "failure"])
    #expect(failure.code == 2 && failure.errors.contains("--split-date"), "\(failure)")
    let nothing = try run(["fault-profile", ".", "--line", "0,0,10,10"])
    #expect(nothing.code == 1 && nothing.errors.contains("ogive quake"), "\(nothing)")
    let odd = try run(["fault-profile", ".", "--line", "0,0,10"])
    #expect(odd.code == 2 && odd.errors.contains("--line"), "\(odd)")
    #expect(!scratch.folder.has("out"))
  }

  @Test("a preset changes what was not given, and nothing else")
  func presets() throws {
    let scratch = try StackScratch(days: [1, 6, 16], rows: 64, columns: 96)
    let outcome = try OgiveTool.run(
      ["ice"] + scratch.dates + ["--out", "out", "--preset", "outlet", "--search-range", "3"] + Self.loose,
      in: scratch.folder.path)
    #expect(outcome.code == 0, "\(outcome)")
    let lock = try #require(scratch.folder.text("out/config.lock.json")).filter { !$0.isWhitespace }
    #expect(lock.contains("\"searchRange\":3,") && lock.contains("\"maximumRange\":2"), "\(lock)")
  }
}
