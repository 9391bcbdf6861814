// SPDX-License-Identifier: Apache-2.0

/// The horizontal half of `WindowSums`: from column sums of one lattice row to the sums of every window.
///
/// Lanes change meaning here, from columns to channels, so that the cells of a row can be added one after another.
struct HorizontalSums {
  private let sums: WindowSums
  private let slots: FloatBuffer
  /// Sums of the box of pixels at every lattice point that a smooth window reaches; empty for a box.
  private let line: FloatBuffer
  private let moments: Int

  init(_ sums: WindowSums, pool: BufferPool?) {
    self.sums = sums
    moments = sums.columnOrder + 1
    let longest = max(sums.cells, 2 * (sums.window.spreads.max() ?? 0))
    slots = FloatBuffer(unfilled: (longest + 1) * Run.size, pool: pool)
    let spread = sums.window.spread
    line = FloatBuffer(
      unfilled: spread > 0 ? (sums.latticeColumns + 2 * spread) * moments * 8 : 0, pool: pool)
  }

  func run(_ columns: UnsafeMutablePointer<Float>, into points: UnsafeMutablePointer<Float>) {
    for group in 0..<sums.channels / 8 {
      let base = UnsafePointer(columns + group * 8 * sums.stride + sums.pad - sums.window.reach)
      let out = points + group * moments * 8
      if moments == 3 { runGroup(base, out, order2: true) } else { runGroup(base, out, order2: false) }
    }
  }

  @inline(__always)
  private func runGroup(_ base: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, order2: Bool) {
    let spreads = sums.window.spreads, perPoint = sums.vectorsPerPoint * 8
    if spreads.isEmpty {
      sumPixels(base, into: out, count: sums.latticeColumns, stride: perPoint, order2: order2)
      return
    }
    var count = sums.latticeColumns + 2 * sums.window.spread
    sumPixels(base, into: line.base, count: count, stride: moments * 8, order2: order2)
    for (index, radius) in spreads.enumerated() {
      let isLast = index == spreads.count - 1
      count -= 2 * radius
      if isLast {
        sumPoints(radius, into: out, count: count, stride: perPoint, scale: sums.scale, order2: order2)
      } else {
        sumPoints(radius, into: line.base, count: count, stride: moments * 8, scale: 1, order2: order2)
      }
    }
  }

  /// Windows of the box of pixels: `count` points, their vectors `stride` floats apart.
  @inline(__always)
  private func sumPixels(
    _ base: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int, stride: Int, order2: Bool
  ) {
    let cells = sums.cells, step = WindowSums.step
    var run = Run(slots: slots.base, cells: cells, lead: cells * step - sums.window.half)
    var matrix = Matrix8(base, stride: sums.stride)
    for c in 0..<count + cells {
      let cell: CellSums
      if c & 1 == 0 {
        matrix = Matrix8(base + c * step, stride: sums.stride)
        matrix.transpose()
        cell = CellSums(matrix.r0, matrix.r1, matrix.r2, matrix.r3, partial: sums.partial)
      } else {
        cell = CellSums(matrix.r4, matrix.r5, matrix.r6, matrix.r7, partial: sums.partial)
      }
      if c >= cells { run.put(cell, into: out + (c - cells) * stride, scale: 1, order2: order2) }
      run.take(cell, order2: order2)
    }
  }

  /// Runs of `2 radius + 1` lattice points of `line`. The output may be `line` too: it is written behind the reading.
  @inline(__always)
  private func sumPoints(
    _ radius: Int, into out: UnsafeMutablePointer<Float>, count: Int, stride: Int, scale: Float, order2: Bool
  ) {
    let cells = 2 * radius
    var run = Run(slots: slots.base, cells: cells, lead: radius * WindowSums.step)
    for c in 0..<count + cells {
      let cell = CellSums(line.base + c * moments * 8, order2: order2)
      if c >= cells { run.put(cell, into: out + (c - cells) * stride, scale: scale, order2: order2) }
      run.take(cell, order2: order2)
    }
  }
}

/// Sums of 1, x and x² over the part of a cell that ends a window and over all of it; x counts from the cell's start.
private struct CellSums {
  var p0, p1, p2, f0, f1, f2: Lanes

  /// Four pixels, of which the first `partial` (1 or 3) end a window.
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

  /// A lattice point, whose sums have moments about itself.
  @inline(__always)
  init(_ p: UnsafeMutablePointer<Float>, order2: Bool) {
    (p0, p1) = (p.lanes(at: 0), p.lanes(at: 8))
    p2 = order2 ? p.lanes(at: 16) : .zero
    (f0, f1, f2) = (p0, p1, p2)
  }
}

/// Runs of `cells` cells and a part of the next, from suffix sums of one segment and prefix sums of the next.
private struct Run {
  /// Floats of a slot.
  static let size = 24

  let slots: UnsafeMutablePointer<Float>
  let cells: Int
  /// Pixels from the centre of a window to the start of the cell that ends it.
  let lead: Int
  private var position = 0
  private var prefix0 = Lanes.zero, prefix1 = Lanes.zero, prefix2 = Lanes.zero

  @inline(__always)
  init(slots: UnsafeMutablePointer<Float>, cells: Int, lead: Int) {
    self.slots = slots
    self.cells = cells
    self.lead = lead
  }

  /// Pixels from the segment's start, about which moments are kept, to the next cell's.
  @inline(__always)
  private var x: Float { Float(position * WindowSums.step) }

  /// The window that `cell` ends: sums of 1, x and x² about its centre, times `scale`.
  @inline(__always)
  func put(_ cell: CellSums, into out: UnsafeMutablePointer<Float>, scale: Float, order2: Bool) {
    let x = x, b = Float(position * WindowSums.step - lead), a = b + Float(cells * WindowSums.step)
    let slot = slots + position * Self.size
    let s0 = slot.lanes(at: 0), s1 = slot.lanes(at: 8)
    let p0 = prefix0 + cell.p0, p1 = prefix1 + (cell.p1 + x * cell.p0)
    out.store(scale * (s0 + p0), at: 0)
    out.store(scale * ((s1 - a * s0) + (p1 - b * p0)), at: 8)
    if order2 {
      let s2 = slot.lanes(at: 16), p2 = prefix2 + (cell.p2 + 2 * x * cell.p1 + x * x * cell.p0)
      out.store(scale * ((s2 - 2 * a * s1 + a * a * s0) + (p2 - 2 * b * p1 + b * b * p0)), at: 16)
    }
  }

  @inline(__always)
  mutating func take(_ cell: CellSums, order2: Bool) {
    let x = x, slot = slots + position * Self.size
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
      finishSegment(order2: order2)
      (prefix0, prefix1, prefix2) = (Lanes.zero, Lanes.zero, Lanes.zero)
      position = 0
    }
  }

  /// Turns the cells of a finished segment into its suffix sums.
  @inline(__always)
  private func finishSegment(order2: Bool) {
    var a0 = Lanes.zero, a1 = Lanes.zero, a2 = Lanes.zero
    for k in stride(from: cells - 1, through: 0, by: -1) {
      let slot = slots + k * Self.size
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
