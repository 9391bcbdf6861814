// SPDX-License-Identifier: Apache-2.0
import CLanes

extension SearchKernels {
  /// Mean and 1 / √(Σ (b − mean)²) of the window at every position of a region (0 where the sum of squares is at or
  /// below `floor`, so that a flat target correlates with nothing).
  ///
  /// Uses a local table of sums in Double: values are centred by the caller, so nothing is lost to cancellation.
  ///
  /// - Parameters:
  ///   - b: region of at least `rows × columns`, `stride` floats a row.
  ///   - isCentred: false takes the mean as 0: for planes whose zero has a meaning.
  ///   - table: work space of `statisticsCount` doubles.
  ///   - mean, inverse: results of (rows − window + 1) × (columns − window + 1), `outStride` floats a row.
  package static func windowStatistics(
    _ b: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int, window: Int, floor: Double, isCentred: Bool,
    table: UnsafeMutablePointer<Double>, mean: UnsafeMutablePointer<Float>, inverse: UnsafeMutablePointer<Float>,
    outStride: Int
  ) {
    let width = columns &+ 1, plane = (rows &+ 1) &* width
    let sums = table, squares = table + plane
    for x in 0..<width { sums[x] = 0; squares[x] = 0 }
    for y in 0..<rows {
      let p = b + (y &* stride)
      let s0 = sums + (y &* width), s1 = s0 + width
      let q0 = squares + (y &* width), q1 = q0 + width
      var s = 0.0, q = 0.0
      s1[0] = 0
      q1[0] = 0
      for x in 0..<columns {
        let v = Double(p[x])
        s += v
        q += v * v
        s1[x &+ 1] = s0[x &+ 1] + s
        q1[x &+ 1] = q0[x &+ 1] + q
      }
    }
    let share = 1 / Double(window &* window)
    for y in 0...(rows &- window) {
      let s0 = sums + (y &* width), s1 = s0 + (window &* width)
      let q0 = squares + (y &* width), q1 = q0 + (window &* width)
      let m = mean + (y &* outStride), r = inverse + (y &* outStride)
      let last = columns &- window
      var x = 0
      while x &+ 4 <= last &+ 1 {
        let s = difference(s0, s1, x, window), q = difference(q0, q1, x, window)
        let average = isCentred ? s * share : SIMD4<Double>.zero
        let spread = q - s * average
        let inverted = 1 / spread.squareRoot()
        let kept = SIMD4<Double>.zero.replacing(with: inverted, where: spread .> floor)
        for k in 0..<4 {
          m[x &+ k] = Float(average[k])
          r[x &+ k] = Float(kept[k])
        }
        x &+= 4
      }
      while x <= last {
        let s = s1[x &+ window] - s1[x] - s0[x &+ window] + s0[x]
        let q = q1[x &+ window] - q1[x] - q0[x &+ window] + q0[x]
        let average = isCentred ? s * share : 0, spread = q - s * average
        m[x] = Float(average)
        r[x] = spread > floor ? Float(1 / spread.squareRoot()) : 0
        x &+= 1
      }
    }
  }

  /// Doubles of work space that `windowStatistics` needs.
  package static func statisticsCount(rows: Int, columns: Int) -> Int { 2 * (rows + 1) * (columns + 1) }

  @inline(__always)
  private static func difference(
    _ top: UnsafePointer<Double>, _ bottom: UnsafePointer<Double>, _ x: Int, _ window: Int
  ) -> SIMD4<Double> {
    let load = { (p: UnsafePointer<Double>) in UnsafeRawPointer(p).loadUnaligned(as: SIMD4<Double>.self) }
    return load(bottom + x + window) - load(bottom + x) - load(top + x + window) + load(top + x)
  }

  /// Sum and sum of squares of one window, lane by lane.
  package static func windowMoments(
    _ a: UnsafePointer<Float>, stride: Int, window: Int
  ) -> (sum: Double, squares: Double) {
    var s = Lanes.zero, q = Lanes.zero
    var tail = 0.0, tailSquares = 0.0
    for y in 0..<window {
      let p = a + (y &* stride)
      var x = 0
      while x &+ 8 <= window {
        let v = p.lanes(at: x)
        s += v
        q = ogive_multiply_add(v, v, q)
        x &+= 8
      }
      while x < window {
        let v = Double(p[x])
        tail += v
        tailSquares += v * v
        x &+= 1
      }
    }
    for k in 0..<8 {
      tail += Double(s[k])
      tailSquares += Double(q[k])
    }
    return (tail, tailSquares)
  }
}
