// SPDX-License-Identifier: Apache-2.0

/// The horizontal half of `WindowSums`: from column sums of one lattice row to the sums of every window.
///
/// Lanes change meaning here, from columns to channels, so that the cells of a row can be added one after another.
struct HorizontalSums {
  private let sums: WindowSums
  private let buffer: FloatBuffer
  private let moments: Int

  init(_ sums: WindowSums, pool: BufferPool?) {
    self.sums = sums
    moments = sums.columnOrder + 1
    buffer = FloatBuffer(count: (sums.cells + 1) * 3 * 8, pool: pool)
  }

  func run(_ columns: UnsafeMutablePointer<Float>, into points: UnsafeMutablePointer<Float>) {
    for group in 0..<sums.channels / 8 {
      let base = UnsafePointer(columns + group * 8 * sums.stride + sums.pad - sums.half)
      let out = points + group * moments * 8
      if moments == 3 { runGroup(base, out, order2: true) } else { runGroup(base, out, order2: false) }
    }
  }

  /// Sums of 1, x and x² over the first pixels of a cell and over all of it; x counts from the cell's start.
  private struct CellSums {
    var p0, p1, p2, f0, f1, f2: Lanes

    @inline(__always)
    init(_ a: Lanes, _ b: Lanes, _ c: Lanes, _ d: Lanes, partial: Int) {
      let s0 = a + b + c, s1 = b + 2 * c, s2 = b + 4 * c
      if partial == 3 {
        (p0, p1, p2) = (s0, s1, s2)
      } else {
        (p0, p1, p2) = (a, Lanes.zero, Lanes.zero)
      }
      f0 = s0 + d
      f1 = s1 + 3 * d
      f2 = s2 + 9 * d
    }
  }

  @inline(__always)
  private func runGroup(_ base: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, order2: Bool) {
    let cells = sums.cells, total = sums.latticeColumns + cells, step = WindowSums.step
    let slots = buffer.base
    var prefix0 = Lanes.zero, prefix1 = Lanes.zero, prefix2 = Lanes.zero
    var position = 0, origin = -sums.half
    var matrix = Matrix8(base, stride: sums.stride)
    for c in 0..<total {
      let cell: CellSums
      if c & 1 == 0 {
        matrix = Matrix8(base + c * step, stride: sums.stride)
        matrix.transpose()
        cell = CellSums(matrix.r0, matrix.r1, matrix.r2, matrix.r3, partial: sums.partial)
      } else {
        cell = CellSums(matrix.r4, matrix.r5, matrix.r6, matrix.r7, partial: sums.partial)
      }
      // Moments about the segment's origin.
      let x = Float(c * step - sums.half - origin)
      let slot = slots + position * 24
      if c >= cells {
        let centre = (c - cells) * step
        let b = Float(centre - origin), a = b + Float(cells * step)
        let s0 = slot.lanes(at: 0), s1 = slot.lanes(at: 8)
        let p0 = prefix0 + cell.p0, p1 = prefix1 + (cell.p1 + x * cell.p0)
        let target = out + (c - cells) * sums.vectorsPerPoint * 8
        target.store(s0 + p0, at: 0)
        target.store((s1 - a * s0) + (p1 - b * p0), at: 8)
        if order2 {
          let s2 = slot.lanes(at: 16), p2 = prefix2 + (cell.p2 + 2 * x * cell.p1 + x * x * cell.p0)
          target.store((s2 - 2 * a * s1 + a * a * s0) + (p2 - 2 * b * p1 + b * b * p0), at: 16)
        }
      }
      let f1 = cell.f1 + x * cell.f0
      slot.store(cell.f0, at: 0)
      slot.store(f1, at: 8)
      prefix0 += cell.f0
      prefix1 += f1
      if order2 {
        let f2 = cell.f2 + 2 * x * cell.f1 + x * x * cell.f0
        slot.store(f2, at: 16)
        prefix2 += f2
      }
      position += 1
      if position == cells {
        finishSegment(slots, cells, order2: order2)
        (prefix0, prefix1, prefix2) = (Lanes.zero, Lanes.zero, Lanes.zero)
        position = 0
        origin += cells * step
      }
    }
  }

  /// Turns the cells of a finished segment into its suffix sums.
  @inline(__always)
  private func finishSegment(_ slots: UnsafeMutablePointer<Float>, _ cells: Int, order2: Bool) {
    var a0 = Lanes.zero, a1 = Lanes.zero, a2 = Lanes.zero
    for k in stride(from: cells - 1, through: 0, by: -1) {
      let slot = slots + k * 24
      a0 += slot.lanes(at: 0)
      a1 += slot.lanes(at: 8)
      slot.store(a0, at: 0)
      slot.store(a1, at: 8)
      if order2 {
        a2 += slot.lanes(at: 16)
        slot.store(a2, at: 16)
      }
    }
  }
}
