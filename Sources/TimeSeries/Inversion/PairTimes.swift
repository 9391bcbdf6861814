// SPDX-License-Identifier: Apache-2.0

/// Between which instants the pairs of a stack lie, in any order and any number for each two.
public struct PairTimes: Hashable, Sendable {
  /// Days since 1970-01-01, one a pair; `later` is above `earlier`.
  public let earlier, later: [Double]
  /// The instants that pairs begin or end at, each once, in order.
  public let dates: [Double]
  /// Places in `dates`, one a pair.
  public let earlierDate, laterDate: [Int]

  /// - Throws: `TimeSeriesError.noPairs` without pairs; `.badPair` for one that ends before it begins, or with it, and for
  ///   days that are no numbers.
  public init(earlier: [Double], later: [Double]) throws {
    precondition(earlier.count == later.count, "each pair has two dates")
    guard !earlier.isEmpty else { throw TimeSeriesError(.noPairs, "there is no pair of dates to invert") }
    for index in earlier.indices where !(later[index] - earlier[index] > 0) || !later[index].isFinite {
      throw TimeSeriesError(
        .badPair,
        "pair \(index + 1) goes from day \(earlier[index]) to day \(later[index]) since 1970-01-01: its second date "
          + "has to come after its first")
    }
    self.earlier = earlier
    self.later = later
    let dates = Set(earlier + later).sorted()
    let places = Dictionary(uniqueKeysWithValues: dates.enumerated().map { ($0.element, $0.offset) })
    self.dates = dates
    earlierDate = earlier.map { places[$0]! }
    laterDate = later.map { places[$0]! }
  }

  public var count: Int { earlier.count }

  /// Days between the two instants of a pair.
  public func separation(_ pair: Int) -> Double { later[pair] - earlier[pair] }

  /// Groups of dates that pairs connect, each in order, groups in the order of their first date.
  ///
  /// - Parameter isThere: which pairs count.
  public func parts(where isThere: (Int) -> Bool = { _ in true }) -> [[Int]] {
    var root = Array(dates.indices)
    func find(_ date: Int) -> Int {
      var at = date
      while root[at] != at { at = root[at] }
      return at
    }
    for pair in 0..<count where isThere(pair) {
      let a = find(earlierDate[pair]), b = find(laterDate[pair])
      root[max(a, b)] = min(a, b)
    }
    let groups = Dictionary(grouping: dates.indices) { find($0) }
    return groups.keys.sorted().map { groups[$0]! }
  }
}
