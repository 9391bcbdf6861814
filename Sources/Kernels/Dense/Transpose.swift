// SPDX-License-Identifier: Apache-2.0

@inline(__always)
private func unpackLow(_ a: Lanes, _ b: Lanes) -> Lanes {
  Lanes(a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5])
}

@inline(__always)
private func unpackHigh(_ a: Lanes, _ b: Lanes) -> Lanes {
  Lanes(a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7])
}

@inline(__always)
private func pairLow(_ a: Lanes, _ b: Lanes) -> Lanes {
  Lanes(a[0], a[1], b[0], b[1], a[4], a[5], b[4], b[5])
}

@inline(__always)
private func pairHigh(_ a: Lanes, _ b: Lanes) -> Lanes {
  Lanes(a[2], a[3], b[2], b[3], a[6], a[7], b[6], b[7])
}

/// An 8 × 8 matrix held in eight vectors.
package struct Matrix8 {
  package var r0, r1, r2, r3, r4, r5, r6, r7: Lanes

  /// Rows `stride` floats apart.
  @inline(__always)
  package init(_ p: UnsafePointer<Float>, stride: Int) {
    r0 = p.lanes(at: 0)
    r1 = p.lanes(at: stride)
    r2 = p.lanes(at: 2 * stride)
    r3 = p.lanes(at: 3 * stride)
    r4 = p.lanes(at: 4 * stride)
    r5 = p.lanes(at: 5 * stride)
    r6 = p.lanes(at: 6 * stride)
    r7 = p.lanes(at: 7 * stride)
  }

  @inline(__always)
  package init(
    _ r0: Lanes, _ r1: Lanes, _ r2: Lanes, _ r3: Lanes, _ r4: Lanes, _ r5: Lanes, _ r6: Lanes, _ r7: Lanes
  ) {
    (self.r0, self.r1, self.r2, self.r3) = (r0, r1, r2, r3)
    (self.r4, self.r5, self.r6, self.r7) = (r4, r5, r6, r7)
  }

  /// Written so that the compiler sees the 24 shuffles of the textbook transposition.
  @inline(__always)
  package mutating func transpose() {
    let a0 = unpackLow(r0, r1), a1 = unpackHigh(r0, r1), a2 = unpackLow(r2, r3), a3 = unpackHigh(r2, r3)
    let a4 = unpackLow(r4, r5), a5 = unpackHigh(r4, r5), a6 = unpackLow(r6, r7), a7 = unpackHigh(r6, r7)
    let b0 = pairLow(a0, a2), b1 = pairHigh(a0, a2), b2 = pairLow(a1, a3), b3 = pairHigh(a1, a3)
    let b4 = pairLow(a4, a6), b5 = pairHigh(a4, a6), b6 = pairLow(a5, a7), b7 = pairHigh(a5, a7)
    r0 = Lanes(lowHalf: b0.lowHalf, highHalf: b4.lowHalf)
    r1 = Lanes(lowHalf: b1.lowHalf, highHalf: b5.lowHalf)
    r2 = Lanes(lowHalf: b2.lowHalf, highHalf: b6.lowHalf)
    r3 = Lanes(lowHalf: b3.lowHalf, highHalf: b7.lowHalf)
    r4 = Lanes(lowHalf: b0.highHalf, highHalf: b4.highHalf)
    r5 = Lanes(lowHalf: b1.highHalf, highHalf: b5.highHalf)
    r6 = Lanes(lowHalf: b2.highHalf, highHalf: b6.highHalf)
    r7 = Lanes(lowHalf: b3.highHalf, highHalf: b7.highHalf)
  }
}
