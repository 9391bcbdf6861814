// SPDX-License-Identifier: Apache-2.0

/// The cost of every whole-pixel offset within two pixels, at every pixel, as a table of bytes.
///
/// Offset (dx, dy) of a pixel stands at `6 (dy + 2) + (dx + 2)` of its `stride` bytes, which fill one vector; what is
/// left of each six and the last two hold `excluded`. A byte is enough: a hundredth of a correlation is below its noise.
package enum LabelCosts {
  package static let radius = 2
  package static let side = 2 * radius + 1
  package static let stride = 32
  package static let excluded = UInt8.max

  /// Place of an offset in a table.
  @inline(__always)
  package static func slot(dx: Int, dy: Int) -> Int { (side + 1) * (dy + radius) + dx + radius }

  /// What a correlation costs: `(1 − c) (1 − ((ncc − c) / (1 − c))^γ)` with ncc not below c.
  package struct Shape {
    package let minimumCorrelation, exponent: Float
    package init(minimumCorrelation: Float, exponent: Float) {
      self.minimumCorrelation = minimumCorrelation
      self.exponent = exponent
    }

    @inline(__always)
    func cost(_ ncc: Lanes) -> Lanes {
      let share = (ncc - minimumCorrelation) / (1 - minimumCorrelation)
      var c = share.greater(.zero).lesser(Lanes(repeating: 1))
      if exponent == 2 {
        c = c * c
      } else if exponent != 1 {
        for k in 0..<8 { c[k] = power(c[k], exponent) }
      }
      return (1 - minimumCorrelation) * (1 - c)
    }

    /// Integer powers by products, in between linear: no call into the C library, whose last bit differs by machine.
    @inline(__always)
    private func power(_ base: Float, _ exponent: Float) -> Float {
      var low: Float = 1
      for _ in 0..<Int(exponent) { low *= base }
      let part = exponent - exponent.rounded(.down)
      return low * (1 - part + part * base)
    }
  }

  /// The images of a level: grey values with 0 where missing, and 1 or 0 per pixel. All are padded with 32 zeros or
  /// more, and their columns are a multiple of eight.
  package struct Images {
    package let reference, mask, secondary, secondaryMask: ImageView
    package init(reference: ImageView, mask: ImageView, secondary: ImageView, secondaryMask: ImageView) {
      self.reference = reference
      self.mask = mask
      self.secondary = secondary
      self.secondaryMask = secondaryMask
    }
  }

  /// Fills the costs of all pixels. A window less than three quarters of which is valid costs as much as one without
  /// correlation.
  ///
  /// - Parameters:
  ///   - half: half side of the window, px, at most 7.
  ///   - reach: offsets farther than this on an axis are excluded.
  ///   - unit: bytes for a cost of 1; times the greatest cost less than `excluded`.
  ///   - costs: `stride` bytes for each pixel.
  package static func run(
    _ images: Images, half: Int, reach: Int, shape: Shape, unit: Float, into costs: UnsafeMutablePointer<UInt8>,
    pool: BufferPool?
  ) {
    let t = images.reference
    let first = Statistics(t, images.mask, half: half, pool: pool)
    let second = Statistics(images.secondary, images.secondaryMask, half: half, pool: pool)
    let span = -reach...reach, offsets = span.flatMap { dy in span.map { dx in (dx: dx, dy: dy) } }
    let length = WindowBox.length(columns: t.columns)
    // Sums down the columns for each offset; room for the sums along the row; the costs of a row for each offset.
    let columns = FloatBuffer(count: offsets.count * length, pool: pool)
    let work = FloatBuffer(count: 5 * length, pool: pool), sums = FloatBuffer(count: t.columns, pool: pool)
    let line = FloatBuffer(count: offsets.count * t.columns, pool: pool)
    defer { withExtendedLifetime((columns, work, sums, line)) {} }
    for y in 0..<t.rows {
      for (index, offset) in offsets.enumerated() {
        let column = columns.base + index * length
        addProducts(t, images.secondary, half: half, y: y, dx: offset.dx, dy: offset.dy, to: column, length: length)
        work.base.update(from: column, count: length)
        WindowBox.alongRow(
          work.base + WindowBox.rim, length: length, columns: t.columns, radius: half, into: sums.base)
        let out = line.base + index * t.columns
        for x in Swift.stride(from: 0, to: t.columns, by: 8) {
          let ncc = first.correlation(second, sums.base.lanes(at: x), y, x, offset.dy, offset.dx)
          out.store((unit * shape.cost(ncc)).adding(roundingShift, times: Lanes(repeating: 1)), at: x)
        }
      }
      gather(line.base, offsets: offsets, columns: t.columns, into: costs + y * t.columns * stride)
    }
  }

  /// Adding 2²³ leaves the nearest whole number in a float's lowest bits.
  private static let roundingShift = Lanes(repeating: 8_388_608)

  /// Brings the sums down the columns of the products at an offset from row y − 1 to row y; they begin anew where
  /// `WindowBox` does.
  @inline(__always)
  private static func addProducts(
    _ t: ImageView, _ w: ImageView, half: Int, y: Int, dx: Int, dy: Int, to sums: UnsafeMutablePointer<Float>,
    length: Int
  ) {
    let first = sums + WindowBox.rim, rim = WindowBox.rim
    if y % WindowBox.anchor == 0 {
      sums.update(repeating: 0, count: length)
      for k in -half...half {
        let p = t.row(y + k), q = w.row(y + k + dy) + dx
        for x in Swift.stride(from: -rim, to: t.columns + rim, by: 8) {
          first.store(first.lanes(at: x).adding(p.lanes(at: x), times: q.lanes(at: x)), at: x)
        }
      }
      return
    }
    let p = t.row(y + half), q = w.row(y + half + dy) + dx
    let r = t.row(y - half - 1), s = w.row(y - half - 1 + dy) + dx
    for x in Swift.stride(from: -rim, to: t.columns + rim, by: 8) {
      let more = first.lanes(at: x).adding(p.lanes(at: x), times: q.lanes(at: x))
      first.store(more.adding(-r.lanes(at: x), times: s.lanes(at: x)), at: x)
    }
  }

  /// One row of tables from a row of costs for each offset.
  private static func gather(
    _ line: UnsafeMutablePointer<Float>, offsets: [(dx: Int, dy: Int)], columns: Int,
    into out: UnsafeMutablePointer<UInt8>
  ) {
    out.update(repeating: excluded, count: columns * stride)
    for (index, offset) in offsets.enumerated() {
      let values = line + index * columns, place = out + slot(dx: offset.dx, dy: offset.dy)
      for x in 0..<columns { place[x * stride] = UInt8(truncatingIfNeeded: values[x].bitPattern) }
    }
  }

  /// Mean and one over the root of the sum of squares of every window; 0 for the latter where too little is valid.
  private final class Statistics {
    private let sum, inverse: PaddedImage
    private let count: Float

    init(_ image: ImageView, _ mask: ImageView, half: Int, pool: BufferPool?) {
      func make() -> PaddedImage { PaddedImage(rows: image.rows, columns: image.columns, padding: 32, pool: pool) }
      let work = make(), valid = make()
      (sum, inverse) = (make(), make())
      count = Float((2 * half + 1) * (2 * half + 1))
      DenseFilters.multiply(image, image, into: work.view)
      WindowBox.run(work.view, radius: half, into: inverse.view, pool: pool)
      WindowBox.run(image, radius: half, into: sum.view, pool: pool)
      WindowBox.run(mask, radius: half, into: valid.view, pool: pool)
      for y in 0..<image.rows {
        let s = sum.view.row(y), o = inverse.view.row(y), n = valid.view.row(y)
        for x in Swift.stride(from: 0, to: image.columns, by: 8) {
          let a = s.lanes(at: x), squares = o.lanes(at: x)
          let spread = squares - a * a * (1 / count)
          // What rounding leaves of a constant window.
          let isUsable = (n.lanes(at: x) .>= 0.75 * count) .& (spread .> 1e-5 * squares) .& (spread .> 1e-12)
          let safe = spread.replacing(with: 1, where: .!isUsable)
          o.store(Lanes.zero.replacing(with: 1 / safe.squareRoot(), where: isUsable), at: x)
        }
      }
      withExtendedLifetime((work, valid)) {}
    }

    @inline(__always)
    func correlation(_ other: Statistics, _ products: Lanes, _ y: Int, _ x: Int, _ dy: Int, _ dx: Int) -> Lanes {
      let a = sum.view.row(y).lanes(at: x), b = other.sum.view.row(y + dy).lanes(at: x + dx)
      let scale = inverse.view.row(y).lanes(at: x) * other.inverse.view.row(y + dy).lanes(at: x + dx)
      return (products - a * b * (1 / count)) * scale
    }
  }

  /// Correlation of the windows of both images around every pixel; 0 where too little is valid.
  package static func correlation(_ images: Images, half: Int, into out: ImageView, pool: BufferPool?) {
    let t = images.reference
    let first = Statistics(t, images.mask, half: half, pool: pool)
    let second = Statistics(images.secondary, images.secondaryMask, half: half, pool: pool)
    let products = PaddedImage(rows: t.rows, columns: t.columns, padding: 32, pool: pool)
    defer { withExtendedLifetime(products) {} }
    DenseFilters.multiply(t, images.secondary, into: products.view)
    WindowBox.run(products.view, radius: half, into: out, pool: pool)
    for y in 0..<t.rows {
      let o = out.row(y)
      for x in Swift.stride(from: 0, to: t.columns, by: 8) {
        o.store(first.correlation(second, o.lanes(at: x), y, x, 0, 0), at: x)
      }
    }
  }
}
