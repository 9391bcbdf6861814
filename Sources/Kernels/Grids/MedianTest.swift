// SPDX-License-Identifier: Apache-2.0

/// Compares vectors with the medians of their neighbours, eight at a time.
///
/// Neighbours are sorted by a network of exchanges (merge exchange, Batcher 1968), the same for every lane, so there is
/// no branch on data; missing ones are infinite and stand behind the others.
package struct MedianTestKernel: Sendable {
  /// Where neighbours lie, cells of the planes from the tested one.
  private let places: [Int]
  /// Exchanges that sort as many values as there are places.
  private let network: [Exchange]

  private struct Exchange: Sendable {
    let low, high: Int32
  }

  package init(places: [Int]) {
    self.places = places
    network = Self.network(places.count)
  }

  /// Merge exchange (Knuth, vol. 3, algorithm 5.2.2 M): sorts any number of values.
  private static func network(_ count: Int) -> [Exchange] {
    guard count > 1 else { return [] }
    var top = 1
    while top * 2 < count { top *= 2 }
    var out: [Exchange] = []
    var p = top
    while p > 0 {
      var q = top, r = 0, d = p
      while true {
        for i in 0..<max(0, count - d) where i & p == r {
          out.append(Exchange(low: Int32(i), high: Int32(i + d)))
        }
        if q == p { break }
        (d, q, r) = (q - p, q / 2, p)
      }
      p /= 2
    }
    return out
  }

  /// Tests the cells of one row.
  ///
  /// - Parameters:
  ///   - x, y: planes at the row's first cell, infinite where there is no vector; all places of `columns` cells, rounded up
  ///     to eights, are read.
  ///   - dx, dy: the tested vectors of the row, `columns` rounded up to eights; NaN contradicts everything.
  ///   - noise: added to the neighbours' spread.
  ///   - limit: squared ratio above which a vector contradicts its neighbours.
  ///   - fewest: neighbours below which a vector is not tested.
  ///   - isOut: `columns` results.
  package func row(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, dx: UnsafePointer<Float>, dy: UnsafePointer<Float>,
    columns: Int,
    noise: Float, limit: Float, fewest: Int, isOut: UnsafeMutablePointer<Bool>
  ) {
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: places.count) { memory in
      let work = memory.baseAddress.unsafelyUnwrapped
      for column in stride(from: 0, to: columns, by: 8) {
        var count = Lanes.zero
        for (index, place) in places.enumerated() {
          let value = x.lanes(at: column &+ place)
          work[index] = value
          count += Lanes.zero.replacing(with: 1, where: value .< Lanes(repeating: .infinity))
        }
        let u = residual(work, dx.lanes(at: column), count, noise)
        for (index, place) in places.enumerated() { work[index] = y.lanes(at: column &+ place) }
        let v = residual(work, dy.lanes(at: column), count, noise)
        let isWithin = (u * u + v * v) .<= Lanes(repeating: limit),
          isTested = count .>= Lanes(repeating: Float(fewest))
        for lane in 0..<min(8, columns &- column) { isOut[column &+ lane] = isTested[lane] && !isWithin[lane] }
      }
    }
  }

  /// Distance from the neighbours' median over their own median distance from it.
  @inline(__always)
  private func residual(
    _ work: UnsafeMutablePointer<Lanes>, _ value: Lanes, _ count: Lanes, _ noise: Float
  ) -> Lanes {
    let middle = median(work, count)
    for index in places.indices {
      let distance = work[index] - middle
      work[index] = distance.replacing(with: -distance, where: distance .< 0)
    }
    return (value - middle) / (median(work, count) + noise)
  }

  /// Median of the `count` smallest values of each lane.
  @inline(__always)
  private func median(_ work: UnsafeMutablePointer<Lanes>, _ count: Lanes) -> Lanes {
    network.withUnsafeBufferPointer { network in
      for exchange in network {
        let low = Int(exchange.low), high = Int(exchange.high)
        let a = work[low], b = work[high], isWrong = b .< a
        work[low] = a.replacing(with: b, where: isWrong)
        work[high] = b.replacing(with: a, where: isWrong)
      }
    }
    var lower = work[0], upper = work[0]
    for index in 1..<places.count {
      // The middle ones of n are number (n - 1) / 2, rounded down, and n / 2.
      lower.replace(with: work[index], where: count .>= Float(2 &* index &+ 1))
      upper.replace(with: work[index], where: count .>= Float(2 &* index))
    }
    return (lower + upper) / 2
  }
}
