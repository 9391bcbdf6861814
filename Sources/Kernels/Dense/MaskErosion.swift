// SPDX-License-Identifier: Apache-2.0

/// Shrinks masks held as floats of 0 and 1.
package enum MaskErosion {
  /// 1 where every pixel within `radius` on each axis is 1; what lies outside the image counts as 0.
  package static func run(_ mask: ImageView, radius: Int, into out: ImageView) {
    let lines = PaddedImage(rows: mask.rows, columns: mask.columns, padding: 8)
    let line = lines.view
    for y in 0..<mask.rows {
      let p = mask.row(y), o = line.row(y)
      for x in stride(from: 0, to: mask.columns, by: 8) {
        var low = p.lanes(at: x)
        for k in 1...radius { low = lesser(low, lesser(p.lanes(at: x + k), p.lanes(at: x - k))) }
        o.store(low, at: x)
      }
    }
    for y in 0..<mask.rows {
      let o = out.row(y)
      if y < radius || y + radius >= mask.rows {
        o.update(repeating: 0, count: mask.columns)
        continue
      }
      for x in stride(from: 0, to: mask.columns, by: 8) {
        var low = line.row(y).lanes(at: x)
        for k in 1...radius { low = lesser(low, lesser(line.row(y - k).lanes(at: x), line.row(y + k).lanes(at: x))) }
        // The mask is 0 beyond the last column, so whole vectors keep the padding of the result at 0.
        o.store(low, at: x)
      }
    }
  }

  @inline(__always)
  private static func lesser(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .< a) }
}
