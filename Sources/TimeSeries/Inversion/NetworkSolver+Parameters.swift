// SPDX-License-Identifier: Apache-2.0
import Parameters

/// How much a pair counts in an inversion.
public enum InversionWeighting: String, ParameterChoice {
  case none
  case inverseVariance = "inverse-variance"
  case correlation
  case shortSeparation = "short-separation"
  case longSeparation = "long-separation"

  public var summary: String {
    switch self {
    case .none: "every pair counts the same"
    case .inverseVariance: "1/sigma² of the displacement"
    case .correlation: "the correlation at the match, for rasters that have it beside them, as runs over stacks do"
    case .shortSeparation: "1/(1 + t²)² for t years between the dates: TIO's"
    case .longSeparation: "t², as if all velocities were equally good"
    }
  }
}

extension InversionWeighting {
  /// Whether a pair counts by 1/sigma² of its sigma: as stated, or one that stands for its correlation.
  var usesSigmas: Bool { self == .inverseVariance || self == .correlation }
}

/// What an inversion makes least.
public enum InversionNorm: String, ParameterChoice {
  case leastSquares = "least-squares"
  case leastAbsolute = "least-absolute"
  case tukey

  public var summary: String {
    switch self {
    case .leastSquares: "the squares of the residuals"
    case .leastAbsolute: "the absolute residuals: some wrong pairs do no harm"
    case .tukey: "Tukey's biweight: pairs beyond 4.7 times the scatter count nothing"
    }
  }
}

extension NetworkSolver {
  /// Choices of the solver.
  public struct Parameters: ParameterSet {
    public static var title: String { "Network" }

    @Parameter("How much a pair counts")
    public var weighting: InversionWeighting = .inverseVariance

    @Parameter("What is made least")
    public var norm: InversionNorm = .tukey

    @Parameter("Whether gaps that no pair spans are bridged by the pixel's mean velocity, with a sigma to match")
    public var bridgesGaps = false

    public init() {}
  }
}
