// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// Shadow of the terrain: where the sun doesn't reach the ground, because the ground itself is turned away from it or
/// because higher ground stands before it.
///
/// The sun is taken as a point without refraction, which at an elevation of 20 degrees moves the edge of a shadow by
/// less than 5 m per 100 m of height, and the Earth as flat. Cost O(pixels × cells along a ray); rays end where they are
/// above the highest ground.
///
/// Checked by: `TerrainTests` (a wall, a cone, turned grids).
public struct TerrainShadow: Sendable {
  /// True where higher ground stands before the sun.
  public let cast: Mask
  /// True where the ground is turned away from the sun.
  public let selfShaded: Mask
  /// Cosine of the angle between the sun and the ground's normal, below zero where self-shaded; NaN where the slope isn't
  /// known.
  public let illumination: Grid<Float>

  /// True where the sun reaches the ground.
  public var sunlit: Mask {
    var out = cast
    for i in out.cells.indices { out.cells[i] = !cast.cells[i] && !selfShaded.cells[i] }
    return out
  }

  /// Simulates the shadows.
  ///
  /// - Parameters:
  ///   - elevation: m; NaN where missing, which casts no shadow and lies in none.
  ///   - transform: of the elevation model, in metres.
  ///   - threads: rows are shared out among these; the result doesn't depend on them.
  public init(_ elevation: Grid<Float>, transform: GeoTransform, sun: SunPosition, threads: Int = 1) {
    let horizontal = cos(sun.elevation * .pi / 180), vertical = sin(sun.elevation * .pi / 180)
    let east = sin(sun.azimuthRadians) * horizontal, north = cos(sun.azimuthRadians) * horizontal
    illumination = TerrainSlope.gradients(elevation, transform).map { slope in
      Float(
        (vertical - slope.east * east - slope.north * north) / (1 + slope.steepness * slope.steepness).squareRoot())
    }
    selfShaded = illumination.map { $0 <= 0 }
    cast = Self.cast(elevation, in: elevation.window, ray: SunRay(transform, sun), threads: threads)
  }

  /// True where the sun reaches a part of the ground, or where nobody knows: what lies around it only casts shadow.
  ///
  /// - Parameters:
  ///   - elevation: m; must reach as far beyond the part toward the sun as shadows are long (`reach`).
  ///   - part: of the elevation model.
  ///   - transform: of the elevation model, in metres.
  public static func sunlit(
    _ elevation: Grid<Float>, in part: Window, transform: GeoTransform, sun: SunPosition, threads: Int = 1
  ) -> Mask {
    let around = part.grown(by: 1).intersection(elevation.window)
    let horizontal = cos(sun.elevation * .pi / 180), vertical = sin(sun.elevation * .pi / 180)
    let east = sin(sun.azimuthRadians) * horizontal, north = cos(sun.azimuthRadians) * horizontal
    let slopes = TerrainSlope.gradients(elevation.cropped(to: around), transform)
    var out = cast(elevation, in: part, ray: SunRay(transform, sun), threads: threads).map { !$0 }
    for row in 0..<part.rows {
      for column in 0..<part.columns {
        let slope = slopes[part.row + row - around.row, part.column + column - around.column]
        if vertical - slope.east * east - slope.north * north <= 0 { out[row, column] = false }
      }
    }
    return out
  }

  /// Cells toward the sun from which ground as much higher can still cast a shadow: down (negative is up) and right.
  ///
  /// - Parameter rise: m by which that ground is higher.
  public static func reach(
    ofRise rise: Double, transform: GeoTransform, sun: SunPosition
  ) -> (rows: Int, columns: Int) {
    let step = sun.stepPerMetre(transform), metres = rise / sun.rise
    func whole(_ cells: Double) -> Int { Int(cells.rounded(.awayFromZero)) }
    return (whole(step.rows * metres), whole(step.columns * metres))
  }

  private static func cast(
    _ elevation: Grid<Float>, in part: Window, ray: SunRay, threads: Int
  ) -> Mask {
    let highest = elevation.cells.reduce(-Float.infinity) { $1 > $0 ? $1 : $0 }
    var out = Grid(rows: part.rows, columns: part.columns, filledWith: false)
    guard elevation.rows > 1, elevation.columns > 1 else { return out }
    out.cells.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let shared = SharedBuffer(base)
      parallelFor(count: part.rows, threads: threads) { row in
        for column in 0..<part.columns {
          let r = part.row + row, c = part.column + column
          if elevation[r, c].isNaN { continue }
          shared.base[row * part.columns + column] = ray.isBlocked(r, c, elevation, highest: highest)
        }
      }
    }
    return out
  }
}

/// A ray toward the sun, one row or one column at a time.
private struct SunRay {
  let rows, columns: Double
  /// Height gained per step, m.
  let rise: Float

  init(_ transform: GeoTransform, _ sun: SunPosition) {
    let perMetre = sun.stepPerMetre(transform)
    let metres = 1 / max(abs(perMetre.rows), abs(perMetre.columns))
    (rows, columns) = (perMetre.rows * metres, perMetre.columns * metres)
    rise = Float(metres * sun.rise)
  }

  func isBlocked(_ row: Int, _ column: Int, _ ground: Grid<Float>, highest: Float) -> Bool {
    var height = ground[row, column] + rise
    var step = 1.0
    while height < highest {
      let r = Double(row) + step * rows, c = Double(column) + step * columns
      guard r >= 0, c >= 0, r <= Double(ground.rows - 1), c <= Double(ground.columns - 1) else { return false }
      if Self.sample(ground, r, c) > height { return true }
      height += rise
      step += 1
    }
    return false
  }

  /// Bilinear; NaN, which blocks nothing, beside a gap.
  private static func sample(_ ground: Grid<Float>, _ row: Double, _ column: Double) -> Float {
    let r = min(Int(row), ground.rows - 2), c = min(Int(column), ground.columns - 2)
    let below = Float(row - Double(r)), right = Float(column - Double(c))
    let upper = ground[r, c] + right * (ground[r, c + 1] - ground[r, c])
    let lower = ground[r + 1, c] + right * (ground[r + 1, c + 1] - ground[r + 1, c])
    return upper + below * (lower - upper)
  }
}
