// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

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
    let isOff = closures.exceed(sigmas: parameters.closureSigmas, floor: parameters.closureFloor)
    for index in flags.cells.indices where flags.cells[index] == .measured && isOff.cells[index] {
      out.cells[index] = .inconsistent
    }
    return out
  }
}
