// SPDX-License-Identifier: Apache-2.0
import CLanes

/// The sum, the sum of squares and the largest value of a correlation surface, with the peak's place.
package struct SurfaceSummary: Sendable {
  package var peak: Float = -.infinity
  package var peakRow = 0, peakColumn = 0
  package var sum = 0.0, squares = 0.0
  package init() {}
}

extension SearchKernels {
  /// Turns raw products of one window into correlations: `out = (products − sum · mean) · inverse · scale`.
  ///
  /// All pointers are at the first wanted shift; `mean` and `inverse` hold one value per target position.
  package static func normalise(
    products: UnsafePointer<Float>, stride: Int, mean: UnsafePointer<Float>, inverse: UnsafePointer<Float>,
    targetStride: Int, sum: Float, scale: Float, rows: Int, columns: Int, out: UnsafeMutablePointer<Float>,
    outStride: Int
  ) {
    let minusSum = Lanes(repeating: -sum), factor = Lanes(repeating: scale)
    for v in 0..<rows {
      let p = products + (v &* stride), m = mean + (v &* targetStride), r = inverse + (v &* targetStride)
      let o = out + (v &* outStride)
      var u = 0
      while u &+ 8 <= columns {
        let product = ogive_multiply_add(minusSum, m.lanes(at: u), p.lanes(at: u))
        o.store(product * (r.lanes(at: u) * factor), at: u)
        u &+= 8
      }
      while u < columns {
        o[u] = ogive_multiply_add_one(-sum, m[u], p[u]) * (r[u] * scale)
        u &+= 1
      }
    }
  }

  /// Masked correlation of one window from the six sums over the pixels that both images have (Padfield 2012,
  /// eq. 21): `planes` are n, Σa, Σa², Σb, Σb², Σab, `planeStride` floats apart. Shifts with fewer than `least`
  /// common pixels, or without contrast there, get −2, which no correlation reaches.
  package static func normaliseMasked(
    planes: UnsafePointer<Float>, planeStride: Int, stride: Int, least: Float, floor: Float, rows: Int, columns: Int,
    out: UnsafeMutablePointer<Float>, outStride: Int
  ) {
    for v in 0..<rows {
      let p = planes + (v &* stride)
      let o = out + (v &* outStride)
      for u in 0..<columns {
        let n = p[u]
        let a = p[planeStride &+ u], aa = p[2 &* planeStride &+ u]
        let b = p[3 &* planeStride &+ u], bb = p[4 &* planeStride &+ u], ab = p[5 &* planeStride &+ u]
        let meanA = a / n
        let spreadA = aa - meanA * a, spreadB = bb - b * b / n
        let product = ab - meanA * b
        let usable = n >= least && spreadA > floor * n && spreadB > floor * n
        o[u] = usable ? product / (spreadA * spreadB).squareRoot() : -2
      }
    }
  }

  /// Highest value of a surface (the first in row order where several are equal) and its moments.
  ///
  /// Values of −2 (not measured) count in the moments as 0.
  package static func summarise(
    _ surface: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int
  ) -> SurfaceSummary {
    var summary = SurfaceSummary()
    var s = Lanes.zero, q = Lanes.zero
    var tail: Float = 0, tailSquares: Float = 0
    let zero = Lanes.zero, low = Lanes(repeating: -1.5)
    for v in 0..<rows {
      let p = surface + (v &* stride)
      var top = Lanes(repeating: -.infinity)
      var u = 0
      while u &+ 8 <= columns {
        let c = p.lanes(at: u)
        top = ogive_max(top, c)
        let kept = zero.replacing(with: c, where: c .> low)
        s += kept
        q = ogive_multiply_add(kept, kept, q)
        u &+= 8
      }
      var best = ogive_largest(top)
      while u < columns {
        let c = p[u]
        if c > best { best = c }
        if c > -1.5 {
          tail += c
          tailSquares += c * c
        }
        u &+= 1
      }
      if best > summary.peak {
        summary.peak = best
        summary.peakRow = v
        var u = 0
        while p[u] != best { u &+= 1 }
        summary.peakColumn = u
      }
    }
    summary.sum = Double(tail) + Double(s.sum())
    summary.squares = Double(tailSquares) + Double(q.sum())
    return summary
  }

  /// Highest local maximum outside a square of ± `exclusion` around the peak; −infinity when there is none.
  package static func secondPeak(
    _ surface: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int, peakRow: Int, peakColumn: Int,
    exclusion: Int
  ) -> Float {
    var second = -Float.infinity
    for v in 0..<rows {
      let p = surface + (v &* stride)
      let isNear = abs(v &- peakRow) <= exclusion
      var u = 0
      while u < columns {
        // Eight columns without a candidate are passed at once.
        if u &+ 8 <= columns, ogive_any_above(p.lanes(at: u), Lanes(repeating: second)) == 0 {
          u &+= 8
          continue
        }
        let end = min(u &+ 8, columns)
        while u < end {
          let c = p[u]
          if c > second, !(isNear && abs(u &- peakColumn) <= exclusion),
            isLocalMaximum(surface, stride, rows, columns, v, u)
          {
            second = c
          }
          u &+= 1
        }
      }
    }
    return second
  }

  @inline(__always)
  private static func isLocalMaximum(
    _ surface: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ columns: Int, _ v: Int, _ u: Int
  ) -> Bool {
    let c = surface[v &* stride &+ u]
    for y in max(0, v &- 1)...min(rows &- 1, v &+ 1) {
      for x in max(0, u &- 1)...min(columns &- 1, u &+ 1) where surface[y &* stride &+ x] > c { return false }
    }
    return c > -1.5
  }
}
