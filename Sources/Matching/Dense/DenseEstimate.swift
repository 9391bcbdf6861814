// SPDX-License-Identifier: Apache-2.0
import Kernels

/// The best estimate at every lattice point over the windows tried so far, with its covariance.
///
/// Of each window there are two candidates: the field that keeps to local planes, and the field with a last increment
/// added, which follows curvature that a plane cannot but carries more noise. The one with the smallest predicted
/// squared error (noise and bias together) is kept.
final class DenseEstimate {
  /// Lattice arrays, in this order.
  enum Layer: Int, CaseIterable {
    case dx, dxPerColumn, dxPerRow, dy, dyPerColumn, dyPerRow
    case ncc, window, error, increment
    /// Residual variance over reference variance: what the texture was measured against.
    case dxVariance, dyVariance
    /// Covariance of the four gradients, lower triangle row by row (dx per column, dx per row, dy per column, …).
    case c00, c10, c11, c20, c21, c22, c30, c31, c32, c33

    /// What a value of the coarser level is multiplied by.
    fileprivate var scale: Float {
      switch self {
      case .dx, .dy, .increment: 2
      case .error, .dxVariance, .dyVariance: 4
      default: 1
      }
    }
  }

  let rows: Int
  let columns: Int
  let stride: Int
  private let storage: FloatBuffer
  private let plane: Int

  init(rows: Int, columns: Int, stride: Int) {
    self.rows = rows
    self.columns = columns
    self.stride = stride
    plane = rows * stride
    storage = FloatBuffer(count: Layer.allCases.count * plane)
    layer(.error).update(repeating: .infinity, count: plane)
  }

  func layer(_ layer: Layer) -> UnsafeMutablePointer<Float> { storage.base + layer.rawValue * plane }

  /// The best offsets so far as a start for the next window; `fallback` where no window has an answer yet.
  func field(fallback: LatticeField) -> LatticeField {
    let out = LatticeField(rows: rows, columns: columns)
    let parameters: [Layer] = [.dx, .dxPerColumn, .dxPerRow, .dy, .dyPerColumn, .dyPerRow]
    for (index, name) in parameters.enumerated() {
      let source = layer(name), other = fallback.parameter(index), target = out.parameter(index)
      for i in 0..<plane { target[i] = layer(.error)[i] < .infinity ? source[i] : other[i] }
    }
    out.extend()
    return out
  }

  /// Takes over the estimate of the next coarser level, half the resolution, wherever it promises a smaller error.
  func merge(coarser: DenseEstimate) {
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

  /// One window's answer at one point.
  struct Candidate {
    var parameters: (Float, Float, Float, Float, Float, Float)
    var gains: NoiseGain.Gains
    var biasX: Float
    var biasY: Float
    var gradientBias: (Float, Float, Float, Float)
  }

  /// What both candidates of a window share at one point.
  struct Noise {
    /// Residual variance times the factor for its correlation, for dx and its gradients and for dy and its.
    var x: Float
    var y: Float
    /// Inverse normal matrix, lower triangle.
    var inverse: UnsafePointer<Float>
    var inverseStride: Int
    var ncc: Float
    var window: Int
    var increment: Float

    func covariance(_ i: Int, _ j: Int) -> Float { inverse[(i * (i + 1) / 2 + j) * inverseStride] }
  }

  func offer(_ c: Candidate, _ noise: Noise, at index: Int) {
    let varianceX = c.gains.offset * noise.x * noise.covariance(0, 0) + c.biasX
    let varianceY = c.gains.offset * noise.y * noise.covariance(3, 3) + c.biasY
    let error = varianceX + varianceY
    guard error < layer(.error)[index] else { return }
    layer(.error)[index] = error
    layer(.dx)[index] = c.parameters.0
    layer(.dxPerColumn)[index] = c.parameters.1
    layer(.dxPerRow)[index] = c.parameters.2
    layer(.dy)[index] = c.parameters.3
    layer(.dyPerColumn)[index] = c.parameters.4
    layer(.dyPerRow)[index] = c.parameters.5
    layer(.ncc)[index] = noise.ncc
    layer(.window)[index] = Float(noise.window)
    layer(.increment)[index] = noise.increment
    layer(.dxVariance)[index] = varianceX
    layer(.dyVariance)[index] = varianceY
    let g = c.gains.gradient, xx = g * noise.x, yy = g * noise.y, xy = g * (noise.x * noise.y).squareRoot()
    layer(.c00)[index] = xx * noise.covariance(1, 1) + c.gradientBias.0
    layer(.c10)[index] = xx * noise.covariance(2, 1)
    layer(.c11)[index] = xx * noise.covariance(2, 2) + c.gradientBias.1
    layer(.c20)[index] = xy * noise.covariance(4, 1)
    layer(.c21)[index] = xy * noise.covariance(4, 2)
    layer(.c22)[index] = yy * noise.covariance(4, 4) + c.gradientBias.2
    layer(.c30)[index] = xy * noise.covariance(5, 1)
    layer(.c31)[index] = xy * noise.covariance(5, 2)
    layer(.c32)[index] = yy * noise.covariance(5, 4)
    layer(.c33)[index] = yy * noise.covariance(5, 5) + c.gradientBias.3
  }
}
