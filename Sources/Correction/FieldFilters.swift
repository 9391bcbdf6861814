// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters

/// Tells which vectors of a field are wrong.
public protocol FieldFilter: Sendable {
  /// What it is called in reports.
  var name: String { get }

  /// True where a vector is wrong; nil where the scene lacks what the filter needs.
  func rejected(_ scene: CorrectionScene) -> Mask?
}

/// A filter with what it took out and what that did to stable ground.
public struct FilterResult: Sendable {
  public var name: String
  /// Whether the scene held what the filter needs.
  public var isApplied: Bool
  /// Vectors taken out, and those that were there before.
  public var rejectedCount, measuredCount: Int
  public var filtered: OffsetGrids
  public var before, after: GroundStatistics
}

extension FieldFilter {
  /// The field with wrong vectors made missing; sigmas of missing vectors are missing too.
  public func filtered(_ scene: CorrectionScene) -> FilterResult {
    let rejected = rejected(scene)
    var field = scene.field
    var measured = 0, count = 0
    for index in field.dx.cells.indices where field.dx.cells[index].isFinite && field.dy.cells[index].isFinite {
      measured += 1
      guard rejected?.cells[index] == true else { continue }
      count += 1
      field.dx.cells[index] = .nan
      field.dy.cells[index] = .nan
      field.dxSigma?.cells[index] = .nan
      field.dySigma?.cells[index] = .nan
    }
    let ground = scene.isStable ?? StableGround.found(in: scene.field)
    return FilterResult(
      name: name, isApplied: rejected != nil, rejectedCount: count, measuredCount: measured, filtered: field,
      before: scene.statistics(of: scene.field, ground: ground), after: scene.statistics(of: field, ground: ground))
  }
}

/// Takes vectors out that are longer than anything expected.
///
/// Source: the amplitude filter of MPIC-OPT, 10 px by default.
public struct AmplitudeFilter: FieldFilter {
  public struct Parameters: ParameterSet {
    @Parameter("Longest vector that is kept", unit: "unit of the field", in: 0.0...1e6)
    public var maximumAmplitude: Double = 10

    public init() {}
  }

  private let parameters: Parameters
  public let name = "amplitude"

  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  public func rejected(_ scene: CorrectionScene) -> Mask? {
    let limit = Float(parameters.maximumAmplitude)
    // A length is only worked out, which is slow, where its square does not tell by itself.
    let square = Double(limit) * Double(limit), surely = (square * (1 - 1e-5), square * (1 + 1e-5))
    var out = Mask(rows: scene.rows, columns: scene.columns, filledWith: false)
    let dx = scene.field.dx.cells, dy = scene.field.dy.cells
    for index in out.cells.indices {
      let x = Double(dx[index]), y = Double(dy[index]), length = x * x + y * y
      if length > surely.0 { out.cells[index] = length > surely.1 || hypot(dx[index], dy[index]) > limit }
    }
    return out
  }
}

/// Takes vectors out that do not go down the slope.
///
/// Meant for landslides and rock glaciers. Vectors are left alone where the ground is flatter than the least slope, where
/// its height is unknown, and where they are too short against the least motion to have a direction.
///
/// Source: the direction filter of MPIC-OPT, 45° by default; the gradient is a central difference (Horn's weights).
public struct SlopeDirectionFilter: FieldFilter {
  public struct Parameters: ParameterSet {
    @Parameter("Largest angle between a vector and the way straight down", unit: "deg", in: 0...180)
    public var maximumSlopeAngle: Double = 45

    @Parameter("Slope below which no direction is down", unit: "deg", in: 0...89)
    public var flatSlope: Double = 5

    @Parameter("Length below which a vector has no direction", unit: "unit of the field", in: 0...1e6)
    public var minimumMotion: Double = 0.2

    public init() {}
  }

  private let parameters: Parameters
  private let rises: (right: Grid<Float>, down: Grid<Float>)?
  public let name = "direction against slope"

  /// - Parameter rises: of the ground per metre to the right and down, NaN where unknown, on the cells of the scene; nil takes
  ///   them from the scene's heights. For offsets back in time give their opposite.
  public init(parameters: Parameters = Parameters(), rises: (right: Grid<Float>, down: Grid<Float>)? = nil) {
    self.parameters = parameters
    self.rises = rises
  }

  private func rise(_ scene: CorrectionScene, _ row: Int, _ column: Int) -> SIMD2<Double>? {
    guard let rises else {
      return scene.height.flatMap { Self.gradient($0, row, column, scene.cellSize) }
    }
    let rise = SIMD2(Double(rises.right[row, column]), Double(rises.down[row, column]))
    return rise.x.isFinite && rise.y.isFinite ? rise : nil
  }

  public func rejected(_ scene: CorrectionScene) -> Mask? {
    guard rises != nil || scene.height != nil else { return nil }
    let leastCosine = cos(parameters.maximumSlopeAngle * .pi / 180)
    let leastSlope = tan(parameters.flatSlope * .pi / 180)
    var out = Mask(rows: scene.rows, columns: scene.columns, filledWith: false)
    for row in 0..<out.rows {
      for column in 0..<out.columns {
        let dx = Double(scene.field.dx[row, column]), dy = Double(scene.field.dy[row, column])
        let length = hypot(dx, dy)
        guard length >= parameters.minimumMotion, length > 0,
          let gradient = rise(scene, row, column)
        else { continue }
        let slope = hypot(gradient.x, gradient.y)
        guard slope >= leastSlope, slope > 0 else { continue }
        // Down is against the gradient.
        let cosine = -(dx * gradient.x + dy * gradient.y) / (length * slope)
        out[row, column] = cosine < leastCosine
      }
    }
    return out
  }

  /// Rise per metre to the right and down the grid; nil beside missing heights and at the rim.
  static func gradient(_ height: Grid<Float>, _ row: Int, _ column: Int, _ cellSize: Double) -> SIMD2<Double>? {
    guard row > 0, column > 0, row + 1 < height.rows, column + 1 < height.columns else { return nil }
    var sum = SIMD2<Double>(0, 0)
    for (i, weight) in [(-1, 1.0), (0, 2), (1, 1)] {
      sum.x += weight * Double(height[row + i, column + 1] - height[row + i, column - 1])
      sum.y += weight * Double(height[row + 1, column + i] - height[row - 1, column + i])
    }
    let gradient = sum / (8 * cellSize)
    return gradient.x.isFinite && gradient.y.isFinite ? gradient : nil
  }
}

/// Takes vectors out that contradict their neighbours (normalised median test).
public struct MedianFilter: FieldFilter {
  public struct Parameters: ParameterSet {
    @Parameter("Neighbours on each side that a vector is compared with", in: 1...10)
    public var medianRadius: Int = 3

    @Parameter(
      "Cells between two neighbours; above 1 where vectors of nearby cells come from one window or one wrong match",
      unit: "cells", in: 1...100)
    public var medianStep: Int = 1

    @Parameter("Ratio above which a vector is wrong", in: 0.5...100)
    public var medianThreshold: Double = 3

    @Parameter("Noise level added to the neighbours' own spread", unit: "unit of the field", in: 1e-6...1e6)
    public var medianNoiseLevel: Double = 0.1

    @Parameter("Least number of neighbours for the test", in: 2...100)
    public var medianMinimumNeighbours: Int = 4

    public init() {}
  }

  private let parameters: Parameters
  private let rows: Range<Int>?
  public let name = "local median"

  /// - Parameter rows: those that are tested, all when nil; the others are neighbours only.
  public init(parameters: Parameters = Parameters(), rows: Range<Int>? = nil) {
    (self.parameters, self.rows) = (parameters, rows)
  }

  public func rejected(_ scene: CorrectionScene) -> Mask? {
    let field = scene.field
    let test = NormalisedMedianTest(
      radius: parameters.medianRadius, step: parameters.medianStep, threshold: parameters.medianThreshold,
      noiseLevel: parameters.medianNoiseLevel, minimumNeighbours: parameters.medianMinimumNeighbours)
    let isUsed = Mask(
      rows: scene.rows, columns: scene.columns,
      cells: zip(field.dx.cells, field.dy.cells).map { $0.isFinite && $1.isFinite })
    return test.outliers(dx: field.dx, dy: field.dy, isUsed: isUsed, rows: rows)
  }
}

/// Takes vectors out that the match in the opposite direction does not confirm.
public struct RoundTripFilter: FieldFilter {
  public struct Parameters: ParameterSet {
    @Parameter("Standard deviations of the sum of both vectors that it may differ from zero", in: 0...100)
    public var closureSigmas: Double = 4

    @Parameter("Distance from zero that is allowed besides", unit: "unit of the field", in: 0...100)
    public var closureFloor: Double = 0.1

    public init() {}
  }

  private let parameters: Parameters
  private let backward: OffsetGrids
  private let spacing: Double
  public let name = "forward-backward"

  /// - Parameters:
  ///   - backward: the field of the opposite direction on the same cells, with its artefacts as they were found: the
  ///     test belongs before corrections.
  ///   - spacing: side of a cell in units of the field.
  public init(backward: OffsetGrids, spacing: Double, parameters: Parameters = Parameters()) {
    self.backward = backward
    self.spacing = spacing
    self.parameters = parameters
  }

  public func rejected(_ scene: CorrectionScene) -> Mask? {
    ClosureGrids(forward: scene.field, backward: backward, spacing: spacing)
      .exceed(sigmas: parameters.closureSigmas, floor: parameters.closureFloor)
  }
}
