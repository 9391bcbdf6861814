// SPDX-License-Identifier: Apache-2.0

/// Sums and moments of many products over the window around every lattice point, at a cost that does not depend
/// on the size of the window.
///
/// The lattice has a step of four pixels. A window of `2 half + 1` pixels starts at the same phase of the step for
/// every point, so it is a whole number of four-pixel cells and one shorter cell. Sums over runs of cells come from
/// suffix sums of one segment of cells and prefix sums of the next (van Herk 1992, Gil & Werman 1993, whose scheme
/// for maxima serves sums as well): there are only additions, so nothing drifts as it does when a running sum adds
/// the new and takes off the old.
package struct WindowSums {
  /// Pixels between lattice points.
  package static let step = 4

  /// Products that share moments: `order` 1 has channels for 1 and y, `order` 2 also for y².
  package struct Family: Sendable {
    package let order: Int
    package init(order: Int) { self.order = order }
  }

  let half: Int
  /// Whole cells in a window, and pixels of the shorter one.
  let cells: Int
  let partial: Int
  package let rows: Int
  package let columns: Int
  package let latticeRows: Int
  package let latticeColumns: Int
  let families: [Family]
  package let channels: Int
  /// Highest power of x that is summed.
  let columnOrder: Int
  let stride: Int
  let pad: Int

  package init(rows: Int, columns: Int, half: Int, families: [Family], columnOrder: Int) {
    precondition(half >= 2, "the smallest window is five pixels")
    self.rows = rows
    self.columns = columns
    self.half = half
    self.families = families
    self.columnOrder = columnOrder
    cells = (2 * half + 1) / Self.step
    partial = (2 * half + 1) % Self.step
    latticeRows = (rows + Self.step - 1) / Self.step
    latticeColumns = (columns + Self.step - 1) / Self.step
    channels = (families.reduce(0) { $0 + $1.order + 1 } + 7) / 8 * 8
    pad = (half + 15) / 8 * 8
    stride = (columns + 2 * pad + 64 + 15) / 16 * 16
  }

  /// Vectors that `sink` gets for each point: per group of eight channels the sums of 1, x and x².
  package var vectorsPerPoint: Int { channels / 8 * (columnOrder + 1) }

  /// Visits the lattice rows in order.
  ///
  /// - Parameters:
  ///   - accumulate: adds the products of eight columns of rows `first..<end` to `channels` accumulators: gets
  ///     (row range within the image, row of the moments' origin, output for the sum of the first `partial` rows,
  ///     output for the sum of all rows); it fills every column of the channels' rows.
  ///   - sink: gets the lattice row and, per lattice column, `vectorsPerPoint` vectors (lanes are channels).
  @inline(__always)
  package func run(
    pool: BufferPool?, accumulate: (_ cell: Cell, _ partial: ChannelRows, _ whole: ChannelRows) -> Void,
    sink: (_ latticeRow: Int, _ sums: UnsafeMutablePointer<Float>) -> Void
  ) {
    let size = channels * stride
    let work = FloatBuffer(count: (cells + 4) * size, pool: pool)
    defer { withExtendedLifetime(work) {} }
    let slots = work.base
    let prefix = slots + cells * size, whole = prefix + size, part = whole + size, sum = part + size
    // Points are read eight at a time.
    let points = FloatBuffer(count: (latticeColumns + 7) / 8 * 8 * vectorsPerPoint * 8, pool: pool)
    defer { withExtendedLifetime(points) {} }
    let row = HorizontalSums(self, pool: pool)
    for c in 0..<latticeRows + cells {
      let segment = c / cells, position = c % cells
      let first = c * Self.step - half
      let cell = Cell(
        firstRow: first, split: first + partial, endRow: first + Self.step,
        originRow: segment * cells * Self.step - half)
      accumulate(
        cell, ChannelRows(base: part + pad, stride: stride), ChannelRows(base: whole + pad, stride: stride))
      let slot = slots + position * size
      if c >= cells {
        let centre = (c - cells) * Self.step
        combine(
          slot, offset: Float(centre - (cell.originRow - cells * Self.step)), prefix, part,
          offset: Float(centre - cell.originRow), into: sum)
        row.run(sum, into: points.base)
        sink(c - cells, points.base)
      }
      advance(position: position, slots: slots, size: size, prefix: prefix, whole: whole)
    }
  }

  /// Four rows of pixels; the first ones, up to `split`, end a window.
  package struct Cell {
    package let firstRow, split, endRow, originRow: Int
  }

  /// Where the channels of a cell go: channel `c`, column `x` is at `base[c * stride + x]`.
  package struct ChannelRows {
    package let base: UnsafeMutablePointer<Float>
    package let stride: Int
  }

  /// Puts a finished cell into its slot and the prefix; turns a finished segment into its suffix sums.
  private func advance(
    position: Int, slots: UnsafeMutablePointer<Float>, size: Int, prefix: UnsafeMutablePointer<Float>,
    whole: UnsafeMutablePointer<Float>
  ) {
    let slot = slots + position * size
    if position < cells - 1 {
      if position == 0 {
        for i in Swift.stride(from: 0, to: size, by: 8) {
          let value = whole.lanes(at: i)
          slot.store(value, at: i)
          prefix.store(value, at: i)
        }
      } else {
        for i in Swift.stride(from: 0, to: size, by: 8) {
          let value = whole.lanes(at: i)
          slot.store(value, at: i)
          prefix.store(prefix.lanes(at: i) + value, at: i)
        }
      }
      return
    }
    slot.update(from: whole, count: size)
    prefix.update(repeating: 0, count: size)
    for k in Swift.stride(from: cells - 2, through: 0, by: -1) {
      let a = slots + k * size, b = a + size
      for i in Swift.stride(from: 0, to: size, by: 8) { a.store(a.lanes(at: i) + b.lanes(at: i), at: i) }
    }
  }

  /// Sum of suffix, prefix and partial cell, with the row moments moved to the window's centre.
  private func combine(
    _ suffix: UnsafeMutablePointer<Float>, offset a: Float, _ prefix: UnsafeMutablePointer<Float>,
    _ part: UnsafeMutablePointer<Float>, offset b: Float, into sum: UnsafeMutablePointer<Float>
  ) {
    var channel = 0
    for family in families {
      let at = channel * stride
      switch family.order {
      case 0:
        for i in Swift.stride(from: at, to: at + stride, by: 8) {
          sum.store(suffix.lanes(at: i) + (prefix.lanes(at: i) + part.lanes(at: i)), at: i)
        }
      case 1:
        for i in Swift.stride(from: at, to: at + stride, by: 8) {
          let j = i + stride
          let s0 = suffix.lanes(at: i), s1 = suffix.lanes(at: j)
          let p0 = prefix.lanes(at: i) + part.lanes(at: i), p1 = prefix.lanes(at: j) + part.lanes(at: j)
          sum.store(s0 + p0, at: i)
          sum.store((s1 - a * s0) + (p1 - b * p0), at: j)
        }
      default:
        for i in Swift.stride(from: at, to: at + stride, by: 8) {
          let j = i + stride, k = j + stride
          let s0 = suffix.lanes(at: i), s1 = suffix.lanes(at: j), s2 = suffix.lanes(at: k)
          let p0 = prefix.lanes(at: i) + part.lanes(at: i), p1 = prefix.lanes(at: j) + part.lanes(at: j)
          let p2 = prefix.lanes(at: k) + part.lanes(at: k)
          sum.store(s0 + p0, at: i)
          sum.store((s1 - a * s0) + (p1 - b * p0), at: j)
          sum.store((s2 - 2 * a * s1 + a * a * s0) + (p2 - 2 * b * p1 + b * b * p0), at: k)
        }
      }
      channel += family.order + 1
    }
  }
}
