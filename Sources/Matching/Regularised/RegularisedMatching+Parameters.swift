// SPDX-License-Identifier: Apache-2.0
import Parameters

extension RegularisedMatching {
  /// Names, ranges and defaults follow MicMac's matching of image pairs (MM2DPosSism) and the MPIC service that runs it.
  public struct Parameters: ParameterSet {
    @Parameter("Half side of the square window: 3 stands for 7 × 7", unit: "px", in: 1...7)
    public var windowHalf = 3

    @Parameter("Largest offset that is searched around the start", unit: "px", in: 1...64)
    public var searchRange = 2

    @Parameter(
      "How much neighbours hold together: 0.05 to 0.3 for small features, up to 0.8 for wide motion", in: 0.01...3)
    public var regularisation = 0.3

    @Parameter("Correlation at and below which a match counts as none", in: 0...0.95)
    public var decorrelationThreshold = 0.2

    @Parameter("Exponent of the correlation in its cost", in: 1...4, .advanced)
    public var correlationExponent = 2.0

    @Parameter(
      "Direction of a fault, counter-clockwise from the right of the image; no preferred direction when absent",
      unit: "deg", in: 0...180)
    public var faultDirection: Double?

    public init() {}
  }
}
