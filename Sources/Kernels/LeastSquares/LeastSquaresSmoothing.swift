// SPDX-License-Identifier: Apache-2.0

/// Smooths a plane along rows and columns with the weights (side, 1 − 2 side, side) into another; NaN spreads.
///
/// The outermost row and column on each side are left as they are in `out`.
package func smoothPlane(
  _ plane: UnsafePointer<Float>, rows: Int, stride: Int, side: Float, out: UnsafeMutablePointer<Float>
) {
  let middle = 1 - 2 * side
  for row in 1..<max(1, rows &- 1) {
    let line = row &* stride
    var at = 1
    while at < stride &- 1 {
      let index = line &+ min(at, stride &- 9)
      var columns = (plane.lanes(at: index &- 1) + plane.lanes(at: index &+ 1)) * side
      columns.addProduct(plane.lanes(at: index), Lanes(repeating: middle))
      out.store(columns, at: index)
      at &+= 8
    }
  }
  // Down the rows in place: the row above is needed unsmoothed, so it is kept while the next one is made.
  withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 &* stride) { memory in
    guard rows > 2, var above = memory.baseAddress else { return }
    var current = above + stride
    above.update(from: out, count: stride)
    for row in 1..<rows &- 1 {
      let line = out + row &* stride
      current.update(from: line, count: stride)
      for at in Swift.stride(from: 0, to: stride, by: 8) {
        var value = (above.lanes(at: at) + line.lanes(at: at &+ stride)) * side
        value.addProduct(current.lanes(at: at), Lanes(repeating: middle))
        line.store(value, at: at)
      }
      (above, current) = (current, above)
    }
  }
}
