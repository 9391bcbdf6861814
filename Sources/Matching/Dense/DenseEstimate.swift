// SPDX-License-Identifier: Apache-2.0
import Kernels

/// The best estimate at every lattice point over the windows tried so far, with its covariance.
///
/// Of each window there are two candidates: the field that keeps to local planes, and the field with a last increment
/// added, which follows curvature that a plane cannot but carries more noise. The one with the smallest predicted
/// squared error (noise and bias together) is kept.
package final class DenseEstimate {
  /// Lattice arrays, in this order.
  package enum Layer: Int, CaseIterable {
    case dx, dxPerColumn, dxPerRow, dy, dyPerColumn, dyPerRow
    case ncc, window, error, increment
    /// Residual variance over reference variance: what the texture was measured against.
    case dxVariance, dyVariance
    /// Covariance of the four gradients, lower triangle row by row (dx per column, dx per row, dy per column, …).
    case c00, c10, c11, c20, c21, c22, c30, c31, c32, c33
    /// Squared biases, to be added to the variances, which hold noise alone.
    case dxBias, dyBias, dxPerColumnBias, dxPerRowBias, dyPerColumnBias, dyPerRowBias

    /// What a value of the coarser level is multiplied by.
    fileprivate var scale: Float {
      switch self {
      case .dx, .dy, .increment: 2
      case .error, .dxVariance, .dyVariance, .dxBias, .dyBias: 4
      default: 1
      }
    }
  }

  package let rows: Int
  package let columns: Int
  package let stride: Int
  /// Until the first window, or a coarser level, has offered its candidates.
  package var isEmpty = true
  private let storage: FloatBuffer
  private let plane: Int

  init(rows: Int, columns: Int, stride: Int, pool: BufferPool) {
    self.rows = rows
    self.columns = columns
    self.stride = stride
    plane = rows * stride
    storage = FloatBuffer(count: Layer.allCases.count * plane, pool: pool)
    layer(.error).update(repeating: .infinity, count: plane)
  }

  package func layer(_ layer: Layer) -> UnsafeMutablePointer<Float> { storage.base + layer.rawValue * plane }

  var arrays: CandidateChoice.Arrays { .init(base: storage.base, plane: plane) }

  /// The best offsets so far as a start for the next window; `fallback` where no window has an answer yet.
  func field(fallback: LatticeField, limit: Float, pool: BufferPool) -> LatticeField {
    let out = LatticeField(rows: rows, columns: columns, pool: pool)
    let parameters: [Layer] = [.dx, .dxPerColumn, .dxPerRow, .dy, .dyPerColumn, .dyPerRow]
    for (index, name) in parameters.enumerated() {
      LatticeArithmetic.select(
        layer(name), whereFinite: layer(.error), else: fallback.parameter(index), into: out.parameter(index),
        count: plane)
    }
    out.settle(limit: limit)
    return out
  }

  /// Takes over the estimate of the next coarser level, half the resolution, wherever it promises a smaller error.
  func merge(coarser: DenseEstimate) {
    isEmpty = false
    for row in 0..<rows {
      for column in 0..<columns {
        let index = row * stride + column
        let y = min(Float(row) / 2, Float(coarser.rows - 1)), x = min(Float(column) / 2, Float(coarser.columns - 1))
        let r0 = Int(y), c0 = Int(x), r1 = min(r0 + 1, coarser.rows - 1), c1 = min(c0 + 1, coarser.columns - 1)
        let t = y - Float(r0), s = x - Float(c0)
        let corners = (
          r0 * coarser.stride + c0, r0 * coarser.stride + c1, r1 * coarser.stride + c0, r1 * coarser.stride + c1
        )
        func value(_ name: Layer) -> Float {
          let p = coarser.layer(name)
          let top = p[corners.0] * (1 - s) + p[corners.1] * s, bottom = p[corners.2] * (1 - s) + p[corners.3] * s
          return top * (1 - t) + bottom * t
        }
        // Offsets double with the resolution, their variances take four times; gradients stay.
        let error = 4 * value(.error)
        guard error < layer(.error)[index] else { continue }
        for name in Layer.allCases { layer(name)[index] = value(name) * name.scale }
        layer(.window)[index] = 2 * coarser.layer(.window)[corners.0]
      }
    }
  }
}
