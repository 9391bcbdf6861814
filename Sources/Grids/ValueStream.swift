// SPDX-License-Identifier: Apache-2.0

/// A number whose order is that of an unsigned integer, so that ranks can be counted digit by digit.
public protocol RankedNumber: BinaryFloatingPoint, Sendable {
  /// Digits of 16 bits in a key.
  static var keyDigits: Int { get }
  /// Keys sort as the numbers do; both zeros have one key. Not defined for NaN.
  var orderKey: UInt64 { get }
  init(orderKey: UInt64)
}

extension Float: RankedNumber {
  public static var keyDigits: Int { 2 }

  @inlinable public var orderKey: UInt64 {
    // Adding zero takes the sign off a negative zero.
    let bits = (self + 0).bitPattern
    return UInt64(bits >> 31 == 1 ? ~bits : bits | 1 << 31)
  }

  @inlinable public init(orderKey: UInt64) {
    let key = UInt32(truncatingIfNeeded: orderKey)
    self.init(bitPattern: key >> 31 == 1 ? key & ~(1 << 31) : ~key)
  }
}

extension Double: RankedNumber {
  public static var keyDigits: Int { 4 }

  @inlinable public var orderKey: UInt64 {
    let bits = (self + 0).bitPattern
    return bits >> 63 == 1 ? ~bits : bits | 1 << 63
  }

  @inlinable public init(orderKey: UInt64) {
    self.init(bitPattern: orderKey >> 63 == 1 ? orderKey & ~(1 << 63) : ~orderKey)
  }
}

/// Values that are too many to hold but can be gone through again and again, a part at a time; NaN is missing.
///
/// Medians and quantiles are exact, the same as those of an array: they come from counts of the values' digits, two
/// times through for single precision and four times for double. Memory: half a megabyte for each rank asked for.
public struct ValueStream<Number: RankedNumber, Failure: Error> {
  @usableFromInline let replay: (_ body: ([Number]) -> Void) throws(Failure) -> Void

  /// - Parameter replay: hands all values to its argument, in parts; the same values every time.
  @inlinable
  public init(_ replay: @escaping (_ body: ([Number]) -> Void) throws(Failure) -> Void) { self.replay = replay }

  /// The values of some ranks, counted from zero in ascending order.
  ///
  /// - Parameter ranks: the wanted ranks for a number of values, all below it.
  @inlinable
  public func ranked(_ ranks: (_ count: Int) -> [Int]) throws(Failure) -> [Number] {
    var found: [(prefix: UInt64, rank: Int)] = []
    for digit in 0..<Number.keyDigits {
      var prefixes: [UInt64] = digit == 0 ? [0] : []
      for one in found where !prefixes.contains(one.prefix) { prefixes.append(one.prefix) }
      var counts = [Int](repeating: 0, count: prefixes.count << 16)
      let shift = UInt64(16 * (Number.keyDigits - 1 - digit))
      try replay { values in Self.count(values, prefixes, shift, digit == 0, &counts) }
      if digit == 0 {
        found = ranks(counts.reduce(0, +)).map { (0, $0) }
        if found.isEmpty { return [] }
      }
      for index in found.indices {
        let start = prefixes.firstIndex(of: found[index].prefix)! << 16
        var next = 0
        while found[index].rank >= counts[start + next] {
          found[index].rank -= counts[start + next]
          next += 1
        }
        found[index].prefix = found[index].prefix << 16 | UInt64(next)
      }
    }
    return found.map { Number(orderKey: $0.prefix) }
  }

  @inlinable
  static func count(
    _ values: [Number], _ prefixes: [UInt64], _ shift: UInt64, _ isFirst: Bool, _ counts: inout [Int]
  ) {
    for value in values where !value.isNaN {
      let key = value.orderKey &>> shift, digit = Int(key & 0xFFFF)
      if isFirst {
        counts[digit] += 1
      } else {
        let prefix = key &>> 16
        for index in prefixes.indices where prefixes[index] == prefix { counts[index << 16 | digit] += 1 }
      }
    }
  }

  /// The ranks whose mean is the median.
  @inlinable
  public static func middle(of count: Int) -> [Int] {
    count == 0 ? [] : count % 2 == 0 ? [count / 2 - 1, count / 2] : [count / 2, count / 2]
  }

  /// As `median` of an array; NaN when there are no values.
  @inlinable
  public func median() throws(Failure) -> Number {
    let both = try ranked(Self.middle)
    return both.isEmpty ? .nan : both[0] == both[1] ? both[0] : (both[0] + both[1]) / 2
  }

  /// As `nmad` of an array: 1.4826 × median |x − centre|.
  ///
  /// - Parameter centre: the median where it is known already.
  @inlinable
  public func nmad(around centre: Number? = nil) throws(Failure) -> Number {
    let middle: Number
    if let centre { middle = centre } else { middle = try median() }
    let replay = replay
    let deviations = ValueStream { (body) throws(Failure) in
      try replay { values in body(values.map { abs($0 - middle) }) }
    }
    return 1.4826 * (try deviations.median())
  }
}

extension ValueStream {
  /// Folds all values, one after the other, into one.
  @inlinable
  public func reduce(_ first: Number, _ combine: (Number, Number) -> Number) throws(Failure) -> Number {
    var out = first
    try replay { values in for value in values { out = combine(out, value) } }
    return out
  }
}

extension ValueStream where Failure == Never {
  /// The values of an array as a stream.
  public init(_ values: [Number]) { self.init { body in body(values) } }
}

/// Pairs of values that are gone through together, a part at a time, in the same order every time.
public struct VectorStream<Failure: Error> {
  /// Hands all pairs to its argument: as many `x` as `y`, none of them NaN.
  public let replay: (_ body: (_ x: [Double], _ y: [Double]) -> Void) throws(Failure) -> Void

  public init(_ replay: @escaping (_ body: (_ x: [Double], _ y: [Double]) -> Void) throws(Failure) -> Void) {
    self.replay = replay
  }

  public var x: ValueStream<Double, Failure> {
    let replay = replay
    return ValueStream { (body) throws(Failure) in try replay { x, _ in body(x) } }
  }

  public var y: ValueStream<Double, Failure> {
    let replay = replay
    return ValueStream { (body) throws(Failure) in try replay { _, y in body(y) } }
  }

  /// Number of pairs.
  public func count() throws(Failure) -> Int {
    var count = 0
    try replay { x, _ in count += x.count }
    return count
  }

  /// Goes through all pairs one by one.
  public func forEach(_ body: (_ x: Double, _ y: Double) -> Void) throws(Failure) {
    try replay { x, y in for index in x.indices { body(x[index], y[index]) } }
  }
}
