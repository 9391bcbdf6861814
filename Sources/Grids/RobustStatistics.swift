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

/// Median of values without NaN, which are reordered.
@inlinable
func medianInPlace<Number: BinaryFloatingPoint>(_ values: UnsafeMutableBufferPointer<Number>) -> Number {
  guard !values.isEmpty else { return .nan }
  let middle = values.count / 2
  select(middle, values)
  let upper = values[middle]
  guard values.count % 2 == 0 else { return upper }
  var lower = values[0]
  for index in 1..<middle where values[index] > lower { lower = values[index] }
  return (lower + upper) / 2
}

/// Moves the value of rank `rank` to its place, smaller ones before it and larger ones behind (quickselect, with the
/// median of three as pivot, so that sorted data are no worst case).
@inlinable
func select<Number: BinaryFloatingPoint>(_ rank: Int, _ values: UnsafeMutableBufferPointer<Number>) {
  var low = 0, high = values.count - 1
  while low < high {
    let a = values[low], b = values[low + (high - low) / 2], c = values[high]
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
