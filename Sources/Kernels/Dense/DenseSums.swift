// SPDX-License-Identifier: Apache-2.0

/// Sums over the rows of a cell, eight columns at a time, in as many accumulators as the registers hold.
private protocol CellSum {
  init()
  /// Adds the pixels at column `x` of row `y`; `eta` counts rows from the moments' origin.
  mutating func add(_ images: DenseSumImages, _ x: Int, _ y: Int, _ eta: Float)
  /// Stores one vector per channel, `stride` floats apart.
  func put(_ p: UnsafeMutablePointer<Float>, _ stride: Int)
}

/// What is multiplied; all images hold zero where a pixel is masked.
private struct DenseSumImages {
  let gx, gy, reference: ImageView
  /// The mask or the warped secondary.
  let other: ImageView
}

extension WindowSums.Cell {
  /// Fills the channels from `channel` on.
  @inline(__always)
  fileprivate func sum<S: CellSum>(
    _: S.Type, _ images: DenseSumImages, from channel: Int, into partial: WindowSums.ChannelRows,
    _ whole: WindowSums.ChannelRows
  ) {
    let rows = images.gx.rows, columns = images.gx.columns
    let begin = max(firstRow, 0), split = min(split, rows), end = min(endRow, rows)
    for x in stride(from: 0, to: columns, by: 8) {
      var sums = S()
      var y = begin
      while y < split {
        sums.add(images, x, y, Float(y - originRow))
        y += 1
      }
      sums.put(partial.base + x + channel * partial.stride, partial.stride)
      while y < end {
        sums.add(images, x, y, Float(y - originRow))
        y += 1
      }
      sums.put(whole.base + x + channel * whole.stride, whole.stride)
    }
  }
}

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
    let images = DenseSumImages(gx: gx, gy: gy, reference: reference, other: mask)
    cell.sum(GradientProducts.self, images, from: 0, into: partial, whole)
    cell.sum(FirstMoments.self, images, from: 9, into: partial, whole)
    cell.sum(ReferenceProducts.self, images, from: 18, into: partial, whole)
  }

  /// gx gx, gx gy, gy gy, each with moments up to y².
  private struct GradientProducts: CellSum {
    var a0 = Lanes.zero, a1 = Lanes.zero, a2 = Lanes.zero, b0 = Lanes.zero, b1 = Lanes.zero, b2 = Lanes.zero
    var c0 = Lanes.zero, c1 = Lanes.zero, c2 = Lanes.zero

    @inline(__always)
    mutating func add(_ images: DenseSumImages, _ x: Int, _ y: Int, _ eta: Float) {
      let px = images.gx.row(y).lanes(at: x), py = images.gy.row(y).lanes(at: x)
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

    @inline(__always)
    func put(_ p: UnsafeMutablePointer<Float>, _ stride: Int) {
      p.store(a0, at: 0)
      p.store(a1, at: stride)
      p.store(a2, at: 2 * stride)
      p.store(b0, at: 3 * stride)
      p.store(b1, at: 4 * stride)
      p.store(b2, at: 5 * stride)
      p.store(c0, at: 6 * stride)
      p.store(c1, at: 7 * stride)
      p.store(c2, at: 8 * stride)
    }
  }

  /// gx, gy (order 1), r, r², mask (order 2).
  private struct FirstMoments: CellSum {
    var a0 = Lanes.zero, a1 = Lanes.zero, b0 = Lanes.zero, b1 = Lanes.zero, r0 = Lanes.zero, rr = Lanes.zero
    var m0 = Lanes.zero, m1 = Lanes.zero, m2 = Lanes.zero

    @inline(__always)
    mutating func add(_ images: DenseSumImages, _ x: Int, _ y: Int, _ eta: Float) {
      let px = images.gx.row(y).lanes(at: x), py = images.gy.row(y).lanes(at: x)
      let r = images.reference.row(y).lanes(at: x), m = images.other.row(y).lanes(at: x)
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

    @inline(__always)
    func put(_ p: UnsafeMutablePointer<Float>, _ stride: Int) {
      p.store(a0, at: 0)
      p.store(a1, at: stride)
      p.store(b0, at: 2 * stride)
      p.store(b1, at: 3 * stride)
      p.store(r0, at: 4 * stride)
      p.store(rr, at: 5 * stride)
      p.store(m0, at: 6 * stride)
      p.store(m1, at: 7 * stride)
      p.store(m2, at: 8 * stride)
    }
  }

  /// gx r, gy r (order 1).
  private struct ReferenceProducts: CellSum {
    var a0 = Lanes.zero, a1 = Lanes.zero, b0 = Lanes.zero, b1 = Lanes.zero

    @inline(__always)
    mutating func add(_ images: DenseSumImages, _ x: Int, _ y: Int, _ eta: Float) {
      let r = images.reference.row(y).lanes(at: x)
      let xr = images.gx.row(y).lanes(at: x) * r, yr = images.gy.row(y).lanes(at: x) * r
      a0 += xr
      a1.addProduct(eta, xr)
      b0 += yr
      b1.addProduct(eta, yr)
    }

    @inline(__always)
    func put(_ p: UnsafeMutablePointer<Float>, _ stride: Int) {
      p.store(a0, at: 0)
      p.store(a1, at: stride)
      p.store(b0, at: 2 * stride)
      p.store(b1, at: 3 * stride)
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
    let images = DenseSumImages(gx: gx, gy: gy, reference: reference, other: warped)
    cell.sum(WarpedProducts.self, images, from: 0, into: partial, whole)
  }

  private struct WarpedProducts: CellSum {
    var a0 = Lanes.zero, a1 = Lanes.zero, b0 = Lanes.zero, b1 = Lanes.zero
    var w0 = Lanes.zero, ww = Lanes.zero, rw = Lanes.zero

    @inline(__always)
    mutating func add(_ images: DenseSumImages, _ x: Int, _ y: Int, _ eta: Float) {
      let w = images.other.row(y).lanes(at: x)
      let xw = images.gx.row(y).lanes(at: x) * w, yw = images.gy.row(y).lanes(at: x) * w
      a0 += xw
      a1.addProduct(eta, xw)
      b0 += yw
      b1.addProduct(eta, yw)
      w0 += w
      ww.addProduct(w, w)
      rw.addProduct(images.reference.row(y).lanes(at: x), w)
    }

    @inline(__always)
    func put(_ p: UnsafeMutablePointer<Float>, _ stride: Int) {
      p.store(a0, at: 0)
      p.store(a1, at: stride)
      p.store(b0, at: 2 * stride)
      p.store(b1, at: 3 * stride)
      p.store(w0, at: 4 * stride)
      p.store(ww, at: 5 * stride)
      p.store(rw, at: 6 * stride)
    }
  }
}
