// SPDX-License-Identifier: Apache-2.0
import Correction
import Foundation
import Grids
import Testing

@Suite("Edges of detectors")
struct DetectorEdgesTests {
  @Test("the track runs along them, to a tenth of a degree", arguments: [-14.0, 0, 12, 35])
  func direction(degrees: Double) throws {
    // Clockwise from up: a step up goes right by the tangent.
    let lean = -tan(degrees * .pi / 180)
    let detectors = Grid<Int32>(
      rows: 400, columns: 500,
      cells: (0..<200_000).map { index in
        let across = Double(index % 500) - lean * Double(index / 500)
        return across < -150 ? 0 : Int32(3 + Int((across + 1000) / 90))
      })
    let found = try #require(DetectorEdges.trackDirection(detectors))
    #expect(abs(found - degrees) < 0.1, "\(found)")
  }

  @Test("one detector, or none, has no edge")
  func none() {
    #expect(DetectorEdges.trackDirection(Grid(rows: 50, columns: 50, filledWith: 4)) == nil)
    #expect(DetectorEdges.trackDirection(Grid(rows: 0, columns: 0, filledWith: 4)) == nil)
  }
}
