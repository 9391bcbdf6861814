// SPDX-License-Identifier: Apache-2.0
import Grids

/// The values of all pairs in a block of rows: layer after layer of pair after pair.
struct PairBlock {
  /// What one pair says of one point; NaN where a layer is missing.
  struct Values {
    var east, north, eastSigma, northSigma, ncc, clarity: Float
  }

  private(set) var window: Window
  let pairs: Int
  /// Whether a pair came with correlations, by which it can then be refused.
  private(set) var hasCorrelation: [Bool]
  private var cells: [Float]
  private var size: Int

  init(pairs: Int, largest window: Window) {
    (self.window, self.pairs) = (window, pairs)
    size = window.rows * window.columns
    hasCorrelation = Array(repeating: false, count: pairs)
    cells = Array(repeating: .nan, count: size * pairs * PairLayers.count)
  }

  /// Reads a window that is no larger than the largest.
  mutating func fill(_ window: Window, read: (Int, Window) throws -> PairLayers) throws {
    (self.window, size) = (window, window.rows * window.columns)
    for pair in 0..<pairs {
      let layers = try read(pair, window)
      hasCorrelation[pair] = layers.ncc != nil
      for (layer, grid) in layers.grids.enumerated() {
        let start = (layer * pairs + pair) * size
        guard let grid else {
          for index in start..<start + size { cells[index] = .nan }
          continue
        }
        guard grid.rows == window.rows, grid.columns == window.columns else {
          throw TimeSeriesError(
            .gridMismatch,
            "pair \(pair) gives \(grid.rows) × \(grid.columns) values where \(window.rows) × \(window.columns) are "
              + "needed; all pairs of a fusion must be on one grid")
        }
        cells.replaceSubrange(start..<start + size, with: grid.cells)
      }
    }
  }

  @inline(__always)
  func values(ofPair pair: Int, at pixel: Int) -> Values {
    let step = pairs * size, start = pair * size + pixel
    return Values(
      east: cells[start], north: cells[start + step], eastSigma: cells[start + 2 * step],
      northSigma: cells[start + 3 * step], ncc: cells[start + 4 * step], clarity: cells[start + 5 * step])
  }
}
