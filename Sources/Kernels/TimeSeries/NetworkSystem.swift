// SPDX-License-Identifier: Apache-2.0

/// A network of dates and pairs as rows of a least-squares problem; unknown k is the displacement at date k + 1, that at
/// date 0 is 0.
package struct NetworkSystem: Sendable {
  package let layout: EnvelopeLayout
  /// One row a pair.
  package let pairs: SparseRows
  /// One row between each date and the next: bridges of next to no weight, which matter only where no pair goes.
  package let bridges: SparseRows
  /// Time of each pair and of each bridge, any unit.
  package let pairSpans, bridgeSpans: [Double]
  /// Rows that should come out as 0, and their weight over the mean weight of a pair.
  package let smoothing: SparseRows?
  package let smoothingWeight: Double

  package init(
    layout: EnvelopeLayout, pairs: SparseRows, pairSpans: [Double], bridges: SparseRows, bridgeSpans: [Double],
    smoothing: SparseRows? = nil, smoothingWeight: Double = 0
  ) {
    self.layout = layout
    self.pairs = pairs
    self.pairSpans = pairSpans
    self.bridges = bridges
    self.bridgeSpans = bridgeSpans
    self.smoothing = smoothing
    self.smoothingWeight = smoothingWeight
  }

  /// Weight of a bridge over the mean weight of a pair: what pairs determine is moved by a millionth of a misfit.
  static let bridgeWeight = 1e-6
}

/// How residuals change the weights of pairs from round to round.
package enum NetworkNorm: Sendable {
  case leastSquares
  /// Least sum of absolute residuals.
  case leastAbsolute
  /// Tukey's biweight, from a start by least absolute residuals.
  case biweight
  /// One round with 1 / (r² + s²), in which pairs beyond `limit` are left out, the worst first, at most `mostShare` of them.
  case published(scale: Double, limit: Double, mostShare: Double)
}
