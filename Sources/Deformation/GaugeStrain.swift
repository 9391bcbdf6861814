// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// Displacement gradients from an offset field by a plane fitted to the neighbours inside a gauge.
///
/// Use it where the matcher gives no gradients, or to look at strain at another length than that of its window. A
/// weighted least-squares plane is fitted to `dx` and to `dy` over a square of neighbours; missing points are left
/// out. Neighbours whose windows overlap share image noise, which an ordinary fit would count as independent
/// evidence: the covariance is that of the fit under the correlation (1 − |Δcolumn|/w)(1 − |Δrow|/w) of two box
/// windows of side w, zero beyond w, so it stays true when points are closer than the window. O(points × gauge³)
/// in cells.
///
/// Source: weighted least squares with a known error covariance (generalised sandwich); no single paper. Checked by:
/// `GaugeStrainTests`, with noise drawn through such windows.
public struct GaugeStrain: Sendable {
  /// Choices of the strain gauge.
  public struct Parameters: ParameterSet {
    @Parameter("Side of the square of neighbours that a strain value is taken from", unit: "px", in: 2...10_000)
    public var gaugeLength: Double = 96

    @Parameter("Least share of the points of the gauge that must be measured", in: 0.1...1)
    public var minimumShare: Double = 0.5

    @Parameter(
      "Side of the box window whose noise has the correlation of the offsets' errors; 0 for independent errors",
      unit: "px", in: 0...10_000)
    public var effectiveWindow: Double = 0

    public init() {}
  }

  let parameters: Parameters
  let spacing: Double
  /// Cells on each side of a point that the gauge reaches, and that a tile needs beyond its own.
  public let margin: Int

  /// The gauge for points that are `spacing` px apart. Even a short gauge takes the eight nearest points.
  public init(spacing: Double, parameters: Parameters = Parameters()) {
    precondition(spacing > 0, "points need a distance above zero")
    self.parameters = parameters
    self.spacing = spacing
    margin = max(1, Int(parameters.gaugeLength / 2 / spacing))
  }

  /// The gradient of every point.
  ///
  /// - Parameters:
  ///   - motion: offsets with sigmas, px; without sigmas all points weigh the same and no covariance comes back.
  ///   - valid: points that may be used; nil takes all that are not NaN.
  /// - Returns: gradients, px/px; NaN where too few neighbours are measured or they lie on a line.
  public func gradients(of motion: MotionField, valid: Mask? = nil) -> GradientField {
    let rows = motion.dx.rows, columns = motion.dx.columns
    precondition(valid.map { $0.window == motion.dx.window } ?? true, "mask and offsets differ in shape")
    let missing = Grid<Float>(rows: rows, columns: columns, filledWith: .nan)
    var out = GradientField(dxPerColumn: missing, dxPerRow: missing, dyPerColumn: missing, dyPerRow: missing)
    let hasSigmas = motion.dxSigma != nil && motion.dySigma != nil
    var covariance = Grid(rows: rows, columns: columns, filledWith: GradientCovariance.unknown)
    var x = PlaneFit(reach: margin, spacing: spacing, correlation: parameters.effectiveWindow)
    for row in 0..<rows {
      for column in 0..<columns where valid?[row, column] ?? true {
        guard !motion.dx[row, column].isNaN, !motion.dy[row, column].isNaN,
          let u = x.fit(motion.dx, motion.dxSigma, valid, row, column, parameters.minimumShare),
          let v = x.fit(motion.dy, motion.dySigma, valid, row, column, parameters.minimumShare)
        else { continue }
        out.dxPerColumn[row, column] = Float(u.perColumn)
        out.dxPerRow[row, column] = Float(u.perRow)
        out.dyPerColumn[row, column] = Float(v.perColumn)
        out.dyPerRow[row, column] = Float(v.perRow)
        if hasSigmas {
          var c = GradientCovariance()
          (c[0, 0], c[0, 1], c[1, 1]) = (u.columnVariance, u.covariance, u.rowVariance)
          (c[2, 2], c[2, 3], c[3, 3]) = (v.columnVariance, v.covariance, v.rowVariance)
          covariance[row, column] = c
        }
      }
    }
    if hasSigmas { out.covariance = covariance }
    return out
  }
}
