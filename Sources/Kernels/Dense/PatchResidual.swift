// SPDX-License-Identifier: Apache-2.0

/// How well an affine model of the offset explains a small patch of the reference.
package final class PatchResidual {
  /// Side of a patch, px.
  package static let side = 24
  private static let lattice = side / WindowSums.step

  package struct Images {
    /// Masked reference and its mask, spline coefficients of the secondary, and the reference's pixel (0, 0) in them.
    package let reference, mask, coefficients: ImageView
    package let origin: Int
    package init(reference: ImageView, mask: ImageView, coefficients: ImageView, origin: Int) {
      self.reference = reference
      self.mask = mask
      self.coefficients = coefficients
      self.origin = origin
    }
  }

  /// Offset at the patch's middle pixel and its change per pixel to the right and down.
  package struct Model {
    package var u, uX, uY, v, vX, vY: Float
    package init(u: Float, uX: Float, uY: Float, v: Float, vX: Float, vY: Float) {
      (self.u, self.uX, self.uY) = (u, uX, uY)
      (self.v, self.vX, self.vY) = (v, vX, vY)
    }
  }

  private let images: Images
  private let field = FloatBuffer(count: 2 * 8 * 16, pool: nil)
  private let warped = FloatBuffer(count: side * (side + 16), pool: nil)

  /// Triangle of sum 1, so that the centre decides.
  private let weights = FloatBuffer(count: side, pool: nil)
  /// Pixels of equal weight that tell as much as the patch.
  package static let effectivePixels = Float(side * side) * 9 / 16

  package init(_ images: Images) {
    self.images = images
    let half = Float(Self.side) / 2
    for x in 0..<Self.side { weights.base[x] = (half - abs(Float(x) + 0.5 - half)) / (half * half) }
  }

  /// Mean square of reference − gain · secondary − offset over the valid pixels of the patch that begins half
  /// a side above and left of pixel (row, column), where the model has its origin; nil where fewer than half are valid. The offset
  /// that suits best is taken.
  package func meanSquare(row: Int, column: Int, model: Model, gain: Float) -> Float? {
    let side = Self.side, top = row - side / 2, left = column - side / 2
    guard top >= 0, left >= 0, top + side <= images.reference.rows, left + side <= images.reference.columns else {
      return nil
    }
    fill(model)
    let out = ImageView(base: warped.base, rows: side, columns: side, stride: side + 16)
    let mask = part(images.mask, top, left)
    DenseWarp.run(
      images.coefficients, originColumn: images.origin + left, originRow: images.origin + top,
      field: .init(u: field.base, v: field.base + 8 * 16, stride: 16), mask: mask, into: out)
    var count = Lanes.zero, sum = count, square = count
    for y in 0..<side {
      let r = images.reference.row(top + y) + left, m = mask.row(y), w = out.row(y)
      for x in Swift.stride(from: 0, to: side, by: 8) {
        let weight = weights.base[y] * weights.base.lanes(at: x)
        let e = r.lanes(at: x) - gain * w.lanes(at: x), f = weight * e
        count.addProduct(weight, m.lanes(at: x))
        sum += f
        square.addProduct(f, e)
      }
    }
    let n = count.sum()
    guard n >= 0.5 else { return nil }
    let mean = sum.sum() / n
    return max(0, square.sum() / n - mean * mean)
  }

  private func part(_ image: ImageView, _ top: Int, _ left: Int) -> ImageView {
    ImageView(base: image.row(top) + left, rows: Self.side, columns: Self.side, stride: image.stride)
  }

  private func fill(_ m: Model) {
    let step = Float(WindowSums.step), half = Float(Self.side) / 2
    for row in 0...Self.lattice {
      for column in 0...(Self.lattice + 2) {
        let x = step * Float(column) - half, y = step * Float(row) - half
        field.base[row * 16 + column] = m.u + m.uX * x + m.uY * y
        field.base[8 * 16 + row * 16 + column] = m.v + m.vX * x + m.vY * y
      }
    }
  }
}
