// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// `ogive invert`, `series` and `validate` over a folder of pair rasters whose motion is known.
@Suite("Inversion", .serialized, .enabled(if: OgiveTool.hasCommand("invert"), "needs the built tool"))
struct InvertCommandTests {
  private let scratch: PairScratch
  private let speed = PairScratch.speed

  /// One wrong pair in the middle of the network.
  init() throws { scratch = try PairScratch(wrong: 500) }

  private var folder: RunScratch { scratch.folder }
  private func values(_ name: String) throws -> [Float] { try scratch.values(name) }

  private func invert(_ more: [String] = [], out: String = "out") throws -> OgiveTool.Outcome {
    try scratch.invert(more, out: out)
  }

  @Test("the motion comes back within 2 m/yr of 60, one wrong pair notwithstanding, with all that a run leaves")
  func whole() throws {
    let outcome = try invert()
    #expect(outcome.code == 0, "\(outcome)")
    for value in try values("out/products/east-velocity.tif") { #expect(abs(value - speed) < 2, "\(value)") }
    for value in try values("out/products/north-velocity.tif") { #expect(abs(value + speed / 2) < 2, "\(value)") }
    for value in try values("out/products/east-sigma.tif") { #expect(value > 0 && value < 3) }
    for name in ["series.nc", "pairs.csv", "dates.csv", "summary.json", "report.html", "config.lock.json"] {
      #expect(folder.has("out/\(name)"), "\(name)")
    }
    #expect(folder.has("out/products/dates/east-displacement-2020-03-13.tif"))
    let wrong = folder.text("out/pairs.csv")?.split(separator: "\n").first { $0.hasPrefix("2020-01-25,2020-02-18") }
    let share = try #require(wrong.flatMap { $0.split(separator: ",").last }.flatMap { Double($0) })
    #expect(share < 0.1, "the wrong pair is held right at \(share) of the pixels")
  }

  @Test("places are read off, and compared with a station whose motion is that of the ground")
  func places() throws {
    #expect(try invert().code == 0)
    let series = try OgiveTool.run(["series", "out", "--at", "400200,5099900"], in: folder.path)
    #expect(series.code == 0 && series.output.contains("place 1: "), "\(series)")
    #expect(folder.has("out/series/series.svg") && folder.has("out/series/velocity.svg"))
    let lines = folder.text("out/series/places.csv")?.split(separator: "\n") ?? []
    #expect(lines.count == 8)
    let cells = try #require(lines.last).split(separator: ",")
    #expect(abs((Double(cells[4]) ?? .nan) - 60 * 72 / 365.25) < 0.5, "\(cells)")
    // Days 0 to 72 after 2020-01-01.
    let rows = (0...24).map { step -> String in
      let day = step * 3, years = Double(day) / 365.25
      let date =
        day < 31
        ? "2020-01-\(Self.two(day + 1))"
        : day < 60 ? "2020-02-\(Self.two(day - 30))" : "2020-03-\(Self.two(day - 59))"
      return "GPS1,400200,5099900,\(date),\(60 * years + 3),\(-30 * years - 8)"
    }
    try folder.put("gnss.csv", Data((["station,east,north,date,e,n"] + rows).joined(separator: "\n").utf8))
    let check = try OgiveTool.run(["validate", "out", "--reference", "gnss.csv"], in: folder.path)
    #expect(check.code == 0, "\(check)")
    #expect(check.output.contains("1 reference points: 10 samples"), "\(check.output)")
    #expect(folder.has("out/validation/summary.json") && folder.has("out/validation/station-1-east.svg"))
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  @Test("least squares and TIO over the same pairs", arguments: ["network", "tio"])
  func methods(method: String) throws {
    let more = method == "network" ? ["--norm", "least-absolute"] : []
    let outcome = try invert(["--method", method, "--minimum-pairs", "2"] + more)
    #expect(outcome.code == 0, "\(outcome)")
    let east = try values("out/products/east-velocity.tif").filter(\.isFinite)
    #expect(!east.isEmpty)
    for value in east { #expect(abs(value - speed) < (method == "tio" ? 60 : 5), "\(value)") }
    #expect(folder.has("out/products/parts.tif"))
  }

  @Test("a run again computes nothing, and one with other memory or threads gives the same bytes")
  func again() throws {
    #expect(try invert().code == 0)
    let first = folder.data("out/products/east-velocity.tif"), cube = folder.data("out/series.nc")
    #expect(try invert(["--threads", "1", "--memory", "1"], out: "other").code == 0)
    #expect(folder.data("other/products/east-velocity.tif") == first)
    #expect(try invert().code == 0)
    #expect(folder.data("out/series.nc") == cube)
  }

  @Test(
    "stopped at any moment and resumed, a run gives the bytes of one that nothing disturbed",
    arguments: [0.05, 0.15, 0.3])
  func resumed(after seconds: Double) throws {
    #expect(try invert(out: "whole").code == 0)
    let stopped = try OgiveTool.run(
      ["invert", "pairs", "--out", "stopped", "--quiet"], in: folder.path, interruptAfter: seconds)
    // Too early there is no folder yet to go on in, and the same command begins anew.
    let again =
      folder.has("stopped") ? try OgiveTool.run(["resume", "stopped"], in: folder.path) : try invert(out: "stopped")
    #expect(again.code == 0, "\(stopped)\n\(again)")
    for name in ["east-velocity.tif", "north-sigma.tif", "wrong-share.tif", "dates/east-displacement-2020-03-13.tif"]
    {
      #expect(folder.data("stopped/products/\(name)") == folder.data("whole/products/\(name)"), "\(name)")
    }
    #expect(folder.text("stopped/pairs.csv") == folder.text("whole/pairs.csv"))
  }

  @Test("what is wrong is said, with what to do, and nothing is left behind")
  func wrongInput() throws {
    func failure(_ words: [String], _ part: String) throws {
      let outcome = try OgiveTool.run(words, in: folder.path)
      #expect(outcome.code != 0 && outcome.errors.contains(part), "\(outcome)")
    }
    try failure(["invert", "nowhere", "--out", "o1"], "no such file")
    try failure(["invert", "pairs", "--out", "o2", "--start", "2021-01-01"], "none of the 15 pairs")
    try failure(["invert", "pairs", "--out", "o3", "--longest", "3"], "12 to 36 days apart")
    try failure(["invert", "pairs", "--out", "o4", "--unit", "furlongs"], "known are m/yr")
    try failure(["invert", "pairs", "--out", "o5", "--area", "0,0,1,1"], "lies outside")
    try failure(["series", "pairs", "--at", "1,1"], "holds no series")
    try failure(["validate", "pairs"], "reference")
    for name in ["o1", "o2", "o3", "o4", "o5"] { #expect(!folder.has(name), "\(name) was left behind") }
    #expect(try invert().code == 0)
    try failure(["series", "out", "--at", "1,1"], "lies outside")
    try folder.put("bad.csv", Data("station,east,north,date,e\nA,400200,5099900,2020-01-01,0\n".utf8))
    try failure(["validate", "out", "--reference", "bad.csv"], "no column `n`")
  }
}
