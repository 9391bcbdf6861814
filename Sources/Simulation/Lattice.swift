// SPDX-License-Identifier: Apache-2.0
import Grids

/// Where the points of a measured grid lie in the raster of the truth, px.
public struct Lattice: Hashable, Sendable {
  /// Raster position of grid cell (0, 0).
  public var row, column: Double
  /// Distance of neighbouring points.
  public var spacing: Double
  /// Number of points.
  public var rows, columns: Int

  public init(row: Double, column: Double, spacing: Double, rows: Int, columns: Int) {
    self.row = row
    self.column = column
    self.spacing = spacing
    self.rows = rows
    self.columns = columns
  }

  /// The raster's values at the points, bilinear between pixel centres; beyond the border the border's value.
  ///
  /// - Parameters:
  ///   - raster: the truth, or a part of it; NaN spreads to the points that need it.
  ///   - origin: raster position of the part's first pixel.
  public func sampled(_ raster: Grid<Float>, origin: (row: Int, column: Int) = (0, 0)) -> Grid<Float> {
    precondition(raster.rows > 0 && raster.columns > 0, "an empty raster can't be sampled")
    var out = Grid<Float>(rows: rows, columns: columns, filledWith: .nan)
    for r in 0..<rows {
      let y = min(max(row + Double(r) * spacing - Double(origin.row), 0), Double(raster.rows - 1))
      let top = min(Int(y), max(0, raster.rows - 2)), bottom = min(top + 1, raster.rows - 1)
      let fy = y - Double(top)
      for c in 0..<columns {
        let x = min(max(column + Double(c) * spacing - Double(origin.column), 0), Double(raster.columns - 1))
        let left = min(Int(x), max(0, raster.columns - 2)), right = min(left + 1, raster.columns - 1)
        let fx = x - Double(left)
        var value = 0.0
        // A weight of zero leaves its pixel out, so that a missing pixel is no matter to its exact neighbours.
        for (weight, y, x) in [
          ((1 - fy) * (1 - fx), top, left), ((1 - fy) * fx, top, right), (fy * (1 - fx), bottom, left),
          (fy * fx, bottom, right),
        ] where weight > 0 { value += weight * Double(raster[y, x]) }
        out[r, c] = Float(value)
      }
    }
    return out
  }

  /// True for the points that are at least `margin` px inside a raster of `height` × `width` pixels.
  public func inside(height: Int, width: Int, margin: Double) -> Mask {
    var out = Mask(rows: rows, columns: columns, filledWith: false)
    for r in 0..<rows {
      let y = row + Double(r) * spacing
      for c in 0..<columns {
        let x = column + Double(c) * spacing
        out[r, c] =
          x >= margin && y >= margin && x <= Double(width - 1) - margin && y <= Double(height - 1) - margin
      }
    }
    return out
  }
}
