// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

func sixthRoot(_ value: Double) -> Double { pow(value, 1.0 / 6) }
func expHalfSquare(_ z: Double) -> Double { exp(-z * z / 2) }

/// Extent and peak of a density above a level of its maximum.
struct DensityRegion {
  var peakX, peakY, minX, maxX, minY, maxY: Double
}

/// Kernel density of points in a plane with the Epanechnikov kernel, not normalised.
struct PlaneDensity<Failure: Error> {
  let points: VectorStream<Failure>
  let bandwidth: Double

  init(_ points: VectorStream<Failure>, bandwidth: Double) {
    self.points = points
    self.bandwidth = bandwidth
  }

  /// Peak of the density on a square mesh and the extent of the mesh points where it is at least `level` of the peak.
  ///
  /// O(points × mesh points within the kernel): the kernel ends at its radius, so most of the mesh is never touched.
  func region(
    x centreX: Double, y centreY: Double, halfWidth: Double, size: Int, level: Double
  ) throws(Failure) -> DensityRegion {
    let step = 2 * halfWidth / Double(size - 1)
    let left = centreX - halfWidth, bottom = centreY - halfWidth
    var density = [Double](repeating: 0, count: size * size)
    let factor = 1 / (bandwidth * bandwidth)
    func range(_ value: Double, _ origin: Double) -> ClosedRange<Int>? {
      let low = ((value - bandwidth - origin) / step).rounded(.up)
      let high = ((value + bandwidth - origin) / step).rounded(.down)
      guard low <= Double(size - 1), high >= 0, low <= high else { return nil }
      return Int(max(low, 0))...Int(min(high, Double(size - 1)))
    }
    try points.forEach { x, y in
      guard let columns = range(x, left), let rows = range(y, bottom) else { return }
      for row in rows {
        let dy = bottom + Double(row) * step - y, rest = 1 - dy * dy * factor
        for column in columns {
          let dx = left + Double(column) * step - x
          density[row * size + column] += max(0, rest - dx * dx * factor)
        }
      }
    }
    let peak = density.max() ?? 0
    var out = DensityRegion(
      peakX: .nan, peakY: .nan, minX: .infinity, maxX: -.infinity, minY: .infinity, maxY: -.infinity)
    for row in 0..<size {
      for column in 0..<size where density[row * size + column] >= peak * level {
        let u = left + Double(column) * step, v = bottom + Double(row) * step
        (out.minX, out.maxX) = (min(out.minX, u), max(out.maxX, u))
        (out.minY, out.maxY) = (min(out.minY, v), max(out.maxY, v))
        if density[row * size + column] == peak, out.peakX.isNaN { (out.peakX, out.peakY) = (u, v) }
      }
    }
    return out
  }
}
