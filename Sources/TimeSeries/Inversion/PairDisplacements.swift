// SPDX-License-Identifier: Apache-2.0

/// What the pairs of a stack measured at some pixels.
public struct PairDisplacements: Sendable {
  /// Standard deviations as they are stated with the data.
  public enum Sigmas: Sendable {
    /// Not known: all pairs are held equally good, and how good is found from how they agree.
    case unknown
    /// One a pair.
    case perPair([Float])
    /// Laid out like the displacements.
    case perPixel([Float])

    /// Sigmas without a unit, whose 1/sigma² are the correlations at the matches; negative ones count nothing.
    ///
    /// - Parameter correlations: −1…1, laid out like the displacements.
    public static func standing(forCorrelations correlations: [Float]) -> Sigmas {
      .perPixel(correlations.map { $0 > 0 ? 1 / $0.squareRoot() : .nan })
    }
  }

  /// A direction of motion.
  public struct Component: Sendable {
    /// Metres; pair after pair, pixels within; NaN where missing.
    public let values: [Float]
    /// Metres.
    public let sigmas: Sigmas

    public init(values: [Float], sigmas: Sigmas = .unknown) {
      self.values = values
      self.sigmas = sigmas
    }
  }

  public let pairs, pixels: Int
  /// East and north, or one alone. A pair counts at a pixel where it has all of them.
  public let components: [Component]

  /// - Throws: `TimeSeriesError.gridMismatch` for arrays of other sizes.
  public init(pairs: Int, pixels: Int, components: [Component]) throws {
    precondition((1...2).contains(components.count), "one direction or two")
    for component in components {
      let sizes: (given: Int, needed: Int) =
        switch component.sigmas {
        case .unknown: (pairs, pairs)
        case .perPair(let sigmas): (sigmas.count, pairs)
        case .perPixel(let sigmas): (sigmas.count, pairs * pixels)
        }
      guard component.values.count == pairs * pixels, sizes.given == sizes.needed else {
        throw TimeSeriesError(
          .gridMismatch,
          "\(component.values.count) displacements and \(sizes.given) sigmas do not fit \(pairs) pairs at \(pixels) pixels"
        )
      }
    }
    self.pairs = pairs
    self.pixels = pixels
    self.components = components
  }
}
