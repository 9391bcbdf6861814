// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import ProductFixtures
import Products
import RasterIO
import TestSupport
import Testing

@Suite("Finding scenes")
struct SceneFinderTests {
  private let scratch = Scratch()

  @Test("a folder of everything gives its scenes in the order of time, and the rest as problems")
  func mixed() throws {
    try SafeFixture(day: "20220413").write(in: scratch)
    _ = try SafeFixture(day: "20200503").write(in: scratch)
    _ = try LandsatFixture.write(in: scratch)
    let plain = try scratch.tiff("deep/er/ortho_20190102.tif", numbers(5, 5))
    let nameless = try scratch.tiff("ortho.tif", numbers(5, 5))
    let cut = try scratch.tiff("ortho_20190104.tif", numbers(400, 400))
    try scratch.truncate("ortho_20190104.tif", to: 0.5)
    scratch.write("broken.zip", "PK\u{3}\u{4} and then nothing")
    scratch.write("S2A_MSIL1C_20210908T042701_N0301_R133_T46RER_20210908T070248.SAFE/manifest.safe", "<a/>")
    scratch.write("notes.txt", "not a scene")

    let found = SceneFinder().find([scratch.folder])
    #expect(found.scenes.map(\.date.day) == ["2015-07-10", "2019-01-02", "2020-05-03", "2022-04-13"])
    #expect(found.scenes[1].path == plain)
    func problem(_ kind: SceneError.Kind) -> SceneError? { found.problems.first { $0.kind == kind } }
    #expect(found.problems.count == 4, "\(found.problems)")
    #expect(
      problem(.noDate)?.message
        == "\(nameless): there is no date in the name ortho.tif or the metadata; rename it, or give a pattern for the "
        + "names or a list of files and dates")
    #expect(found.problems.contains { $0.kind == .damaged && $0.path == cut })
    #expect(
      found.problems.contains {
        $0.message.hasSuffix("broken.zip is no readable archive: it is damaged, cut off or empty; fetch it again")
      })
    #expect(problem(.noGranule)?.message.contains("has no granule") == true)
  }

  @Test("what is not there, empty or given twice is said")
  func absent() throws {
    let missing = SceneFinder().find([scratch["nowhere"]])
    #expect(
      missing.problems.map(\.message) == ["\(scratch["nowhere"]): there is no such file or folder; check the path"])
    let empty = SceneFinder().find([scratch.folder])
    #expect(
      empty.problems.map(\.message)
        == ["\(scratch.folder) holds no scene: no Sentinel-2 or Landsat product and no raster"])
    let fixture = SafeFixture()
    let path = try fixture.write(in: scratch), archive = try scratch.zip(fixture.name)
    let twice = SceneFinder().find([path, archive])
    #expect(twice.scenes.map(\.path) == [path])
    #expect(twice.problems.map(\.message) == ["\(archive) is the same product as \(path), which is used"])
    let again = SceneFinder().find([path, path])
    #expect(again.scenes.count == 1 && again.problems == [])
  }

  @Test("dates come from a list, then a pattern, then the name")
  func dates() throws {
    for name in ["a_31122019.tif", "b_20200101.tif", "c.tif"] { try scratch.tiff(name, numbers(4, 4)) }
    var options = SceneFinder.Options()
    options.datePattern = try DatePattern("?_{dd}{MM}{yyyy}")
    let byPattern = SceneFinder(options).find([scratch.folder])
    #expect(byPattern.scenes.map(\.date.day) == ["2019-12-31"])
    #expect(byPattern.problems.map(\.kind) == [.noDate, .noDate])
    options.dates = try SceneList(
      scratch.write(
        "dates.csv", "date;file\n2021-05-06;c.tif\n2021-13-01;b_20200101.tif\n2021-05-05T10:20:30Z;b_20200101.tif\n"))
    let found = SceneFinder(options).find([scratch.folder])
    #expect(found.scenes.map(\.date.iso8601) == ["2019-12-31", "2021-05-05T10:20:30Z", "2021-05-06"])
    #expect(
      found.problems.map(\.message) == [
        "\(scratch["dates.csv"]), line 3: \"2021-13-01\" is no date; write for example 2020-01-31 or 2020-01-31T10:20:30Z"
      ])
  }

  @Test("a list names scenes relative to its folder, with or without dates")
  func list() throws {
    try scratch.tiff("images/x.tif", numbers(4, 4), isPlaced: false)
    try scratch.tiff("images/y_20200105.tif", numbers(4, 4))
    let list = scratch.write("list.txt", "# winter\nimages/y_20200105.tif\nimages/x.tif, 2020-01-02\nimages/z.tif\n")
    let found = SceneFinder().find([list])
    #expect(found.scenes.map(\.date.day) == ["2020-01-02", "2020-01-05"])
    #expect(found.problems.map(\.kind) == [.missing])
    #expect(found.scenes[0].notices.count == 1 && found.scenes[0].footprint.isEmpty)
    #expect(found.scenes[0].band(.grey)?.calibration == nil)
    #expect(found.scenes[1].band(.grey)?.resolution == 10 && found.scenes[1].footprint.count == 8)
  }

  @Test("the Perito Moreno stack is found with its bands", .enabled(if: SharedData.file("perito_moreno_s2") != nil))
  func peritoMoreno() throws {
    var options = SceneFinder.Options()
    options.bandNames = [.nir, .red, .green]
    let folder = try #require(SharedData.file("perito_moreno_s2")).path
    let found = SceneFinder(options).find([folder])
    #expect(found.scenes.count >= 15 && found.scenes.first?.date.day == "2020-01-01")
    #expect(found.scenes.allSatisfy { $0.bands.compactMap(\.name) == [.nir, .red, .green] })
    #expect(found.problems.allSatisfy { $0.kind == .noDate }, "\(found.problems)")
  }
}

@Suite("Patterns of dates in names")
struct DatePatternTests {
  @Test(
    "patterns find dates that names alone leave open",
    arguments: [
      ["scene_{dd}{MM}{yyyy}_*", "a/SCENE_01022020_b.tif", "2020-02-01"],
      ["*{yy}{MM}{dd}", "ortho_200131.tif", "2020-01-31"], ["*{yy}{MM}{dd}", "ortho_990131.tif", "1999-01-31"],
      ["L{yyyy}{DDD}?", "L2020032x.tif", "2020-02-01"],
      ["*_{yyyy}-{MM}-{dd}T{HH}{mm}{ss}", "n_1_2020-01-31T102030.tif", "2020-01-31T10:20:30Z"],
    ])
  func dates(words: [String]) throws {
    #expect(try DatePattern(words[0]).date(in: words[1])?.iso8601 == words[2])
  }

  @Test("names that do not fit and days that are none give nothing")
  func misfits() throws {
    let pattern = try DatePattern("scene_{dd}{MM}{yyyy}")
    for name in ["scene_3101202.tif", "scene_31022020.tif", "xscene_01022020.tif", "scene_01022020_.tif"] {
      #expect(pattern.date(in: name) == nil, "\(name)")
    }
  }

  @Test("a pattern without a day or with an unknown part is refused with its cure")
  func refused() {
    #expect(
      failure { () throws(SceneError) in try DatePattern("a_{yyyy}{MM}") }?.message
        == "the pattern a_{yyyy}{MM} needs a year and a day, e.g. scene_{yyyy}{MM}{dd} or *_{yyyy}{DDD}")
    #expect(
      failure { () throws(SceneError) in try DatePattern("{YYYY}") }?.message
        == "the pattern {YYYY} has a part that is none of {yyyy} {yy} {MM} {dd} {DDD} {HH} {mm} {ss}")
  }
}
