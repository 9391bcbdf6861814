// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Testing

@Suite("Colours of the page")
struct PageColourTests {
  private static let maps: [String: ColourMap] = [
    "speed": .speed, "uncertainty": .uncertainty, "balance": .balance, "direction": .direction,
  ]

  /// The table of the page: after `name:`, colours in quotes up to the comma.
  private func stops(_ name: String) throws -> [Colour] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/CPage/files/map/colourmaps.js")
    let text = try String(contentsOf: file, encoding: .utf8)
    let start = try #require(text.range(of: "\n  \(name):\n"))
    let table = text[start.upperBound...].prefix { $0 != "," }
    return try table.split { !$0.isHexDigit }.map { Colour(hex: try #require(UInt32($0, radix: 16))) }
  }

  @Test("the page's 33 stops are every eighth colour of the map of the reports", arguments: maps.keys.sorted())
  func same(name: String) throws {
    let map = try #require(Self.maps[name])
    let stops = try stops(name)
    #expect(stops.count == 33)
    for (index, stop) in stops.enumerated() { #expect(stop == map.colour(at: Double(index) / 32), "stop \(index)") }
  }
}
