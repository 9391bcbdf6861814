// SPDX-License-Identifier: Apache-2.0
import Grids

extension RegularisedMatching {
  /// A tile of a pair with what lies around it; missing pixels and those off the image are NaN.
  public struct Block: Sendable {
    /// The tile in the image.
    public let window: Window
    let image: Window
    let start: (dx: Int, dy: Int)
    /// Pixels of the reference around the tile.
    let margin: Int
    let reference, secondary: Grid<Float>

    /// A tile whose images are read as they are needed.
    ///
    /// - Parameters:
    ///   - window: the tile, inside the image; it begins at multiples of `alignment`.
    ///   - image: the whole image, from row 0 and column 0.
    ///   - start: whole-pixel offset around which is searched.
    ///   - reference, secondary: give the pixels of a window inside the image.
    public init<Failure: Error>(
      window: Window, image: Window, start: (dx: Int, dy: Int), parameters: Parameters,
      reference: (Window) throws(Failure) -> Grid<Float>, secondary: (Window) throws(Failure) -> Grid<Float>
    ) throws(Failure) {
      precondition(
        window.row % RegularisedMatching.alignment == 0 && window.column % RegularisedMatching.alignment == 0,
        "tiles begin at multiples of \(RegularisedMatching.alignment) px")
      (self.window, self.image, self.start, margin) = (window, image, start, parameters.margin)
      let step = RegularisedMatching.alignment, margin = margin
      func whole(_ pixels: Int) -> Int { (pixels + step - 1) / step * step + 2 * margin }
      let outer = Window(
        row: window.row - margin, column: window.column - margin, rows: whole(window.rows),
        columns: whole(window.columns))
      self.reference = try Self.surrounded(outer, of: image, read: reference)
      var target = outer.grown(by: parameters.slack)
      target.row += start.dy
      target.column += start.dx
      self.secondary = try Self.surrounded(target, of: image, read: secondary)
    }

    /// A tile of two images that are in memory.
    public init(
      reference: Grid<Float>, secondary: Grid<Float>, window: Window, start: (dx: Int, dy: Int),
      parameters: Parameters
    ) {
      self.init(
        window: window, image: reference.window, start: start, parameters: parameters,
        reference: { reference.cropped(to: $0) }, secondary: { secondary.cropped(to: $0) })
    }

    /// The part inside a window that may reach beyond the image, where it is NaN.
    private static func surrounded<Failure: Error>(
      _ outer: Window, of image: Window, read: (Window) throws(Failure) -> Grid<Float>
    ) throws(Failure) -> Grid<Float> {
      let inner = outer.intersection(image)
      if inner == outer { return try read(inner) }
      var out = Grid<Float>(rows: outer.rows, columns: outer.columns, filledWith: .nan)
      guard !inner.isEmpty else { return out }
      out.insert(try read(inner), atRow: inner.row - outer.row, column: inner.column - outer.column)
      return out
    }
  }
}

extension RegularisedMatching.Parameters {
  /// Pixels around a tile from which its result is made.
  ///
  /// Neighbours tie each other over a distance that grows with the root of the regularisation. At 96 px for 0.3, results
  /// within 64 px of a seam differ by at most 0.01 px at 99 % of the pixels even in strong noise, by 0.003 px in weak
  /// noise (measured).
  public var margin: Int {
    let step = 1 << (levels + 2), least = 96 * (regularisation / 0.3).squareRoot()
    return max(64, (Int(least) + step - 1) / step * step)
  }
}
