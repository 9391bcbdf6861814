// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import Testing

@Suite("Match report page")
struct MatchReportPageTests {
  private static let full: Result<String, any Error> = Result {
    try MatchReportPage(SampleReport().content(), encodePNG: StoredPNG.encode).html()
  }

  /// The least that a page can be made of: pixels, no image, no sigma, nothing checked.
  private static func least() -> MatchReportContent {
    let grid = Grid(rows: 20, columns: 30, cells: (0..<600).map { Float($0 % 30) / 10 })
    let frame = MapFrame(area: Window(row: 0, column: 0, rows: 200, columns: 300))
    return MatchReportContent(
      title: "A <pair> & \"more\"", frame: frame, placement: GridPlacement(row: 5, column: 5, spacing: 10),
      motion: Quantity("Offset", unit: "px", values: grid), dx: grid, dy: grid)
  }

  private static func html(_ content: MatchReportContent) throws -> String {
    try MatchReportPage(content, encodePNG: StoredPNG.encode).html()
  }

  @Test("a full report is written for people to look at, to OGIVE_SAMPLE_REPORT or the temporary folder")
  func sample() throws {
    let html = try Self.full.get()
    let path = ProcessInfo.processInfo.environment["OGIVE_SAMPLE_REPORT"]
    let folder = FileManager.default.temporaryDirectory
    let url = path.map { URL(filePath: $0) } ?? folder.appending(path: "ogive-sample-report.html")
    try html.write(to: url, atomically: true, encoding: .utf8)
    let least = url.deletingPathExtension().path + "-least.html"
    try Self.html(Self.least()).write(toFile: least, atomically: true, encoding: .utf8)
    #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
  }

  @Test("a full report has every section, in order")
  func sections() throws {
    let html = try Self.full.get()
    let names = [
      "motion", "strain", "uncertainty", "stable-ground", "missing", "quality", "parameters", "files",
    ]
    var places: [String.Index] = []
    for name in names {
      #expect(html.contains("<a href=\"#\(name)\">"))
      if let range = html.range(of: "<section id=\"\(name)\">") { places.append(range.lowerBound) }
    }
    #expect(places.count == names.count && places == places.sorted())
  }

  @Test("a report loads nothing from outside: no address but data, no script, no import, and the policy forbids it")
  func selfContained() throws {
    let html = try Self.full.get()
    for word in ["http:", "https:", "<script", "<link", "@import", "url(", "<iframe", "src="] {
      #expect(!html.contains(word), "\(word)")
    }
    let addresses = html.components(separatedBy: "href=\"").dropFirst().map { $0.prefix(15) }
    #expect(addresses.allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("data:image/png;") })
    #expect(html.contains("default-src 'none'"))
  }

  @Test("the same content gives the same bytes")
  func deterministic() throws {
    #expect(try Self.html(SampleReport().content()) == Self.full.get())
  }

  @Test("the page is well formed, full and least")
  func wellFormed() throws {
    for html in [try Self.full.get(), try Self.html(Self.least())] {
      let parsed = TinyXML(html)
      #expect(parsed.isWellFormed, "\(parsed.problem)")
    }
  }

  @Test("the image is held once, however many maps draw it")
  func sharedImage() throws {
    let html = try Self.full.get()
    #expect(html.components(separatedBy: "id=\"base-image\"").count == 2)
    #expect(html.components(separatedBy: "<use href=\"#base-image\"").count > 6)
  }

  @Test("a page of the least content has its map and no empty sections, and its texts are escaped")
  func least() throws {
    let html = try Self.html(Self.least())
    #expect(html.contains("<h1>A &lt;pair&gt; &amp; &quot;more&quot;</h1>"))
    for name in ["strain", "uncertainty", "stable-ground", "missing", "quality", "parameters", "files"] {
      #expect(!html.contains("<section id=\"\(name)\">"), "\(name)")
    }
    #expect(html.contains("column (px)") && html.contains("clockwise from up"))
    #expect(!html.contains("nan") && !html.contains("base-image"))
  }

  @Test("a match in which every point failed still gives a page")
  func nothingMeasured() throws {
    var content = SampleReport().content()
    let nan = Grid(rows: SampleReport.cells, columns: SampleReport.cells, filledWith: Float.nan)
    content.motion = Quantity("Speed", unit: "m/yr", values: nan, sigma: nan)
    content.dx = nan
    content.dy = nan
    content.components = [Quantity("East velocity", unit: "m/yr", values: nan, sigma: nan)]
    content.strain = [Quantity("Shear strain rate", unit: "1/yr", values: nan, sigma: nan)]
    content.quality = [Quantity("Correlation", unit: "", values: nan)]
    content.flags = MatchReportContent.Flags(
      values: nan.map { _ in UInt8(1) }, reasons: SampleReport.reasons)
    content.calibration = MatchReportContent.Calibration(source: "stable ground", normalisedErrors: [])
    let html = try Self.html(content)
    #expect(TinyXML(html).isWellFormed)
    #expect(html.contains("100.0\u{202F}% of the points are missing"))
  }

  @Test("no missing point is said in words")
  func noneMissing() throws {
    var content = Self.least()
    content.flags = MatchReportContent.Flags(
      values: content.motion.values.map { _ in UInt8(0) }, reasons: SampleReport.reasons)
    #expect(try Self.html(content).contains("No point is missing."))
  }

  @Test("sigmas that are too small are called so")
  func calibration() throws {
    var content = Self.least()
    var noise = SampleReport.Noise(state: 2)
    content.calibration = MatchReportContent.Calibration(
      source: "stable ground", normalisedErrors: (0..<5000).map { _ in Float(2 * noise.normal()) })
    let html = try Self.html(content)
    #expect(html.contains("Sigma is too small here.") && html.contains("callout warning"))
  }

  @Test("a scene of 1400 × 1400 points and 1800 × 1800 pixels embeds less than 1.9 million pixels")
  func budget() throws {
    var content = SampleReport().content()
    let wide = { (grid: Grid<Float>) in
      Grid(rows: 1400, columns: 1400, cells: (0..<1_960_000).map { grid.cells[$0 % grid.cells.count] })
    }
    content.motion = Quantity(
      "Speed", unit: "m/yr", values: wide(content.motion.values), sigma: wide(content.motion.sigma!))
    content.dx = wide(content.dx)
    content.dy = wide(content.dy)
    content.components = content.components.map { Quantity($0.name, unit: $0.unit, values: wide($0.values)) }
    let strain = content.strain[0]
    content.strain = ["a", "b", "c", "d", "e"].map { Quantity($0, unit: "1/yr", values: wide(strain.values)) }
    content.flags = MatchReportContent.Flags(
      values: content.motion.values.map { $0.isNaN ? 1 : 0 }, reasons: SampleReport.reasons)
    let image = Grid(rows: 1800, columns: 1800, filledWith: Float(1))
    content.base = MatchReportContent.Base(image: image, placement: .blocks(of: 6))
    var pixels = 0
    _ = try MatchReportPage(content) { _, rows, columns in
      pixels += rows * columns
      return []
    }.html()
    #expect(pixels < 1_900_000 && pixels > 500_000)
  }

  @Test("an error of the PNG encoder reaches the caller")
  func encoderFails() {
    struct Failure: Error {}
    #expect(throws: Failure.self) {
      try MatchReportPage(SampleReport().content()) { _, _, _ in throw Failure() }.html()
    }
  }
}
