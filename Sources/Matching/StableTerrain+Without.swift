// SPDX-License-Identifier: Apache-2.0
import Grids

/// The error level of an offset field where no ground is known to be stable; unit of the field.
public struct ErrorLevel: Hashable, Sendable {
  /// Number of differences that it comes from.
  public var count: Int
  /// Standard deviation of one offset's components.
  public var x, y: Double
  /// The same divided by the sigmas that the field claims; nil without sigmas.
  public var calibration: SigmaCalibration?
}

extension StableTerrain {
  /// Error level from going forth and back: NMAD of d(x) + d'(x + d(x)) over √2.
  ///
  /// A lower bound: both matches see the same image noise, so their errors cancel in part. What it does see is wrong
  /// matches, interpolation error and starting-point bias.
  ///
  /// - Parameters:
  ///   - forward, backward: offsets in either direction on points at the same positions, px.
  ///   - spacing: distance of the points, px.
  /// - Returns: nil with fewer than `minimumCount` points.
  public static func closureLevel(forward: OffsetGrids, backward: OffsetGrids, spacing: Double) -> ErrorLevel? {
    precondition(forward.dx.window == backward.dx.window, "forward and backward differ in shape")
    var level = LevelBuilder(isClaimed: forward.dxSigma != nil && backward.dxSigma != nil)
    for row in 0..<forward.dx.rows {
      for column in 0..<forward.dx.columns {
        guard let c = Closure(forward, backward, row: row, column: column, spacing: spacing) else { continue }
        level.add(Double(c.x), Double(c.y), Double(c.xVariance), Double(c.yVariance))
      }
    }
    return level.level(variances: 2)
  }

  /// Error level from the field's roughness: NMAD of second differences over √6.
  ///
  /// A smooth field has second differences near zero, so what is left is error, as long as the three points share no
  /// window: then the errors are independent. Real curvature of the motion over twice the step adds to it, so on
  /// strongly deforming ground it is an upper bound; stable or calm ground dominates the median.
  ///
  /// - Parameters:
  ///   - step: distance of the three points, grid points; at least window / spacing.
  ///   - isUsed: points that count; nil takes all that are measured.
  /// - Returns: nil with fewer than `minimumCount` differences.
  public static func roughnessLevel(_ field: OffsetGrids, step: Int, isUsed: Mask? = nil) -> ErrorLevel? {
    precondition(step > 0, "second differences need a step")
    var level = LevelBuilder(isClaimed: field.dxSigma != nil && field.dySigma != nil)
    let rows = field.dx.rows, columns = field.dx.columns
    for row in 0..<rows {
      for column in 0..<columns {
        for (down, right) in [(step, 0), (0, step)] {
          let (r0, r2, c0, c2) = (row - down, row + down, column - right, column + right)
          guard r0 >= 0, c0 >= 0, r2 < rows, c2 < columns else { continue }
          if let isUsed, !(isUsed[row, column] && isUsed[r0, c0] && isUsed[r2, c2]) { continue }
          func second(_ g: Grid<Float>) -> Double {
            Double(g[r0, c0]) - 2 * Double(g[row, column]) + Double(g[r2, c2])
          }
          func variance(_ g: Grid<Float>?) -> Double {
            guard let g else { return 0 }
            let (a, b, c) = (Double(g[r0, c0]), Double(g[row, column]), Double(g[r2, c2]))
            return a * a + 4 * b * b + c * c
          }
          level.add(second(field.dx), second(field.dy), variance(field.dxSigma), variance(field.dySigma))
        }
      }
    }
    return level.level(variances: 6)
  }
}

/// Gathers differences of offsets and their claimed variances.
private struct LevelBuilder {
  let isClaimed: Bool
  private var x: [Double] = [], y: [Double] = []
  private var ratios: (x: [Double], y: [Double]) = ([], [])

  init(isClaimed: Bool) { self.isClaimed = isClaimed }

  mutating func add(_ u: Double, _ v: Double, _ uVariance: Double, _ vVariance: Double) {
    guard u.isFinite, v.isFinite else { return }
    x.append(u)
    y.append(v)
    guard isClaimed, uVariance > 0, vVariance > 0 else { return }
    ratios.x.append(u / uVariance.squareRoot())
    ratios.y.append(v / vVariance.squareRoot())
  }

  /// The level when a difference has `variances` times the variance of one offset.
  func level(variances: Double) -> ErrorLevel? {
    guard x.count >= StableTerrain.minimumCount else { return nil }
    let root = variances.squareRoot()
    return ErrorLevel(
      count: x.count, x: nmad(x) / root, y: nmad(y) / root,
      calibration: SigmaCalibration(ratiosX: ratios.x, ratiosY: ratios.y))
  }
}
