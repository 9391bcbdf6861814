// SPDX-License-Identifier: Apache-2.0
import CLanes

/// Chooses one of the offsets of `LabelCosts` at every pixel, so that neighbours agree: dynamic programming along eight
/// directions, whose results are added.
///
/// A change of offset between neighbours costs `step` per pixel of it (|Δdx| + |Δdy|), and at most `limit` steps. The
/// least sum of costs over all offsets of the neighbour is a distance transform: O(offsets) for each pixel and
/// direction. All is done in bytes, one vector a pixel; of four directions the mean is kept.
///
/// Source: Hirschmüller 2008, IEEE TPAMI 30(2) (directions); Felzenszwalb & Huttenlocher 2006, IJCV 70(1) (min-plus
/// convolution by distance transform).
package enum LabelPaths {
  private typealias Table = SIMD32<UInt8>

  /// Cost of a change of one pixel in the directions along the row, down the column, and down to the right and left.
  package struct Steps {
    package let across, down, downRight, downLeft: Float
    /// Pixels of change beyond which nothing more is paid; at most 3.
    package let limit: Float

    package init(across: Float, down: Float, downRight: Float, downLeft: Float, limit: Float) {
      self.across = across
      self.down = down
      self.downRight = downRight
      self.downLeft = downLeft
      self.limit = limit
    }

    /// Bytes for a cost of 1 at which no sum of a pixel's cost, at most `mostCost`, and a change's exceeds a byte.
    package func unit(mostCost: Float) -> Float {
      let largest = Swift.max(Swift.max(across, down), Swift.max(downRight, downLeft))
      return 250 / (mostCost + limit * largest)
    }
  }

  /// The costs of changes along one direction, in bytes.
  private struct Penalty {
    let step, twice, most: UInt8

    init(_ step: Float, limit: Float, unit: Float) {
      self.step = UInt8((unit * step).rounded())
      twice = UInt8(Swift.min(255, (2 * unit * step).rounded()))
      most = UInt8((unit * limit * step).rounded())
    }

    @inline(__always)
    func advance(_ before: Table, _ costs: Table) -> Table { ogive_advance_labels(before, costs, step, twice, most) }
  }

  /// - Parameters:
  ///   - costs, sums: `LabelCosts.stride` bytes for each pixel; `sums` is overwritten.
  ///   - unit: bytes for a cost of 1, `Steps.unit`.
  ///   - dx, dy: the chosen offsets, added to what is there.
  package static func run(
    _ costs: UnsafeMutablePointer<UInt8>, sums: UnsafeMutablePointer<UInt8>, steps: Steps, unit: Float, dx: ImageView,
    dy: ImageView, pool: BufferPool?
  ) {
    let columns = dx.columns, width = LabelCosts.stride
    func penalty(_ step: Float) -> Penalty { Penalty(step, limit: steps.limit, unit: unit) }
    let across = penalty(steps.across), down = penalty(steps.down)
    let downRight = penalty(steps.downRight), downLeft = penalty(steps.downLeft)
    // Three directions keep the row before; one pixel of zeros on either side begins a path, which pays nothing.
    let length = (columns + 2) * width
    let lines = FloatBuffer(count: 6 * length / 4, pool: pool)
    defer { withExtendedLifetime(lines) {} }
    let base = UnsafeMutableRawPointer(lines.base).assumingMemoryBound(to: UInt8.self)
    for isBack in [false, true] {
      base.update(repeating: 0, count: 6 * length)
      for index in 0..<dx.rows {
        let y = isBack ? dx.rows - 1 - index : index
        let old = base + index % 2 * 3 * length + width, new = base + (1 - index % 2) * 3 * length + width
        var before = Table.zero
        for place in 0..<columns {
          let x = isBack ? columns - 1 - place : place, side = isBack ? 1 : -1
          let at = (y * columns + x) * width
          let c = load(costs + at)
          before = across.advance(before, c)
          let a = downRight.advance(load(old + (x + side) * width), c)
          let b = down.advance(load(old + length + x * width), c)
          let d = downLeft.advance(load(old + 2 * length + (x - side) * width), c)
          store(a, new + x * width)
          store(b, new + length + x * width)
          store(d, new + 2 * length + x * width)
          let mean = ogive_mean_bytes(ogive_mean_bytes(before, a), ogive_mean_bytes(b, d))
          if isBack {
            choose(ogive_mean_bytes(mean, load(sums + at)), dx.row(y) + x, dy.row(y) + x)
          } else {
            store(mean, sums + at)
          }
        }
      }
    }
  }

  @inline(__always)
  private static func load(_ p: UnsafeMutablePointer<UInt8>) -> Table {
    UnsafeRawPointer(p).loadUnaligned(as: Table.self)
  }

  @inline(__always)
  private static func store(_ table: Table, _ p: UnsafeMutablePointer<UInt8>) {
    UnsafeMutableRawPointer(p).storeBytes(of: table, as: Table.self)
  }

  /// Adds the offset of the least sum; of equal ones, the smallest offset.
  @inline(__always)
  private static func choose(
    _ total: Table, _ dx: UnsafeMutablePointer<Float>, _ dy: UnsafeMutablePointer<Float>
  ) {
    let least = ogive_smallest_byte(total)
    // Most pixels keep the offset in the middle.
    guard least < total[LabelCosts.slot(dx: 0, dy: 0)] else { return }
    let offset = smallest(total, least)
    dx.pointee += Float(offset.dx)
    dy.pointee += Float(offset.dy)
  }

  @inline(never)
  private static func smallest(_ total: Table, _ least: UInt8) -> (dx: Int, dy: Int) {
    let radius = LabelCosts.radius
    var best = (dx: 0, dy: 0), shortest = Int.max
    for dy in -radius...radius {
      for dx in -radius...radius where total[LabelCosts.slot(dx: dx, dy: dy)] == least {
        let length = dx * dx + dy * dy
        if length < shortest { (best, shortest) = ((dx, dy), length) }
      }
    }
    return best
  }
}
