// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Which separations suit a speed: T = s p / v.
///
/// In a pair shorter than that, the motion is smaller than the error of the match; in one that is too long, the motion
/// leaves the search range (and the surface changes). Where slow and fast ground want different separations, no single
/// range suits all, and the advice says so.
///
/// Source: the guide of the GDM-OPT services (precision s of 1/10 to 1/5 px). Checked by: `BaselineAdviceTests`.
public struct BaselineAdvice: Sendable {
  /// What the advice depends on.
  public struct Parameters: ParameterSet {
    public static var title: String { "Baselines" }

    @Parameter("Slowest motion that is to be seen", unit: "m/yr", in: 1e-6...1e6)
    public var slowestSpeed: Double = 1

    @Parameter("Fastest motion that is to be followed", unit: "m/yr", in: 1e-6...1e6)
    public var fastestSpeed: Double = 100

    @Parameter("Standard deviation of the offset of one match", unit: "px", in: 1e-4...10)
    public var precision: Double = 0.1

    @Parameter("Side of a pixel on the ground", unit: "m", in: 1e-4...1e5)
    public var pixelSize: Double = 10

    @Parameter("Least motion in a pair, in multiples of the precision", in: 0.1...100)
    public var signalToNoise: Double = 1

    @Parameter("Largest offset that the matcher follows; any when absent", unit: "px", in: 0.1...10_000)
    public var searchRange: Double?

    public init() {}

    public func validate() throws(ParameterError) {
      if slowestSpeed > fastestSpeed {
        throw .conflict(
          "slowestSpeed",
          "`slowestSpeed` is \(short(slowestSpeed)) m/yr, above `fastestSpeed` (\(short(fastestSpeed))); exchange them"
        )
      }
    }
  }

  public let parameters: Parameters

  /// - Throws: `ParameterError` for speeds that are out of range or exchanged.
  public init(_ parameters: Parameters) throws(ParameterError) {
    try parameters.check()
    self.parameters = parameters
  }

  /// Shortest separation in which a speed (m/yr) shows, d.
  public func shortestSeparation(forSpeed speed: Double) -> Double {
    parameters.signalToNoise * parameters.precision * parameters.pixelSize / speed * daysPerYear
  }

  /// Longest separation in which a speed (m/yr) stays within the search range, d; infinite without such a range.
  public func longestSeparation(forSpeed speed: Double) -> Double {
    parameters.searchRange.map { $0 * parameters.pixelSize / speed * daysPerYear } ?? .infinity
  }

  /// Separations, d, in which every expected speed can be measured; nil where slow ground needs longer ones than fast
  /// ground allows.
  public var suitableSeparations: ClosedRange<Double>? {
    let low = shortestSeparation(forSpeed: parameters.slowestSpeed)
    let high = longestSeparation(forSpeed: parameters.fastestSpeed)
    return low <= high ? low...high : nil
  }

  /// Standard deviation of the velocity from one pair of a separation (d), m/yr.
  public func velocitySigma(separation: Double) -> Double {
    parameters.precision * parameters.pixelSize / separation * daysPerYear
  }
}

// MARK: - Judging a network

extension BaselineAdvice {
  /// How the pairs of a network suit the expected speeds.
  public struct Review: Hashable, Sendable {
    /// Pairs in which the slowest motion does not show, in which the fastest leaves the search range, and all.
    public let tooShort, tooLong, all: Int
    /// Sentences for the user, the most important first; empty when nothing is to be said.
    public let hints: [String]
  }

  /// What is to be said of a network before anything is matched.
  public func review(_ network: PairNetwork) -> Review {
    let low = shortestSeparation(forSpeed: parameters.slowestSpeed)
    let high = longestSeparation(forSpeed: parameters.fastestSpeed)
    let short = network.pairs.filter { $0.separation < low }.count
    let long = network.pairs.filter { $0.separation > high }.count
    var hints: [String] = []
    if suitableSeparations == nil {
      hints.append(
        "No separation suits all speeds: the slowest needs at least \(days(low)), the fastest at most \(days(high)). "
          + "Use two networks, a larger search range or a more precise match.")
    }
    if short > 0 {
      hints.append(
        "\(short) of \(network.pairs.count) pairs are shorter than \(days(low)): motion of "
          + "\(number(parameters.slowestSpeed)) m/yr is smaller than their error.")
    }
    if long > 0 {
      hints.append(
        "\(long) of \(network.pairs.count) pairs are longer than \(days(high)): motion of "
          + "\(number(parameters.fastestSpeed)) m/yr leaves the search range.")
    }
    hints += closureHints(network)
    return Review(tooShort: short, tooLong: long, all: network.pairs.count, hints: hints)
  }

  /// Loops are what errors can be checked with: without one, no blunder can be told from motion.
  private func closureHints(_ network: PairNetwork) -> [String] {
    var hints = network.components.count > 1 ? Array(network.remarks.prefix(1)) : []
    if network.closureLoops.isEmpty {
      hints.append(
        "No loop closes in this network, so nothing checks its pairs against each other. A longest range of at least "
          + "twice the shortest one gives groups of three scenes that do.")
    } else if network.triplets == 0 {
      hints.append(
        "Loops of this network take four pairs or more. A longest range of at least twice the shortest one gives "
          + "groups of three scenes, which check single pairs better.")
    }
    let weak = network.intervals.filter { $0.pairs == 1 }
    if let first = weak.first, network.pairs.count > 1 {
      hints.append(
        "\(weak.count == 1 ? "One interval is" : "\(weak.count) intervals are") spanned by a single pair (the first: "
          + "\(first.from) to \(first.to)); if that match fails, its motion is not known.")
    }
    return hints
  }

  private func days(_ value: Double) -> String { number(value) + " d" }

  /// Two digits that count, without an exponent.
  private func number(_ value: Double) -> String {
    value >= 10 ? short(value.rounded()) : short((value * 100).rounded() / 100)
  }
}
