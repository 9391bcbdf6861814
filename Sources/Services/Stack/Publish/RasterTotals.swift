// SPDX-License-Identifier: Apache-2.0
import Grids
import Processing

/// What the values of a raster are like, gathered band by band for its entry in a STAC item.
package struct RasterTotals: Sendable {
  private var cells = 0, count = 0
  private var low = Double.infinity, high = -Double.infinity
  /// Mean and sum of squared differences from it, brought forward (Chan, Golub & LeVeque 1983).
  private var mean = 0.0, squares = 0.0

  package init() {}

  /// Adds a part of the raster; NaN is missing.
  package mutating func add(_ part: Grid<Float>) {
    var sum = 0.0, found = 0
    for value in part.cells where value.isFinite {
      sum += Double(value)
      found += 1
      low = min(low, Double(value))
      high = max(high, Double(value))
    }
    cells += part.cells.count
    guard found > 0 else { return }
    let middle = sum / Double(found)
    var own = 0.0
    for value in part.cells where value.isFinite { own += (Double(value) - middle) * (Double(value) - middle) }
    let all = Double(count + found), step = middle - mean
    squares += own + step * step * Double(count) * Double(found) / all
    mean += step * Double(found) / all
    count += found
  }

  /// Nil when nothing has a value.
  package var statistics: StacItem.Statistics? {
    guard count > 0 else { return nil }
    return StacItem.Statistics(
      minimum: low, maximum: high, mean: mean, standardDeviation: (squares / Double(count)).squareRoot(),
      validPercentage: 100 * Double(count) / Double(cells))
  }
}
