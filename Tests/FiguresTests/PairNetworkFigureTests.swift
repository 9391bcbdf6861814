// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Testing

@Suite("Pair network figure")
struct PairNetworkFigureTests {
  private typealias Scene = PairNetworkFigure.Scene
  private typealias Link = PairNetworkFigure.Link

  private static let scenes = [
    Scene(label: "2020-01-01", day: 0, part: 0), Scene(label: "2020-01-11", day: 10, part: 0),
    Scene(label: "2020-02-10", day: 40, part: 1), Scene(label: "2020-03-01", day: 60, part: 1),
    Scene(label: "2020-04-10", day: 100, part: nil),
  ]

  private func count(_ text: String, in whole: String) -> Int { whole.components(separatedBy: text).count - 1 }

  @Test("a dot for each scene, an arc for each pair, a look for each part")
  func marks() {
    let figure = PairNetworkFigure(
      scenes: Self.scenes,
      links: [Link(earlier: 0, later: 1), Link(earlier: 2, later: 3), Link(earlier: 2, later: 3, isBackward: true)])
    let svg = figure.svg()
    #expect(TinyXML(svg).isWellFormed)
    #expect(count("<circle", in: svg) == 5 && count("part-out", in: svg) == 1)
    #expect(count("<path class=\"part-0\"", in: svg) == 1 && count("<path class=\"part-1\"", in: svg) == 2)
    #expect(count("part-dot-0", in: svg) == 2 && count("part-dot-1", in: svg) == 2)
    #expect(svg.contains("part 2: 2020-02-10 to 2020-03-01, 2 scenes"))
    #expect(
      figure.description == "Pair network: 3 pairs of 4 scenes, 2020-01-01 to 2020-04-10, in 2 parts that no pair "
        + "connects; 1 scene is in no pair.")
  }

  @Test("the axis is true to time: the first and last date at the ends, a tenth of the time at a tenth of the way")
  func axis() {
    let svg = PairNetworkFigure(scenes: Self.scenes, links: [Link(earlier: 0, later: 1)]).svg()
    // 620 wide with margins of 16: 588 for 100 days.
    for x in ["16", "74.8", "251.2", "604"] { #expect(svg.contains("cx=\"\(x)\"")) }
    // Forward half ellipse from day 0 to day 10, clockwise, 0.9 times as high as it is wide.
    #expect(svg.contains("d=\"M16 64.92A29.4 52.92 0 0 1 74.8 64.92\""))
    // Over the whole width it is as high as arcs get.
    let long = PairNetworkFigure(scenes: Self.scenes, links: [Link(earlier: 0, later: 4)]).svg()
    #expect(long.contains("d=\"M16 162A294 150 0 0 1 604 162\""))
  }

  @Test("backward pairs lie below the axis and make room there")
  func backward() {
    let forward = PairNetworkFigure(scenes: Self.scenes, links: [Link(earlier: 0, later: 1)]).svg()
    let both = PairNetworkFigure(
      scenes: Self.scenes, links: [Link(earlier: 0, later: 1), Link(earlier: 0, later: 1, isBackward: true)]
    ).svg()
    #expect(both.contains("A29.4 52.92 0 0 0 74.8 64.92"))
    #expect(both.contains(">backward</text>") && !forward.contains(">backward</text>"))
    // Two lines of legend below the dates, and the height of the arcs once more.
    #expect(forward.contains("viewBox=\"0 0 620 192.92\"") && both.contains("viewBox=\"0 0 620 253.84\""))
  }

  @Test("dates that would overlap are left out, and an empty or single-scene network still draws")
  func crowded() {
    let many = (0..<200).map { Scene(label: "d\($0)", day: Double($0), part: 0) }
    let svg = PairNetworkFigure(scenes: many, links: []).svg()
    #expect(count("<text", in: svg) < 45 && count("<circle", in: svg) == 200)
    #expect(TinyXML(PairNetworkFigure(scenes: [], links: []).svg()).isWellFormed)
    let one = PairNetworkFigure(scenes: [Scene(label: "a<b", day: 3, part: nil)], links: [], size: .narrow)
    #expect(TinyXML(one.svg()).isWellFormed && one.svg().contains("a&lt;b"))
  }

  @Test("the legend of many parts ends with how many more there are")
  func manyParts() {
    let scenes = (0..<20).map { Scene(label: "d\($0)", day: Double($0), part: $0 / 2) }
    let links = (0..<10).map { Link(earlier: 2 * $0, later: 2 * $0 + 1) }
    let svg = PairNetworkFigure(scenes: scenes, links: links).svg()
    #expect(
      svg.contains("part 5: d8 to d9, 2 scenes") && svg.contains("and 5 more parts") && TinyXML(svg).isWellFormed)
  }
}
