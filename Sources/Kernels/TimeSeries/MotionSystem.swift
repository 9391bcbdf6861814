// SPDX-License-Identifier: Apache-2.0

/// What all pixels of a stack have in common when motion is estimated from pairs: unknowns, rows and priors.
package struct MotionSystem: Sendable {
  /// An element of a symmetric penalty.
  package struct Element: Sendable {
    let place: Int
    let value: Double
    /// Twice the value off the diagonal.
    let whole: Double

    package init(_ row: Int, _ column: Int, _ value: Double, in layout: EnvelopeLayout) {
      place = layout.place(row, column)
      self.value = value
      whole = row == column ? value : 2 * value
    }
  }

  package let layout: EnvelopeLayout
  /// One row a pair.
  package let pairs: SparseRows
  /// The roughness of the motion: the squared bend at each knot after the other, `elementsPerBend` each.
  package let roughness: [Element]
  package let roughnessRank: Int
  /// Neighbouring bends whose size is estimated by itself, around that of the whole series.
  package let stretches: [Range<Int>]
  /// What is 0 by definition: the motion up to the first date.
  package let anchor: [Element]
  /// Unknowns of the seasons, by harmonic: sine and cosine, which share a strength.
  package let seasons: [[Int]]

  package init(
    layout: EnvelopeLayout, pairs: SparseRows, roughness: [Element], roughnessRank: Int, anchor: [Element],
    seasons: [[Int]]
  ) {
    self.layout = layout
    self.pairs = pairs
    self.roughness = roughness
    self.roughnessRank = roughnessRank
    stretches = Self.stretches(roughnessRank)
    self.anchor = anchor
    self.seasons = seasons
  }

  package static let elementsPerBend = 6

  func elements(of bends: Range<Int>) -> ArraySlice<Element> {
    roughness[bends.lowerBound * Self.elementsPerBend..<bends.upperBound * Self.elementsPerBend]
  }

  /// Few enough to follow the start of a surge, many enough that their scatter says something: a season of knots of 15
  /// days. Stretches of 4 and of 8 err 2 and 1 % more on the surging cube.
  private static let bendsPerStretch = 6

  /// A last stretch takes what is left over.
  private static func stretches(_ bends: Int) -> [Range<Int>] {
    let count = max(1, bends / bendsPerStretch)
    return (0..<count).map { $0 * bendsPerStretch..<($0 == count - 1 ? bends : ($0 + 1) * bendsPerStretch) }
  }
}

/// The numbers of the prior and of the noise that are estimated for every pixel by itself; a lane each.
package struct MotionHyperparameters: Sendable {
  /// Weight of the roughness, for each component.
  package var smoothness: [WideLanes]
  /// Weight of the roughness in each stretch over `smoothness`, for each component: low where motion changes most.
  package var steadiness: [[WideLanes]]
  /// Weight of the squared amplitude of each harmonic, for each component: one that the data don't show goes to nothing.
  package var seasonality: [[WideLanes]]
  /// Variance of a good pair over the stated one, for each component.
  package var noise: [WideLanes]
  /// Share of pairs that are wrong.
  package var wrongShare: WideLanes
  /// Variance of the wrong ones, squared unit of the data.
  package var wrongVariance: WideLanes
}

/// Bounds and pace of the estimation, with reasons in `MotionBatch`.
package struct MotionLimits: Sendable {
  package var smoothness: ClosedRange<Double>
  package var seasonality: ClosedRange<Double>
  package var iterations: Int
  /// How far beyond the fixed-point step to go, in logarithms.
  package var relaxation: Double
  /// Change of a logarithm below which a pixel is finished.
  package var tolerance: Double
  /// How many pairs' worth the stated variances are believed; 0 where nothing is stated.
  package var belief: Double

  package init(
    smoothness: ClosedRange<Double>, seasonality: ClosedRange<Double>, iterations: Int = 20, relaxation: Double = 1.5,
    tolerance: Double = 0.03, belief: Double = 2
  ) {
    self.smoothness = smoothness
    self.seasonality = seasonality
    self.iterations = iterations
    self.relaxation = relaxation
    self.tolerance = tolerance
    self.belief = belief
  }
}
