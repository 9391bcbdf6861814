// SPDX-License-Identifier: Apache-2.0

/// Sums of one step of the weighted fit of a phase plane.
package struct PhasePlaneSums: Sendable {
  package var xx = 0.0, xy = 0.0, yy = 0.0, x = 0.0, y = 0.0
  package init() {}
}

extension SearchKernels {
  /// Normalises a cross spectrum to unit length and drops the weak frequencies: those whose logarithm, below that
  /// of the strongest, lies under `threshold` times the mean. Weak ones are set to 0, as is frequency 0.
  ///
  /// The logarithm is the float's own exponent and linear mantissa, within 0.09 of log2, which a mask can bear.
  ///
  /// - Returns: number of frequencies kept.
  /// Source: Leprince et al. 2007, eq. 12 (frequency mask).
  package static func whiten(
    real: UnsafeMutablePointer<Float>, imaginary: UnsafeMutablePointer<Float>, stride: Int, rows: Int, columns: Int,
    threshold: Float
  ) -> Int {
    var largest = -Float.infinity
    var sum = 0.0
    for r in 0..<rows {
      for c in 0..<columns {
        let k = r &* stride &+ c
        let level = logarithm(real[k] * real[k] + imaginary[k] * imaginary[k])
        if level > largest { largest = level }
        sum += Double(level)
      }
    }
    let limit = largest + threshold * (Float(sum / Double(rows &* columns)) - largest)
    var kept = 0
    for r in 0..<rows {
      for c in 0..<columns {
        let k = r &* stride &+ c
        let power = real[k] * real[k] + imaginary[k] * imaginary[k]
        let isKept = power > 0 && logarithm(power) > limit && (r | c) != 0
        let factor: Float = isKept ? 1 / power.squareRoot() : 0
        real[k] *= factor
        imaginary[k] *= factor
        if isKept { kept &+= 1 }
      }
      // Whole vectors are read later: what pads the rows must weigh nothing.
      for c in columns..<stride {
        real[r &* stride &+ c] = 0
        imaginary[r &* stride &+ c] = 0
      }
    }
    return kept
  }

  @inline(__always)
  private static func logarithm(_ value: Float) -> Float { Float(value.bitPattern) * 0x1p-23 }

  /// Sums of the normal equations of a phase plane at its present estimate.
  ///
  /// A frequency weighs ((1 + cos ψ) / 2)⁶, ψ its phase residual: weight 1 on the plane, 0 opposite to it.
  ///
  /// - Parameters:
  ///   - real, imaginary: unit cross spectrum, 0 where masked; half of it (rows) is enough.
  ///   - rowPhase, columnPhase: per row and column cos and sin of ω times the offset, and ω.
  /// Source: Leprince et al. 2007, eq. 13 and 15 (the weight is (1 − Δ/4)⁶ with Δ = |Q − e|²).
  package static func phasePlane(
    real: UnsafePointer<Float>, imaginary: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int,
    rowPhase: UnsafePointer<Float>, columnPhase: UnsafePointer<Float>, planeStride: Int
  ) -> PhasePlaneSums {
    var sums = PhasePlaneSums()
    let half = Lanes(repeating: 0.5)
    for r in 0..<rows {
      let p = real + (r &* stride), q = imaginary + (r &* stride)
      let cr = Lanes(repeating: rowPhase[r]), sr = Lanes(repeating: rowPhase[planeStride &+ r])
      var w0 = Lanes.zero, w1 = Lanes.zero, w2 = Lanes.zero, e0 = Lanes.zero, e1 = Lanes.zero
      var c = 0
      while c &+ 8 <= columns {
        let cc = columnPhase.lanes(at: c), sc = columnPhase.lanes(at: planeStride &+ c)
        let omega = columnPhase.lanes(at: 2 &* planeStride &+ c)
        let cosine = cc * cr - sc * sr, sine = sc * cr + cc * sr
        let qr = p.lanes(at: c), qi = q.lanes(at: c)
        let er = qr * cosine - qi * sine, ei = qr * sine + qi * cosine
        let near = half + half * er
        let power = near * near * near
        // Masked frequencies are 0 and would weigh (½)⁶: their length removes them.
        let weight = power * power * (qr * qr + qi * qi)
        let weighted = weight * omega
        w0 += weight
        w1 += weighted
        w2 += weighted * omega
        e0 += weight * ei
        e1 += weighted * ei
        c &+= 8
      }
      let omegaRow = Double(rowPhase[2 &* planeStride &+ r])
      sums.xx += omegaRow * omegaRow * Double(w0.sum())
      sums.xy += omegaRow * Double(w1.sum())
      sums.yy += Double(w2.sum())
      sums.x += omegaRow * Double(e0.sum())
      sums.y += Double(e1.sum())
    }
    return sums
  }
}
