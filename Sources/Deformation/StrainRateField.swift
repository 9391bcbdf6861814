// SPDX-License-Identifier: Apache-2.0
import Grids

/// Displacement gradients on a grid of points, px/px in image axes; NaN where not measured.
public struct GradientField: Sendable {
  public var dxPerColumn, dxPerRow, dyPerColumn, dyPerRow: Grid<Float>
  /// Their covariance; nil where nothing is known about their errors.
  public var covariance: Grid<GradientCovariance>?

  public init(
    dxPerColumn: Grid<Float>, dxPerRow: Grid<Float>, dyPerColumn: Grid<Float>, dyPerRow: Grid<Float>,
    covariance: Grid<GradientCovariance>? = nil
  ) {
    let grids = [dxPerRow, dyPerColumn, dyPerRow]
    precondition(grids.allSatisfy { $0.window == dxPerColumn.window }, "the four gradients differ in shape")
    precondition(covariance.map { $0.window == dxPerColumn.window } ?? true, "the covariance differs in shape")
    self.dxPerColumn = dxPerColumn
    self.dxPerRow = dxPerRow
    self.dyPerColumn = dyPerColumn
    self.dyPerRow = dyPerRow
    self.covariance = covariance
  }
}

/// Offsets on a grid of points with their standard deviations, px; NaN where not measured.
public struct MotionField: Sendable {
  public var dx, dy: Grid<Float>
  /// Standard deviations; nil takes the direction of motion as exact.
  public var dxSigma, dySigma: Grid<Float>?

  public init(dx: Grid<Float>, dy: Grid<Float>, dxSigma: Grid<Float>? = nil, dySigma: Grid<Float>? = nil) {
    for grid in [dy, dxSigma ?? dx, dySigma ?? dx] {
      precondition(grid.window == dx.window, "the grids of a motion field differ in shape")
    }
    self.dx = dx
    self.dy = dy
    self.dxSigma = dxSigma
    self.dySigma = dySigma
  }

  func offset(at index: Int) -> OffsetEstimate {
    let sx = Double(dxSigma?.cells[index] ?? 0), sy = Double(dySigma?.cells[index] ?? 0)
    return OffsetEstimate(
      dx: Double(dx.cells[index]), dy: Double(dy.cells[index]), dxVariance: sx * sx, dyVariance: sy * sy)
  }
}

/// Every strain component on a grid, with its sigma; units as `StrainComponent.unit` says, NaN where missing.
public struct StrainRateField: Sendable {
  private let values: [Grid<Float>]
  private let sigmas: [Grid<Float>]

  init(values: [Grid<Float>], sigmas: [Grid<Float>]) {
    self.values = values
    self.sigmas = sigmas
  }

  /// The values of a component.
  public subscript(component: StrainComponent) -> Grid<Float> { values[component.lane] }

  /// The standard deviations of a component.
  public func sigma(of component: StrainComponent) -> Grid<Float> { sigmas[component.lane] }
}

extension StrainAnalysis {
  /// The strain state of every point of a grid; see `rates(gradient:covariance:motion:)`.
  ///
  /// - Parameters:
  ///   - gradients: rows × columns of displacement gradients.
  ///   - motion: offsets of the same points.
  /// - Returns: one grid of values and one of sigmas for each component. O(points), about 0.2 µs each.
  public func rates(of gradients: GradientField, motion: MotionField) -> StrainRateField {
    let rows = gradients.dxPerColumn.rows, columns = gradients.dxPerColumn.columns, count = rows * columns
    precondition(motion.dx.window == gradients.dxPerColumn.window, "motion and gradients differ in shape")
    let components = StrainComponent.allCases
    var values = components.map { _ in [Float](repeating: .nan, count: count) }
    var sigmas = values
    for index in 0..<count {
      let gradient = DisplacementGradient(
        dxPerColumn: Double(gradients.dxPerColumn.cells[index]), dxPerRow: Double(gradients.dxPerRow.cells[index]),
        dyPerColumn: Double(gradients.dyPerColumn.cells[index]), dyPerRow: Double(gradients.dyPerRow.cells[index]))
      let point = rates(
        gradient: gradient, covariance: gradients.covariance?.cells[index] ?? .unknown,
        motion: motion.offset(at: index))
      for lane in 0..<components.count {
        values[lane][index] = Float(point.values[lane])
        sigmas[lane][index] = Float(point.sigmas[lane])
      }
    }
    func grids(_ cells: [[Float]]) -> [Grid<Float>] {
      cells.map { Grid(rows: rows, columns: columns, cells: $0) }
    }
    return StrainRateField(values: grids(values), sigmas: grids(sigmas))
  }
}
