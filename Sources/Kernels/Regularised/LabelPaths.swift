// SPDX-License-Identifier: Apache-2.0
import CLanes

/// Chooses one of the offsets of `LabelCosts` at every pixel, so that neighbours agree: dynamic programming along eight
/// directions, whose results are added.
///
/// A change of offset between neighbours costs `step` per pixel of it (|Δdx| + |Δdy|), and at most `limit` steps. The
/// least sum of costs over all offsets of the neighbour is a distance transform: O(offsets) for each pixel and
/// direction.
///
/// Source: Hirschmüller 2008, IEEE TPAMI 30(2) (directions); Felzenszwalb & Huttenlocher 2006, IJCV 70(1) (min-plus
/// convolution by distance transform).
package enum LabelPaths {
  private typealias Labels = (Lanes, Lanes, Lanes, Lanes, Lanes)

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
  }

  /// - Parameters:
  ///   - costs, sums: `LabelCosts.stride` floats for each pixel; `sums` is overwritten.
  ///   - dx, dy: the chosen offsets, added to what is there.
  package static func run(
    _ costs: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>, steps: Steps, dx: ImageView,
    dy: ImageView, pool: BufferPool?
  ) {
    let columns = dx.columns, width = LabelCosts.stride
    // Three directions keep the row before; one pixel of zeros on either side begins a path.
    let length = (columns + 2) * width
    let lines = FloatBuffer(count: 6 * length, pool: pool)
    defer { withExtendedLifetime(lines) {} }
    for isBack in [false, true] {
      lines.base.update(repeating: 0, count: 6 * length)
      for index in 0..<dx.rows {
        let y = isBack ? dx.rows - 1 - index : index
        let old = lines.base + index % 2 * 3 * length + width, new = lines.base + (1 - index % 2) * 3 * length + width
        var before = load(lines.base)
        // The rim of a line is zero: a path that enters there pays nothing.
        before = (.zero, .zero, .zero, .zero, .zero)
        for place in 0..<columns {
          let x = isBack ? columns - 1 - place : place, side = isBack ? 1 : -1
          let at = (y * columns + x) * width
          let c = load(costs + at)
          before = advance(before, c, steps.across, steps.limit)
          let a = advance(load(old + (x + side) * width), c, steps.downRight, steps.limit)
          let b = advance(load(old + length + x * width), c, steps.down, steps.limit)
          let d = advance(load(old + 2 * length + (x - side) * width), c, steps.downLeft, steps.limit)
          store(a, new + x * width)
          store(b, new + length + x * width)
          store(d, new + 2 * length + x * width)
          var total = add(add(before, a), add(b, d))
          if isBack {
            total = add(total, load(sums + at))
            choose(total, dx.row(y) + x, dy.row(y) + x)
          } else {
            store(total, sums + at)
          }
        }
      }
    }
  }

  @inline(__always)
  private static func load(_ p: UnsafeMutablePointer<Float>) -> Labels {
    (p.lanes(at: 0), p.lanes(at: 8), p.lanes(at: 16), p.lanes(at: 24), p.lanes(at: 32))
  }

  @inline(__always)
  private static func store(_ l: Labels, _ p: UnsafeMutablePointer<Float>) {
    p.store(l.0, at: 0)
    p.store(l.1, at: 8)
    p.store(l.2, at: 16)
    p.store(l.3, at: 24)
    p.store(l.4, at: 32)
  }

  @inline(__always)
  private static func add(_ a: Labels, _ b: Labels) -> Labels {
    (a.0 + b.0, a.1 + b.1, a.2 + b.2, a.3 + b.3, a.4 + b.4)
  }

  @inline(__always)
  private static func least(_ l: Labels) -> Float {
    -ogive_largest(-(l.0.lesser(l.1).lesser(l.2.lesser(l.3)).lesser(l.4)))
  }

  /// The least costs of the paths that end at a pixel with costs `c`, less their least.
  @inline(__always)
  private static func advance(_ p: Labels, _ c: Labels, _ step: Float, _ limit: Float) -> Labels {
    let lowest = least(p)
    var q = p
    q.1 = q.1.lesser(q.0 + step)
    q.2 = q.2.lesser(q.1 + step)
    q.3 = q.3.lesser(q.2 + step)
    q.4 = q.4.lesser(q.3 + step)
    q.3 = q.3.lesser(q.4 + step)
    q.2 = q.2.lesser(q.3 + step)
    q.1 = q.1.lesser(q.2 + step)
    q.0 = q.0.lesser(q.1 + step)
    let most = Lanes(repeating: lowest + limit * step)
    @inline(__always) func finish(_ row: Lanes, _ cost: Lanes) -> Lanes {
      cost + (along(row, step).lesser(most) - lowest)
    }
    return (
      finish(q.0, c.0), finish(q.1, c.1), finish(q.2, c.2), finish(q.3, c.3), finish(q.4, c.4)
    )
  }

  /// The distance transform along dx, exact up to three pixels.
  @inline(__always)
  private static func along(_ v: Lanes, _ step: Float) -> Lanes {
    let x = LabelCosts.excluded
    let near = Lanes(v[1], v[2], v[3], v[4], v[5], v[6], v[7], x).lesser(
      Lanes(x, v[0], v[1], v[2], v[3], v[4], v[5], v[6]))
    let q = v.lesser(near + step)
    let far = Lanes(q[2], q[3], q[4], q[5], q[6], q[7], x, x).lesser(
      Lanes(x, x, q[0], q[1], q[2], q[3], q[4], q[5]))
    return q.lesser(far + 2 * step)
  }

  /// Adds the offset of the least sum; of equal ones, the smallest offset.
  @inline(__always)
  private static func choose(
    _ total: Labels, _ dx: UnsafeMutablePointer<Float>, _ dy: UnsafeMutablePointer<Float>
  ) {
    var best = total.2[2], bestX = 0, bestY = 0
    // Most pixels keep the offset in the middle.
    guard least(total) < best else { return }
    let rows = [total.0, total.1, total.2, total.3, total.4]
    for y in 0..<LabelCosts.side {
      for x in 0..<LabelCosts.side where rows[y][x] < best {
        (best, bestX, bestY) = (rows[y][x], x - LabelCosts.radius, y - LabelCosts.radius)
      }
    }
    dx.pointee += Float(bestX)
    dy.pointee += Float(bestY)
  }
}
