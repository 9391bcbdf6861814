// SPDX-License-Identifier: Apache-2.0
import Kernels
import Parameters

/// How the pixels of a window count.
public enum WindowWeights: String, ParameterChoice {
  case box, gaussian

  public var summary: String {
    switch self {
    case .box: "all pixels of the window alike"
    case .gaussian: "less the further out, over 1.65 times the side; as noisy as a box of the same side"
    }
  }

  func shape(half: Int) -> WindowShape {
    switch self {
    case .box: .box(half: half)
    case .gaussian: .gaussian(half: half)
    }
  }
}

extension DenseMatching {
  public struct Parameters: ParameterSet {
    @Parameter(
      "Side of the square window; automatic when absent: the best of three sizes at every point", unit: "px",
      in: 5...401)
    public var templateWindow: Int?

    @Parameter("Weights of the pixels in a window")
    public var windowWeights = WindowWeights.box

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
