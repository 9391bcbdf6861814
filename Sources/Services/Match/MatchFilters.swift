// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching

/// The tests that a measured point must pass; each only sets flags.
struct MatchFilters: Sendable {
  let parameters: MatchParameters
  let spacing: Int
  /// Whether the points lie side by side, so that neighbours say something about each other.
  let hasNeighbours: Bool

  func apply(to layers: inout MatchLayers, backward: OffsetGrids?) {
    var correlation = CorrelationFilter.Parameters()
    correlation.minimumCorrelation = parameters.minimumCorrelation
    var flags = CorrelationFilter(parameters: correlation).flags(ncc: layers[.ncc], flags: layers.flags)
    // Searches have no covariance of their own, so precision says nothing about them.
    if parameters.method.search == nil {
      var precision = PrecisionFilter.Parameters()
      precision.precisionLimit = parameters.precisionLimit
      flags = PrecisionFilter(parameters: precision).flags(
        dxSigma: layers[.dxSigma], dySigma: layers[.dySigma], flags: flags)
    }
    if let backward {
      flags = ForwardBackwardFilter().flags(
        forward: layers.offsets, backward: backward, spacing: Double(spacing), flags: flags)
    }
    if parameters.medianThreshold > 0 && hasNeighbours {
      var median = NormalisedMedianFilter.Parameters()
      median.medianThreshold = parameters.medianThreshold
      flags = NormalisedMedianFilter(parameters: median).flags(dx: layers[.dx], dy: layers[.dy], flags: flags)
    }
    layers.flags = flags
    layers.clearUnmeasured()
    if parameters.smoothing != .none && hasNeighbours {
      var smoothing = OffsetSmoothing.Parameters()
      smoothing.smoothing = parameters.smoothing
      let smooth = OffsetSmoothing(parameters: smoothing).smoothed(layers.offsets)
      layers[.dx] = smooth.dx
      layers[.dy] = smooth.dy
    }
  }
}
