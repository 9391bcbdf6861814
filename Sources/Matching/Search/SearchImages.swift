// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// The two images of a search with what every point needs to know of them.
///
/// Costs one pass over both images; keep it for all searches on the same pair.
public struct SearchImages: Sendable {
  public let reference, secondary: Grid<Float>
  /// Steps in which the pixel values come, and their overall spread: what "no texture" is measured against.
  public let referenceContrast, secondaryContrast: ImageContrast
  let missing: (reference: MissingTiles, secondary: MissingTiles)

  /// - Parameters:
  ///   - reference, secondary: images of the same shape, any unit; pixels that are not finite count as missing.
  ///   - contrast: taken from the images when nil. Pass the whole scene's when the images are tiles of it, so
  ///     that every tile judges texture alike.
  public init(
    reference: Grid<Float>, secondary: Grid<Float>,
    contrast: (reference: ImageContrast, secondary: ImageContrast)? = nil
  ) {
    precondition(
      reference.rows == secondary.rows && reference.columns == secondary.columns,
      "reference is \(reference.rows) × \(reference.columns), secondary \(secondary.rows) × \(secondary.columns)")
    self.reference = reference
    self.secondary = secondary
    referenceContrast = contrast?.reference ?? ImageContrast(of: reference)
    secondaryContrast = contrast?.secondary ?? ImageContrast(of: secondary)
    missing = (MissingTiles(reference), MissingTiles(secondary))
  }
}

/// How finely an image is quantised and how much it varies.
public struct ImageContrast: Hashable, Sendable {
  /// Smallest difference between neighbouring pixels, in the image's unit; 0 when it is constant.
  public let step: Float
  /// Standard deviation of the pixels, in the image's unit.
  public let deviation: Float

  public init(step: Float, deviation: Float) {
    self.step = step
    self.deviation = deviation
  }

  /// Measured on every fourth row.
  public init(of image: Grid<Float>) {
    var step = Float.infinity
    var count = 0, sum = 0.0, squares = 0.0
    // About a pixel of the image, so that squares of large values with little contrast do not cancel.
    let origin = image.cells.first { $0.isFinite } ?? 0
    image.cells.withUnsafeBufferPointer { cells in
      for row in stride(from: 0, to: image.rows, by: 4) {
        var last = Float.nan
        for index in row * image.columns..<(row + 1) * image.columns where cells[index].isFinite {
          let difference = abs(cells[index] - last)
          if difference > 0 && difference < step { step = difference }
          last = cells[index]
          let value = Double(last - origin)
          count += 1
          sum += value
          squares += value * value
        }
      }
    }
    let mean = sum / Double(max(1, count)), variance = squares / Double(max(1, count)) - mean * mean
    self.init(step: step.isFinite ? step : 0, deviation: Float(max(0, variance).squareRoot()))
  }

  /// Standard deviation below which a window has no texture: `steps` of quantisation, and never less than 1/10 000
  /// of the image's own spread, the part that rounding in single precision can fake.
  func floor(steps: Double) -> Double {
    max(steps * Double(step), 1e-4 * Double(deviation), Double.leastNormalMagnitude.squareRoot())
  }
}
