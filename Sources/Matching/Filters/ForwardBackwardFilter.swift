// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// Offsets on a grid of points, px, with their standard deviations where known; NaN where not measured.
public struct OffsetGrids: Sendable {
  public var dx, dy: Grid<Float>
  public var dxSigma, dySigma: Grid<Float>?

  public init(dx: Grid<Float>, dy: Grid<Float>, dxSigma: Grid<Float>? = nil, dySigma: Grid<Float>? = nil) {
    for grid in [dy, dxSigma ?? dx, dySigma ?? dx] {
      precondition(grid.window == dx.window, "the grids of an offset field differ in shape")
    }
    self.dx = dx
    self.dy = dy
    self.dxSigma = dxSigma
    self.dySigma = dySigma
  }
}

/// Marks offsets that the match in the opposite direction does not confirm.
///
/// A good match brings a point there and back: d(x) + d'(x + d(x)) is zero but for errors. Points whose backward
/// offset is missing can't be checked and keep their flags. Both matches see the same noise, so agreement is no proof
/// of accuracy; disagreement is one of error.
public struct ForwardBackwardFilter: Sendable {
  public struct Parameters: ParameterSet {
    @Parameter("Standard deviations of the sum of both offsets that it may differ from zero", in: 0...100)
    public var closureSigmas: Double = 4

    @Parameter("Distance from zero that is allowed besides", unit: "px", in: 0...100)
    public var closureFloor: Double = 0.1

    public init() {}
  }

  private let parameters: Parameters

  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  /// The flags after the test.
  ///
  /// - Parameters:
  ///   - forward: offsets from the reference to the secondary image, on the points of `flags`.
  ///   - backward: offsets from the secondary to the reference image, on points at the same positions.
  ///   - spacing: distance of the points, px.
  /// - Returns: `flags` with `inconsistent` where the closure is too large.
  public func flags(
    forward: OffsetGrids, backward: OffsetGrids, spacing: Double, flags: Grid<MatchFlag>
  ) -> Grid<MatchFlag> {
    self.flags(closures: ClosureGrids(forward: forward, backward: backward, spacing: spacing), flags: flags)
  }

  /// The flags after the test, from closures on the same points.
  public func flags(closures: ClosureGrids, flags: Grid<MatchFlag>) -> Grid<MatchFlag> {
    precondition(closures.x.window == flags.window, "closures and flags differ in shape")
    var out = flags
    let sigmas = Float(parameters.closureSigmas), floor = Float(parameters.closureFloor)
    for index in flags.cells.indices where flags.cells[index] == .measured {
      let x = closures.x.cells[index], y = closures.y.cells[index]
      let length = (x * x + y * y).squareRoot()
      // The larger of both components, so that the limit does not depend on the direction.
      let sigma = max(closures.xVariance.cells[index], closures.yVariance.cells[index]).squareRoot()
      // A missing closure is NaN, and NaN is not greater than anything.
      if length > sigmas * (sigma.isFinite ? sigma : 0) + floor { out.cells[index] = .inconsistent }
    }
    return out
  }
}
