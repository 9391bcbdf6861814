// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching

/// The tests that a measured point must pass; each only sets flags.
package struct MatchFilters: Sendable {
  let parameters: MatchParameters
  let spacing: Int
  /// Whether the points lie side by side, so that neighbours say something about each other.
  let hasNeighbours: Bool

  package init(parameters: MatchParameters, spacing: Int, hasNeighbours: Bool) {
    self.parameters = parameters
    self.spacing = spacing
    self.hasNeighbours = hasNeighbours
  }

  private var median: NormalisedMedianFilter {
    var p = NormalisedMedianFilter.Parameters()
    if parameters.medianThreshold > 0 { p.medianThreshold = parameters.medianThreshold }
    return NormalisedMedianFilter(parameters: p)
  }

  private var smoothing: OffsetSmoothing {
    var p = OffsetSmoothing.Parameters()
    p.smoothing = parameters.smoothing
    return OffsetSmoothing(parameters: p)
  }

  /// Rows beyond a band that its flags depend on.
  var flagMargin: Int { hasNeighbours && parameters.medianThreshold > 0 ? median.margin : 0 }
  /// Rows beyond a band that its smoothed offsets depend on.
  var smoothingMargin: Int { hasNeighbours && parameters.smoothing != .none ? smoothing.margin : 0 }

  /// The flags after all tests.
  ///
  /// - Parameter closures: of the points of `layers`, where they were matched back as well.
  package func flags(_ layers: MatchLayers, closures: ClosureGrids?) -> Grid<MatchFlag> {
    var correlation = CorrelationFilter.Parameters()
    correlation.minimumCorrelation = parameters.minimumCorrelation
    var flags = CorrelationFilter(parameters: correlation).flags(ncc: layers[.ncc], flags: layers.flags)
    var precision = PrecisionFilter.Parameters()
    precision.precisionLimit = parameters.precisionLimit
    flags = PrecisionFilter(parameters: precision).flags(
      dxSigma: layers[.dxSigma], dySigma: layers[.dySigma], flags: flags)
    if let closures { flags = ForwardBackwardFilter().flags(closures: closures, flags: flags) }
    if parameters.medianThreshold > 0 && hasNeighbours {
      flags = median.flags(dx: layers[.dx], dy: layers[.dy], flags: flags)
    }
    return flags
  }

  /// Takes the values of points that did not pass away and smooths the others, where asked for.
  package func clean(_ layers: inout MatchLayers) {
    layers.clearUnmeasured()
    if parameters.smoothing != .none && hasNeighbours {
      let smooth = smoothing.smoothed(layers.offsets)
      layers[.dx] = smooth.dx
      layers[.dy] = smooth.dy
    }
  }
}
