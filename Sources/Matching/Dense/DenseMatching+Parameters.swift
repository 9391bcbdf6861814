// SPDX-License-Identifier: Apache-2.0
import Parameters

extension DenseMatching {
  public struct Parameters: ParameterSet {
    @Parameter(
      "Side of the square window; automatic when absent: the best of three sizes at every point", unit: "px",
      in: 5...401)
    public var templateWindow: Int?

    /// Two iterations after the pyramid are enough: more let the noise grow (measured on the simulated pair).
    @Parameter("Iterations at full resolution", in: 1...6, .advanced)
    public var iterations = 3

    @Parameter("Least share of a window's pixels that must be present in both images", in: 0.05...1, .advanced)
    public var minimumValidShare = 0.35

    public init() {}

    /// Half sides of the windows that compete, px, the largest first.
    var halves: [Int] { templateWindow.map { [max(2, $0 / 2)] } ?? [50, 25, 12] }
  }
}
