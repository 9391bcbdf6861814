// SPDX-License-Identifier: Apache-2.0
import Grids

/// A small picture of a product for a folder view or a catalogue.
public enum Quicklook {
  /// Longest side of a picture, px.
  public static let side = 1024

  /// A product too large to hold, averaged down to what `render` shows.
  ///
  /// - Parameter read: some rows of the product.
  public static func reduced<Failure: Error>(
    rows: Int, columns: Int, read: (Range<Int>) throws(Failure) -> Grid<Float>
  ) throws(Failure) -> Grid<Float> {
    let factor = max(1, (max(rows, columns) + side - 1) / side)
    var out = Grid(
      rows: (rows + factor - 1) / factor, columns: (columns + factor - 1) / factor, filledWith: Float.nan)
    // As many blocks at a time as about 2¹⁷ cells hold.
    let step = factor * max(1, (1 << 17) / max(1, columns * factor))
    for row in stride(from: 0, to: rows, by: step) {
      out.insert(try read(row..<min(rows, row + step)).reduced(by: factor), atRow: row / factor, column: 0)
    }
    return out
  }

  /// A product in colours, averaged down to at most `side` pixels; missing cells are clear.
  ///
  /// - Parameters:
  ///   - grid: the product, any unit; NaN = missing.
  ///   - isSigned: whether zero is the middle of the colours (components, strain) or their start (speed, sigma).
  ///   - map: the colours; the map that fits `isSigned` when left out.
  ///   - side: longest side of the picture, px.
  /// - Returns: the picture and the range of values that its colours span.
  public static func render(
    _ grid: Grid<Float>, isSigned: Bool, map: ColourMap? = nil, side: Int = Self.side
  ) -> (image: PixelImage, range: ValueRange) {
    let small = grid.reduced(toSide: side).grid
    let range = isSigned ? ValueRange.aroundZero(small.cells) : ValueRange.amounts(small.cells)
    return (PixelImage(small, map: map ?? .fitting(isSigned: isSigned), range: range), range)
  }

  /// An image in grey, averaged down to at most `side` pixels.
  public static func render(image: Grid<Float>, side: Int = Self.side) -> PixelImage {
    PixelImage(grey: image.reduced(toSide: side).grid)
  }

  /// A grid of class numbers: 0 clear, 1...7 in the colours of `ColourMap.categories`, others grey.
  public static func render(classes: Grid<UInt8>, side: Int = Self.side) -> PixelImage {
    PixelImage(classes.reduced(toSide: side).grid) { ColourMap.colour(ofClass: $0) }
  }
}

extension ColourMap {
  /// The colour of a class number: clear for 0, `categories` for 1...7, grey beyond.
  public static func colour(ofClass number: UInt8) -> Colour {
    if number == 0 { return .clear }
    return Int(number) <= categories.count ? categories[Int(number) - 1] : Colour(hex: 0x8A8A8A)
  }
}
