// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// Classes from the scene classification (SCL) that Sentinel-2 level 2A brings along.
///
/// Source: Sentinel-2 Products Specification Document (level 2A, scene classification values 0 to 11). Checked by:
/// `ProductClassTests`.
public enum SceneClassification {
  /// Which of the processor's classes count as cloud.
  public struct Parameters: ParameterSet {
    @Parameter("Whether cloud of medium probability (SCL 8) counts as cloud; it often lies on clear ice")
    public var mediumCloud = true

    @Parameter("Whether thin cirrus (SCL 10) counts as cloud; ground shows through it")
    public var thinCirrus = true

    public init() {}
  }

  /// The class of each pixel of an SCL band; NaN, and numbers that SCL doesn't have, are null.
  public static func classes(_ band: Grid<Float>, parameters p: Parameters = Parameters()) -> Grid<SurfaceClass> {
    band.map { value in
      switch value {
      // 2 is dark ground or a cast shadow, depending on the processing baseline; both are no ground to match.
      case 2, 3: .shadow
      case 4, 5, 7: .land
      case 6: .water
      case 8: p.mediumCloud ? .cloud : .land
      case 9: .cloud
      case 10: p.thinCirrus ? .cloud : .land
      case 11: .snow
      default: .null
      }
    }
  }
}
