// SPDX-License-Identifier: Apache-2.0

/// The sums of `StructureSums` for eight points, one vector per sum.
struct StructureLanes {
  struct Moments {
    let m, x, y, xx, xy, yy: Lanes
  }

  let xx, xy, yy: Moments
  let gx, gxX, gxY, gy, gyX, gyY: Lanes
  let r, rr, count: Lanes
  let gxR, gxRX, gxRY, gyR, gyRX, gyRY: Lanes

  @inline(__always)
  init(_ p: UnsafePointer<Float>) {
    @inline(__always) func load(_ group: Int, _ power: Int) -> Matrix8 {
      var m = Matrix8(p + (group * 3 + power) * 8, stride: 72)
      m.transpose()
      return m
    }
    let a0 = load(0, 0), a1 = load(0, 1), a2 = load(0, 2)
    let b0 = load(1, 0), b1 = load(1, 1)
    let c0 = load(2, 0), c1 = load(2, 1)
    xx = Moments(m: a0.r0, x: a1.r0, y: a0.r1, xx: a2.r0, xy: a1.r1, yy: a0.r2)
    xy = Moments(m: a0.r3, x: a1.r3, y: a0.r4, xx: a2.r3, xy: a1.r4, yy: a0.r5)
    yy = Moments(m: a0.r6, x: a1.r6, y: a0.r7, xx: a2.r6, xy: a1.r7, yy: b0.r0)
    (gx, gxX, gxY) = (b0.r1, b1.r1, b0.r2)
    (gy, gyX, gyY) = (b0.r3, b1.r3, b0.r4)
    (r, rr, count) = (b0.r5, b0.r6, b0.r7)
    (gxR, gxRX, gxRY) = (c0.r2, c1.r2, c0.r3)
    (gyR, gyRX, gyRY) = (c0.r4, c1.r4, c0.r5)
  }
}
