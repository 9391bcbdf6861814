// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// The offset of one pixel, px, with its gradient, px/px, in image axes.
public struct FieldSample: Hashable, Sendable {
  public var dx, dy: Double
  public var dxPerColumn, dxPerRow, dyPerColumn, dyPerRow: Double
}

/// The exact offsets and gradients on a grid of pixels; px and px/px.
public struct TruthTile: Sendable {
  public var dx, dy, dxPerColumn, dxPerRow, dyPerColumn, dyPerRow: Grid<Float>
}

/// An analytic displacement field over an image, scaled to a chosen largest displacement.
public struct SimulatedField: Sendable {
  private let pattern: any AnalyticField
  private let centreRow, centreColumn: Double
  /// Unit vector of the motion in image axes (right, down).
  private let right, down: Double
  private var amplitude: Double

  /// Largest gradient (Frobenius norm) on the lattice that the amplitude comes from, px/px. From about 1 on the field
  /// folds: several places of the reference go to one of the secondary. Zero for a sharp fault.
  public private(set) var steepestGradient = 0.0

  /// Largest residual of the inverse, px.
  public static let inverseTolerance = 1e-9

  /// The field over an image of `rows` × `columns` pixels.
  ///
  /// The amplitude is set from the largest displacement on a lattice of 129 × 129 points that spans the image.
  public init(rows: Int, columns: Int, parameters: PairSimulator.Parameters) {
    precondition(rows > 0 && columns > 0, "a field needs an image of at least one pixel")
    let side = Double(min(rows, columns))
    pattern = parameters.pattern(side: side, length: Double(max(rows, columns)))
    centreRow = Double(rows - 1) / 2
    centreColumn = Double(columns - 1) / 2
    let angle = parameters.direction * .pi / 180
    right = sin(angle)
    down = -cos(angle)
    amplitude = 1
    var largest = 0.0
    for i in 0...128 {
      for j in 0...128 {
        let d = sample(row: Double(rows - 1) * Double(i) / 128, column: Double(columns - 1) * Double(j) / 128)
        largest = max(largest, (d.dx * d.dx + d.dy * d.dy).squareRoot())
        let gradient = SIMD4(d.dxPerColumn, d.dxPerRow, d.dyPerColumn, d.dyPerRow)
        steepestGradient = max(steepestGradient, (gradient * gradient).sum().squareRoot())
      }
    }
    amplitude = largest > 0 ? parameters.maximumDisplacement / largest : 0
    steepestGradient *= amplitude
  }

  /// The offset and gradient at any position of the reference image.
  public func sample(row: Double, column: Double) -> FieldSample {
    let x = column - centreColumn, y = row - centreRow
    // Axes: s along (right, down), n a quarter turn clockwise on the screen from it.
    let local = pattern.sample(s: x * right + y * down, n: -x * down + y * right)
    let c = right, s = down, a = amplitude
    // Rows of the gradient G = Rᵀ L R with R the turn to the field's axes.
    let us = local.uPerS, un = local.uPerN, vs = local.vPerS, vn = local.vPerN
    return FieldSample(
      dx: a * (local.u * c - local.v * s), dy: a * (local.u * s + local.v * c),
      dxPerColumn: a * (c * (us * c - un * s) - s * (vs * c - vn * s)),
      dxPerRow: a * (c * (us * s + un * c) - s * (vs * s + vn * c)),
      dyPerColumn: a * (s * (us * c - un * s) + c * (vs * c - vn * s)),
      dyPerRow: a * (s * (us * s + un * c) + c * (vs * s + vn * c)))
  }

  /// The exact truth of a window of pixels.
  public func truth(in window: Window) -> TruthTile {
    let empty = Grid<Float>(rows: window.rows, columns: window.columns, filledWith: 0)
    var out = TruthTile(
      dx: empty, dy: empty, dxPerColumn: empty, dxPerRow: empty, dyPerColumn: empty, dyPerRow: empty)
    for row in 0..<window.rows {
      for column in 0..<window.columns {
        let d = sample(row: Double(window.row + row), column: Double(window.column + column))
        let index = row * window.columns + column
        out.dx.cells[index] = Float(d.dx)
        out.dy.cells[index] = Float(d.dy)
        out.dxPerColumn.cells[index] = Float(d.dxPerColumn)
        out.dxPerRow.cells[index] = Float(d.dxPerRow)
        out.dyPerColumn.cells[index] = Float(d.dyPerColumn)
        out.dyPerRow.cells[index] = Float(d.dyPerRow)
      }
    }
    return out
  }

  // MARK: - Inverse

  /// Where in the reference image the ground lay that is now at a position of the secondary image.
  ///
  /// Solves p + d(p) = position by Newton's method with the exact gradient; where that fails, by damped fixed-point
  /// steps. Beside a sharp fault that opens, no ground came to the position: then the closest place found comes back
  /// with `isSeen` false. Where ground is pushed together, one of the places that came to the position comes back.
  /// The result depends on the position alone, so tiles agree to the bit.
  public func origin(row: Double, column: Double) -> (row: Double, column: Double, isSeen: Bool) {
    let first = sample(row: row, column: column)
    var y = row - first.dy, x = column - first.dx
    var best = (row: y, column: x, residual: Double.infinity)
    for step in 0..<120 {
      let d = sample(row: y, column: x)
      let ex = column - x - d.dx, ey = row - y - d.dy
      let residual = max(abs(ex), abs(ey))
      if residual < best.residual { best = (y, x, residual) }
      if residual < Self.inverseTolerance { return (y, x, true) }
      if step < 40 {
        let a = 1 + d.dxPerColumn, b = d.dxPerRow, c = d.dyPerColumn, e = 1 + d.dyPerRow
        let determinant = a * e - b * c
        guard abs(determinant) > 1e-3 else {
          x += ex / 2
          y += ey / 2
          continue
        }
        x += (ex * e - ey * b) / determinant
        y += (ey * a - ex * c) / determinant
      } else {
        x += ex / 2
        y += ey / 2
      }
    }
    return (best.row, best.column, false)
  }
}
