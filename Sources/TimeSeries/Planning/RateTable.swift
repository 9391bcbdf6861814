// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// How fast the algorithms ran on this host, learnt from finished runs.
///
/// A value: whoever calls reads it from JSON, records runs and keeps it. The logarithm of the rate is averaged with
/// weights that decay, so that a new version or machine takes over after a few runs; its spread gives the range of an
/// estimate. Checked by: `RateTableTests`.
public struct RateTable: Hashable, Sendable {
  /// The rate of one algorithm at one setting.
  public struct Rate: Hashable, Sendable {
    /// What ran, as the caller tells them apart, e.g. `dense, window 51`.
    public let algorithm: String
    /// Megapixels per second and core: a geometric mean.
    public fileprivate(set) var megapixelsPerSecond: Double
    /// Variance of the natural logarithm of the rate from run to run; 0 after one run.
    public fileprivate(set) var logVariance: Double
    /// Runs that it was learnt from.
    public fileprivate(set) var runs: Int
  }

  /// In the order in which they were first recorded.
  public private(set) var rates: [Rate] = []

  /// Share of the newest run in the mean, at least; the first runs count equally.
  public static let newestShare = 0.2

  /// An empty table: nothing has run yet.
  public init() {}

  /// The rate of an algorithm; nil when it has not run yet.
  public func rate(of algorithm: String) -> Rate? { rates.first { $0.algorithm == algorithm } }

  /// Learns from a finished run; what was not measured properly (no pixels or no time) teaches nothing.
  ///
  /// - Parameters:
  ///   - megapixels: how much was worked on, margins of tiles included.
  ///   - coreSeconds: seconds times cores in use.
  public mutating func record(_ algorithm: String, megapixels: Double, coreSeconds: Double) {
    guard megapixels > 0, coreSeconds > 0, megapixels.isFinite, coreSeconds.isFinite else { return }
    let rate = megapixels / coreSeconds
    guard let place = rates.firstIndex(where: { $0.algorithm == algorithm }) else {
      rates.append(Rate(algorithm: algorithm, megapixelsPerSecond: rate, logVariance: 0, runs: 1))
      return
    }
    var entry = rates[place]
    let share = max(Self.newestShare, 1 / Double(entry.runs + 1))
    let change = log(rate / entry.megapixelsPerSecond)
    entry.megapixelsPerSecond *= exp(share * change)
    entry.logVariance = (1 - share) * (entry.logVariance + share * change * change)
    entry.runs += 1
    rates[place] = entry
  }
}

// MARK: - JSON

extension RateTable {
  /// The table as it is kept between runs.
  public var json: JSONValue {
    .object([
      "rates": .array(
        rates.map {
          .object([
            "algorithm": .string($0.algorithm), "megapixelsPerSecond": .number($0.megapixelsPerSecond),
            "logVariance": .number($0.logVariance), "runs": .integer($0.runs),
          ])
        })
    ])
  }

  /// Reads what `json` wrote.
  ///
  /// - Throws: `TimeSeriesError` of kind `badRates` when it is something else, with the entry that is wrong.
  public init(json: JSONValue) throws(TimeSeriesError) {
    guard let entries = json["rates"]?.arrayValue else {
      throw TimeSeriesError(.badRates, "a table of rates is an object with the list \"rates\"; this is none")
    }
    for (index, entry) in entries.enumerated() {
      guard let algorithm = entry["algorithm"]?.stringValue, let rate = entry["megapixelsPerSecond"]?.doubleValue,
        let variance = entry["logVariance"]?.doubleValue, let runs = entry["runs"]?.intValue, rate > 0,
        variance >= 0, runs >= 1, !rates.contains(where: { $0.algorithm == algorithm })
      else {
        throw TimeSeriesError(
          .badRates,
          "entry \(index + 1) of the table of rates lacks a new algorithm, a rate above 0, its variance or "
            + "its count of runs; delete the table to learn anew")
      }
      rates.append(
        Rate(algorithm: algorithm, megapixelsPerSecond: rate, logVariance: variance, runs: runs))
    }
  }
}
