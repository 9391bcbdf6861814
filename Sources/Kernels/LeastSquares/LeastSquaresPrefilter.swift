// SPDX-License-Identifier: Apache-2.0

/// Taps on either side of the truncated inverse of the cubic B-spline: what is cut off is below 1e-8 of the value.
package let splinePrefilterRadius = 14

/// Coefficients of the interpolating cubic B-spline of a plane, times 1/36, written in place, by a finite filter:
/// √3 (√3 − 2)^|k|, |k| ≤ 14, along rows and along columns.
///
/// The usual recursive filter (Unser 1999, IEEE SPM 16(6), eq. 2.5) is infinite, so its bits depend on where a tile
/// begins; this one depends on 14 neighbours only. Pixels within 14 px of the plane's edge are left as they are: the
/// caller pads.
package func splinePrefilter(
  _ plane: UnsafeMutablePointer<Float>, rows: Int, stride: Int, temporary: UnsafeMutablePointer<Float>,
  threads: Int
) {
  let radius = splinePrefilterRadius
  nonisolated(unsafe) let plane = plane
  nonisolated(unsafe) let temporary = temporary
  let blockRows = 32, blocks = (rows + blockRows - 1) / blockRows
  performBlocks(blocks, threads: threads) { block in
    for row in block &* blockRows..<min(rows, (block &+ 1) &* blockRows) {
      filterLine(plane + row &* stride, step: 1, from: radius, to: stride &- radius, temporary + row &* stride)
    }
  }
  performBlocks(blocks, threads: threads) { block in
    let first = max(radius, block &* blockRows), end = min(rows &- radius, (block &+ 1) &* blockRows)
    for row in first..<max(first, end) {
      filterLine(
        temporary + row &* stride, step: stride, from: radius, to: stride &- radius, plane + row &* stride)
    }
  }
}

/// One row of output; neighbours along the filtered axis are `step` floats apart.
@inline(__always)
private func filterLine(
  _ source: UnsafePointer<Float>, step: Int, from: Int, to: Int, _ out: UnsafeMutablePointer<Float>
) {
  let pole = Float(3.0.squareRoot() - 2), centre = Float(3.0.squareRoot() / 6)
  var at = from
  while at < to {
    // The last vector steps back so that every pixel of the line is written by a whole vector.
    let index = min(at, to &- 8)
    var sum = Lanes.zero
    // Horner's scheme from the farthest tap inwards.
    for k in Swift.stride(from: splinePrefilterRadius, through: 1, by: -1) {
      let pair = source.lanes(at: index &- k &* step) + source.lanes(at: index &+ k &* step)
      sum = (sum + pair) * pole
    }
    out.store((sum + source.lanes(at: index)) * centre, at: index)
    at = index &+ 8
  }
}
