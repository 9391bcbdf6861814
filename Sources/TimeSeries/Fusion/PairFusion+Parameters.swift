// SPDX-License-Identifier: Apache-2.0
import Parameters

/// How much a pair counts in a mean.
public enum PairWeighting: String, ParameterChoice {
  case none
  case inverseVariance = "inverse-variance"
  case correlation

  public var summary: String {
    switch self {
    case .none: "every pair counts the same"
    case .inverseVariance: "1/sigma² of the pair's velocity, so that long separations count more; needs sigmas"
    case .correlation: "the correlation at the match"
    }
  }
}

/// What the standard deviation of a mean is taken from.
public enum SigmaSource: String, ParameterChoice {
  case pairs
  case scatter
  case combined
  case larger

  public var summary: String {
    switch self {
    case .pairs: "the pairs' sigmas alone"
    case .scatter: "the pairs' deviations from their mean alone"
    case .combined:
      "the pairs' sigmas, scaled by the scatter of the whole raster and of the point, the more, the more pairs there are"
    case .larger: "the larger of the first two"
    }
  }
}

extension PairFusion {
  /// Choices of the fusion. The threshold is the default of MPIC-OPT; the others are ours.
  public struct Parameters: ParameterSet {
    public static var title: String { "Fusion" }

    @Parameter("Least correlation of a match that enters the means and counts for the quality index", in: -1...1)
    public var minimumCorrelation: Double = 0.2

    @Parameter("How much a pair counts in the means")
    public var pairWeighting: PairWeighting = .none

    @Parameter("Whether matches seen through thin or uncertain cloud count less, where that is known")
    public var weighsByClarity = true

    @Parameter("Fewest pairs for which a mean is given", in: 1...10_000)
    public var minimumPairs: Int = 1

    @Parameter("What the standard deviation of the mean velocity is taken from")
    public var sigmaSource: SigmaSource = .combined

    @Parameter(
      "Degrees of freedom of scatter that the pairs' sigmas are held worth when both are combined", in: 0...1000,
      .advanced)
    public var sigmaTrust: Double = 10

    @Parameter(
      "Share of a pair's error variance that comes from its two scenes and so recurs in every pair with one of them; "
        + "found from the loops of the network when absent", in: 0...1, .advanced)
    public var sceneErrorShare: Double?

    @Parameter("Memory for the pairs' values of one row block", unit: "MB", in: 0.01...1_000_000, .advanced)
    public var blockMemory: Double = 256

    public init() {}
  }
}
