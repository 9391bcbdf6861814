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
  private let coefficients: PaddedImage

  init(reference image: DenseImage, secondary: DenseImage, slack: Int, field: LatticeField) {
    rows = image.rows
    columns = image.columns
    self.slack = slack
    let shape = (rows: image.rows, columns: image.columns)
    func make() -> PaddedImage {
      PaddedImage(rows: shape.rows, columns: shape.columns, padding: DenseImage.padding)
    }
    (reference, mask, gx, gy, warped) = (make(), make(), make(), make(), make())
    coefficients = PaddedImage(rows: secondary.rows, columns: secondary.columns, padding: DenseImage.padding)
    DenseFilters.splineCoefficients(secondary.values.view, into: coefficients.view)
    fillMask(image, secondary, field)
    DenseFilters.gradients(image.values.view, mask: mask.view, gx: gx.view, gy: gy.view)
    DenseFilters.multiply(image.values.view, mask.view, into: reference.view)
  }

  /// Largest offset that can be sampled: into the padding, where the mask hides what is read, but not beyond.
  var limit: Float { Float(slack + DenseImage.padding - 12) }

  func warp(_ field: LatticeField) {
    DenseWarp.run(
      coefficients.view, originColumn: slack, originRow: slack, field: field.warpField, mask: mask.view,
      into: warped.view)
  }

  /// 1 where the reference with its gradient, and the secondary around where the field leads, are valid.
  private func fillMask(_ image: DenseImage, _ secondary: DenseImage, _ field: LatticeField) {
    MaskErosion.run(image.validity.view, radius: 2, into: mask.view)
    guard secondary.hasMissing else { return }
    let eroded = PaddedImage(rows: secondary.rows, columns: secondary.columns, padding: DenseImage.padding)
    MaskErosion.run(secondary.validity.view, radius: 4, into: eroded.view)
    let target = eroded.view, mask = mask.view
    for latticeRow in 0..<field.rows {
      for latticeColumn in 0..<field.columns {
        let at = latticeRow * field.stride + latticeColumn
        let dy = slack + Int(field.v[at].rounded()), dx = slack + Int(field.u[at].rounded())
        for row in (4 * latticeRow)..<min(rows, 4 * latticeRow + 4) {
          let y = row + dy, line = mask.row(row)
          let isRowInside = y >= 0 && y < target.rows
          for column in (4 * latticeColumn)..<min(columns, 4 * latticeColumn + 4) {
            let x = column + dx
            if !isRowInside || x < 0 || x >= target.columns || target.row(y)[x] == 0 { line[column] = 0 }
          }
        }
      }
    }
  }
}
