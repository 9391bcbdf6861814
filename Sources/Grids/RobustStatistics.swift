// SPDX-License-Identifier: Apache-2.0

/// Median of the values that are not NaN; NaN when there are none. O(n log n).
public func median<Number: BinaryFloatingPoint>(_ values: some Sequence<Number>) -> Number {
  let sorted = values.filter { !$0.isNaN }.sorted()
  guard !sorted.isEmpty else { return .nan }
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// Normalised median absolute deviation, 1.4826 × median |x − median|: a standard deviation that outliers do not move.
public func nmad<Number: BinaryFloatingPoint>(_ values: some Sequence<Number>) -> Number {
  let finite = values.filter { !$0.isNaN }
  let centre = median(finite)
  return 1.4826 * median(finite.map { abs($0 - centre) })
}
