// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

@Suite("mpic", .enabled(if: OgiveTool.hasCommand("mpic"), "needs a tool with the command 'mpic'"))
struct MpicCommandTests {
  private func values(_ scratch: StackScratch, _ name: String) throws -> [Float] {
    let image = try RasterImage.open("\(scratch.folder.path)/\(name)")
    return try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns)).cells
  }

  @Test(
    "steady motion comes out as east and north velocity, with the sign and size that it has",
    arguments: ["regularised", "dense", "flow"])
  func velocity(matcher: String) throws {
    let scratch = try StackScratch(days: [1, 6, 16], rows: 96, columns: 128)
    let outcome = try scratch.run(["--out", "out", "--quiet", "--matcher", matcher])
    #expect(outcome.code == 0, "\(outcome)")
    // px a day × 10 m × 365.25 days; up is north.
    let east = try values(scratch, "out/products/east-velocity.tif").filter(\.isFinite)
    let north = try values(scratch, "out/products/north-velocity.tif").filter(\.isFinite)
    let expected = (east: StackScratch.right * 3652.5, north: -StackScratch.down * 3652.5)
    #expect(east.count > 96 * 128 / 2)
    #expect(abs(Double(median(east)) / expected.east - 1) < 0.05, "\(median(east)) \(expected.east)")
    #expect(abs(Double(median(north)) / expected.north - 1) < 0.05, "\(median(north)) \(expected.north)")
    let coherence = try values(scratch, "out/products/vector-coherence.tif").filter(\.isFinite)
    #expect(median(coherence) > 0.99)
    let dx = try values(scratch, "out/pairs/2020-01-01_2020-01-16/dx.tif").filter(\.isFinite)
    #expect(abs(median(dx) - 0.75) < 0.03, "\(median(dx))")
    for file in [
      "report.html", "network.svg", "summary.json", "config.lock.json", "products/speed.qml", "stac/collection.json",
    ] {
      #expect(scratch.folder.has("out/\(file)"), "\(file)")
    }
  }

  @Test("motion that fills the picture is not taken off as a ramp: no still ground agrees, so nothing is corrected")
  func noStillGround() throws {
    let scratch = try StackScratch(days: [1, 6, 11], rows: 128, columns: 128)
    // A glacier from edge to edge: strips of 16 rows, the fastest in the middle, px a day.
    let rates = (0..<8).map { 0.6 * (1 - pow((Double($0) - 3.5) / 4, 2)) }
    for (name, days) in zip(scratch.dates, [0.0, 5, 10]) {
      let strips = rates.map { TestImage.texture(rows: 128, columns: 128, dx: $0 * days, dy: 0) }
      var image = strips[0].dropLast(128 * 128)
      for (index, strip) in strips.enumerated() { image += strip.suffix(128 * 16 * (8 - index)).prefix(128 * 16) }
      try scratch.folder.put(name, image)
    }
    let arguments = ["mpic"] + scratch.dates + ["--pixel-size", "10", "--search-range", "6", "--out", "out"]
    let outcome = try OgiveTool.run(arguments, in: scratch.folder.path)
    #expect(outcome.code == 0 && outcome.errors.contains("not corrected: no stable ground"), "\(outcome)")
    let east = try values(scratch, "out/products/east-velocity.tif")
    for index in [0, 3, 6] {
      let found = east[(index * 16 + 4) * 128..<(index * 16 + 12) * 128].filter(\.isFinite)
      #expect(abs(Double(median(found)) / (rates[index] * 3652.5) - 1) < 0.1, "\(median(found))")
    }
  }

  @Test(
    "motion of all of the picture that grows with time is not taken off as the satellite's shift, and the run says so"
  )
  func drift() throws {
    let scratch = try StackScratch(days: [1, 5, 12, 22, 31], rows: 96, columns: 128)
    let outcome = try OgiveTool.run(
      ["mpic"] + scratch.dates + ["--pixel-size", "10", "--out", "out"], in: scratch.folder.path)
    #expect(outcome.code == 0 && outcome.errors.contains("grows with the time between the dates"), "\(outcome)")
    let east = try values(scratch, "out/products/east-velocity.tif").filter(\.isFinite)
    #expect(abs(Double(median(east)) / (StackScratch.right * 3652.5) - 1) < 0.05, "\(median(east))")
    #expect(try #require(scratch.folder.text("out/report.html")).contains("that is motion, not an error"))
  }

  @Test("a late parameter runs only the stages that depend on it, a matching parameter the matching too")
  func lateParameter() throws {
    let scratch = try StackScratch(days: [1, 6, 16], rows: 64, columns: 96)
    #expect(try scratch.run(["--out", "out", "--quiet"]).code == 0)
    let first = scratch.begun("out").count
    #expect(try scratch.run(["--out", "out", "--quiet", "--sigma-source", "scatter"]).code == 0)
    let second = Array(scratch.begun("out").dropFirst(first))
    #expect(!second.isEmpty && !second.contains { $0.contains("\"match\"") || $0.contains("\"grid\"") }, "\(second)")
    #expect(try scratch.run(["--out", "out", "--quiet", "--regularisation", "0.5"]).code == 0)
    let third = Array(scratch.begun("out").dropFirst(first + second.count))
    #expect(third.contains { $0.contains("\"match\"") } && !third.contains { $0.contains("\"grid\"") }, "\(third)")
  }

  @Test("dates that cannot be read or have no date are named, the rest is delivered, and the code is 3")
  func partly() throws {
    let scratch = try StackScratch(days: [1, 6, 16], rows: 64, columns: 96)
    let image = try #require(scratch.folder.data("20200106.pgm"))
    try scratch.folder.put("20200111.pgm", image.prefix(image.count / 2))
    try scratch.folder.put("nodate.pgm", image)
    let outcome = try OgiveTool.run(
      scratch.arguments.prefix(1) + ["20200111.pgm", "nodate.pgm"] + scratch.arguments.dropFirst()
        + ["--out", "out", "--quiet"], in: scratch.folder.path)
    #expect(outcome.code == 3, "\(outcome)")
    #expect(outcome.errors.contains("nodate.pgm") && outcome.errors.contains("20200111.pgm"), "\(outcome)")
    #expect(scratch.folder.has("out/products/speed.tif"))
    let report = try #require(scratch.folder.text("out/report.html"))
    #expect(report.contains("nodate.pgm") && report.contains("What failed"))
  }

  @Test("a single date, a folder without scenes and a band that nobody has are refused with the reason")
  func wrongInput() throws {
    let scratch = try StackScratch(days: [1, 6], rows: 64, columns: 64)
    let one = try OgiveTool.run(["mpic", "20200101.pgm", "--out", "one", "--quiet"], in: scratch.folder.path)
    #expect(one.code == 1 && one.errors.contains("two dates or more") && !scratch.folder.has("one"), "\(one)")
    let none = try OgiveTool.run(["mpic", "absent", "--out", "none", "--quiet"], in: scratch.folder.path)
    #expect(none.code == 1 && none.errors.contains("no such file"), "\(none)")
    let band = try scratch.run(["--out", "band", "--quiet", "--band", "infraread"])
    #expect(band.code == 2 && band.errors.contains("panchromatic"), "\(band)")
    let far = try scratch.run(["--out", "far", "--quiet", "--pairing-mode", "days", "--maximum-range", "2"])
    #expect(far.code == 1 && far.errors.contains("no two of the 2 scenes"), "\(far)")
  }

  @Test("resume without a run says what is missing")
  func nothingToResume() throws {
    let folder = try RunScratch()
    let outcome = try OgiveTool.run(["resume", folder.path])
    #expect(outcome.code == 1 && outcome.errors.contains("no run that could go on"), "\(outcome)")
  }

  @Test("resume of a run that has ended does nothing")
  func ended() throws {
    let scratch = try StackScratch(days: [1, 6], rows: 64, columns: 64)
    #expect(try scratch.run(["--out", "out", "--quiet"]).code == 0)
    let count = scratch.begun("out").count
    let outcome = try OgiveTool.run(["resume", "out"], in: scratch.folder.path)
    #expect(
      outcome.code == 0 && outcome.output.contains("has ended") && scratch.begun("out").count == count, "\(outcome)")
  }

  @Test("a dry run says pairs, space and time and writes nothing")
  func dryRun() throws {
    let scratch = try StackScratch(days: [1, 6, 16], rows: 64, columns: 96)
    let outcome = try scratch.run(["--out", "out", "--dry-run", "--quiet"])
    #expect(outcome.code == 0 && outcome.output.contains("at most 3 pairs"), "\(outcome)")
    #expect(outcome.output.contains("of that grid ") && !outcome.output.contains("terrain"), "\(outcome)")
    #expect(!scratch.folder.has("out"))
  }

  @Test("a dry run says how far pairs are searched and which of them suit the expected speeds")
  func advice() throws {
    let scratch = try StackScratch(days: [1, 6, 16], rows: 64, columns: 96)
    let speeds = ["--fastest-speed", "3652.5", "--slowest-speed", "100"]
    let outcome = try scratch.run(["--out", "out", "--dry-run", "--quiet"] + speeds)
    #expect(outcome.code == 0 && outcome.output.contains("searched 6 to 16 px far"), "\(outcome)")
    #expect(outcome.output.contains("pairs of 3.7 to 64 days suit"), "\(outcome)")
    let without = try OgiveTool.run(
      ["mpic"] + scratch.dates + ["--out", "out", "--dry-run", "--quiet"] + speeds, in: scratch.folder.path)
    #expect(without.code == 2 && without.errors.contains("pixelSize"), "\(without)")
  }
}
