// SPDX-License-Identifier: Apache-2.0
import Parameters

extension SmoothMotion {
  /// Choices of the model; there is nothing that has to be tuned from glacier to glacier.
  public struct Parameters: ParameterSet {
    public static var title: String { "Smooth motion" }

    @Parameter(
      "Days from knot to knot of the motion; what changes faster is not told apart. From the dates when absent: 15, less "
        + "for series of less than three years with short pairs, more where all pairs are long", unit: "d",
      in: 0.001...10_000)
    public var knotSpacing: Double?

    @Parameter(
      "Seasons: 0 none, 1 the year, 2 the year and its half, and so on; each goes to nothing where data lack it",
      in: 0...6)
    public var harmonics: Int = 2

    @Parameter("Most rounds of estimation at a pixel", in: 4...200, .advanced)
    public var iterations: Int = 24

    @Parameter(
      "Change of the logarithm of a strength below which a pixel is finished; posterior widths are 0.3 and more",
      in: 0.001...1, .advanced)
    public var tolerance: Double = 0.1

    public init() {}
  }
}
