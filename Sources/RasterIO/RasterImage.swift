// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Grids
import Synchronization

/// One band of a raster file in any format that GDAL reads, open for reading by windows from any thread.
///
/// GDAL 3.6 has no datasets that threads may share, so each read borrows a handle from a pool that grows to the
/// number of threads that read at once; a handle keeps its own decoded blocks, in a cache of bounded size.
/// Missing comes out as NaN: nodata, mask and alpha bands, infinities, and everything outside the raster.
public final class RasterImage: PixelSource {
  public let info: RasterInfo
  /// What the user should know about how the file is read, e.g. which of several bands was taken.
  public let notices: [String]

  /// The raster and its stored overviews, finest first.
  public let levels: [RasterLevel]

  let appliesScale: Bool
  private let overview: Int?
  let masking: RasterMasking
  private let idle: Mutex<[RasterHandle]>

  public var rows: Int { info.rows }
  public var columns: Int { info.columns }
  public var blockShape: (rows: Int, columns: Int) { (info.blockRows, info.blockColumns) }

  /// Opens a file; no pixel is read yet.
  ///
  /// - Parameters:
  ///   - path: a file, or any name that GDAL opens (`/vsizip/…`, `NETCDF:"file.nc":variable`).
  ///   - band: from 1; nil takes the first that is not alpha and says so in `notices` where there are several.
  ///   - appliesScale: whether samples are turned into the band's unit by its scale and offset.
  ///   - overview: index in `info.overviewFactors` of a stored overview that is taken for the raster, with a transform
  ///     of its own; nil takes the raster itself. To look at an image, not to measure on it.
  /// - Throws: `RasterError` of kind `.missing`, `.directory`, `.noPermission`, `.empty`, `.unreadable`,
  ///   `.container` or `.noSuchBand`.
  public static func open(
    _ path: String, band: Int? = nil, appliesScale: Bool = false, overview: Int? = nil
  ) throws(RasterError) -> RasterImage {
    try withGDAL { (messages) throws(RasterError) -> RasterImage in
      let handle = try RasterHandle(opening: path, overview: overview, messages)
      do throws(RasterError) {
        let choice = try BandChoice(handle, path: path, wanted: band)
        let info = RasterInfo(handle, path: path, band: choice.band)
        return RasterImage(
          handle: handle, info: info, notices: choice.notices(info), appliesScale: appliesScale, overview: overview)
      } catch {
        handle.close()
        throw error
      }
    }
  }

  private init(handle: RasterHandle, info: RasterInfo, notices: [String], appliesScale: Bool, overview: Int?) {
    self.info = info
    self.overview = overview
    self.notices = notices
    self.appliesScale = appliesScale
    levels = RasterLevel.all(of: handle.band(info.band))
    masking = RasterMasking(band: handle.band(info.band), info: info)
    idle = Mutex([handle])
  }

  deinit {
    let handles = idle.withLock { $0 }
    for handle in handles { handle.close() }
  }

  public func read(_ window: Window) throws(RasterError) -> Grid<Float> {
    let inside = self.window.intersection(window)
    if inside.isEmpty { return Grid(rows: window.rows, columns: window.columns, filledWith: .nan) }
    return try withHandle { (handle, messages) throws(RasterError) -> Grid<Float> in
      var buffer = PixelBuffer(window: window, inside: inside)
      try buffer.fill(from: handle.band(info.band), of: self, messages)
      return Grid(rows: window.rows, columns: window.columns, cells: buffer.cells)
    }
  }

  /// The stored overview of exactly this decimation factor; nil when the file has none.
  ///
  /// An overview may have been made by picking pixels: use it to look at an image, not to measure on it.
  public func readOverview(factor: Int) throws(RasterError) -> Grid<Float>? {
    guard let index = info.overviewFactors.firstIndex(of: factor) else { return nil }
    return try withHandle { (handle, messages) throws(RasterError) -> Grid<Float>? in
      guard let band = GDALGetOverview(handle.band(info.band), Int32(index)) else { return nil }
      let whole = Window(
        row: 0, column: 0, rows: Int(GDALGetRasterBandYSize(band)), columns: Int(GDALGetRasterBandXSize(band)))
      var buffer = PixelBuffer(window: whole, inside: whole)
      try buffer.fill(from: band, of: self, messages)
      return Grid(rows: whole.rows, columns: whole.columns, cells: buffer.cells)
    }
  }

  func withHandle<Result>(
    _ body: (RasterHandle, GDALMessages) throws(RasterError) -> Result
  ) throws(RasterError) -> Result {
    try withGDAL { (messages) throws(RasterError) -> Result in
      let handle: RasterHandle
      if let free = idle.withLock({ $0.popLast() }) {
        handle = free
      } else {
        handle = try RasterHandle(opening: info.path, overview: overview, messages)
      }
      defer { idle.withLock { $0.append(handle) } }
      return try body(handle, messages)
    }
  }
}
