// SPDX-License-Identifier: Apache-2.0
import Figures
import TimeSeries

extension FusedLayer {
  /// How the layer is drawn.
  package var styleContent: LayerStyle.Content {
    switch self {
    case .eastVelocity, .northVelocity, .eastMedian, .northMedian, .eastDisplacement, .northDisplacement: .signed
    case .eastSigma, .northSigma, .speedSigma, .eastSpread, .northSpread, .eastDisplacementSigma,
      .northDisplacementSigma, .displacementSigma:
      .uncertainty
    case .speed, .displacement, .eastMeanAbsolute, .northMeanAbsolute, .meanDisplacement, .count: .amount
    case .qualityIndex, .vectorCoherence, .unitVectorCoherence: .share
    }
  }

  /// The layer's style for QGIS.
  ///
  /// - Parameter values: the layer's values, or some spread evenly over it.
  package func style(values: [Float]) -> LayerStyle { LayerStyle(styleContent, values: values, unit: unit) }
}
