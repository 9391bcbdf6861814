// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Synchronization
import Testing

@Suite("Figures along a line")
struct ProfileFigureTests {
  @Test("curves of several years have a colour, a name and error bars each, and a gap stays open")
  func curves() {
    let chart = ProfileCurves(
      distances: [0, 50, 100, 150],
      curves: [
        .init("2019", values: [1, 2, .nan, 4], sigmas: [0.1, 0.1, .nan, 0.1]),
        .init("2020", values: [2, 3, 4, 5], sigmas: [0.2, 0.2, 0.2, 0.2]),
      ], distanceUnit: "m", name: "velocity", unit: "m/yr")
    let svg = chart.svg()
    #expect(svg.contains(">2019<") && svg.contains(">2020<") && svg.contains("distance (m)"))
    let lines = svg.split(separator: "\n").filter { $0.contains("class=\"tinted\"") }
    // Two in the legend, two curves; the first begins anew behind its gap.
    #expect(lines.count == 4)
    #expect(lines.filter { $0.filter { $0 == "M" }.count == 2 }.count == 1)
    #expect(svg.split(separator: "\n").filter { $0.contains("tinted thin") }.count == 2)
    #expect(chart.description.hasPrefix("velocity along a line, 2019, 2020: from 1"))
  }

  @Test("the picture of distance and time has the last interval on top, gaps clear, and small values below 0 as 0")
  func picture() throws {
    let values = Grid<Float>(rows: 2, columns: 2, cells: [0, -0.1, 10, 10])
    let figure = DistanceTimeFigure(
      distances: [0, 50], spans: [(18_000, 18_100), (18_200, 18_300)], values: values, distanceUnit: "m",
      name: "velocity", unit: "m/yr")
    let pictures = Mutex<[[UInt8]]>([])
    let svg = try figure.svg { rgba, rows, columns in
      pictures.withLock { $0.append(rgba) }
      #expect(columns == 2 || rows == 1)
      return [1, 2, 3]
    }
    let first = try #require(pictures.withLock { $0 }.first)
    // Six rows of 50 days, two pixels each.
    #expect(first.count == 6 * 2 * 4)
    func pixel(_ row: Int) -> [UInt8] { Array(first[row * 8..<row * 8 + 4]) }
    #expect(pixel(0) == pixel(1) && pixel(2)[3] == 0 && pixel(3)[3] == 0 && pixel(4) == pixel(5))
    #expect(pixel(0) != pixel(5) && Array(first[44..<48]) == pixel(5))
    #expect(svg.contains("distance (m)") && svg.contains("velocity (m/yr)"))
    #expect(figure.description.hasPrefix("velocity along a line over time: from "))
  }
}
