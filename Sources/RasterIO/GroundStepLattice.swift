// SPDX-License-Identifier: Apache-2.0
import Grids

/// What a pixel is on the ground anywhere in a grid, from a few nodes over it between which it is linear.
package struct GroundStepLattice: Sendable {
  private let nodes: Grid<GroundStep>
  private let rows, columns: Int

  /// The same everywhere.
  package init(_ step: GroundStep) { self.init(Grid(rows: 1, columns: 1, filledWith: step), rows: 1, columns: 1) }

  /// - Parameters:
  ///   - nodes: at the corners of the grid and evenly between, as many down as across.
  ///   - rows, columns: of the grid.
  package init(_ nodes: Grid<GroundStep>, rows: Int, columns: Int) {
    precondition(nodes.rows == nodes.columns && nodes.rows > 0)
    (self.nodes, self.rows, self.columns) = (nodes, rows, columns)
  }

  /// The pixels of images whose every so manieth is a cell of a raster; nil where the raster has no place on Earth.
  ///
  /// - Throws: `RasterError` of kind `.noTransformation` when PROJ knows no way.
  package init?(_ place: Georeference, pixelsPerCell: Double) throws(RasterError) {
    let last = 8
    var cells: [GroundStep] = []
    for i in 0...last {
      for j in 0...last {
        let row = Double((place.rows - 1) * i) / Double(last), column = Double((place.columns - 1) * j) / Double(last)
        guard let step = try place.groundStep(row: row, column: column) else { return nil }
        cells.append(
          GroundStep(
            rightEast: step.rightEast / pixelsPerCell, rightNorth: step.rightNorth / pixelsPerCell,
            downEast: step.downEast / pixelsPerCell, downNorth: step.downNorth / pixelsPerCell))
      }
    }
    self.init(Grid(rows: last + 1, columns: last + 1, cells: cells), rows: place.rows, columns: place.columns)
  }

  /// Ground metres of a pixel's sides at a cell of the grid.
  package func step(row: Int, column: Int) -> GroundStep {
    let n = nodes.rows - 1
    guard n > 0 else { return nodes[0, 0] }
    let y = rows > 1 ? Double(row) / Double(rows - 1) * Double(n) : 0
    let x = columns > 1 ? Double(column) / Double(columns - 1) * Double(n) : 0
    let r = min(Int(y), n - 1), c = min(Int(x), n - 1)
    let t = y - Double(r), s = x - Double(c)
    let a = nodes[r, c], b = nodes[r, c + 1], d = nodes[r + 1, c], e = nodes[r + 1, c + 1]
    func mix(_ part: (GroundStep) -> Double) -> Double {
      (part(a) * (1 - s) + part(b) * s) * (1 - t) + (part(d) * (1 - s) + part(e) * s) * t
    }
    return GroundStep(
      rightEast: mix(\.rightEast), rightNorth: mix(\.rightNorth), downEast: mix(\.downEast),
      downNorth: mix(\.downNorth))
  }
}
