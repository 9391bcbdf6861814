// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Testing

@Suite("Series chart")
struct SeriesChartTests {
  private static let days = (0..<30).map { 18_262 + 40 * Double($0) }

  static var sample: SeriesChart {
    var noise = SampleReport.Noise(state: 11)
    func smooth(_ day: Double) -> Double { 0.01 * (day - 18_262) + 0.6 * sin((day - 18_262) / 58) }
    let measured = days.map { smooth($0) + 0.3 * noise.normal() }
    let second = days.map { -0.004 * ($0 - 18_262) + 0.2 * noise.normal() }
    let fine = stride(from: 18_262.0, through: 19_422, by: 10).map { $0 }
    return SeriesChart(
      [
        .init("east, point A", days: days, values: measured, sigmas: days.map { _ in 0.3 }),
        .init("north, point A", days: days, values: second, sigmas: days.map { _ in 0.2 }),
        .init(
          "east, smooth", days: fine, values: fine.map { abs($0 - 18_900) < 60 ? .nan : smooth($0) },
          sigmas: fine.map { 0.1 + 0.0004 * ($0 - 18_262) }, look: .curve),
        .init(
          "GNSS", days: fine.filter { $0 > 18_700 }, values: fine.filter { $0 > 18_700 }.map { smooth($0) + 0.1 },
          sigmas: fine.filter { $0 > 18_700 }.map { _ in 0.15 }, look: .reference),
      ],
      marks: [
        .init(day: 18_600, label: "step 0.4 m"),
        .init(day: 19_500, label: "failure 2023-05-23", from: 19_440, to: .infinity),
      ], name: "displacement", unit: "m")
  }

  private func count(_ text: String, in whole: String) -> Int { whole.components(separatedBy: text).count - 1 }

  @Test("each date has a dot, each series of points one path of bars, a gap cuts a curve and its band in two")
  func marks() throws {
    let svg = Self.sample.svg()
    if let path = ProcessInfo.processInfo.environment["OGIVE_SAMPLE_SERIES"] {
      let figure = ReportFigure("Motion of a point", svg: svg, caption: "One sigma each.")
      let section = ReportSection(name: "series", heading: "Series", blocks: [.figures([figure], columns: 1)])
      let page = HTMLReport(kind: "Sample", title: "Series chart", sections: [section])
      try page.html(encodePNG: StoredPNG.encode).write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(TinyXML(svg).isWellFormed && !svg.contains("nan") && !svg.contains("inf"))
    // One dot more in the legend.
    #expect(count("class=\"part-dot-0\"", in: svg) == 31 && count("class=\"part-dot-1\"", in: svg) == 31)
    #expect(count("<path class=\"whisker", in: svg) == 3)
    #expect(
      count("<path class=\"curve series-2\"", in: svg) == 2
        && count("<path class=\"veil series-band-2\"", in: svg) == 2)
    #expect(
      svg.contains(">step 0.4 m</text>") && count("mark-veil", in: svg) == 1 && count("class=\"guide\"", in: svg) == 2
    )
    for year in ["2020", "2021", "2022", "2023"] { #expect(svg.contains(year)) }
    #expect(Self.sample.description.contains("east, point A, 30 values from"))
    #expect(Self.sample.description.contains("marked: step 0.4 m, failure 2023-05-23."))
  }

  @Test("no values, one value and huge sigmas still make a chart")
  func corners() {
    let none = SeriesChart([.init("a", days: [1, 2], values: [.nan, .nan])], name: "velocity", unit: "m/yr")
    #expect(TinyXML(none.svg()).isWellFormed && none.description == "velocity over time: no value.")
    let one = SeriesChart(
      [.init("a & b", days: [18_000], values: [3], sigmas: [.nan], look: .curve)],
      marks: [.init(day: 90_000, label: "far")], name: "velocity", unit: "m/yr")
    #expect(TinyXML(one.svg()).isWellFormed && one.svg().contains("far →"))
    let huge = SeriesChart(
      [.init("a", days: [18_000, 18_100], values: [1, 2], sigmas: [0.1, 1e6])], name: "v", unit: "m")
    #expect(!huge.svg().contains("e+") && TinyXML(huge.svg()).isWellFormed)
    #expect(TinyXML(SeriesChart([], name: "v", unit: "m").svg()).isWellFormed)
  }

  @Test(
    "ticks stand at years, months or days by the room there is",
    arguments: [
      // Six years, one year, two months, eight days.
      (16_801.0, 19_000.0, 10, "2016 2017 2018 2019 2020 2021 2022"),
      (18_262, 18_627, 8, "2020-01 2020-04 2020-07 2020-10"),
      (18_262, 18_322, 6, "2020-01 2020-02 2020-03"),
      (18_262, 18_270, 10, "2020-01-01 2020-01-03 2020-01-05 2020-01-07 2020-01-09"),
      (0, 36_524, 6, "1980 2000 2020 2040 2060"),
    ])
  func ticks(from: Double, to: Double, count: Int, labels: String) {
    let ticks = DateTicks(from: from, to: to, atMost: count)
    #expect(ticks.labels.joined(separator: " ") == labels)
    #expect(ticks.days.count == ticks.labels.count && ticks.days.allSatisfy { $0 >= from && $0 <= to })
  }
}
