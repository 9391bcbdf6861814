// SPDX-License-Identifier: Apache-2.0
import Grids

/// Mean and variance of an image's grey levels, gathered block by block.
public struct TextureStatistics: Hashable, Sendable {
  /// Number of pixels that are not missing.
  public private(set) var count = 0
  /// Mean grey level; 0 without pixels.
  public private(set) var mean = 0.0
  private var squares = 0.0

  public init() {}

  /// Statistics known from elsewhere.
  public init(mean: Double, variance: Double) {
    self.mean = mean
    count = 1
    squares = variance
  }

  /// Variance of the grey levels, squared grey levels.
  public var variance: Double { count > 0 ? squares / Double(count) : 0 }

  /// Takes in a block. The result depends on the order of blocks in its last bits only: take them in one fixed order
  /// where bits matter.
  public mutating func add(_ block: Grid<Float>) {
    var sum = 0.0, number = 0
    for value in block.cells where value.isFinite {
      sum += Double(value)
      number += 1
    }
    guard number > 0 else { return }
    let blockMean = sum / Double(number)
    var blockSquares = 0.0
    for value in block.cells where value.isFinite {
      let difference = Double(value) - blockMean
      blockSquares += difference * difference
    }
    // Chan, Golub & LeVeque 1983: joins two samples without cancellation.
    let total = count + number, shift = blockMean - mean
    squares += blockSquares + shift * shift * Double(count) * Double(number) / Double(total)
    mean += shift * Double(number) / Double(total)
    count = total
  }

  /// The statistics of a whole image, read in blocks of 512 rows from the top.
  public init(rows: Int, columns: Int, read: (Window) throws -> Grid<Float>) rethrows {
    self.init()
    var row = 0
    while row < rows {
      let height = min(512, rows - row)
      add(try read(Window(row: row, column: 0, rows: height, columns: columns)))
      row += height
    }
  }
}
