// SPDX-License-Identifier: Apache-2.0
import Deformation
import Parameters
import TimeSeries

/// How far the match of each pair is searched: as far as the fastest motion goes between its dates.
///
/// One range for all pairs is too wide for the short ones, where it lets wrong matches in, and too narrow for the long
/// ones, where fast ice is then cut off without a word (d = v T / p, the advice on baselines turned round).
package struct PairRanges: Sendable {
  /// Largest range of a pair, px. The coarsest images have pixels of half of it: beyond, little is left to match by.
  package static let widest = 64
  /// Room for what is faster than expected, for shifts of the images and for the ground's pixels being no square, px.
  private static let room = 1.0

  private let least: Int
  /// Px a day; nil where nobody has said.
  private let fastest: Double?

  /// - Parameters:
  ///   - least: range of every pair, px.
  ///   - fastestSpeed: m/yr.
  ///   - metresPerPixel: nil without a map.
  /// - Throws: `ParameterError` for a speed on images of unknown pixel size.
  package init(least: Int, fastestSpeed: Double?, metresPerPixel: Double?) throws(ParameterError) {
    self.least = least
    guard let fastestSpeed else {
      fastest = nil
      return
    }
    guard let metresPerPixel else {
      throw .conflict(
        "fastestSpeed", "`fastestSpeed` is in metres and the images have no map: give `pixelSize`, m, as well")
    }
    fastest = fastestSpeed / StrainAnalysis.daysPerYear / metresPerPixel
  }

  /// Range of a pair of dates so many days apart, px.
  package func range(days: Double) -> Int {
    guard let fastest else { return least }
    let needed = min(Double(Self.widest), (fastest * abs(days) + Self.room).rounded(.up))
    return max(least, Int(needed))
  }

  /// From the narrowest to the widest of a network.
  func all(_ network: PairNetwork) -> ClosedRange<Int> {
    let ranges = network.pairs.map { range(days: $0.separation) }
    return (ranges.min() ?? least)...(ranges.max() ?? least)
  }
}
