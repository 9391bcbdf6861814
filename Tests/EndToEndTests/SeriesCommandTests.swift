// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

/// `ogive series` and `validate` over cubes whose motion is known: lines, maps, sources, heights.
@Suite("Readings of series", .serialized, .enabled(if: OgiveTool.hasCommand("series"), "needs the built tool"))
struct SeriesCommandTests {
  private let folder: RunScratch

  init() throws { folder = try RunScratch() }

  private func series(_ words: [String], interruptAfter: Double? = nil) throws -> OgiveTool.Outcome {
    try OgiveTool.run(
      ["series", "cube.nc", "--out", "out", "--quiet"] + words, in: folder.path, interruptAfter: interruptAfter)
  }

  private func values(_ name: String) throws -> Grid<Float> {
    let image = try RasterImage.open("\(folder.path)/out/series/\(name)")
    return try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns))
  }

  /// Repeatable numbers of mean 0 and about standard deviation 1.
  private func noise(_ seeds: Int...) -> Double {
    var state = seeds.reduce(UInt64(12_345)) {
      ($0 ^ UInt64(bitPattern: Int64($1))) &* 6_364_136_223_846_793_005 &+ 99_991
    }
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    _ = next()
    return (0..<12).reduce(-6) { sum, _ in sum + next() }
  }

  private func write(_ fixture: SeriesCubeFixture, _ motion: (Int, Int, Int, Double) -> Double) throws {
    try fixture.write(to: "\(folder.path)/cube.nc", motion: motion)
  }

  @Test("a line: 60 m/yr to the east and 30 to the south are along and to the right of a line eastwards")
  func line() throws {
    var fixture = SeriesCubeFixture(rows: 12, columns: 30)
    fixture.days = (0...28).map { 17_897 + 30 * Double($0) }
    try write(fixture) { component, _, _, day in (component == 0 ? 60 : -30) * (day - 17_897) / 365.25 }
    let (from, to) = (SeriesCubeFixture.place(5, 2), SeriesCubeFixture.place(5, 22))
    let outcome = try series(["--line", "\(from.east),\(from.north),\(to.east),\(to.north)"])
    #expect(outcome.code == 0 && outcome.output.contains("21 of 21 samples"), "\(outcome)")
    let lines = (folder.text("out/series/profile.csv") ?? "").split(separator: "\n")
    #expect(lines.count == 1 + 21 * 29)
    let cells = try #require(lines.last).split(separator: ",").map { Double($0) ?? .nan }
    let years = 28 * 30 / 365.25
    // UTM is 0.04 % short there, as the ground is measured.
    #expect(abs(cells[0] - 1000) < 1 && cells[1] == to.east)
    for (place, value) in [(4, 60 * years), (6, -30 * years), (8, 60 * years), (10, 30 * years)] {
      #expect(abs(cells[place] - value) < 0.2, "\(cells)")
    }
    let speeds = (folder.text("out/series/profile-velocities.csv") ?? "").split(separator: "\n")
    #expect(abs((Double(try #require(speeds.last).split(separator: ",")[11]) ?? .nan) - 30) < 0.2)
    for name in ["profile-velocity.svg", "profile-displacement.svg", "profile-time.svg"] {
      #expect(folder.has("out/series/\(name)"), "\(name)")
    }
    let curves = try #require(folder.text("out/series/profile-velocity.svg"))
    #expect(curves.contains(">2019<") && curves.contains(">2020<"))
  }

  /// Steps of 50 mm on the left, creep towards failure in the middle, steady motion on the right that goes with the rain of 20
  /// days before.
  private func mapped() throws {
    let days = SeriesCubeFixture(rows: 1, columns: 1).days
    let rain = (0..<700).map { day in max(0, noise(day / 6, 7)) * 4 }
    var driven = [0.0]
    for (from, to) in zip(days, days.dropFirst()) {
      driven.append(driven[driven.count - 1] + (Int(from) - 20..<Int(to) - 20).reduce(0) { $0 + rain[$1 - 17_900] })
    }
    try write(SeriesCubeFixture(rows: 10, columns: 12)) { component, row, column, day in
      guard component == 0 else { return 0.0 }
      let index = days.firstIndex(of: day)!, error = index == 0 ? 0 : 0.001 * noise(row, column, index)
      switch column / 4 {
      case 0: return error + 0.0001 * (day - 18_000) + (day > days[25] ? 0.05 : 0)
      case 1: return error - 0.037 * log((18_535 - day) / 535)
      default: return error + 0.0005 * (day - 18_000) + 0.0004 * driven[index]
      }
    }
    let lines = rain.indices.map { index -> String in
      let date = Date(timeIntervalSince1970: Double(17_900 + index) * 86_400)
      return "\(date.formatted(.iso8601.year().month().day())),\(rain[index]),\(10 * sin(Double(index) / 58))"
    }
    try folder.put(
      "weather.csv", Data((["date,precipitation,temperature"] + lines).joined(separator: "\n").utf8))
  }

  private static func year(_ day: Double) -> Float { Float(2019 + (day - 17_897) / 365) }

  @Test("maps: steps, failure times and the lag of the rain come back where they are, and nothing where they are not")
  func maps() throws {
    try mapped()
    let outcome = try series(["--maps", "--weather", "weather.csv"])
    #expect(outcome.code == 0, "\(outcome)")
    let count = try values("maps/step-count.tif"), time = try values("maps/step-time.tif")
    let size = try values("maps/step-size.tif"), sigma = try values("maps/step-sigma.tif")
    let failure = try values("maps/failure-time.tif"), first = try values("maps/failure-first.tif")
    let last = try values("maps/failure-last.tif")
    let r = try values("maps/weather/precipitation-correlation.tif")
    let lag = try values("maps/weather/precipitation-lag.tif"), melt = try values("maps/weather/melt-chance.tif")
    let days = SeriesCubeFixture(rows: 1, columns: 1).days
    var steps = 0, failures = 0, inside = 0, false1 = 0, false2 = 0, lags = 0
    for row in 0..<10 {
      for column in 0..<12 {
        switch column / 4 {
        case 0:
          let isRight = time[row, column] > Self.year(days[25]) && time[row, column] < Self.year(days[26])
          steps +=
            count[row, column] == 1 && isRight && abs(size[row, column] - 0.05) < 4 * sigma[row, column] ? 1 : 0
          false1 += failure[row, column].isNaN ? 0 : 1
        case 1:
          guard failure[row, column].isFinite else { continue }
          failures += 1
          // The year 2020 has 366 days.
          let true1 = Float(2020 + (18_535.0 - 18_262) / 366)
          inside += first[row, column] <= true1 && !(last[row, column] < true1) ? 1 : 0
        default:
          false2 += count[row, column] == 0 && time[row, column].isNaN ? 0 : 1
          lags += lag[row, column] == 20 && r[row, column] > 0.8 ? 1 : 0
        }
        #expect(melt[row, column].isFinite)
      }
    }
    #expect(steps >= 34 && false1 <= 2, "\(steps) of 40 steps, \(false1) failures beside them")
    #expect(failures >= 38 && inside >= 34, "\(failures) failures, \(inside) inside their intervals")
    #expect(false2 <= 4 && lags >= 36, "\(false2) false steps, \(lags) of 40 lags")
    for name in [
      "onset-time", "onset-width", "onset-acceleration", "onset-evidence", "failure-evidence", "phase-size",
    ] {
      #expect(folder.has("out/series/maps/\(name).tif"), "\(name)")
    }
  }

  @Test("maps of other threads, and those of a run that was stopped, have the same bytes")
  func again() throws {
    try mapped()
    let name = "out/series/maps/step-time.tif", other = "out/series/maps/weather/rain-lag.tif"
    _ = try series(["--maps", "--weather", "weather.csv"], interruptAfter: 0.1)
    #expect(try series(["--maps", "--weather", "weather.csv"]).code == 0)
    let first = (folder.data(name), folder.data(other))
    #expect(first.0 != nil && first.1 != nil)
    try FileManager.default.removeItem(atPath: "\(folder.path)/out")
    #expect(try series(["--maps", "--weather", "weather.csv", "--threads", "1"]).code == 0)
    #expect(folder.data(name) == first.0 && folder.data(other) == first.1)
  }

  @Test("two sources come back with their courses and where they are")
  func sources() throws {
    var fixture = SeriesCubeFixture(rows: 40, columns: 70)
    fixture.sigma = 0.05
    func patch(_ row: Int, _ column: Int, _ middle: (Double, Double)) -> Double {
      exp(-(pow(Double(row) - middle.0, 2) + pow(Double(column) - middle.1, 2)) / 32)
    }
    // The first moves to the east, the other to the north.
    try write(fixture) { component, row, column, day in
      let years = (day - 18_000) / 365.25
      let error = day == 18_000 ? 0 : 0.02 * noise(component, row, column, Int(day))
      return error
        + (component == 0
          ? 4 * years * patch(row, column, (12, 15)) : (1 - cos(2 * .pi * years)) * patch(row, column, (25, 50)))
    }
    let outcome = try series(["--sources", "2"])
    #expect(outcome.code == 0 && outcome.output.contains("source 2: "), "\(outcome)")
    let east = try values("sources/source-1-east.tif"), north = try values("sources/source-1-north.tif")
    let other = try values("sources/source-2-north.tif")
    #expect(abs(east[12, 15]) > 10 * abs(east[30, 60]) && abs(east[12, 15]) > 10 * abs(north[25, 50]))
    #expect(abs(other[25, 50]) > 10 * abs(other[12, 15]))
    let rows = (folder.text("out/series/sources/courses.csv") ?? "").split(separator: "\n").dropFirst().map {
      $0.split(separator: ",").dropFirst().map { Double($0) ?? .nan }
    }
    #expect(rows.count == 41)
    // The slide goes on, the season is back after a year.
    #expect(abs(rows[40][0] / rows[20][0] - 2) < 0.1)
    #expect(abs(rows[30][1]) < 0.1 * abs(rows[15][1]))
    // Map times course is the motion, beside the mean of all pixels.
    #expect(abs(Double(east[12, 15]) * rows[40][0] + rows[40][2] - 4 * 480 / 365.25) < 0.4)
    for name in ["courses.svg", "sources.json", "source-2-east.tif"] {
      #expect(folder.has("out/series/sources/\(name)"))
    }
  }

  @Test(
    "heights of reference points are compared where the cube has them, and said to be left out where not",
    arguments: [true, false])
  func heights(hasUp: Bool) throws {
    var fixture = SeriesCubeFixture(rows: 4, columns: 5)
    (fixture.hasUp, fixture.sigma) = (hasUp, 0.01)
    try write(fixture) { component, _, _, day in [1.0, -2, 0.5][component] * (day - 18_000) / 365.25 }
    let place = SeriesCubeFixture.place(2, 3)
    let rows = (0...40).map { index -> String in
      let day = 18_000 + 12 * Double(index), years = (day - 18_000) / 365.25
      let date = Date(timeIntervalSince1970: day * 86_400).formatted(.iso8601.year().month().day())
      // 20 mm/yr off upwards; no height on the first day.
      return "A,\(place.east),\(place.north),\(date),\(years),\(-2 * years),\(index == 0 ? "" : "\(0.48 * years)")"
    }
    try folder.put("gnss.csv", Data((["station,east,north,date,e,n,u"] + rows).joined(separator: "\n").utf8))
    let check = try OgiveTool.run(
      ["validate", "cube.nc", "--reference", "gnss.csv", "--out", "out"], in: folder.path)
    #expect(check.code == 0, "\(check)")
    #expect(folder.has("out/validation/station-1-up.svg") == hasUp && folder.has("out/validation/coverage.svg"))
    if hasUp {
      #expect(check.output.contains("1 of them upwards: 39 samples"), "\(check.output)")
      let last = (folder.text("out/validation/samples.csv") ?? "").split(separator: "\n").last ?? ""
      #expect(last.hasPrefix("A,up,"))
      let error = Double(last.split(separator: ",")[6]) ?? .nan
      #expect(abs(error - 0.02 * 468 / 365.25) < 1e-3, "\(last)")
    } else {
      #expect(check.output.contains("u of 1 reference points is not compared"), "\(check.output)")
    }
    let places = try series(["--at", "\(place.east),\(place.north)"])
    #expect(places.code == 0 && (folder.text("out/series/places.csv") ?? "").contains("up_m") == hasUp)
  }

  @Test("what is wrong is said")
  func wrongInput() throws {
    try write(SeriesCubeFixture(rows: 4, columns: 5)) { _, _, _, day in (day - 18_000) / 100 }
    func failure(_ words: [String], _ part: String) throws {
      let outcome = try series(words)
      #expect(outcome.code != 0 && outcome.errors.contains(part), "\(outcome)")
    }
    try failure([], "say what to read")
    try failure(["--line", "1,2,3"], "an even number of 4 or more")
    try failure(["--line", "1,2,3,4"], "no part of the line has a series")
    try failure(["--line", "400100,5099900,400100,5099900"], "no length")
    try failure(["--sources", "3"], "do not tell 3 sources apart")
    try folder.put("bad.csv", Data("date,rain\n2020-01-01,wet\n".utf8))
    try failure(["--maps", "--weather", "bad.csv"], "no number in rain")
  }
}
