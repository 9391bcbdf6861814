// SPDX-License-Identifier: Apache-2.0
import Parameters

/// What the moving mass is made of, as far as its volume is concerned.
public enum Material: String, ParameterChoice {
  /// Ice keeps its volume: horizontal stretching thins it.
  case ice
  /// A landslide may dilate or compact: nothing is said about the vertical.
  case landslide
  /// Nothing is known: treated like a landslide.
  case none

  /// What the choice means, as a clause.
  public var summary: String {
    switch self {
    case .ice: "keeps its volume, so the vertical strain follows from the horizontal one"
    case .landslide: "may dilate or compact, so no vertical strain is given"
    case .none: "not known, treated like a landslide"
    }
  }
}

extension StrainAnalysis {
  /// Choices of the strain analysis.
  public struct Parameters: ParameterSet {
    @Parameter("Whether the mass keeps its volume (ice), so that the vertical strain follows from the horizontal one")
    public var material: Material = .ice

    @Parameter(
      "Least ratio of the motion to its standard deviation for which a direction of motion is defined; where it is "
        + "smaller, the components along and across the motion are missing", in: 0...100)
    public var minimumMotionRatio: Double = 3

    public init() {}
  }
}
