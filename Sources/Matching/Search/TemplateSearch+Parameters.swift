// SPDX-License-Identifier: Apache-2.0
import Parameters

/// What is compared between template and target.
public enum SearchMethod: String, ParameterChoice {
  /// Normalised cross-correlation of the pixel values; missing pixels are left out exactly (Padfield 2012).
  case crossCorrelation = "ncc"
  /// Correlation of gradient directions, blind to the size of contrasts (Fitch 2002; Heid & Kääb 2012).
  case orientation
  /// Phase of the cross spectrum with a frequency mask (Leprince et al. 2007).
  case phase

  public var summary: String {
    switch self {
    case .crossCorrelation: "normalised cross-correlation of the pixel values"
    case .orientation: "correlation of gradient directions, blind to the size of contrasts"
    case .phase: "phase of the cross spectrum with a frequency mask"
    }
  }
}

/// How the peak between whole pixels is found; see `PeakRefinement`.
public enum PeakInterpolation: String, ParameterChoice {
  case none, parabola, gauss, quadratic, upsampled

  public var summary: String {
    switch self {
    case .none: "whole pixels"
    case .parabola: "a parabola through three values on each axis"
    case .gauss: "a Gaussian through three values on each axis"
    case .quadratic: "a quadratic surface through nine values"
    case .upsampled: "the correlation surface, interpolated"
    }
  }
}

extension TemplateSearch {
  /// What a user may tune. Defaults are those of the field unless the help says otherwise.
  public struct Parameters: ParameterSet {
    @Parameter("What is compared: pixel values (ncc), gradient directions or phases")
    public var method = SearchMethod.crossCorrelation
    @Parameter("Side of the square template; odd", unit: "px", in: 3...511)
    public var templateWindow = 51
    @Parameter("Largest offset tried to the left and right of the prior", unit: "px", in: 1...1024)
    public var searchRadius = 16
    @Parameter(
      "Largest offset tried above and below the prior; 0 takes the radius to the sides", unit: "px", in: 0...1024)
    public var searchRadiusRows = 0
    @Parameter("How the peak is found between whole pixels")
    public var interpolation = PeakInterpolation.upsampled
    @Parameter("Least share of the window's pixels that template and target must have in common", in: 0.05...1)
    public var minimumValidShare = 0.5
    @Parameter("Least standard deviation of a template, in steps of the image's quantisation", in: 0...1000)
    public var minimumContrast = 0.5
    @Parameter("Neighbourhood of the best peak in which no second peak is looked for", unit: "px", in: 1...100)
    public var exclusionRadius = 3
    @Parameter("Least ratio of the best peak to the second; below it the match is ambiguous", in: 1...10)
    public var minimumPeakRatio = 1.1
    @Parameter(
      "Times that a point whose best offset lies on the border of its range is searched again, each time over twice the range",
      in: 0...4)
    public var widenings = 0

    public init() {}

    /// Half the template, px.
    var half: Int { templateWindow / 2 }
    /// The next widening: twice the range.
    var widened: Parameters {
      var wider = self
      wider.widenings -= 1
      wider.searchRadius *= 2
      wider.searchRadiusRows *= 2
      return wider
    }
    var radiusColumns: Int { searchRadius }
    var radiusRows: Int { searchRadiusRows > 0 ? searchRadiusRows : searchRadius }
  }
}
