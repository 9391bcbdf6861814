// SPDX-License-Identifier: Apache-2.0

/// Sums and moments of many products over the window around every lattice point, at a cost that does not depend
/// on the size of the window.
///
/// The lattice has a step of four pixels. A window of `2 half + 1` pixels starts at the same phase of the step for
/// every point, so it is a whole number of four-pixel cells and one shorter cell. Sums over runs of cells come from
/// suffix sums of one segment of cells and prefix sums of the next (van Herk 1992, Gil & Werman 1993, whose scheme
/// for maxima serves sums as well): there are only additions, so nothing drifts as it does when a running sum adds
/// the new and takes off the old. A smooth window is the same again: sums over runs of lattice points of the sums of a
/// smaller window, with the moments moved along, so that they are exact for the weights of `WindowShape`.
package struct WindowSums {
  /// Pixels between lattice points.
  package static let step = 4

  /// Products that share moments: `order` 1 has channels for 1 and y, `order` 2 also for y².
  package struct Family: Sendable {
    package let order: Int
    package init(order: Int) { self.order = order }
  }

  package let window: WindowShape
  /// Whole cells in the box of pixels, and pixels of the shorter one.
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
  /// What the plain sums of a smooth window are multiplied by.
  let scale: Float
  let stride: Int
  let pad: Int

  /// - Parameter total: the sum of a window's weights over its pixels; if nil the square of its noise-equivalent side,
  ///   so that sums are as large as those of the box that the window stands for. A box always has the weight 1.
  package init(
    rows: Int, columns: Int, window: WindowShape, total: Double? = nil, families: [Family], columnOrder: Int
  ) {
    precondition(window.half >= 2, "the smallest window is five pixels")
    self.rows = rows
    self.columns = columns
    self.window = window
    self.families = families
    self.columnOrder = columnOrder
    let side = 2 * window.half + 1
    cells = side / Self.step
    partial = side % Self.step
    let plain = window.spreads.reduce(Double(side)) { $0 * Double(2 * $1 + 1) }
    let wanted = total ?? window.noiseEquivalentSide * window.noiseEquivalentSide
    scale = window.spreads.isEmpty ? 1 : Float(wanted / (plain * plain))
    latticeRows = (rows + Self.step - 1) / Self.step
    latticeColumns = (columns + Self.step - 1) / Self.step
    channels = (families.reduce(0) { $0 + $1.order + 1 } + 7) / 8 * 8
    pad = (window.reach + 15) / 8 * 8
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
    let work = FloatBuffer(count: 2 * size, pool: pool)
    defer { withExtendedLifetime(work) {} }
    let whole = work.base, part = whole + size
    // Points are read eight at a time.
    let points = FloatBuffer(count: (latticeColumns + 7) / 8 * 8 * vectorsPerPoint * 8, pool: pool)
    defer { withExtendedLifetime(points) {} }
    let row = HorizontalSums(self, pool: pool)
    var stages = columnStages(pool)
    defer { withExtendedLifetime(stages) {} }
    for c in 0..<latticeRows + 2 * window.spread + cells {
      let first = c * Self.step - window.reach
      accumulate(
        Cell(
          firstRow: first, split: first + partial, endRow: first + Self.step, originRow: stages[0].origin),
        ChannelRows(base: part + pad, stride: stride), ChannelRows(base: whole + pad, stride: stride))
      let latticeRow = c - cells - 2 * window.spread
      guard let sum = pass(&stages, part: part, whole: whole, centre: latticeRow * Self.step) else { continue }
      row.run(sum, into: points.base)
      sink(latticeRow, points.base)
    }
  }

  /// One stage for the box of pixels, one for every box over lattice points.
  private func columnStages(_ pool: BufferPool?) -> [ColumnSums] {
    var first = -WindowSums.step * window.spread
    var stages = [ColumnSums(self, cells: cells, origin: first - window.half, pool: pool)]
    for radius in window.spreads {
      stages.append(ColumnSums(self, cells: 2 * radius, origin: first, pool: pool))
      first += WindowSums.step * radius
    }
    return stages
  }

  /// Hands a row from stage to stage; the sums of the lattice row at `centre` px when the last stage has them.
  private func pass(
    _ stages: inout [ColumnSums], part: UnsafeMutablePointer<Float>, whole: UnsafeMutablePointer<Float>, centre: Int
  ) -> UnsafeMutablePointer<Float>? {
    var part = part, whole = whole
    for index in stages.indices {
      let target = index + 1 < stages.count ? stages[index + 1].origin : centre
      guard stages[index].take(part: part, whole: whole, momentsAbout: target) else { return nil }
      part = stages[index].sum
      whole = part
    }
    return part
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
}
