// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import Parameters
import Processing
import RasterIO
import Services
import Testing
import TimeSeries

/// Files for the checks of `docs/results/publish.md`, into the folder that `OGIVE_MEASURE` names. Not a check by itself.
@Suite(
  "Published files, for other programs to look at",
  .enabled(if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil, "set OGIVE_MEASURE to a folder"),
  .serialized)
struct PublishMeasurements {
  private var folder: String { ProcessInfo.processInfo.environment["OGIVE_MEASURE"] ?? "" }

  /// Motion that turns round the middle, with gaps.
  private func pair(_ place: Georeference, _ id: String) -> PublishedPair {
    let (height, width) = (place.rows, place.columns)
    var pair = PublishedPair(
      earlier: PublishFixture.scene("2020-01-01T10:00:00Z"), later: PublishFixture.scene("2020-02-06T22:36:00Z"),
      place: place, spacing: 1
    ) { rows in
      var dx = Grid(rows: rows.count, columns: width, filledWith: Float.nan), dy = dx
      for row in rows {
        for column in 0..<width where (row / 7 + column / 11) % 9 != 0 {
          dx[row - rows.lowerBound, column] = Float(row - height / 2) / Float(height) * 3
          dy[row - rows.lowerBound, column] = Float(width / 2 - column) / Float(width) * 3
        }
      }
      let sigma = dx.map { 0.02 + abs($0) * 0.01 }
      return PairRows(dx: dx, dy: dy, dxSigma: sigma, dySigma: sigma, ncc: dx.map { 1 - abs($0) / 4 })
    }
    pair.earlier.id = id + "_A"
    pair.later.id = id + "_B"
    pair.templateWindow = 7
    pair.stable = StableGroundSummary(count: 1000, shift: (0.1, 0.2), spreadRight: 0.05, spreadDown: 0.06)
    return pair
  }

  @Test("NetCDF of pairs on a UTM zone, a polar and a Lambert map and in degrees")
  func netCDF() throws {
    let places = [
      ("utm", try PublishFixture.place(rows: 700, columns: 600)),
      ("polar", try PublishFixture.place("EPSG:3413", -2e5, -2e6, step: 120, rows: 300, columns: 200)),
      ("lambert", try PublishFixture.place("EPSG:2154", 9e5, 6.5e6, rows: 300, columns: 200)),
      ("degrees", try PublishFixture.place("EPSG:4326", 8, 46, step: 0.0002, rows: 300, columns: 200)),
    ]
    for (name, place) in places {
      var options = PairVelocityFile.Options()
      (options.softwareVersion, options.processed) = ("0.1.0", "2026-01-01T00:00:00Z")
      options.isLandIce = name == "polar"
      options.resolution = name == "degrees" ? 0.1 : 1
      let written = try PairVelocityFile(pair(place, name), options).write(to: folder)
      print(written.name)
    }
  }

  @Test("time and memory of a pair of 10980 × 10980 points")
  func large() throws {
    let place = try PublishFixture.place(step: 10, rows: 10_980, columns: 10_980)
    let pair = pair(place, "large"), clock = ContinuousClock()
    var time = try clock.measure { _ = try PairVelocityFile(pair).write(to: folder) }
    print("NetCDF: \(time), peak memory of the process \(try peakMemory())")
    time = try clock.measure { _ = try GEPExport(.mpic, folder: folder).write(pair) }
    print("GEP's names: \(time), peak memory of the process \(try peakMemory())")
  }

  private func peakMemory() throws -> String {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    return status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }.map(String.init) ?? "unknown"
  }

  @Test("the items and the collection of a stack")
  func items() throws {
    try FileManager.default.createDirectory(atPath: folder + "/stac", withIntermediateDirectories: true)
    for document in try RunCatalogueTests.catalogue().documents {
      try document.text.write(toFile: "\(folder)/\(document.path)", atomically: true, encoding: .utf8)
    }
  }

  @Test("a raster of each kind with its style, and a pair network")
  func pictures() throws {
    let place = try PublishFixture.place(rows: 200, columns: 300)
    let values = try pair(place, "styles").rows(0..<200)
    let kinds: [(String, LayerStyle.Content, Grid<Float>, String)] = [
      ("amount", .amount, values.dx.map { abs($0) * 100 }, "m/yr"), ("signed", .signed, values.dx, "m"),
      ("uncertainty", .uncertainty, values.dxSigma, "m"), ("share", .share, values.ncc ?? values.dx, ""),
      ("direction", .direction, values.dx.map { ($0 + 2) * 90 }, "degree"),
      (
        "classes",
        .classes([.init(0, "clear", Colour(hex: 0xE69F00)), .init(1, "cloud & shadow", Colour(hex: 0x0072B2))]),
        values.dx.map { $0 > 0 ? 1 : 0 }, ""
      ),
    ]
    for (name, content, grid, unit) in kinds {
      var layout = RasterLayout(rows: 200, columns: 300, type: .float32, transform: place.transform, crs: place.crs)
      layout.unit = unit
      let writer = try RasterWriter.create("\(folder)/\(name).tif", layout)
      try writer.write(grid)
      try writer.finish()
      let style = LayerStyle(content, values: grid.cells, unit: unit).qml
      try style.write(toFile: "\(folder)/\(name).qml", atomically: true, encoding: .utf8)
    }
    // Fifteen dates, clouds in between, as of Perito Moreno; and a stack in two parts, both ways.
    let days = [0, 5, 10, 20, 25, 40, 45, 55, 60, 75, 95, 100, 110, 120, 150]
    let parts = (0..<15).map { $0 * 10 + ($0 > 7 ? 200 : 0) }
    let inParts: JSONObject = [
      "pairingMode": "days", "minimumRange": 5, "maximumRange": 30, "pairDirection": "both",
    ]
    let figures = [
      ReportFigure("Fifteen dates", svg: try network(days, [:])),
      ReportFigure("Two parts, both directions", svg: try network(parts, inParts)),
      ReportFigure("A hundred dates", svg: try network((0..<100).map { $0 * 7 }, [:])),
    ]
    let sections = figures.enumerated().map {
      ReportSection(name: "network-\($0)", heading: $1.title, blocks: [.figures([$1], columns: 1)])
    }
    let page = HTMLReport(kind: "measurement", title: "Pair networks", sections: sections)
    try page.html { _, _, _ in [] }.write(toFile: "\(folder)/networks.html", atomically: true, encoding: .utf8)
  }

  private func network(_ days: [Int], _ choices: JSONObject) throws -> String {
    let first = CalendarDate("2020-01-03")!.dayNumber
    let scenes = days.map { DatedScene(id: "s\($0)", date: CalendarDate(dayNumber: first + $0)) }
    let network = try PairSelection(PairSelection.Parameters(overrides: choices)).network(of: scenes)
    let figures = network.scenes.enumerated().map { index, scene in
      PairNetworkFigure.Scene(
        label: scene.date.description, day: Double(scene.date.dayNumber),
        part: network.components.firstIndex { $0.contains(index) })
    }
    let links = network.pairs.map {
      PairNetworkFigure.Link(earlier: $0.earlier, later: $0.later, isBackward: $0.isBackward)
    }
    return PairNetworkFigure(scenes: figures, links: links).svg()
  }
}
