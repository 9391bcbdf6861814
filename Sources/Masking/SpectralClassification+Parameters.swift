// SPDX-License-Identifier: Apache-2.0
import Parameters

extension SpectralClassification {
  /// Thresholds of the spectral classes. Those of the haze index were measured on hand-labelled patches
  /// (docs/results/masks.md says which on which); the others are those of the papers named in the help.
  public struct Parameters: ParameterSet {
    @Parameter(
      "Share of red that is taken off blue in the haze index; Zhang et al. 2002 fit it per scene, Fmask takes 0.5",
      in: 0...1, .advanced)
    public var hazeSlope = 0.4

    @Parameter("Haze index above the clear level from which a pixel is cloud", unit: "reflectance", in: 0.001...0.5)
    public var minimumHaze = 0.028

    @Parameter(
      "Haze index of clear ground; when absent, the most frequent value in the image that clear ground can have. Give it "
        + "where an image is classified in parts", unit: "reflectance", in: -0.2...0.5)
    public var clearLevel: Double?

    @Parameter(
      "Least short-wave infrared (2.2 µm) reflectance of a cloud (Zhu & Woodcock 2012)", in: 0...1, .advanced)
    public var minimumCloudSwir2 = 0.03

    @Parameter("Largest vegetation index of a cloud (Zhu & Woodcock 2012)", in: -1...1, .advanced)
    public var maximumCloudNdvi = 0.8

    @Parameter(
      "Least ratio of near to short-wave infrared of a cloud; rock has less (Zhu & Woodcock 2012)", in: 0...5,
      .advanced)
    public var minimumCloudRatio = 0.75

    @Parameter("Least snow index of snow and ice (Zhu & Woodcock 2012)", in: -1...1)
    public var minimumSnowIndex = 0.15

    @Parameter("Least near-infrared reflectance of snow and ice (Zhu & Woodcock 2012)", in: 0...1, .advanced)
    public var minimumSnowNir = 0.11

    @Parameter("Least green reflectance of snow and ice (Zhu & Woodcock 2012)", in: 0...1, .advanced)
    public var minimumSnowGreen = 0.1

    @Parameter(
      "Largest short-wave infrared (1.6 µm) reflectance of snow and ice, which clouds exceed: ice absorbs there, more so "
        + "the coarser its grains (Dozier 1989)", in: 0...1)
    public var maximumSnowSwir1 = 0.2

    @Parameter("Largest vegetation index of snow and ice", in: -1...1, .advanced)
    public var maximumSnowNdvi = 0.2

    @Parameter(
      "Largest gap inside a cloud that is closed: sensors saturate on bright tops, and a saturated top looks clear",
      unit: "px", in: 0...100_000)
    public var maximumHole = 500

    public init() {}
  }
}
