// SPDX-License-Identifier: Apache-2.0
import Grids

extension Grid where Element == Bool {
  /// The mask grown (`distance` above zero) or shrunk (below zero) by a distance in pixels.
  ///
  /// A pixel is within the distance when the centre of the nearest pixel of the other kind is: growing by 1 adds the
  /// four neighbours, by 1.5 all eight. What lies outside the image changes nothing. Cost O(pixels).
  ///
  /// Source: exact Euclidean distance by lower envelopes, Felzenszwalb & Huttenlocher 2012. Checked by:
  /// `MaskBufferTests`, against all pairs of pixels.
  public func buffered(by distance: Double) -> Mask {
    guard distance != 0 else { return self }
    let limit = Float(distance * distance)
    if distance > 0 { return squaredDistance(to: true).map { $0 <= limit } }
    return squaredDistance(to: false).map { $0 > limit }
  }

  /// Squared distance of every pixel to the nearest pixel of `value`, px²; infinite where there is none.
  func squaredDistance(to value: Bool) -> Grid<Float> {
    var out = map { $0 == value ? Float(0) : .infinity }
    var envelope = ParabolaEnvelope(count: Swift.max(rows, columns))
    for column in 0..<columns {
      envelope.apply(count: rows, get: { out[$0, column] }, set: { out[$0, column] = $1 })
    }
    for row in 0..<rows {
      envelope.apply(count: columns, get: { out[row, $0] }, set: { out[row, $0] = $1 })
    }
    return out
  }
}

/// The lower envelope of parabolas that stand on the values of a line.
private struct ParabolaEnvelope {
  private var values: [Float]
  private var apexes: [Int]
  /// Where the parabola of the same number begins to be the lowest.
  private var starts: [Double]

  init(count: Int) {
    values = Array(repeating: 0, count: count)
    apexes = Array(repeating: 0, count: count)
    starts = Array(repeating: 0, count: count + 1)
  }

  /// Replaces each value f(q) of a line by the least of (p − q)² + f(q).
  mutating func apply(count: Int, get: (Int) -> Float, set: (Int, Float) -> Void) {
    var last = -1
    for q in 0..<count {
      values[q] = get(q)
      guard values[q] < .infinity else { continue }
      var start = -Double.infinity
      while last >= 0 {
        let p = apexes[last]
        start = (Double(values[q]) - Double(values[p]) + Double(q * q - p * p)) / Double(2 * (q - p))
        if start > starts[last] { break }
        last -= 1
        start = -.infinity
      }
      last += 1
      apexes[last] = q
      starts[last] = start
    }
    guard last >= 0 else { return }
    var lowest = 0
    for q in 0..<count {
      while lowest < last && starts[lowest + 1] <= Double(q) { lowest += 1 }
      let step = Float(q - apexes[lowest])
      set(q, step * step + values[apexes[lowest]])
    }
  }
}
