// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Grids

/// A raster at one of its resolutions: itself, or a stored overview.
public struct RasterLevel: Hashable, Sendable {
  public let rows, columns: Int
  /// Shape of the blocks in which it is stored.
  public let blockRows, blockColumns: Int

  public var window: Window { Window(row: 0, column: 0, rows: rows, columns: columns) }

  static func all(of band: UnsafeMutableRawPointer) -> [RasterLevel] {
    let overviews = (0..<GDALGetOverviewCount(band)).compactMap { GDALGetOverview(band, $0) }
    return ([band] + overviews).map { band in
      var width: Int32 = 0, height: Int32 = 0
      GDALGetBlockSize(band, &width, &height)
      return RasterLevel(
        rows: Int(GDALGetRasterBandYSize(band)), columns: Int(GDALGetRasterBandXSize(band)),
        blockRows: max(1, Int(height)), blockColumns: max(1, Int(width)))
    }
  }
}

extension RasterImage {
  /// The pixels of a window of the raster or of an overview; NaN outside and wherever a pixel is missing.
  ///
  /// To look at an image, not to measure on it: an overview may have been made by picking pixels.
  ///
  /// - Parameters:
  ///   - window: in pixels of that level.
  ///   - level: index in `levels`.
  /// - Throws: `RasterError` of kind `.readFailed`.
  public func read(_ window: Window, level: Int) throws(RasterError) -> Grid<Float> {
    precondition(levels.indices.contains(level), "the raster has \(levels.count) levels, so there is no \(level)")
    let inside = levels[level].window.intersection(window)
    if inside.isEmpty { return Grid(rows: window.rows, columns: window.columns, filledWith: .nan) }
    return try withHandle { (handle, messages) throws(RasterError) -> Grid<Float> in
      let whole: UnsafeMutableRawPointer = handle.band(info.band)
      guard let band = level == 0 ? whole : GDALGetOverview(whole, Int32(level - 1)) else {
        throw RasterError(.readFailed, "\(info.path): its overview \(level) cannot be opened; write the file again")
      }
      var buffer = PixelBuffer(window: window, inside: inside)
      try buffer.fill(from: band, of: self, messages)
      return Grid(rows: window.rows, columns: window.columns, cells: buffer.cells)
    }
  }
}
