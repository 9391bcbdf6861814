// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import RasterIO

/// What a pixel is on the ground at every point of the lattice: metres to true east and north.
package struct GroundScale: Sendable {
  /// Nodes over the lattice; the scale changes so slowly that a few are enough.
  private let nodes: Grid<GroundStep>
  private let rows, columns: Int
  private var hasNodePerPoint = false
  package let note: String

  /// Nil for images without map coordinates and pixel size: everything then stays in pixels.
  package init?(_ pair: ImagePair, _ plan: MatchPlan, pixelSize: Double?) throws {
    try self.init(pair.georeference, plan.lattice, points: plan.points, pixelSize: pixelSize)
  }

  /// - Parameters:
  ///   - lattice: the points on the image that `place` belongs to.
  ///   - points: the places themselves where they are no lattice; this then only counts them.
  package init?(
    _ place: Georeference, _ lattice: PointLattice, points: [Matching.PixelPoint]? = nil, pixelSize: Double?
  ) throws {
    (rows, columns) = (lattice.rows, lattice.columns)
    if place.crs == nil {
      guard let step = Self.plain(place, pixelSize) else { return nil }
      nodes = Grid(rows: 1, columns: 1, filledWith: step)
      note =
        place.transform == nil
        ? "without map coordinates the top of the image is taken as north"
        : "the image has no coordinate system; its coordinates are taken as metres"
      return
    }
    if let points {
      let steps = try points.map { try place.groundStep(row: $0.row, column: $0.column) }
      guard !steps.contains(where: { $0 == nil }) else { return nil }
      nodes = Grid(rows: points.count, columns: 1, cells: steps.compactMap { $0 })
      hasNodePerPoint = true
      note = Self.trueNote
      return
    }
    let count = 9
    var grid: Grid<GroundStep>?
    for i in 0..<count {
      for j in 0..<count {
        let row = lattice.row + (lattice.rows - 1) * lattice.spacing * i / (count - 1)
        let column = lattice.column + (lattice.columns - 1) * lattice.spacing * j / (count - 1)
        guard let step = try place.groundStep(row: Double(row), column: Double(column)) else { return nil }
        if grid == nil { grid = Grid(rows: count, columns: count, filledWith: step) }
        grid?[i, j] = step
      }
    }
    nodes = grid!
    note = Self.trueNote
  }

  private static let trueNote = "east and north are true directions and metres on the ground"

  private static func plain(_ place: Georeference, _ pixelSize: Double?) -> GroundStep? {
    if let size = pixelSize { return GroundStep(rightEast: size, rightNorth: 0, downEast: 0, downNorth: -size) }
    guard let t = place.transform else { return nil }
    return GroundStep(
      rightEast: t.eastPerColumn, rightNorth: t.northPerColumn, downEast: t.eastPerRow, downNorth: t.northPerRow)
  }

  /// Ground metres of a pixel's sides at a point of the lattice.
  package func step(row: Int, column: Int) -> GroundStep {
    if hasNodePerPoint { return nodes[row, 0] }
    return GroundStepLattice(nodes, rows: rows, columns: columns).step(row: row, column: column)
  }

  /// The scale in the middle of the lattice as a transform from pixels to metres.
  package var transform: GeoTransform {
    GeoTransform(step(row: rows / 2, column: columns / 2))
  }
}
