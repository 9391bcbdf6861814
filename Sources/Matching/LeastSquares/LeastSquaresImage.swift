// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// An image with a border of missing pixels, made ready once for the templates of many points.
///
/// Rows are padded to an odd number of cache lines: with a width that is a power of two, the rows of a template would
/// all fall on the same few cache sets.
public struct LeastSquaresImage: Sendable {
  public let rows, columns: Int
  /// Subtracted from every pixel.
  let level: Float
  let pad: Int
  let stride: Int
  /// Pixels less the level (reference) or spline coefficients over 36 (secondary).
  let plane: [Float]
  /// The plane that gradients are taken of, where that is another one.
  let smooth: [Float]
  /// Weight of each neighbour in `smooth`.
  let smoothing: Double
  /// 1 where all 4 × 4 coefficients of a cell come from pixels; empty for a reference.
  let valid: [Float]
  /// How many pixels are missing above and left of a corner; empty where none is.
  private let missing: [Int32]

  /// A reference image.
  ///
  /// - Parameters:
  ///   - image: rows × columns, any radiometric unit; NaN pixels take no part in any match.
  ///   - templateWindow: largest template that will be matched, px.
  ///   - gradientSmoothing: see `LeastSquaresMatching.Parameters`.
  ///   - level: a value near the image's mean, for precision; the mean where nil. Give the same to all tiles.
  public static func reference(
    _ image: Grid<Float>, templateWindow: Int, gradientSmoothing: Double = 0.2, level: Float? = nil
  ) -> Self {
    LeastSquaresImage(image, templateWindow: templateWindow, level: level, smoothing: gradientSmoothing)
  }

  /// A secondary image, as the coefficients of its interpolating cubic B-spline.
  ///
  /// Missing pixels are filled with the mean of their surroundings, for the filter only: every sample that has one
  /// within 2 px of its 4 × 4 coefficients is left out. A tile's result differs from the whole image's within 14 px of its edge.
  ///
  /// Source: Unser 1999, IEEE Signal Processing Magazine 16(6), with a finite filter.
  public static func secondary(
    _ image: Grid<Float>, templateWindow: Int, level: Float? = nil, threads: Int = 1
  ) -> Self {
    LeastSquaresImage(secondary: image, templateWindow: templateWindow, level: level, threads: threads)
  }

  private init(_ image: Grid<Float>, templateWindow: Int, level: Float?, smoothing: Double) {
    (rows, columns) = (image.rows, image.columns)
    (pad, stride) = paddedShape(columns: image.columns, templateWindow: templateWindow)
    self.level = level ?? finiteMean(image)
    missing = missingCounts(image)
    let padded = PaddedPlane(image, pad: pad, stride: stride, level: self.level)
    plane = padded.cells
    self.smoothing = smoothing
    smooth = smoothing == 0 ? [] : padded.smoothed(side: Float(smoothing))
    valid = []
  }

  private init(secondary image: Grid<Float>, templateWindow: Int, level: Float?, threads: Int) {
    (rows, columns) = (image.rows, image.columns)
    (pad, stride) = paddedShape(columns: image.columns, templateWindow: templateWindow)
    self.level = level ?? finiteMean(image)
    missing = missingCounts(image)
    let padded = PaddedPlane(image, pad: pad, stride: stride, level: self.level)
    plane = padded.splineCoefficients(hasMissing: !missing.isEmpty, threads: threads)
    smooth = []
    smoothing = 0
    valid = padded.validCells(hasMissing: !missing.isEmpty)
  }

  var window: Window { Window(row: 0, column: 0, rows: rows, columns: columns) }

  /// Index of a pixel in the plane; `row` and `column` may lie up to `pad` px outside the image.
  func index(row: Int, column: Int) -> Int { (row + pad) * stride + column + pad }

  /// Whether every pixel of the rectangle, ends included, is inside the image, and no pixel in or near it is missing.
  func isComplete(rows: ClosedRange<Int>, columns: ClosedRange<Int>) -> Bool {
    guard rows.lowerBound >= 0, columns.lowerBound >= 0, rows.upperBound < self.rows,
      columns.upperBound < self.columns
    else { return false }
    if missing.isEmpty { return true }
    let width = self.columns + 1
    let top = max(0, rows.lowerBound - missingHalo) * width
    let bottom = min(self.rows, rows.upperBound + 1 + missingHalo) * width
    let left = max(0, columns.lowerBound - missingHalo)
    let right = min(self.columns, columns.upperBound + 1 + missingHalo)
    return missing[bottom + right] - missing[bottom + left] - missing[top + right] + missing[top + left] == 0
  }
}

private func paddedShape(columns: Int, templateWindow: Int) -> (pad: Int, stride: Int) {
  let pad = max(templateWindow / 2 + 12, splinePrefilterRadius + 4)
  let lines = (columns + 2 * pad + 15) / 16
  return (pad, (lines % 2 == 0 ? lines + 1 : lines) * 16)
}

private func finiteMean(_ image: Grid<Float>) -> Float {
  var sum = 0.0, count = 0
  for value in image.cells where value.isFinite {
    sum += Double(value)
    count += 1
  }
  return count == 0 ? 0 : Float(sum / Double(count))
}

/// Summed-area table of the missing pixels, (rows + 1) × (columns + 1); empty where none is missing.
private func missingCounts(_ image: Grid<Float>) -> [Int32] {
  guard image.cells.contains(where: { !$0.isFinite }) else { return [] }
  let width = image.columns + 1
  var table = [Int32](repeating: 0, count: width * (image.rows + 1))
  for row in 0..<image.rows {
    var line: Int32 = 0
    for column in 0..<image.columns {
      line += image[row, column].isFinite ? 0 : 1
      table[(row + 1) * width + column + 1] = table[row * width + column + 1] + line
    }
  }
  return table
}

/// Distance to missing pixels, px, that samples of the secondary keep beyond their own coefficients.
private let missingHalo = 2

/// The image with a border of NaN, and infinities made NaN.
private struct PaddedPlane {
  let rows, columns, pad, stride: Int
  var cells: [Float]

  init(_ image: Grid<Float>, pad: Int, stride: Int, level: Float) {
    rows = image.rows
    columns = image.columns
    self.pad = pad
    self.stride = stride
    cells = Array(repeating: .nan, count: (image.rows + 2 * pad) * stride + 16)
    for row in 0..<rows {
      let line = (row + pad) * stride + pad
      for column in 0..<columns {
        // An infinity less itself is NaN: no branch.
        let value = image.cells[row &* columns &+ column]
        cells[line &+ column] = (value - level) + (value - value)
      }
    }
  }

  func smoothed(side: Float) -> [Float] {
    var out = cells
    out.withUnsafeMutableBufferPointer { out in
      cells.withUnsafeBufferPointer { plane in
        smoothPlane(plane.baseAddress!, rows: rows + 2 * pad, stride: stride, side: side, out: out.baseAddress!)
      }
    }
    return out
  }

  func splineCoefficients(hasMissing: Bool, threads: Int) -> [Float] {
    var filled = hasMissing ? fillingMissing(radius: 6) : self
    filled.mirrorEdges()
    var temporary = filled.cells
    let height = rows + 2 * pad
    filled.cells.withUnsafeMutableBufferPointer { plane in
      temporary.withUnsafeMutableBufferPointer { temporary in
        splinePrefilter(
          plane.baseAddress!, rows: height, stride: stride, temporary: temporary.baseAddress!, threads: threads)
      }
    }
    return filled.cells
  }

  /// Missing pixels become the mean of those present within `radius`, else zero, which is the level.
  private func fillingMissing(radius: Int) -> PaddedPlane {
    var out = self
    for row in 0..<rows {
      for column in 0..<columns where cells[(row + pad) * stride + column + pad].isNaN {
        var sum = 0.0, count = 0
        for r in max(0, row - radius)...min(rows - 1, row + radius) {
          for c in max(0, column - radius)...min(columns - 1, column + radius) {
            let value = cells[(r + pad) * stride + c + pad]
            if !value.isNaN {
              sum += Double(value)
              count += 1
            }
          }
        }
        out.cells[(row + pad) * stride + column + pad] = count == 0 ? 0 : Float(sum / Double(count))
      }
    }
    return out
  }

  /// Fills the border by reflection at the outermost pixels, as the spline of a mirrored image needs it.
  private mutating func mirrorEdges() {
    let outside = Array(-pad..<0) + Array(columns..<stride - pad)
    for row in 0..<rows {
      let line = (row + pad) * stride + pad
      for column in outside { cells[line + column] = cells[line + reflected(column, in: columns)] }
    }
    for row in Array(-pad..<0) + Array(rows..<rows + pad) {
      let line = (row + pad) * stride, source = (reflected(row, in: rows) + pad) * stride
      for column in 0..<stride { cells[line + column] = cells[source + column] }
    }
    for index in cells.count - 16..<cells.count { cells[index] = 0 }
  }

  private func reflected(_ index: Int, in count: Int) -> Int {
    if count == 1 { return 0 }
    let period = 2 * (count - 1)
    let folded = ((index % period) + period) % period
    return folded < count ? folded : period - folded
  }

  /// 1 where pixels row − 1 … row + 2, column − 1 … column + 2 are all in the image, and none is missing there nor
  /// within `missingHalo` px.
  func validCells(hasMissing: Bool) -> [Float] {
    var out = [Float](repeating: 0, count: cells.count)
    if !hasMissing {
      for row in 1..<max(1, rows - 2) {
        let line = (row + pad) * stride + pad
        for column in 1..<max(1, columns - 2) { out[line + column] = 1 }
      }
      return out
    }
    // The fill of a missing pixel reaches every sample, by 0.03 of its error at 2.5 px and 0.003 at 4.5: keep off.
    let before = 1 + missingHalo, after = 2 + missingHalo
    var across = out
    for row in 0..<rows {
      let line = (row + pad) * stride + pad
      for column in 1..<max(1, columns - 2) {
        var taps: Float = 0
        for tap in max(0, column - before)...min(columns - 1, column + after) { taps += cells[line + tap] }
        across[line + column] = taps.isNaN ? 0 : 1
      }
    }
    for row in 1..<max(1, rows - 2) {
      for column in 0..<columns {
        var product: Float = 1
        for tap in max(0, row - before)...min(rows - 1, row + after) {
          product *= across[(tap + pad) * stride + pad + column]
        }
        out[(row + pad) * stride + pad + column] = product
      }
    }
    return out
  }
}
