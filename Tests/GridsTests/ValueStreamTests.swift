// SPDX-License-Identifier: Apache-2.0
import Grids
import Testing

@Suite("Value streams")
struct ValueStreamTests {
  /// Values with ties, both zeros, infinities, subnormal numbers and NaN, in parts of uneven length.
  private func stream<Number: RankedNumber>(_ values: [Number]) -> ValueStream<Number, Never> {
    ValueStream { body in
      var first = 0, step = 1
      while first < values.count {
        body(Array(values[first..<min(values.count, first + step)]))
        first += step
        step += 3
      }
    }
  }

  private func lists<Number: RankedNumber>(_ type: Number.Type) -> [[Number]] {
    var state: UInt64 = 77
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
    return (0..<60).map { trial in
      let count = next() % 90, levels = 1 + next() % 50
      var values = (0..<count).map { _ in (Number(next() % levels) - Number(levels / 2)) / 7 }
      if trial % 3 == 0 { values += [.infinity, -.infinity, .nan] }
      if trial % 4 == 0 { values += [-0.0, 0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude] }
      return values
    }
  }

  private func check<Number: RankedNumber>(_ type: Number.Type) {
    for values in lists(type) {
      let stream = stream(values), sorted = values.filter { !$0.isNaN }.sorted()
      #expect(stream.ranked { Array(0..<min($0, 8)) } == Array(sorted.prefix(8)))
      let middle = stream.median(), exact = median(values)
      #expect(middle == exact || middle.isNaN && exact.isNaN)
      let expected = nmad(values), found = stream.nmad()
      #expect(found == expected || found.isNaN && expected.isNaN)
    }
  }

  @Test("ranks, medians and NMADs of 60 lists are those of arrays, to the bit, in single precision")
  func single() { check(Float.self) }

  @Test("ranks, medians and NMADs of 60 lists are those of arrays, to the bit, in double precision")
  func double() { check(Double.self) }

  @Test("keys sort as numbers do and give them back")
  func keys() {
    let numbers: [Double] = [-.infinity, -3.5, -.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude, 1, .infinity]
    for (low, high) in zip(numbers, numbers.dropFirst()) { #expect(low.orderKey < high.orderKey) }
    for number in numbers {
      #expect(Double(orderKey: number.orderKey) == number)
      #expect(Float(orderKey: Float(number).orderKey) == Float(number))
    }
    #expect(Float(-0.0).orderKey == Float(0).orderKey)
  }

  @Test("the error of the source comes out")
  func failure() {
    struct Failed: Error {}
    let broken = ValueStream<Float, Failed> { (body) throws(Failed) in
      body([1, 2])
      throw Failed()
    }
    #expect(throws: Failed.self) { try broken.median() }
  }

  @Test("parallel results keep their order, and the first failure that happened comes out")
  func parallel() throws {
    #expect(try parallelMap(Array(0..<200), threads: 4) { $0 * $0 } == (0..<200).map { $0 * $0 })
    struct Failed: Error, Equatable { let index: Int }
    #expect(throws: Failed(index: 3)) {
      try parallelMap(Array(0..<50), threads: 1) { if $0 >= 3 { throw Failed(index: $0) } }
    }
  }
}
