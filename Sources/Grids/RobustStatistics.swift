// SPDX-License-Identifier: Apache-2.0

/// Median of the values that are not NaN; NaN when there are none. O(n).
@inlinable
public func median<Number: BinaryFloatingPoint>(_ values: some Sequence<Number>) -> Number {
  var finite = values.filter { !$0.isNaN }
  return finite.withUnsafeMutableBufferPointer { medianInPlace($0) }
}

/// Normalised median absolute deviation, 1.4826 × median |x − median|: a standard deviation that outliers do not move.
@inlinable
public func nmad<Number: BinaryFloatingPoint>(_ values: some Sequence<Number>) -> Number {
  var finite = values.filter { !$0.isNaN }
  return finite.withUnsafeMutableBufferPointer { buffer in
    let centre = medianInPlace(buffer)
    for index in buffer.indices { buffer[index] = abs(buffer[index] - centre) }
    return 1.4826 * medianInPlace(buffer)
  }
}

/// Median of values without NaN, which are reordered; NaN when there are none. Allocates nothing.
@inlinable
public func medianInPlace<Number: BinaryFloatingPoint>(_ values: UnsafeMutableBufferPointer<Number>) -> Number {
  guard !values.isEmpty else { return .nan }
  let middle = values.count / 2
  select(middle, values)
  let upper = values[middle]
  guard values.count % 2 == 0 else { return upper }
  var lower = values[0]
  for index in 1..<middle where values[index] > lower { lower = values[index] }
  return (lower + upper) / 2
}

/// Values at the given shares of the sorted order, e.g. 0.05 for the fifth percentile; NaN when all are NaN. O(n).
@inlinable
public func quantiles<Number: BinaryFloatingPoint>(
  _ values: some Sequence<Number>, at shares: [Double]
) -> [Number] {
  var finite = values.filter { !$0.isNaN }
  guard !finite.isEmpty else { return shares.map { _ in .nan } }
  let last = Double(finite.count - 1)
  return finite.withUnsafeMutableBufferPointer { buffer in
    shares.map { share in
      let rank = Int(share * last)
      select(rank, buffer)
      return buffer[rank]
    }
  }
}

/// Moves the value of rank `rank` to its place, smaller ones before it and larger ones behind.
///
/// Quickselect with the median of three scattered values as pivot. Scattered, because data that rise and fall, as
/// deviations from the middle of sorted data do, put their largest values at both ends: the usual three then cost
/// quadratic time. The places are computed, not drawn, so that the order of the values afterwards is always the same.
@inlinable
func select<Number: BinaryFloatingPoint>(_ rank: Int, _ values: UnsafeMutableBufferPointer<Number>) {
  var low = 0, high = values.count - 1
  var state: UInt64 = 0x9E37_79B9_7F4A_7C15
  while low < high {
    func scattered() -> Number {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return values[low + Int((state >> 33) % UInt64(high - low + 1))]
    }
    let a = scattered(), b = scattered(), c = scattered()
    let pivot = max(min(a, b), min(max(a, b), c))
    var i = low, j = high
    while i <= j {
      while values[i] < pivot { i += 1 }
      while values[j] > pivot { j -= 1 }
      if i <= j {
        values.swapAt(i, j)
        i += 1
        j -= 1
      }
    }
    if rank <= j {
      high = j
    } else if rank >= i {
      low = i
    } else {
      return
    }
  }
}
