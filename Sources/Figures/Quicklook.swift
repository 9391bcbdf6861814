// SPDX-License-Identifier: Apache-2.0
import Grids

/// A small picture of a product for a folder view or a catalogue.
public enum Quicklook {
  /// A product in colours, averaged down to at most `side` pixels; missing cells are clear.
  ///
  /// - Parameters:
  ///   - grid: the product, any unit; NaN = missing.
  ///   - isSigned: whether zero is the middle of the colours (components, strain) or their start (speed, sigma).
  ///   - map: the colours; the map that fits `isSigned` when left out.
  ///   - side: longest side of the picture, px.
  /// - Returns: the picture and the range of values that its colours span.
  public static func render(
    _ grid: Grid<Float>, isSigned: Bool, map: ColourMap? = nil, side: Int = 1024
  ) -> (image: PixelImage, range: ValueRange) {
    let small = grid.reduced(toSide: side).grid
    let range = isSigned ? ValueRange.aroundZero(small.cells) : ValueRange.amounts(small.cells)
    return (PixelImage(small, map: map ?? .fitting(isSigned: isSigned), range: range), range)
  }

  /// An image in grey, averaged down to at most `side` pixels.
  public static func render(image: Grid<Float>, side: Int = 1024) -> PixelImage {
    PixelImage(grey: image.reduced(toSide: side).grid)
  }

  /// A grid of class numbers: 0 clear, 1...7 in the colours of `ColourMap.categories`, others grey.
  public static func render(classes: Grid<UInt8>, side: Int = 1024) -> PixelImage {
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
