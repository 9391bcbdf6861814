// SPDX-License-Identifier: Apache-2.0

/// An axis of an array that is laid out anew: where each of its places goes, and what its values are multiplied by.
struct FieldAxis {
  /// Place of the axis in the array.
  let index: Int
  /// Share of each place in the position of a value; negative where the place is left out.
  private let places: [Int]
  private let factors: [Float]

  var count: Int { places.count }

  init(_ index: Int, _ places: [Int], _ factors: [Float]? = nil) {
    (self.index, self.places, self.factors) = (index, places, factors ?? places.map { _ in 1 })
  }

  func part(_ range: Range<Int>) -> FieldAxis { FieldAxis(index, Array(places[range]), Array(factors[range])) }

  /// Lays the values of a box, its last axis fastest, where the axes say.
  static func scatter(
    _ values: [Float], _ slow: FieldAxis, _ middle: FieldAxis, _ fast: FieldAxis, into out: inout [Float]
  ) {
    precondition(values.count == slow.count * middle.count * fast.count)
    var from = 0
    for i in 0..<slow.count {
      for j in 0..<middle.count {
        let factor = slow.factors[i] * middle.factors[j]
        let base = slow.places[i] + middle.places[j]
        if slow.places[i] >= 0 && middle.places[j] >= 0 {
          for k in 0..<fast.count where fast.places[k] >= 0 {
            out[base + fast.places[k]] = values[from + k] * (factor * fast.factors[k])
          }
        }
        from += fast.count
      }
    }
  }
}
