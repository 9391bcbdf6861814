// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Masking
import Matching
import Processing
import RasterIO

/// What the ground's shape says about the points of a stack, by windows of the lattice.
///
/// A mask is a weight: images are matched with all their pixels, and a point that lay in the shadow of the terrain on either
/// date of a pair, or on ground that is too steep or too flat, has no trust. Nothing is matched again for another limit.
struct Terrain: Sendable {
  let units: TiledUnits
  /// Pixels in the side of a cell.
  let cell: Int
  let lattice: PointLattice
  /// Slopes that are kept, degrees; nil keeps all.
  let slopes: ClosedRange<Double>?
  /// Of each date; nil where nobody knows or no shadow is asked for.
  let suns: [SunPosition?]
  /// Of the elevation model on this grid.
  let base: Checksum
  /// A pixel on the ground.
  let step: GroundStep

  static func plane(_ index: Int) -> String { "dark-\(index)" }

  static func name(_ sun: SunPosition?) -> String { sun.map { "\($0.azimuth) \($0.elevation)" } ?? "" }

  /// What the masks of a pair of dates depend on.
  func checksum(_ dates: [Int]) -> Checksum {
    let limits = slopes.map { "\($0.lowerBound) \($0.upperBound)" } ?? ""
    return SHA256.checksum(
      of: ([base.hexadecimal, limits] + dates.map { Self.name(suns[$0]) }).joined(separator: "; "))
  }

  /// Whether anything is left out for a pair of dates.
  func leavesOut(_ dates: [Int]) -> Bool { slopes != nil || dates.contains { suns[$0] != nil } }

  /// True where a point has no trust; false beyond the lattice.
  func isOut(_ dates: [Int], _ window: Window) throws -> Mask {
    var out = Mask(rows: window.rows, columns: window.columns, filledWith: false)
    guard !window.isEmpty else { return out }
    let places = places(window)
    for date in dates where suns[date] != nil {
      let bits = try units.bytes(Self.plane(date / 8), places.cells, outside: 0), bit = UInt8(1) << UInt8(date % 8)
      places.forEach { index, row, column in
        if bits[row, column] & bit != 0 { out.cells[index] = true }
      }
    }
    if let slopes {
      let rises = try units.floats(["rise-east", "rise-north"], places.cells)
      let least = Float(tan(slopes.lowerBound * .pi / 180))
      let most = slopes.upperBound < 90 ? Float(tan(slopes.upperBound * .pi / 180)) : .infinity
      places.forEach { index, row, column in
        let east = rises[0][row, column], north = rises[1][row, column]
        let steepness = (east * east + north * north).squareRoot()
        // Written so that ground of unknown slope is left out.
        if !(steepness >= least && steepness <= most) { out.cells[index] = true }
      }
    }
    return out
  }

  /// Rise of the ground along the pixels' axes, of the steepness that it has in metres; NaN where unknown. Its opposite is the
  /// way down as offsets show it.
  func rises(_ window: Window) throws -> (right: Grid<Float>, down: Grid<Float>) {
    var right = Grid<Float>(rows: window.rows, columns: window.columns, filledWith: .nan), down = right
    guard !window.isEmpty else { return (right, down) }
    let places = places(window)
    let rises = try units.floats(["rise-east", "rise-north"], places.cells)
    let determinant = step.rightEast * step.downNorth - step.downEast * step.rightNorth
    places.forEach { index, row, column in
      let east = Double(rises[0][row, column]), north = Double(rises[1][row, column])
      let x = (east * step.downNorth - north * step.downEast) / determinant
      let y = (north * step.rightEast - east * step.rightNorth) / determinant
      let length = hypot(x, y), steepness = hypot(east, north)
      right.cells[index] = Float(length > 0 ? x / length * steepness : steepness)
      down.cells[index] = Float(length > 0 ? y / length * steepness : steepness)
    }
    return (right, down)
  }

  // MARK: - Places

  /// The cells in which the points of a window lie.
  private struct Places {
    let cells: Window
    let rows, columns: [Int]

    func forEach(_ body: (_ index: Int, _ row: Int, _ column: Int) -> Void) {
      for (r, row) in rows.enumerated() {
        for (c, column) in columns.enumerated() { body(r * columns.count + c, row, column) }
      }
    }
  }

  private func places(_ window: Window) -> Places {
    func cells(_ first: Int, _ count: Int, _ start: Int) -> [Int] {
      (first..<first + count).map {
        Int((Double(start + $0 * lattice.spacing) / Double(cell)).rounded(.down))
      }
    }
    let rows = cells(window.row, window.rows, lattice.row)
    let columns = cells(window.column, window.columns, lattice.column)
    let part = Window(
      row: rows[0], column: columns[0], rows: rows[rows.count - 1] - rows[0] + 1,
      columns: columns[columns.count - 1] - columns[0] + 1)
    return Places(cells: part, rows: rows.map { $0 - rows[0] }, columns: columns.map { $0 - columns[0] })
  }
}
