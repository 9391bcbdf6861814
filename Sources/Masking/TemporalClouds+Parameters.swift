// SPDX-License-Identifier: Apache-2.0
import Parameters

extension TemporalClouds {
  /// How far a date may depart from its own series. The defaults are ours: see docs/results/masks.md.
  public struct Parameters: ParameterSet {
    @Parameter(
      "Place of the reference in a pixel's sorted series, from 0, its darkest date, to 1: clouds brighten, so it may lie "
        + "below the median", in: 0...1, .advanced)
    public var referenceQuantile = 0.3

    @Parameter(
      "Rise of the visible above the reference up to which a date is fully trusted", unit: "reflectance", in: 0...1)
    public var visibleRiseStart = 0.04

    @Parameter(
      "Rise of the visible above the reference from which a date departs fully", unit: "reflectance", in: 0...1)
    public var visibleRiseFull = 0.12

    @Parameter(
      "Rise at 1.6 µm up to which snow and ice are fully trusted: about what fresh, fine snow lies above bare ice",
      unit: "reflectance", in: 0...1)
    public var swir1RiseStart = 0.10

    @Parameter(
      "Rise at 1.6 µm from which snow and ice depart fully: about what cloud lies above snow", unit: "reflectance",
      in: 0...1)
    public var swir1RiseFull = 0.20

    @Parameter(
      "Least index (visible − swir1) / (visible + swir1) of snow and ice, the index of Dozier 1989 and Hall et al. 1995 "
        + "with its usual limit", in: -1...1, .advanced)
    public var minimumSnowIndex = 0.4

    @Parameter(
      "Whether a date that departs is trusted all the same where its texture correlates with two other dates'")
    public var correlates = true

    @Parameter("Half the side of the window that is correlated", unit: "px", in: 2...63)
    public var correlationRadius = 7

    @Parameter("Correlation with two other dates up to which nothing is believed", in: -1...1, .advanced)
    public var correlationStart = 0.4

    @Parameter("Correlation with two other dates from which the ground is surely seen", in: -1...1, .advanced)
    public var correlationFull = 0.8

    @Parameter("Dates before and after, each, with which a date is correlated", in: 1...100)
    public var correlatedDates = 4

    @Parameter(
      "Fewest dates at a pixel that make a series; with fewer, everything is uncertain", in: 2...100, .advanced)
    public var minimumDates = 3

    public init() {}

    public func validate() throws(ParameterError) {
      if visibleRiseStart >= visibleRiseFull {
        throw .conflict("visibleRiseStart", "`visibleRiseStart` must be below `visibleRiseFull`")
      }
      if swir1RiseStart >= swir1RiseFull {
        throw .conflict("swir1RiseStart", "`swir1RiseStart` must be below `swir1RiseFull`")
      }
      if correlationStart >= correlationFull {
        throw .conflict("correlationStart", "`correlationStart` must be below `correlationFull`")
      }
    }
  }
}
