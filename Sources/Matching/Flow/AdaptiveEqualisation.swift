// SPDX-License-Identifier: Apache-2.0
import Grids

/// Adaptive histogram equalisation with limited contrast (CLAHE): every pixel goes through the cumulative histograms of the
/// four squares around it, mixed linearly.
///
/// Squares are counted from pixel (0, 0), so that parts of an image are equalised alike.
///
/// Source: Pizer et al. 1987; Zuiderveld 1994. Checked by: `RankFlowTests`.
struct AdaptiveEqualisation {
  /// Side of a square, px.
  let cell: Int
  /// Largest share of a square's pixels that one class keeps; what lies above is spread over all classes.
  let limit: Double
  private static let classes = 256

  /// Values from 0 to 1; NaN stays NaN.
  func run(_ image: Grid<Float>) -> Grid<Float> {
    var low = Float.infinity, high = -Float.infinity
    for value in image.cells where value.isFinite { (low, high) = (min(low, value), max(high, value)) }
    guard low < high else { return image.map { $0.isFinite ? 0 : .nan } }
    let scale = Float(Self.classes) / (high - low)
    let across = (image.columns + cell - 1) / cell, down = (image.rows + cell - 1) / cell
    var tables: [[Float]] = []
    for i in 0..<down {
      for j in 0..<across { tables.append(table(image, i, j, low: low, scale: scale)) }
    }
    var out = image
    for y in 0..<image.rows {
      let (i0, i1, t) = neighbours(y, count: down)
      for x in 0..<image.columns where image[y, x].isFinite {
        let (j0, j1, s) = neighbours(x, count: across), place = (image[y, x] - low) * scale
        func value(_ i: Int, _ j: Int) -> Float { Self.read(tables[i * across + j], place) }
        let top = (1 - s) * value(i0, j0) + s * value(i0, j1)
        let bottom = (1 - s) * value(i1, j0) + s * value(i1, j1)
        out[y, x] = (1 - t) * top + t * bottom
      }
    }
    return out
  }

  /// Squares before and after a pixel, and the share of the second.
  private func neighbours(_ index: Int, count: Int) -> (Int, Int, Float) {
    let place = max(0, (Float(index) + 0.5) / Float(cell) - 0.5), first = min(Int(place), count - 1)
    return (first, min(first + 1, count - 1), place - Float(Int(place)))
  }

  /// Share of a square's pixels below the lower end of each class, and 1 at the end; between them it rises linearly, so that
  /// classes leave no steps.
  private func table(_ image: Grid<Float>, _ i: Int, _ j: Int, low: Float, scale: Float) -> [Float] {
    var counts = [Double](repeating: 0, count: Self.classes), total = 0.0
    for y in i * cell..<min(image.rows, (i + 1) * cell) {
      for x in j * cell..<min(image.columns, (j + 1) * cell) where image[y, x].isFinite {
        counts[min(Self.classes - 1, Int((image[y, x] - low) * scale))] += 1
        total += 1
      }
    }
    // A square without pixels passes values through.
    guard total > 0 else { return (0...Self.classes).map { Float($0) / Float(Self.classes) } }
    let most = max(1, limit * total)
    let spread = counts.reduce(0) { $0 + max(0, $1 - most) } / Double(Self.classes)
    var sum = 0.0, out: [Float] = [0]
    for count in counts {
      sum += min(count, most) + spread
      out.append(Float(sum / total))
    }
    return out
  }

  private static func read(_ table: [Float], _ place: Float) -> Float {
    let index = min(classes - 1, Int(place))
    return table[index] + (place - Float(index)) * (table[index + 1] - table[index])
  }
}
