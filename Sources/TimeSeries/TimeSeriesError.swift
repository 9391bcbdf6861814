// SPDX-License-Identifier: Apache-2.0

/// Why scenes, pairs or rates from outside could not be used.
///
/// `kind` is stable; `message` says what happened, with the values, and how to cure it.
public struct TimeSeriesError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case tooFewScenes = "time-series.too-few-scenes"
    case repeatedScene = "time-series.repeated-scene"
    case unknownScene = "time-series.unknown-scene"
    case badPair = "time-series.bad-pair"
    case noPairs = "time-series.no-pairs"
    case gridMismatch = "time-series.grid-mismatch"
    case badRates = "time-series.bad-rates"
    case badWorkload = "time-series.bad-workload"
    case badSeries = "time-series.bad-series"
  }

  public let kind: Kind
  public let message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { message }
}
