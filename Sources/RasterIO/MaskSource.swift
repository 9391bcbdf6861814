// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Grids

/// Where something holds (an area of interest, stable ground, a mask), asked for by windows of a raster.
public final class MaskSource: Sendable {
  private enum Kind: Sendable {
    case vector(VectorFile)
    case raster(AlignedImage)
    case box(top: Double, left: Double, bottom: Double, right: Double)
  }

  /// What the user should know about how the source was taken.
  public let notices: [String]
  /// Pixels of the raster outside which the mask is false.
  public let bounds: Window
  private let kind: Kind

  /// Opens a mask given as a box or a file.
  ///
  /// - Parameters:
  ///   - text: `west,south,east,north` in the raster's CRS (`left,top,right,bottom` pixels where it has no map transform),
  ///     or a vector file, or a raster that is neither 0 nor missing where the mask is true.
  ///   - raster: the raster whose pixels will be asked for.
  /// - Throws: `RasterError`, `.noOverlap` when no pixel of the raster can be true.
  public static func open(_ text: String, on raster: Georeference) throws(RasterError) -> MaskSource {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0.filter { !$0.isWhitespace })
    }
    let source: MaskSource
    if numbers.count == 4, !numbers.contains(nil) {
      source = MaskSource(box: numbers.compactMap { $0 }, on: raster)
    } else if isVector(text) {
      let file = try VectorFile.open(text, on: raster)
      source = MaskSource(.vector(file), bounds: raster.window.intersection(file.bounds), notices: file.notices)
    } else {
      let image = try RasterImage.open(text)
      var place = image.info.georeference, notices = image.notices
      if (place.transform == nil) != (raster.transform == nil),
        (place.rows, place.columns) == (raster.rows, raster.columns)
      {
        place = raster
        notices.append("\(text) has the size of \(raster.name): it is taken pixel by pixel")
      }
      let aligned = try AlignedImage(image, at: place, onto: raster, kernel: .nearest)
      source = MaskSource(.raster(aligned), bounds: aligned.report.overlap, notices: notices)
    }
    if source.bounds.isEmpty {
      throw RasterError(
        .noOverlap,
        "\(text) lies outside \(raster.name), which covers \(raster.extent) (east, then north)"
          + (raster.crs.map { " in \($0)" } ?? ""))
    }
    return source
  }

  private init(_ kind: Kind, bounds: Window, notices: [String]) {
    self.kind = kind
    self.bounds = bounds
    self.notices = notices
  }

  private convenience init(box: [Double], on raster: Georeference) {
    var corners = [PixelPoint(row: box[1], column: box[0]), PixelPoint(row: box[3], column: box[2])]
    if let transform = raster.transform {
      corners = [(box[0], box[1]), (box[0], box[3]), (box[2], box[1]), (box[2], box[3])].map {
        let position = transform.position(east: $0.0, north: $0.1)
        return PixelPoint(row: position.row, column: position.column)
      }
    }
    let rows = corners.map(\.row), columns = corners.map(\.column)
    let (top, bottom, left, right) = (rows.min()!, rows.max()!, columns.min()!, columns.max()!)
    self.init(
      .box(top: top, left: left, bottom: bottom, right: right),
      bounds: raster.window.intersection(Window(spanning: top, left, bottom, right)), notices: [])
  }

  private static func isVector(_ path: String) -> Bool {
    let dataset = try? withGDAL { _ in
      GDALOpenEx(path, UInt32(GDAL_OF_VECTOR | GDAL_OF_READONLY), nil, nil, nil)
    }
    guard let dataset else { return false }
    defer { GDALClose(dataset) }
    return GDALDatasetGetLayerCount(dataset) > 0
  }

  /// The mask in a window of the raster; false outside it.
  public func read(_ window: Window) throws(RasterError) -> Mask {
    switch kind {
    case .vector(let file): return try file.rasterised(window)
    case .raster(let image): return try image.read(window).map { !$0.isNaN && $0 != 0 }
    case .box(let top, let left, let bottom, let right):
      var mask = Mask(rows: window.rows, columns: window.columns, filledWith: false)
      for row in 0..<window.rows {
        let y = Double(window.row + row)
        for column in 0..<window.columns {
          let x = Double(window.column + column)
          mask[row, column] = y >= top && y <= bottom && x >= left && x <= right
        }
      }
      return mask
    }
  }
}
