// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Grids
import Synchronization

/// What a raster to be written is, apart from its pixels.
public struct RasterLayout: Hashable, Sendable {
  /// Types that products are stored in.
  public enum SampleType: Hashable, Sendable {
    case uint8, uint16, int16, int32, float32, float64
  }

  /// How overviews are made from the level below.
  public enum OverviewMethod: Hashable, Sendable {
    /// For measurements.
    case average
    /// For flags and classes.
    case nearest
  }

  public var rows, columns: Int
  public var type: SampleType
  public var transform: GeoTransform?
  public var crs: CRS?
  /// Unit of the samples, e.g. `m/yr`; empty for none.
  public var unit = ""
  /// Name of the band; empty for none.
  public var description = ""
  /// What missing is stored as; nil stores NaN in floating types and needs a whole grid in the others.
  public var nodata: Double?
  /// Items of the file's metadata.
  public var metadata: [RasterTag] = []
  public var overviews = OverviewMethod.average

  public init(
    rows: Int, columns: Int, type: SampleType = .float32, transform: GeoTransform? = nil, crs: CRS? = nil
  ) {
    self.rows = rows
    self.columns = columns
    self.type = type
    self.transform = transform
    self.crs = crs
  }
}

/// Writes one band by blocks in any order and leaves a cloud-optimised GeoTIFF, whole or not at all.
///
/// GDAL can only copy into this format, so blocks are gathered first: in memory for small rasters, else in a tiled
/// file beside the product. `finish` copies, closes and renames; until then nothing stands under the final name.
/// Blocks may come from any thread.
public final class RasterWriter: Sendable {
  public let path: String
  public let layout: RasterLayout
  private let state: Mutex<State>

  /// Rasters up to this many bytes are gathered in memory.
  private static let memoryLimit = 16 << 20

  private struct State: @unchecked Sendable {
    var staging: UnsafeMutableRawPointer?
    var stagingFile: TemporaryFile?
    var product: TemporaryFile
  }

  /// - Throws: `RasterError` of kind `.notWritable`, `.diskFull` or `.writeFailed`.
  public static func create(_ path: String, _ layout: RasterLayout) throws(RasterError) -> RasterWriter {
    precondition(layout.rows > 0 && layout.columns > 0, "a raster needs at least one pixel")
    let product = try TemporaryFile(for: path)
    return try withGDAL { (messages) throws(RasterError) -> RasterWriter in
      let bytes = layout.rows * layout.columns * layout.type.bytes
      var file: TemporaryFile?
      if bytes > memoryLimit {
        do throws(RasterError) { file = try TemporaryFile(for: path + ".staging.tif") } catch {
          product.remove()
          throw error
        }
      }
      guard let staging = layout.makeStaging(file: file?.path) else {
        file?.remove()
        throw product.failure(messages.failureText)
      }
      return RasterWriter(
        path: path, layout: layout, state: State(staging: staging, stagingFile: file, product: product))
    }
  }

  private init(path: String, layout: RasterLayout, state: consuming State) {
    self.path = path
    self.layout = layout
    self.state = Mutex(state)
  }

  deinit { cancel() }

  /// Writes a block whose first cell is at (`row`, `column`).
  ///
  /// Integer types are rounded to the nearest and clamped to their range; NaN becomes `nodata`.
  public func write(_ grid: Grid<Float>, atRow row: Int = 0, column: Int = 0) throws(RasterError) {
    var grid = grid
    if let nodata = layout.nodata, !nodata.isNaN, grid.cells.contains(where: \.isNaN) {
      let value = Float(nodata)
      for index in grid.cells.indices where grid.cells[index].isNaN { grid.cells[index] = value }
    }
    try put(grid, GDT_Float32, row, column)
  }

  public func write(_ grid: Grid<UInt8>, atRow row: Int = 0, column: Int = 0) throws(RasterError) {
    try put(grid, GDT_Byte, row, column)
  }

  public func write(_ grid: Grid<Double>, atRow row: Int = 0, column: Int = 0) throws(RasterError) {
    var grid = grid
    if let nodata = layout.nodata, !nodata.isNaN, grid.cells.contains(where: \.isNaN) {
      for index in grid.cells.indices where grid.cells[index].isNaN { grid.cells[index] = nodata }
    }
    try put(grid, GDT_Float64, row, column)
  }

  /// Copies what was written into its final form and puts it in place. The writer is used up.
  ///
  /// - Throws: `RasterError` of kind `.diskFull` or `.writeFailed`; nothing is left behind then.
  public func finish() throws(RasterError) {
    let state = self.state.withLock { state in
      defer { state.staging = nil }
      return state
    }
    precondition(state.staging != nil, "finish() or cancel() was called before")
    try withGDAL { (messages) throws(RasterError) in
      defer { state.stagingFile?.remove() }
      let done = try copy(state)
      if !done || messages.failureText != nil { throw state.product.failure(messages.failureText) }
    }
    try state.product.publish()
  }

  /// Removes everything written so far. Does nothing after `finish`.
  public func cancel() {
    let state = self.state.withLock { state in
      defer { state.staging = nil }
      return state
    }
    guard let staging = state.staging else { return }
    try? withGDAL { _ in GDALClose(staging) }
    state.stagingFile?.remove()
    state.product.remove()
  }

  private func copy(_ state: State) throws(RasterError) -> Bool {
    try withOptions(layout.copyOptions) { options in
      defer { GDALClose(state.staging) }
      GDALFlushCache(state.staging)
      guard
        let copy = GDALCreateCopy(GDALGetDriverByName("COG"), state.product.path, state.staging, 0, options, nil, nil)
      else { return false }
      GDALClose(copy)
      return true
    }
  }

  private func put<Sample>(
    _ grid: Grid<Sample>, _ type: GDALDataType, _ row: Int, _ column: Int
  ) throws(RasterError) {
    let (rows, columns) = (grid.rows, grid.columns)
    precondition(
      row >= 0 && column >= 0 && row + rows <= layout.rows && column + columns <= layout.columns,
      "a block of \(rows) × \(columns) at (\(row), \(column)) leaves the raster of \(layout.rows) × \(layout.columns)"
    )
    if grid.cells.isEmpty { return }
    try withGDAL { (messages) throws(RasterError) in
      let done = state.withLock { state -> Bool in
        guard let staging = state.staging else { preconditionFailure("the writer is finished or cancelled") }
        return grid.cells.withUnsafeBytes {
          // GDAL's buffer is mutable for reading; a write leaves it alone.
          GDALRasterIO(
            GDALGetRasterBand(staging, 1), GF_Write, Int32(column), Int32(row), Int32(columns), Int32(rows),
            UnsafeMutableRawPointer(mutating: $0.baseAddress), Int32(columns), Int32(rows), type, 0, 0) == CE_None
        }
      }
      if done && messages.failureText == nil { return }
      let failed = state.withLock { $0 }
      let error = (failed.stagingFile ?? failed.product).failure(messages.failureText)
      cancel()
      throw RasterError(error.kind, error.message.replacing(".staging.tif", with: ""), cause: error.cause)
    }
  }
}

extension RasterLayout.SampleType {
  var gdal: GDALDataType {
    switch self {
    case .uint8: GDT_Byte
    case .uint16: GDT_UInt16
    case .int16: GDT_Int16
    case .int32: GDT_Int32
    case .float32: GDT_Float32
    case .float64: GDT_Float64
    }
  }

  var bytes: Int { Int(GDALGetDataTypeSizeBytes(gdal)) }

  var isFloating: Bool { self == .float32 || self == .float64 }
}

extension RasterLayout {
  /// The options of the copy: tiles no larger than the raster needs, so that a thumbnail is not padded to 512 × 512.
  fileprivate var copyOptions: [String] {
    let longest = max(rows, columns)
    let block = longest >= 512 ? 512 : longest > 128 ? (longest + 127) / 128 * 128 : 128
    let resampling = overviews == .average ? "AVERAGE" : "NEAREST"
    // Level 6 makes files of noise 2 to 7 % smaller in twice the time: for a whole tile longer than its matching takes.
    return [
      "COMPRESS=DEFLATE", "PREDICTOR=YES", "LEVEL=1", "BLOCKSIZE=\(block)", "BIGTIFF=IF_SAFER",
      "OVERVIEWS=\(longest > 512 ? "IGNORE_EXISTING" : "NONE")", "OVERVIEW_RESAMPLING=\(resampling)",
    ]
  }

  fileprivate func makeStaging(file: String?) -> UnsafeMutableRawPointer? {
    var options: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    for option in file == nil ? [] : ["TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512", "BIGTIFF=IF_SAFER"] {
      options = CSLAddString(options, option)
    }
    defer { CSLDestroy(options) }
    let driver = GDALGetDriverByName(file == nil ? "MEM" : "GTiff")
    guard let dataset = GDALCreate(driver, file ?? "", Int32(columns), Int32(rows), 1, type.gdal, options) else {
      return nil
    }
    if let transform {
      var six = transform.gdal
      GDALSetGeoTransform(dataset, &six)
    }
    if let crs { crs.withHandle { _ = GDALSetSpatialRef(dataset, $0) } }
    for tag in metadata { GDALSetMetadataItem(dataset, tag.name, tag.value, nil) }
    let band: UnsafeMutableRawPointer = GDALGetRasterBand(dataset, 1)
    let missing = nodata ?? (type.isFloating ? .nan : nil)
    if let missing {
      GDALSetRasterNoDataValue(band, missing)
      // Blocks of a tiled file that nobody wrote read as nodata anyway.
      if file == nil { fill(band, with: missing) }
    }
    if !unit.isEmpty { GDALSetRasterUnitType(band, unit) }
    if !description.isEmpty { GDALSetDescription(band, description) }
    return dataset
  }

  /// Fills a band in memory. `GDALFillRaster` goes through the block cache, which takes a search for each block once
  /// the cache is full: seconds for a dozen rasters of 16 MB.
  private func fill(_ band: UnsafeMutableRawPointer, with value: Double) {
    let strip = min(rows, max(1, (1 << 16) / columns))
    var buffer = [Double](repeating: value, count: strip * columns)
    for row in stride(from: 0, to: rows, by: strip) {
      let count = Int32(min(strip, rows - row))
      _ = GDALRasterIO(
        band, GF_Write, 0, Int32(row), Int32(columns), count, &buffer, Int32(columns), count, GDT_Float64, 0, 0)
    }
  }
}
