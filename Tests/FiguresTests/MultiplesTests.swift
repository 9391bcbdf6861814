// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import Testing

@Suite("Small multiples, before and after")
struct MultiplesTests {
  private static let frame = MapFrame(area: Window(row: 0, column: 0, rows: 40, columns: 60))
  private static func encode(_ rgba: [UInt8], _ rows: Int, _ columns: Int) -> [UInt8] {
    StoredPNG.encode(rgba, rows, columns)
  }

  private func count(_ text: String, in whole: String) -> Int { whole.components(separatedBy: text).count - 1 }

  private func figure(_ outline: Mask?) -> MapMultiples {
    let grid = Grid<Float>(rows: 4, columns: 6, filledWith: 1)
    var figure = MapMultiples(
      ["before", "model", "after"].map { .init($0, grid) }, frame: Self.frame,
      placement: GridPlacement(row: 4.5, column: 4.5, spacing: 10), columns: 3, map: .balance,
      range: ValueRange(-2, 2),
      name: "Offset", unit: "px", description: "Maps of nothing.")
    figure.outline = outline
    return figure
  }

  @Test("three maps, one scale of colours, one scale bar, and no outline unless asked for")
  func panels() throws {
    let svg = try figure(nil).svg(encodePNG: Self.encode)
    #expect(TinyXML(svg).isWellFormed)
    #expect(
      count("<image", in: svg) == 4 && count("bar-ground", in: svg) == 1 && count("class=\"plate\"", in: svg) == 1)
    #expect(!svg.contains("shore") && svg.contains(">before<") && svg.contains(">after<"))
  }

  @Test("the outline of a block of cells is its four sides, in pixels of the image")
  func outline() throws {
    var mask = Mask(rows: 4, columns: 6, filledWith: false)
    for row in 1...2 {
      for column in 2...4 { mask[row, column] = true }
    }
    let svg = try figure(mask).svg(encodePNG: Self.encode)
    // Cells of 10 px from the corner of the image: rows 1 and 2, columns 2 to 4.
    #expect(svg.contains("d=\"M20 10h30M20 30h30M20 10v20M50 10v20\""))
  }

  @Test("smoothing drops single cells and keeps blocks")
  func smoothed() {
    var mask = Mask(rows: 9, columns: 9, filledWith: false)
    mask[1, 1] = true
    for row in 3..<9 {
      for column in 3..<9 { mask[row, column] = true }
    }
    mask[6, 6] = false
    let smooth = mask.smoothed(radius: 1)
    #expect(!smooth[1, 1] && smooth[6, 6] && smooth[8, 8] && !smooth[2, 2])
  }

  @Test("histograms before and after: medians, NMADs and shares of each")
  func histogram() {
    let chart = BeforeAfterHistogram(
      before: [1, 2, 3, .nan], after: [-1, 0, 1, 0], range: ValueRange(-4, 4), classes: 8, name: "offset", unit: "px")
    #expect(chart.centres.before == 2 && chart.centres.after == 0)
    #expect(abs(chart.spreads.before - 1.4826) < 1e-4)
    #expect(abs(chart.before[5] - 1.0 / 3) < 1e-9 && chart.after[4] == 0.5 && chart.after[3] == 0.25)
    #expect(chart.description.contains("2.000 ± 1.483\u{202F}px before"))
    #expect(TinyXML(chart.svg()).isWellFormed)
    #expect(TinyXML(BeforeAfterHistogram(before: [], after: [], name: "", unit: "").svg()).isWellFormed)
  }

  @Test("a strip draws each member twice, leaves out what is not known, and thins a thousand")
  func strip() {
    let known = BeforeAfterStrip.Entry("2020-01-01 to 2020-01-11", before: (0.5, 0.2), after: (0, 0.1))
    let unknown = BeforeAfterStrip.Entry("2020-02-01", before: (.nan, .nan), after: (.nan, .nan))
    let svg = BeforeAfterStrip([known, unknown], name: "offset", unit: "px").svg()
    #expect(TinyXML(svg).isWellFormed)
    // One of each in the legend.
    #expect(count("whisker-before", in: svg) == 2 && count("dot-after", in: svg) == 2)
    let many = BeforeAfterStrip(Array(repeating: known, count: 1000), name: "offset", unit: "px")
    #expect(many.entries.count <= BeforeAfterStrip.most && many.entries.count > BeforeAfterStrip.most / 2)
    #expect(many.svg().utf8.count < 150_000)
  }

  @Test("a folded block opens by its name, without a script")
  func folded() throws {
    let page = try HTMLReport(
      kind: "k", title: "t",
      sections: [.init(name: "s", heading: "h", blocks: [.folded("Pair <a>", [.paragraph("inside")], isOpen: true)])]
    ).html(encodePNG: Self.encode)
    #expect(page.contains("<details open>\n<summary>Pair &lt;a&gt;</summary>\n<p>inside</p>\n</details>"))
    #expect(!page.contains("<script"))
  }
}
