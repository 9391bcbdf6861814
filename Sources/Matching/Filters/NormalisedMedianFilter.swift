// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// Marks offsets that contradict their neighbours, by the normalised median test.
///
/// The distance of an offset from its neighbours' median is divided by the median distance of the neighbours
/// themselves plus a noise level: one threshold then serves calm and turbulent ground. Only flags change. Points with
/// too few measured neighbours are left alone. O(points × neighbours²) with a tiny constant.
///
/// Source: Westerweel & Scarano 2005. Differs from it: a square of any radius, missing neighbours are left out.
public struct NormalisedMedianFilter: Sendable {
  public struct Parameters: ParameterSet {
    @Parameter(
      "Neighbours that a point is compared with lie up to this many grid points away; larger than half a cluster of "
        + "wrong matches, which is as wide as the window", in: 1...10)
    public var medianRadius: Int = 2

    @Parameter("Ratio above which an offset is marked as inconsistent", in: 0.5...100)
    public var medianThreshold: Double = 2

    @Parameter("Noise level added to the neighbours' own spread", unit: "px", in: 0.001...10)
    public var medianNoiseLevel: Double = 0.1

    @Parameter("Least number of measured neighbours for the test", in: 2...100)
    public var medianMinimumNeighbours: Int = 4

    public init() {}
  }

  private let parameters: Parameters

  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  /// Grid points beyond a tile that its flags depend on.
  public var margin: Int { parameters.medianRadius }

  /// The flags after the test.
  ///
  /// - Parameters:
  ///   - dx, dy: offsets, px, rows × columns.
  ///   - flags: only `measured` points are tested and used as neighbours.
  /// - Returns: `flags` with `inconsistent` where the test fails.
  public func flags(dx: Grid<Float>, dy: Grid<Float>, flags: Grid<MatchFlag>) -> Grid<MatchFlag> {
    precondition(dx.window == dy.window && dx.window == flags.window, "offsets and flags differ in shape")
    let test = NormalisedMedianTest(
      radius: parameters.medianRadius, threshold: parameters.medianThreshold,
      noiseLevel: parameters.medianNoiseLevel, minimumNeighbours: parameters.medianMinimumNeighbours)
    let isOff = test.outliers(dx: dx, dy: dy, isUsed: flags.map { $0 == .measured })
    var out = flags
    for index in flags.cells.indices where isOff.cells[index] { out.cells[index] = .inconsistent }
    return out
  }
}
