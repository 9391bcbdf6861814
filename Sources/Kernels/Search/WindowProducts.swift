// SPDX-License-Identifier: Apache-2.0

/// Shape of a block of template windows on a regular lattice, in local coordinates of its two image regions.
///
/// Window (i, j) covers rows `i · spacing ..< i · spacing + window` of `a`, columns likewise, and is compared with
/// `b` shifted by (v, u), `0 ≤ v < shiftRows`, `0 ≤ u < shiftColumns`.
package struct WindowLayout: Hashable, Sendable {
  package let rows, columns: Int
  package let spacing, window: Int
  package let shiftRows, shiftColumns: Int

  package init(rows: Int, columns: Int, spacing: Int, window: Int, shiftRows: Int, shiftColumns: Int) {
    self.rows = rows
    self.columns = columns
    // A lone window is one cell: cutting it up would only cost.
    self.spacing = rows == 1 && columns == 1 ? window : spacing
    self.window = window
    self.shiftRows = shiftRows
    self.shiftColumns = shiftColumns
  }

  /// Shifts rounded up to whole passes of the kernel.
  package var paddedShiftRows: Int {
    (shiftRows + SearchKernels.shiftRows - 1) / SearchKernels.shiftRows * SearchKernels.shiftRows
  }
  package var paddedShiftColumns: Int { (shiftColumns + 7) / 8 * 8 }
  /// Floats of the sums of one window.
  package var surfaceCount: Int { paddedShiftRows * paddedShiftColumns }

  /// Extent of the windows in `a`.
  package var aRows: Int { (rows - 1) * spacing + window }
  package var aColumns: Int { (columns - 1) * spacing + window }
  /// Extent of the targets in `b`.
  package var targetRows: Int { aRows + shiftRows - 1 }
  package var targetColumns: Int { aColumns + shiftColumns - 1 }
  /// Extent of `b` that the kernel reads: cells beyond the targets must be readable and finite.
  package var bRows: Int { aRows + paddedShiftRows }
  package var bColumns: Int { aColumns + paddedShiftColumns }
  /// Products that the kernel forms for one pair of planes.
  package var work: Int {
    let count = { (n: Int) in spacing > window ? n * window : (n - 1) * spacing + window }
    return count(rows) * count(columns) * surfaceCount
  }
}

extension SearchKernels {
  /// Sums of `a · b` over every window under every shift: `out[window][v][u]`, rows of `paddedShiftColumns`.
  ///
  /// The edges of all windows cut each axis into cells of `window mod spacing` and the rest of the spacing. The
  /// products of a cell are formed once and serve every window that holds the cell, so the cost of a point is
  /// spacing² × shifts, whatever the window's size. Sums are added, never subtracted, in an order fixed by the
  /// window alone: cell by cell, rows first.
  ///
  /// - Parameters:
  ///   - a, b: regions of `aRows × aColumns` and `bRows × bColumns`; missing pixels are 0.
  ///   - row: work space of `rowCount(layout)` floats.
  ///   - adding: whether to add to `out` instead of setting it.
  package static func windowProducts(
    _ a: UnsafePointer<Float>, aStride: Int, _ b: UnsafePointer<Float>, bStride: Int, layout: WindowLayout,
    work: UnsafeMutablePointer<Float>, out: UnsafeMutablePointer<Float>, adding: Bool
  ) {
    var v = 0
    while v < layout.paddedShiftRows {
      var u = 0
      while u < layout.paddedShiftColumns {
        pass(a, aStride, b + (v &* bStride &+ u), bStride, layout, work, out, v, u, adding)
        u &+= 8
      }
      v &+= shiftRows
    }
  }

  /// Floats of work space that `windowProducts` needs.
  package static func workCount(_ layout: WindowLayout) -> Int {
    let whole = layout.window / layout.spacing
    return shifts * (2 * (layout.columns + whole + 1) + (whole + 2) * layout.columns)
  }

  /// One pass of 11 × 8 shifts over all windows, streaming down the cell rows.
  private static func pass(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int, _ layout: WindowLayout,
    _ work: UnsafeMutablePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ v: Int, _ u: Int, _ adding: Bool
  ) {
    let spacing = layout.spacing, whole = layout.window / spacing, short = layout.window % spacing
    let long = whole > 0 ? spacing &- short : 0
    let columns = layout.columns
    let cells = work
    let line = work + (2 &* (columns &+ whole &+ 1) &* shifts)
    let ring = line + (columns &* shifts)
    let ringRows = whole &+ 1
    clear(ring, ringRows &* columns &* shifts)
    for period in 0..<(layout.rows &+ whole) {
      let y = period &* spacing
      let first = max(0, period &- whole)
      if short > 0 {
        lineSums(a + (y &* aStride), aStride, short, b + (y &* bStride), bStride, layout, cells, line)
        for i in first...min(period, layout.rows &- 1) {
          addLine(line, to: ring + ((i % ringRows) &* columns &* shifts), columns)
        }
      }
      // Window i is complete once the short cells of period i + whole are in (there are none when short is 0).
      if period >= whole {
        let i = period &- whole
        let sums = ring + ((i % ringRows) &* columns &* shifts)
        scatter(sums, layout, row: i, v, u, out, adding)
        clear(sums, columns &* shifts)
      }
      if long > 0, period < layout.rows &- 1 &+ whole {
        lineSums(
          a + ((y &+ short) &* aStride), aStride, long, b + ((y &+ short) &* bStride), bStride, layout, cells, line)
        let from = max(0, period &- whole &+ 1)
        for i in from...min(period, layout.rows &- 1) {
          addLine(line, to: ring + ((i % ringRows) &* columns &* shifts), columns)
        }
      }
    }
  }

  /// Sums over `height` rows and the columns of each window: `line[j]`, 11 × 8 floats each.
  @inline(__always)
  private static func lineSums(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ height: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    _ layout: WindowLayout, _ cells: UnsafeMutablePointer<Float>, _ line: UnsafeMutablePointer<Float>
  ) {
    let spacing = layout.spacing, whole = layout.window / spacing, short = layout.window % spacing
    let columns = layout.columns, periods = columns &+ whole
    clear(cells, 2 &* periods &* shifts)
    for period in 0..<periods {
      let x = period &* spacing
      let cell = cells + (2 &* period &* shifts)
      if short > 0 { correlateCell(a + x, aStride, height, short, b + x, bStride, cell) }
      if whole > 0, period < periods &- 1 {
        correlateCell(
          a + (x &+ short), aStride, height, spacing &- short, b + (x &+ short), bStride, cell + shifts)
      }
    }
    for j in 0..<columns {
      var k = 0
      while k < shifts {
        var sum = Lanes.zero
        var cell: UnsafePointer<Float> = UnsafePointer(cells + (2 &* j &* shifts &+ k))
        for _ in 0..<whole {
          sum += cell.lanes(at: 0)
          sum += cell.lanes(at: shifts)
          cell += 2 &* shifts
        }
        if short > 0 { sum += cell.lanes(at: 0) }
        line.store(sum, at: j &* shifts &+ k)
        k &+= 8
      }
    }
  }

  @inline(__always)
  private static func addLine(_ line: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>, _ columns: Int) {
    var k = 0
    while k < columns &* shifts {
      sums.store(sums.lanes(at: k) + line.lanes(at: k), at: k)
      k &+= 8
    }
  }

  /// Puts the sums of a row of windows in their places in `out`.
  @inline(__always)
  private static func scatter(
    _ sums: UnsafePointer<Float>, _ layout: WindowLayout, row: Int, _ v: Int, _ u: Int,
    _ out: UnsafeMutablePointer<Float>, _ adding: Bool
  ) {
    let stride = layout.paddedShiftColumns
    for j in 0..<layout.columns {
      let window = row &* layout.columns &+ j
      let surface = out + (window &* layout.surfaceCount &+ v &* stride &+ u)
      for k in 0..<shiftRows {
        var sum = sums.lanes(at: j &* shifts &+ k &* 8)
        if adding { sum += surface.lanes(at: k &* stride) }
        surface.store(sum, at: k &* stride)
      }
    }
  }
}
