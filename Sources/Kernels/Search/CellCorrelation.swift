// SPDX-License-Identifier: Apache-2.0
import CLanes

/// Inner loops of the offset search: products of two images under many shifts, summed over windows.
///
/// The lanes of a vector are eight horizontal shifts of one pixel, never eight pixels, so a sum over a window
/// needs no reduction across lanes and its bits do not depend on which other shifts or points are asked for.
package enum SearchKernels {
  /// Vertical shifts that one pass keeps in registers: 11 sums, 3 template pixels and 1 target vector fill the 16.
  package static let shiftRows = 11
  /// Horizontal shifts of one pass: the lanes of a vector.
  package static let shiftColumns = 8
  /// Sums of one pass over a cell.
  package static let shifts = shiftRows * shiftColumns
}

extension SearchKernels {
  /// Adds to `out` (11 × 8) the products of a cell of `a` with `b` under 11 × 8 shifts:
  /// `out[v][u] += Σ a[y][x] · b[y + v][x + u]` over `rows × columns` pixels.
  ///
  /// Three template rows are taken together: each vector of `b` then serves three products, which halves the loads
  /// and brings the loop to the rate of the multipliers. `b` is read to row `rows + 10`, column `columns + 7`.
  @inline(__always)
  static func correlateCell(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ rows: Int, _ columns: Int,
    _ b: UnsafePointer<Float>, _ bStride: Int, _ out: UnsafeMutablePointer<Float>
  ) {
    var c0 = out.lanes(at: 0), c1 = out.lanes(at: 8), c2 = out.lanes(at: 16), c3 = out.lanes(at: 24)
    var c4 = out.lanes(at: 32), c5 = out.lanes(at: 40), c6 = out.lanes(at: 48), c7 = out.lanes(at: 56)
    var c8 = out.lanes(at: 64), c9 = out.lanes(at: 72), c10 = out.lanes(at: 80)
    var y = 0
    while y &+ 3 <= rows {
      let p = a + (y &* aStride)
      var q = b + (y &* bStride)
      for x in 0..<columns {
        let a0 = Lanes(repeating: p[x]), a1 = Lanes(repeating: p[aStride &+ x])
        let a2 = Lanes(repeating: p[2 &* aStride &+ x])
        var t = q.lanes(at: 0)
        c0 = ogive_multiply_add(a0, t, c0)
        t = q.lanes(at: bStride)
        c1 = ogive_multiply_add(a0, t, c1); c0 = ogive_multiply_add(a1, t, c0)
        t = q.lanes(at: 2 &* bStride)
        c2 = ogive_multiply_add(a0, t, c2); c1 = ogive_multiply_add(a1, t, c1); c0 = ogive_multiply_add(a2, t, c0)
        t = q.lanes(at: 3 &* bStride)
        c3 = ogive_multiply_add(a0, t, c3); c2 = ogive_multiply_add(a1, t, c2); c1 = ogive_multiply_add(a2, t, c1)
        t = q.lanes(at: 4 &* bStride)
        c4 = ogive_multiply_add(a0, t, c4); c3 = ogive_multiply_add(a1, t, c3); c2 = ogive_multiply_add(a2, t, c2)
        t = q.lanes(at: 5 &* bStride)
        c5 = ogive_multiply_add(a0, t, c5); c4 = ogive_multiply_add(a1, t, c4); c3 = ogive_multiply_add(a2, t, c3)
        t = q.lanes(at: 6 &* bStride)
        c6 = ogive_multiply_add(a0, t, c6); c5 = ogive_multiply_add(a1, t, c5); c4 = ogive_multiply_add(a2, t, c4)
        t = q.lanes(at: 7 &* bStride)
        c7 = ogive_multiply_add(a0, t, c7); c6 = ogive_multiply_add(a1, t, c6); c5 = ogive_multiply_add(a2, t, c5)
        t = q.lanes(at: 8 &* bStride)
        c8 = ogive_multiply_add(a0, t, c8); c7 = ogive_multiply_add(a1, t, c7); c6 = ogive_multiply_add(a2, t, c6)
        t = q.lanes(at: 9 &* bStride)
        c9 = ogive_multiply_add(a0, t, c9); c8 = ogive_multiply_add(a1, t, c8); c7 = ogive_multiply_add(a2, t, c7)
        t = q.lanes(at: 10 &* bStride)
        c10 = ogive_multiply_add(a0, t, c10); c9 = ogive_multiply_add(a1, t, c9); c8 = ogive_multiply_add(a2, t, c8)
        t = q.lanes(at: 11 &* bStride)
        c10 = ogive_multiply_add(a1, t, c10); c9 = ogive_multiply_add(a2, t, c9)
        t = q.lanes(at: 12 &* bStride)
        c10 = ogive_multiply_add(a2, t, c10)
        q += 1
      }
      y &+= 3
    }
    while y < rows {
      let p = a + (y &* aStride)
      var q = b + (y &* bStride)
      for x in 0..<columns {
        let a0 = Lanes(repeating: p[x])
        c0 = ogive_multiply_add(a0, q.lanes(at: 0), c0); c1 = ogive_multiply_add(a0, q.lanes(at: bStride), c1)
        c2 = ogive_multiply_add(a0, q.lanes(at: 2 &* bStride), c2);
        c3 = ogive_multiply_add(a0, q.lanes(at: 3 &* bStride), c3)
        c4 = ogive_multiply_add(a0, q.lanes(at: 4 &* bStride), c4);
        c5 = ogive_multiply_add(a0, q.lanes(at: 5 &* bStride), c5)
        c6 = ogive_multiply_add(a0, q.lanes(at: 6 &* bStride), c6);
        c7 = ogive_multiply_add(a0, q.lanes(at: 7 &* bStride), c7)
        c8 = ogive_multiply_add(a0, q.lanes(at: 8 &* bStride), c8);
        c9 = ogive_multiply_add(a0, q.lanes(at: 9 &* bStride), c9)
        c10 = ogive_multiply_add(a0, q.lanes(at: 10 &* bStride), c10)
        q += 1
      }
      y &+= 1
    }
    out.store(c0, at: 0); out.store(c1, at: 8); out.store(c2, at: 16); out.store(c3, at: 24)
    out.store(c4, at: 32); out.store(c5, at: 40); out.store(c6, at: 48); out.store(c7, at: 56)
    out.store(c8, at: 64); out.store(c9, at: 72); out.store(c10, at: 80)
  }

  @inline(__always)
  static func clear(_ p: UnsafeMutablePointer<Float>, _ count: Int) {
    p.update(repeating: 0, count: count)
  }
}
