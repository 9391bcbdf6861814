// SPDX-License-Identifier: Apache-2.0
import Kernels

/// What all windows of one pyramid level share: the masked reference with its gradients, and the secondary ready to
/// be sampled.
///
/// The secondary's array starts `slack` pixels up and left of the reference's, so that offsets from -slack to +slack
/// stay inside it.
final class DenseImages {
  let rows: Int
  let columns: Int
  let slack: Int
  let reference: PaddedImage
  let mask: PaddedImage
  let gx: PaddedImage
  let gy: PaddedImage
  let warped: PaddedImage
  /// 1 where the gradient of the warped secondary can be taken.
  let inner: PaddedImage
  /// Squared shift that interpolation may cause at a quarter of a pixel, in x and y, px².
  private(set) var interpolation: (x: Float, y: Float) = (0, 0)
  let pool: BufferPool
  private let coefficients: PaddedImage

  init(reference image: DenseImage, secondary: DenseImage, slack: Int, field: LatticeField, pool: BufferPool) {
    rows = image.rows
    columns = image.columns
    self.slack = slack
    self.pool = pool
    func make(_ shape: DenseImage) -> PaddedImage {
      PaddedImage(unfilledRows: shape.rows, columns: shape.columns, padding: DenseImage.padding, pool: pool)
    }
    (reference, mask, gx, gy, warped) = (make(image), make(image), make(image), make(image), make(image))
    (inner, coefficients) = (make(image), make(secondary))
    DenseFilters.splineCoefficients(secondary.values.view, into: coefficients.view, pool: pool)
    fillMask(image, secondary, field)
    MaskErosion.run(mask.view, radius: 4, into: inner.view, pool: pool)
    DenseFilters.gradients(image.values.view, mask: mask.view, gx: gx.view, gy: gy.view)
    interpolation = InterpolationDoubt.squaredAmplitudes(
      image.values.view, validity: image.validity.view, gx: gx.view, gy: gy.view)
    DenseFilters.multiply(image.values.view, mask.view, into: reference.view)
  }

  /// Largest offset that can be sampled with this slack: into the padding, where the mask hides what is read, but not
  /// beyond.
  static func limit(slack: Int) -> Float { Float(slack + DenseImage.padding - 12) }

  /// `field` must be cut at `limit`.
  func warp(_ field: LatticeField) {
    DenseWarp.run(
      coefficients.view, originColumn: slack, originRow: slack, field: field.warpField, mask: mask.view,
      into: warped.view)
  }

  /// What `PatchResidual` reads.
  var patches: PatchResidual.Images {
    .init(reference: reference.view, mask: mask.view, coefficients: coefficients.view, origin: slack)
  }

  /// 1 where the reference with its gradient, and the secondary around where the field leads, are valid.
  private func fillMask(_ image: DenseImage, _ secondary: DenseImage, _ field: LatticeField) {
    MaskErosion.run(image.validity.view, radius: 2, into: mask.view, pool: pool)
    guard secondary.hasMissing || field.reach > Float(slack - 4) else { return }
    let eroded = PaddedImage(
      unfilledRows: secondary.rows, columns: secondary.columns, padding: DenseImage.padding, pool: pool)
    defer { withExtendedLifetime(eroded) {} }
    MaskErosion.run(secondary.validity.view, radius: 4, into: eroded.view, pool: pool)
    MaskErosion.transport(eroded.view, origin: slack, field: field.warpField, into: mask.view)
  }
}
