// SPDX-License-Identifier: Apache-2.0

extension SearchKernels {
  /// Sum and count of the pixels of a region that are finite.
  package static func regionMean(
    _ image: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int
  ) -> (sum: Double, count: Int) {
    var sum = 0.0, count = 0
    for y in 0..<rows {
      let p = image + (y &* stride)
      var s = Lanes.zero, n = Lanes.zero
      let one = Lanes(repeating: 1)
      var x = 0
      while x &+ 8 <= columns {
        let v = p.lanes(at: x)
        let isThere = (v - v) .== Lanes.zero
        s += Lanes.zero.replacing(with: v, where: isThere)
        n += Lanes.zero.replacing(with: one, where: isThere)
        x &+= 8
      }
      for k in 0..<8 {
        sum += Double(s[k])
        count &+= Int(n[k])
      }
      while x < columns {
        if p[x] - p[x] == 0 {
          sum += Double(p[x])
          count &+= 1
        }
        x &+= 1
      }
    }
    return (sum, count)
  }

  /// Copies `columns` pixels less `centre`; missing ones become 0.
  @inline(__always)
  package static func copyRow(
    _ from: UnsafePointer<Float>, centre: Float, columns: Int, to: UnsafeMutablePointer<Float>
  ) {
    let middle = Lanes(repeating: centre)
    var x = 0
    while x &+ 8 <= columns {
      let v = from.lanes(at: x)
      to.store(Lanes.zero.replacing(with: v - middle, where: (v - v) .== Lanes.zero), at: x)
      x &+= 8
    }
    while x < columns {
      to[x] = from[x] - from[x] == 0 ? from[x] - centre : 0
      x &+= 1
    }
  }

  /// Writes 1 where a pixel is there and 0 where it is missing.
  package static func copyMask(_ from: UnsafePointer<Float>, columns: Int, to: UnsafeMutablePointer<Float>) {
    for x in 0..<columns { to[x] = from[x] - from[x] == 0 ? 1 : 0 }
  }

  /// Writes the squares of `count` values.
  package static func square(_ from: UnsafePointer<Float>, count: Int, to: UnsafeMutablePointer<Float>) {
    for x in 0..<count { to[x] = from[x] * from[x] }
  }

  /// Whether a row of pixels has a missing one.
  package static func hasMissing(_ row: UnsafePointer<Float>, columns: Int) -> Bool {
    var x = 0
    while x &+ 8 <= columns {
      // A NaN anywhere makes the sum of the eight differences NaN; infinities count as missing too.
      let v = row.lanes(at: x)
      let difference = (v - v).sum()
      if difference != 0 { return true }
      x &+= 8
    }
    while x < columns {
      if row[x] - row[x] != 0 { return true }
      x &+= 1
    }
    return false
  }

  /// Unit vectors of the gradient direction, (gx, gy) / |g|, by central differences; (0, 0) where the gradient is
  /// 0 or a neighbour is missing or outside, so that such pixels have no weight.
  ///
  /// Source: Fitch et al. 2002; Heid & Kääb 2012, eq. 3.
  package static func orientationRow(
    above: UnsafePointer<Float>, row: UnsafePointer<Float>, below: UnsafePointer<Float>, columns: Int,
    x: UnsafeMutablePointer<Float>, y: UnsafeMutablePointer<Float>
  ) {
    x[0] = 0
    y[0] = 0
    x[columns &- 1] = 0
    y[columns &- 1] = 0
    guard columns > 2 else { return }
    for c in 1..<(columns &- 1) {
      let gx = row[c &+ 1] - row[c &- 1], gy = below[c] - above[c]
      let length = (gx * gx + gy * gy).squareRoot()
      let factor: Float = length > 0 && length < .infinity ? 1 / length : 0
      // A NaN fails both comparisons, but 0 · NaN would still be NaN.
      x[c] = factor > 0 ? gx * factor : 0
      y[c] = factor > 0 ? gy * factor : 0
    }
  }
}
