// SPDX-License-Identifier: Apache-2.0
import Parameters

extension CloudShadow {
  /// How shadows are looked for.
  public struct Parameters: ParameterSet {
    @Parameter("Least height of clouds above the ground (Zhu & Woodcock 2012)", unit: "m", in: 0...20_000)
    public var minimumHeight = 200.0

    @Parameter("Largest height of clouds above the ground (Zhu & Woodcock 2012)", unit: "m", in: 1...30_000)
    public var maximumHeight = 12_000.0

    @Parameter(
      "Near-infrared reflectance by which a shadow is darker than the rim of the dark patch it lies in "
        + "(Zhu & Woodcock 2012)", in: 0...1)
    public var minimumDarkening = 0.02

    @Parameter(
      "Least share of a cloud's projection that must be dark for it to be the cloud's shadow (Zhu & Woodcock 2012)",
      in: 0...1)
    public var minimumSimilarity = 0.3

    @Parameter("Clouds of fewer pixels have no shadow looked for (Zhu & Woodcock 2012)", unit: "px", in: 1...10_000)
    public var minimumCloud = 4

    public init() {}

    public func validate() throws(ParameterError) {
      if minimumHeight >= maximumHeight {
        throw .conflict("minimumHeight", "`minimumHeight` of clouds must be below their `maximumHeight`")
      }
    }
  }
}
