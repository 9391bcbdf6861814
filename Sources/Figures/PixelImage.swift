// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// Turns pixels into the bytes of a PNG file: red, green, blue, opacity of each pixel in row-major order, then the
/// count of rows and of columns. Figures knows no file format; its caller passes the encoder in.
public typealias PNGEncoder = (_ rgba: [UInt8], _ rows: Int, _ columns: Int) throws -> [UInt8]

/// A picture of `rows × columns` pixels with 4 bytes each: red, green, blue, opacity (not premultiplied).
public struct PixelImage: Hashable, Sendable {
  public let rows, columns: Int
  public var rgba: [UInt8]

  /// Paints every cell of a grid.
  public init<Element>(_ grid: Grid<Element>, colour: (Element) -> Colour) {
    rows = grid.rows
    columns = grid.columns
    rgba = []
    rgba.reserveCapacity(4 * grid.cells.count)
    for cell in grid.cells {
      let paint = colour(cell)
      rgba.append(paint.red)
      rgba.append(paint.green)
      rgba.append(paint.blue)
      rgba.append(paint.alpha)
    }
  }

  /// A grid in the colours of a map; NaN is clear.
  ///
  /// - Parameters:
  ///   - grid: the values, any unit; NaN = missing.
  ///   - map: the colours.
  ///   - range: the values that take the first and the last colour.
  ///   - levels: how many different colours to use, 2...256; fewer make a smaller file.
  public init(_ grid: Grid<Float>, map: ColourMap, range: ValueRange, levels: Int = 256) {
    let steps = Double(min(256, max(2, levels)) - 1)
    self.init(grid) { value in
      let position = range.position(of: Double(value))
      guard levels < 256 && position.isFinite && map.kind != .cyclic else { return map.colour(at: position) }
      return map.colour(at: (min(1, max(0, position)) * steps).rounded() / steps)
    }
  }

  /// An image in grey, stretched between two percentiles; NaN is clear.
  ///
  /// - Parameters:
  ///   - image: any radiometric unit; NaN = missing.
  ///   - shares: the percentiles (0...1) that become black and white.
  ///   - levels: how many greys to use.
  public init(grey image: Grid<Float>, between shares: (Double, Double) = (0.01, 0.99), levels: Int = 64) {
    let ends = ValueRange.percentiles(image.cells, [shares.0, shares.1])
    let range = ends[0].isFinite ? ValueRange(ends[0], ends[1]) : ValueRange(0, 1)
    self.init(image, map: .grey, range: range, levels: levels)
  }

  /// The picture as a `data:` address that a page can hold.
  public func dataAddress(encodePNG: PNGEncoder) throws -> String {
    "data:image/png;base64," + Data(try encodePNG(rgba, rows, columns)).base64EncodedString()
  }
}

// MARK: - Smaller grids

extension Grid where Element == Float {
  /// The grid with blocks of cells averaged so that no side is longer than `side`; unchanged when it is small enough.
  ///
  /// A block is missing when fewer than half of its cells are there, so that gaps neither grow nor vanish. Blocks
  /// start at cell (0, 0); the last row and column of blocks may be cut off by the border.
  public func reduced(toSide side: Int) -> (grid: Grid<Float>, factor: Int) {
    let factor = Swift.max(1, (Swift.max(rows, columns) + side - 1) / side)
    return (reduced(by: factor), factor)
  }

  /// The grid with blocks of `factor × factor` cells averaged, as `reduced(toSide:)` does.
  func reduced(by factor: Int) -> Grid<Float> {
    guard factor > 1 else { return self }
    return blocks(of: factor) { values, cellCount in
      2 * values.count >= cellCount ? values.reduce(0, +) / Float(values.count) : .nan
    }
  }

  private func blocks(of factor: Int, _ combine: ([Float], Int) -> Float) -> Grid<Float> {
    var out = Grid(
      rows: (rows + factor - 1) / factor, columns: (columns + factor - 1) / factor, filledWith: Float.nan)
    var values: [Float] = []
    for row in 0..<out.rows {
      let rowEnd = Swift.min(rows, (row + 1) * factor)
      for column in 0..<out.columns {
        let columnEnd = Swift.min(columns, (column + 1) * factor)
        values.removeAll(keepingCapacity: true)
        for r in row * factor..<rowEnd {
          for c in column * factor..<columnEnd where self[r, c].isFinite { values.append(self[r, c]) }
        }
        out[row, column] = combine(values, (rowEnd - row * factor) * (columnEnd - column * factor))
      }
    }
    return out
  }
}

extension Grid where Element == UInt8 {
  /// The grid with blocks of cells replaced by their most frequent value (the smaller of two equally frequent ones)
  /// so that no side is longer than `side`.
  public func reduced(toSide side: Int) -> (grid: Grid<UInt8>, factor: Int) {
    let factor = Swift.max(1, (Swift.max(rows, columns) + side - 1) / side)
    guard factor > 1 else { return (self, 1) }
    var out = Grid(rows: (rows + factor - 1) / factor, columns: (columns + factor - 1) / factor, filledWith: UInt8(0))
    var counts = [Int](repeating: 0, count: 256)
    for row in 0..<out.rows {
      for column in 0..<out.columns {
        for index in 0..<256 { counts[index] = 0 }
        for r in row * factor..<Swift.min(rows, (row + 1) * factor) {
          for c in column * factor..<Swift.min(columns, (column + 1) * factor) { counts[Int(self[r, c])] += 1 }
        }
        var best = 0
        for index in 1..<256 where counts[index] > counts[best] { best = index }
        out[row, column] = UInt8(best)
      }
    }
    return (out, factor)
  }
}
