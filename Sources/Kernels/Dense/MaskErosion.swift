// SPDX-License-Identifier: Apache-2.0

/// Shrinks masks held as floats of 0 and 1.
package enum MaskErosion {
  /// 1 where every pixel within `radius` on each axis is 1; what lies outside the image counts as 0.
  package static func run(_ mask: ImageView, radius: Int, into out: ImageView, pool: BufferPool?) {
    // Minima along a row, for the last rows only.
    let kept = 2 * radius + 1, length = (mask.columns + 7) / 8 * 8
    let lines = FloatBuffer(unfilled: kept * length, pool: pool)
    defer { withExtendedLifetime(lines) {} }
    for y in 0..<mask.rows {
      let p = mask.row(y), line = lines.base + y % kept * length
      for x in stride(from: 0, to: mask.columns, by: 8) {
        var low = p.lanes(at: x)
        for k in 1...radius { low = low.lesser(p.lanes(at: x + k).lesser(p.lanes(at: x - k))) }
        line.store(low, at: x)
      }
      let middle = y - radius
      if middle < radius { continue }
      let o = out.row(middle)
      for x in stride(from: 0, to: mask.columns, by: 8) {
        var low = lines.base.lanes(at: x)
        for k in 1..<kept { low = low.lesser(lines.base.lanes(at: k * length + x)) }
        // The mask is 0 beyond the last column, so whole vectors keep the padding of the result at 0.
        o.store(low, at: x)
      }
    }
    for y in 0..<mask.rows where y < radius || y + radius >= mask.rows {
      out.row(y).update(repeating: 0, count: mask.columns)
    }
  }

  /// Clears in `mask` every pixel whose target in `target` is 0. The target of a pixel is where the nearest whole-pixel
  /// offset of the lattice point at its cell leads; it must lie inside the padding of `target`.
  ///
  /// - Parameter origin: row and column of pixel (0, 0) of `mask` in `target`.
  package static func transport(_ target: ImageView, origin: Int, field: DenseWarp.Field, into mask: ImageView) {
    for latticeRow in 0..<(mask.rows + 3) / 4 {
      for latticeColumn in 0..<(mask.columns + 3) / 4 {
        let at = latticeRow * field.stride + latticeColumn
        let dy = origin + Int((field.v[at] + 0.5).rounded(.down)),
          dx = origin + Int((field.u[at] + 0.5).rounded(.down))
        let x = 4 * latticeColumn
        for y in (4 * latticeRow)..<min(mask.rows, 4 * latticeRow + 4) {
          let p = UnsafeMutableRawPointer(mask.row(y) + x), q = UnsafeRawPointer(target.row(y + dy) + (x + dx))
          let product = p.loadUnaligned(as: SIMD4<Float>.self) * q.loadUnaligned(as: SIMD4<Float>.self)
          p.storeBytes(of: product, as: SIMD4<Float>.self)
        }
      }
    }
  }
}
