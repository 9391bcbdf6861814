// SPDX-License-Identifier: Apache-2.0
import Grids

/// What one component of a field reads on ground that should not move; unit of the field.
public struct ComponentStatistics: Hashable, Sendable {
  /// Cells used.
  public var count = 0
  public var median = Double.nan, nmad = Double.nan
  /// Root mean square about zero, outliers and all.
  public var rmse = Double.nan

  init(_ values: [Double]) {
    count = values.count
    guard count > 0 else { return }
    median = Grids.median(values)
    nmad = Grids.nmad(values)
    rmse = (values.reduce(0) { $0 + $1 * $1 } / Double(count)).squareRoot()
  }
}

/// What a field reads on stable ground.
public struct GroundStatistics: Hashable, Sendable {
  public var x, y: ComponentStatistics
  /// False when stable ground was not given: cells within `StableGround.reach` NMAD of the median were taken for it.
  public var isGroundGiven: Bool
}

/// Finds stable ground in a field where nobody has said where it is.
public enum StableGround {
  /// NMADs from the median within which a vector counts as still.
  public static let reach = 3.5

  /// Cells whose components both lie near the most common ones.
  ///
  /// Assumes that more than half of the field does not move. Where that does not hold (a fault through the middle, a
  /// field that is all ice) what comes back is most of the field; statistics on it then measure motion, not error.
  public static func found(in field: OffsetGrids) -> Mask {
    var out = Mask(
      rows: field.dx.rows, columns: field.dx.columns,
      cells: field.dx.cells.indices.map { field.dx.cells[$0].isFinite && field.dy.cells[$0].isFinite })
    for _ in 0..<5 {
      let kept = out.cells.indices.filter { out.cells[$0] }
      guard !kept.isEmpty else { return out }
      let x = kept.map { field.dx.cells[$0] }, y = kept.map { field.dy.cells[$0] }
      let centre = (x: median(x), y: median(y))
      let limit = (x: Float(reach) * nmad(x), y: Float(reach) * nmad(y))
      for index in out.cells.indices {
        // Written so that NaN is not still.
        out.cells[index] =
          abs(field.dx.cells[index] - centre.x) <= limit.x && abs(field.dy.cells[index] - centre.y) <= limit.y
      }
      if out.cells.lazy.filter({ $0 }).count == kept.count { break }
    }
    return out
  }
}

extension CorrectionScene {
  /// Statistics of a field on this scene's stable ground, or on `ground` when none was given.
  func statistics(of field: OffsetGrids, ground: Mask) -> GroundStatistics {
    var scene = self
    scene.isStable = ground
    let cells = CellChoice(scene: scene)
    var x: [Double] = [], y: [Double] = []
    cells.forEach(field.dx) { _, _, value in x.append(value) }
    cells.forEach(field.dy) { _, _, value in y.append(value) }
    return GroundStatistics(
      x: ComponentStatistics(x), y: ComponentStatistics(y), isGroundGiven: isStable != nil)
  }
}
