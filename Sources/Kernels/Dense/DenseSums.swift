// SPDX-License-Identifier: Apache-2.0

/// Channels of the sums that do not change while the field is refined: products of the gradients with each other
/// and with the reference.
package enum StructureSums {
  package static let families: [WindowSums.Family] = [
    .init(order: 2), .init(order: 2), .init(order: 2),  // gx gx, gx gy, gy gy
    .init(order: 1), .init(order: 1),  // gx, gy
    .init(order: 0), .init(order: 0), .init(order: 2),  // r, r r, valid pixels
    .init(order: 1), .init(order: 1),  // gx r, gy r
  ]

  /// Adds up one cell. All images hold zero where a pixel is masked.
  @inline(__always)
  package static func accumulate(
    _ cell: WindowSums.Cell, gx: ImageView, gy: ImageView, reference: ImageView, mask: ImageView,
    partial: WindowSums.ChannelRows, whole: WindowSums.ChannelRows
  ) {
    gradientProducts(cell, gx, gy, partial, whole)
    firstMoments(cell, gx, gy, reference, mask, partial, whole)
    referenceProducts(cell, gx, gy, reference, partial, whole)
  }

  /// Channels 0...8: gx gx, gx gy, gy gy, each with moments up to y².
  @inline(__always)
  private static func gradientProducts(
    _ cell: WindowSums.Cell, _ gx: ImageView, _ gy: ImageView, _ partial: WindowSums.ChannelRows,
    _ whole: WindowSums.ChannelRows
  ) {
    let begin = max(cell.firstRow, 0), split = min(cell.split, gx.rows), end = min(cell.endRow, gx.rows)
    for x in stride(from: 0, to: gx.columns, by: 8) {
      var a0 = Lanes.zero, a1 = a0, a2 = a0, b0 = a0, b1 = a0, b2 = a0, c0 = a0, c1 = a0, c2 = a0
      @inline(__always) func add(_ y: Int) {
        let eta = Float(y - cell.originRow)
        let px = gx.row(y).lanes(at: x), py = gy.row(y).lanes(at: x)
        let xx = px * px, xy = px * py, yy = py * py
        let xx1 = eta * xx, xy1 = eta * xy, yy1 = eta * yy
        a0 += xx
        a1 += xx1
        a2.addProduct(eta, xx1)
        b0 += xy
        b1 += xy1
        b2.addProduct(eta, xy1)
        c0 += yy
        c1 += yy1
        c2.addProduct(eta, yy1)
      }
      @inline(__always) func put(_ out: WindowSums.ChannelRows) {
        let p = out.base + x
        p.store(a0, at: 0)
        p.store(a1, at: out.stride)
        p.store(a2, at: 2 * out.stride)
        p.store(b0, at: 3 * out.stride)
        p.store(b1, at: 4 * out.stride)
        p.store(b2, at: 5 * out.stride)
        p.store(c0, at: 6 * out.stride)
        p.store(c1, at: 7 * out.stride)
        p.store(c2, at: 8 * out.stride)
      }
      var y = begin
      while y < split {
        add(y)
        y += 1
      }
      put(partial)
      while y < end {
        add(y)
        y += 1
      }
      put(whole)
    }
  }

  /// Channels 9...17: gx, gy (order 1), r, r², mask (order 2).
  @inline(__always)
  private static func firstMoments(
    _ cell: WindowSums.Cell, _ gx: ImageView, _ gy: ImageView, _ reference: ImageView, _ mask: ImageView,
    _ partial: WindowSums.ChannelRows, _ whole: WindowSums.ChannelRows
  ) {
    let begin = max(cell.firstRow, 0), split = min(cell.split, gx.rows), end = min(cell.endRow, gx.rows)
    for x in stride(from: 0, to: gx.columns, by: 8) {
      var a0 = Lanes.zero, a1 = a0, b0 = a0, b1 = a0, r0 = a0, rr = a0, m0 = a0, m1 = a0, m2 = a0
      @inline(__always) func add(_ y: Int) {
        let eta = Float(y - cell.originRow)
        let px = gx.row(y).lanes(at: x), py = gy.row(y).lanes(at: x)
        let r = reference.row(y).lanes(at: x), m = mask.row(y).lanes(at: x)
        a0 += px
        a1.addProduct(eta, px)
        b0 += py
        b1.addProduct(eta, py)
        r0 += r
        rr.addProduct(r, r)
        let em = eta * m
        m0 += m
        m1 += em
        m2.addProduct(eta, em)
      }
      @inline(__always) func put(_ out: WindowSums.ChannelRows) {
        let p = out.base + x + 9 * out.stride
        p.store(a0, at: 0)
        p.store(a1, at: out.stride)
        p.store(b0, at: 2 * out.stride)
        p.store(b1, at: 3 * out.stride)
        p.store(r0, at: 4 * out.stride)
        p.store(rr, at: 5 * out.stride)
        p.store(m0, at: 6 * out.stride)
        p.store(m1, at: 7 * out.stride)
        p.store(m2, at: 8 * out.stride)
      }
      var y = begin
      while y < split {
        add(y)
        y += 1
      }
      put(partial)
      while y < end {
        add(y)
        y += 1
      }
      put(whole)
    }
  }

  /// Channels 18...21: gx r, gy r (order 1).
  @inline(__always)
  private static func referenceProducts(
    _ cell: WindowSums.Cell, _ gx: ImageView, _ gy: ImageView, _ reference: ImageView,
    _ partial: WindowSums.ChannelRows, _ whole: WindowSums.ChannelRows
  ) {
    let begin = max(cell.firstRow, 0), split = min(cell.split, gx.rows), end = min(cell.endRow, gx.rows)
    for x in stride(from: 0, to: gx.columns, by: 8) {
      var a0 = Lanes.zero, a1 = a0, b0 = a0, b1 = a0
      @inline(__always) func add(_ y: Int) {
        let eta = Float(y - cell.originRow)
        let r = reference.row(y).lanes(at: x)
        let xr = gx.row(y).lanes(at: x) * r, yr = gy.row(y).lanes(at: x) * r
        a0 += xr
        a1.addProduct(eta, xr)
        b0 += yr
        b1.addProduct(eta, yr)
      }
      @inline(__always) func put(_ out: WindowSums.ChannelRows) {
        let p = out.base + x + 18 * out.stride
        p.store(a0, at: 0)
        p.store(a1, at: out.stride)
        p.store(b0, at: 2 * out.stride)
        p.store(b1, at: 3 * out.stride)
      }
      var y = begin
      while y < split {
        add(y)
        y += 1
      }
      put(partial)
      while y < end {
        add(y)
        y += 1
      }
      put(whole)
    }
  }
}

/// Channels of the sums that every iteration needs anew: products with the warped secondary.
package enum WarpedSums {
  package static let families: [WindowSums.Family] = [
    .init(order: 1), .init(order: 1),  // gx w, gy w
    .init(order: 0), .init(order: 0), .init(order: 0),  // w, w w, r w
  ]

  @inline(__always)
  package static func accumulate(
    _ cell: WindowSums.Cell, gx: ImageView, gy: ImageView, reference: ImageView, warped: ImageView,
    partial: WindowSums.ChannelRows, whole: WindowSums.ChannelRows
  ) {
    let begin = max(cell.firstRow, 0), split = min(cell.split, gx.rows), end = min(cell.endRow, gx.rows)
    for x in stride(from: 0, to: gx.columns, by: 8) {
      var a0 = Lanes.zero, a1 = a0, b0 = a0, b1 = a0, w0 = a0, ww = a0, rw = a0
      @inline(__always) func add(_ y: Int) {
        let eta = Float(y - cell.originRow)
        let w = warped.row(y).lanes(at: x)
        let xw = gx.row(y).lanes(at: x) * w, yw = gy.row(y).lanes(at: x) * w
        a0 += xw
        a1.addProduct(eta, xw)
        b0 += yw
        b1.addProduct(eta, yw)
        w0 += w
        ww.addProduct(w, w)
        rw.addProduct(reference.row(y).lanes(at: x), w)
      }
      @inline(__always) func put(_ out: WindowSums.ChannelRows) {
        let p = out.base + x
        p.store(a0, at: 0)
        p.store(a1, at: out.stride)
        p.store(b0, at: 2 * out.stride)
        p.store(b1, at: 3 * out.stride)
        p.store(w0, at: 4 * out.stride)
        p.store(ww, at: 5 * out.stride)
        p.store(rw, at: 6 * out.stride)
      }
      var y = begin
      while y < split {
        add(y)
        y += 1
      }
      put(partial)
      while y < end {
        add(y)
        y += 1
      }
      put(whole)
    }
  }
}
