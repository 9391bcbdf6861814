// SPDX-License-Identifier: Apache-2.0
import Grids

/// A value that stands for "no image here" although the file does not say so, as the black around a cut-out picture.
///
/// Matching would find such an area perfectly still. In pictures with lossy compression the fill is only nearly
/// constant and rings at its edge, so a tolerance and a rim belong to it.
package struct FillValue: Sendable {
  package let value: Float
  /// Pixels this near to the value, all around, are fill.
  package let tolerance: Float
  /// Pixels beyond the fill that its edge has touched.
  package let rim: Int
  package let share: Double

  package init(value: Float, tolerance: Float, rim: Int, share: Double) {
    (self.value, self.tolerance, self.rim, self.share) = (value, tolerance, rim, share)
  }

  package var summary: String {
    "\(Int((share * 100).rounded())) % of the image is a flat fill of \(Int(value)); it is taken as missing "
      + "(say --nodata VALUE for another value)"
  }

  /// The fill of an image: the given value, or the darkest or brightest value of an 8-bit picture without nodata when
  /// flat areas of it make up more than 1 % of the image.
  package static func find(_ image: RasterImage, given: Double?) throws(RasterError) -> FillValue? {
    let isLossy = ["JPEG", "JP2OpenJPEG", "WEBP"].contains(image.info.format)
    let rim = isLossy ? 8 : 0
    if let given { return FillValue(value: Float(given), tolerance: isLossy ? 10 : 0, rim: rim, share: 0) }
    guard image.info.nodata == nil, image.info.dataType == .uint8 else { return nil }
    let tolerance: Float = isLossy ? 10 : 0
    for value in [Float(0), 255] {
      let share = try flatShare(image, value: value, tolerance: tolerance)
      if share > 0.01 { return FillValue(value: value, tolerance: tolerance, rim: rim, share: share) }
    }
    return nil
  }

  /// Share of sample squares, of 16 px, that hold nothing but the value.
  private static func flatShare(_ image: RasterImage, value: Float, tolerance: Float) throws(RasterError) -> Double {
    let side = 16, across = max(1, min(96, image.columns / side)), down = max(1, min(96, image.rows / side))
    var flat = 0
    for i in 0..<down {
      let row = down == 1 ? 0 : i * (image.rows - side) / (down - 1)
      // One strip holds the whole row of squares, so that a strip of the file is read once.
      let strip = try image.read(Window(row: row, column: 0, rows: min(side, image.rows), columns: image.columns))
      for j in 0..<across {
        let column = across == 1 ? 0 : j * (image.columns - side) / (across - 1)
        var isFlat = true
        for y in stride(from: 0, to: strip.rows, by: 3) where isFlat {
          for x in stride(from: column, to: min(column + side, strip.columns), by: 3)
          where abs(strip[y, x] - value) > tolerance { isFlat = false }
        }
        if isFlat { flat += 1 }
      }
    }
    return Double(flat) / Double(across * down)
  }
}

/// An image with its fill taken out.
package struct FilledSource: PixelSource {
  let source: any PixelSource
  let fill: FillValue?

  package init(source: any PixelSource, fill: FillValue?) {
    self.source = source
    self.fill = fill
  }

  package var rows: Int { source.rows }
  package var columns: Int { source.columns }
  package var blockShape: (rows: Int, columns: Int) { source.blockShape }

  package func read(_ window: Window) throws(RasterError) -> Grid<Float> {
    guard let fill else { return try source.read(window) }
    // Fill is where a square of 7 px around is fill as well; the rim grows it again.
    let reach = 3, margin = fill.tolerance == 0 ? fill.rim : fill.rim + 2 * reach
    guard margin > 0 else {
      return try source.read(window).map { $0 == fill.value ? .nan : $0 }
    }
    let around = window.grown(by: margin)
    var grid = try source.read(around)
    let candidate = grid.map { abs($0 - fill.value) <= fill.tolerance || !$0.isFinite }
    var core = candidate.eroded(by: reach)
    // What lies beyond the image is no fill, and has no rim.
    for row in 0..<core.rows {
      for column in 0..<core.columns
      where !isInside(around.row + row, rows) || !isInside(around.column + column, columns) {
        core[row, column] = false
      }
    }
    let missing = core.grownBy(reach + fill.rim)
    for index in grid.cells.indices where missing.cells[index] { grid.cells[index] = .nan }
    return grid.cropped(to: Window(row: margin, column: margin, rows: window.rows, columns: window.columns))
  }

  private func isInside(_ index: Int, _ count: Int) -> Bool { index >= 0 && index < count }
}

extension Grid where Element == Bool {
  /// True where every cell within `radius` on each axis is; beyond the rim counts as true.
  fileprivate func eroded(by radius: Int) -> Mask { map { !$0 }.grownBy(radius).map { !$0 } }

  /// True where any cell within `radius` on each axis is.
  fileprivate func grownBy(_ radius: Int) -> Mask {
    func line(_ source: [Bool], _ count: Int, _ length: Int, _ at: (Int, Int) -> Int) -> [Bool] {
      var out = source
      for i in 0..<count {
        var last = -radius - 1
        for k in 0..<length {
          if source[at(i, k)] { last = k }
          out[at(i, k)] = k - last <= radius
        }
        last = length + radius
        for k in stride(from: length - 1, through: 0, by: -1) {
          if source[at(i, k)] { last = k }
          if last - k <= radius { out[at(i, k)] = true }
        }
      }
      return out
    }
    let across = line(cells, rows, columns) { $0 * columns + $1 }
    return Grid(rows: rows, columns: columns, cells: line(across, columns, rows) { $1 * columns + $0 })
  }
}
