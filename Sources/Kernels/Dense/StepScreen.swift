// SPDX-License-Identifier: Apache-2.0

/// Quickly finds the lattice points whose opposite neighbours contradict each other.
///
/// The models of the two neighbours, carried on to the point, are compared with the sigma of their noise. Points without
/// an estimate among the neighbours may be marked too; what is not marked need not be looked at.
package struct StepScreen {
  private let estimate: CandidateChoice.Arrays
  private let columns, rows, stride: Int
  private let floor, significance: Float

  /// - Parameters:
  ///   - estimate: layers as in `CandidateChoice`.
  ///   - least: smallest difference that counts, px.
  ///   - significance: how many times the sigma of its noise a difference must be.
  package init(
    _ estimate: CandidateChoice.Arrays, rows: Int, columns: Int, stride: Int, least: Float, significance: Float
  ) {
    self.estimate = estimate
    self.rows = rows
    self.columns = columns
    self.stride = stride
    floor = least * least
    self.significance = significance * significance
  }

  /// Sets `marks` (lattice, `stride` floats a row) to 1 where the neighbours `down` rows and `right` columns away on
  /// either side contradict each other and the point is `steepness` times steeper than a cubic through them; leaves the
  /// rest as it is.
  package func mark(down: Int, right: Int, steepness: Float, into marks: UnsafeMutablePointer<Float>) {
    let reach = abs(right), before = -down * stride - right
    let x = Float(right * WindowSums.step), y = Float(down * WindowSums.step)
    for row in abs(down)..<max(abs(down), rows - abs(down)) {
      for column in Swift.stride(from: reach, to: columns - reach, by: 8) {
        let at = row * stride + column
        let u = difference(at + before, at - before, x, y, offset: 0)
        let v = difference(at + before, at - before, x, y, offset: 3)
        let isContradiction =
          u.value * u.value .> noise(at + before, at - before, x, y, variance: 10, covariance: (12, 13, 14))
          .| (v.value * v.value .> noise(at + before, at - before, x, y, variance: 11, covariance: (17, 20, 21)))
        // The component that differs more decides.
        let isU = u.value * u.value .> v.value * v.value
        let isStep =
          isContradiction
          .& ((isU .& isSteep(at, x, y, u, offset: 0, steepness))
            .| (.!isU .& isSteep(at, x, y, v, offset: 3, steepness)))
        marks.store(marks.lanes(at: at).replacing(with: 1, where: isStep), at: at)
      }
    }
  }

  /// What the two models differ by at the point, and the sum of their slopes over the distance.
  private struct Difference {
    let value, slope: Lanes
  }

  /// `offset`: layer of a component; its gradients follow.
  @inline(__always)
  private func difference(_ a: Int, _ b: Int, _ x: Float, _ y: Float, offset: Int) -> Difference {
    var slope = x * (estimate.lanes(offset + 1, a) + estimate.lanes(offset + 1, b))
    slope.addProduct(y, estimate.lanes(offset + 2, a) + estimate.lanes(offset + 2, b))
    return Difference(value: estimate.lanes(offset, a) - estimate.lanes(offset, b) + slope, slope: slope)
  }

  /// Square of what a difference must exceed; layers of the variance and of the gradients' covariance.
  @inline(__always)
  private func noise(
    _ a: Int, _ b: Int, _ x: Float, _ y: Float, variance: Int, covariance: (Int, Int, Int)
  ) -> Lanes {
    @inline(__always) func sum(_ layer: Int) -> Lanes { estimate.lanes(layer, a) + estimate.lanes(layer, b) }
    var noise = sum(variance)
    noise.addProduct(x * x, sum(covariance.0))
    noise.addProduct(2 * x * y, sum(covariance.1))
    noise.addProduct(y * y, sum(covariance.2))
    return (significance * noise).greater(Lanes(repeating: floor))
  }

  @inline(__always)
  private func isSteep(
    _ at: Int, _ x: Float, _ y: Float, _ d: Difference, offset: Int, _ steepness: Float
  ) -> SIMDMask<SIMD8<Int32>> {
    let own = x * estimate.lanes(offset + 1, at) + y * estimate.lanes(offset + 2, at)
    let excess = (own - 0.5 * d.slope) * (4.0 / 3), least = steepness * d.value
    return excess * excess .>= least * least
  }
}
