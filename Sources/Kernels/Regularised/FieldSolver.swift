// SPDX-License-Identifier: Apache-2.0

/// Solves the equations of an offset at every pixel by successive over-relaxation in a chequered order.
package enum FieldSolver {
  /// Fixed matrices of one solution, all of one shape.
  package struct System {
    /// Inverse of the matrix at a pixel: its own equations and the weights of its four neighbours.
    package let xx, xy, yy: ImageView
    /// Right sides.
    package let x, y: ImageView
    /// Weights of the right and the lower neighbour.
    package let right, below: ImageView

    package init(
      xx: ImageView, xy: ImageView, yy: ImageView, x: ImageView, y: ImageView, right: ImageView, below: ImageView
    ) {
      self.xx = xx
      self.xy = xy
      self.yy = yy
      self.x = x
      self.y = y
      self.right = right
      self.below = below
    }
  }

  /// Inverts, in place, the matrices of `equations` with their neighbours' weights, and moves the right sides from an
  /// increment to the whole offset, with what neighbours are expected to differ by.
  package static func prepare(
    _ equations: FieldEquations.Equations, right: ImageView, below: ImageView, slopes: FieldSlopes, u: ImageView,
    v: ImageView
  ) -> System {
    let e = equations
    for row in 0..<u.rows {
      for x in stride(from: 0, to: u.columns, by: 8) {
        let a = e.xx.row(row).lanes(at: x), b = e.xy.row(row).lanes(at: x), c = e.yy.row(row).lanes(at: x)
        let du = u.row(row).lanes(at: x), dv = v.row(row).lanes(at: x)
        let ties = (
          right: right.row(row).lanes(at: x), left: right.row(row).lanes(at: x - 1),
          below: below.row(row).lanes(at: x),
          above: row > 0 ? below.row(row - 1).lanes(at: x) : .zero
        )
        @inline(__always) func pull(_ across: ImageView, _ down: ImageView) -> Lanes {
          let ahead = ties.right * across.row(row).lanes(at: x) + ties.below * down.row(row).lanes(at: x)
          return ties.left * across.row(row).lanes(at: x - 1) + ties.above * down.row(row - 1).lanes(at: x) - ahead
        }
        e.x.row(row).store(e.x.row(row).lanes(at: x) + a * du + b * dv + pull(slopes.uRight, slopes.uBelow), at: x)
        e.y.row(row).store(e.y.row(row).lanes(at: x) + b * du + c * dv + pull(slopes.vRight, slopes.vBelow), at: x)
        let sum = ties.right + ties.left + ties.below + ties.above
        let p = a + sum, q = c + sum, inverse = 1 / (p * q - b * b)
        e.xx.row(row).store(q * inverse, at: x)
        e.xy.row(row).store(-b * inverse, at: x)
        e.yy.row(row).store(p * inverse, at: x)
      }
    }
    return System(xx: e.xx, xy: e.xy, yy: e.yy, x: e.x, y: e.y, right: right, below: below)
  }

  /// Goes over all pixels `sweeps` times; the offsets are changed in place.
  ///
  /// All sweeps go down the image together, each two rows behind the one before, so that a row is in the cache for all
  /// of them.
  package static func run(_ system: System, u: ImageView, v: ImageView, sweeps: Int, relaxation: Float) {
    for front in 0..<u.rows + 2 * sweeps {
      for half in 0..<2 * sweeps {
        let row = front - half
        if row >= 0 && row < u.rows { relax(system, u, v, row: row, colour: half & 1, relaxation) }
      }
    }
  }

  @inline(__always)
  private static func relax(
    _ s: System, _ u: ImageView, _ v: ImageView, row: Int, colour: Int, _ relaxation: Float
  ) {
    let alternate = Lanes(1, 0, 1, 0, 1, 0, 1, 0) * relaxation
    let factor = (row + colour) & 1 == 0 ? alternate : relaxation - alternate
    let r = s.right.row(row), b = s.below.row(row), a = s.below.row(row - 1)
    let xx = s.xx.row(row), xy = s.xy.row(row), yy = s.yy.row(row), rx = s.x.row(row), ry = s.y.row(row)
    let pu = u.row(row), pv = v.row(row), step = u.stride
    // Read before what they overlap is stored, which a load right after would wait for. The pixel left of one of this
    // colour has the other and stays.
    var leftU = pu.lanes(at: -1), leftV = pv.lanes(at: -1)
    for x in stride(from: 0, to: u.columns, by: 8) {
      let right = r.lanes(at: x), left = r.lanes(at: x - 1), below = b.lanes(at: x), above = a.lanes(at: x)
      var qx = rx.lanes(at: x), qy = ry.lanes(at: x)
      qx.addProduct(right, pu.lanes(at: x + 1))
      qy.addProduct(right, pv.lanes(at: x + 1))
      qx.addProduct(left, leftU)
      qy.addProduct(left, leftV)
      qx.addProduct(below, pu.lanes(at: x + step))
      qy.addProduct(below, pv.lanes(at: x + step))
      qx.addProduct(above, pu.lanes(at: x - step))
      qy.addProduct(above, pv.lanes(at: x - step))
      (leftU, leftV) = (pu.lanes(at: x + 7), pv.lanes(at: x + 7))
      let inverse = xy.lanes(at: x), du = pu.lanes(at: x), dv = pv.lanes(at: x)
      pu.store(du.adding(factor, times: xx.lanes(at: x) * qx + inverse * qy - du), at: x)
      pv.store(dv.adding(factor, times: inverse * qx + yy.lanes(at: x) * qy - dv), at: x)
    }
  }
}
