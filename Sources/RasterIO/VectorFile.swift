// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Grids

/// A position in a raster: pixel centres at integers.
public struct PixelPoint: Hashable, Sendable, Codable {
  public var row, column: Double

  public init(row: Double, column: Double) {
    self.row = row
    self.column = column
  }
}

/// Polygons, lines and points of a vector file in any format that OGR reads, in the pixels of a raster.
///
/// Layers are transformed from their CRS. Where neither the layer nor the raster has one, coordinates are taken as
/// (column, row) positions, or as map coordinates if the raster has a transform. All layers of the file are used.
/// Geometries stay in memory, O(vertices), but lines and polygons that do not touch the raster.
public final class VectorFile: Sendable {
  public let path: String
  public let raster: Georeference
  /// What the user should know about how the file was taken.
  public let notices: [String]
  private let shapes: [VectorShape]

  /// - Throws: `RasterError` of kind `.missing` and the like, `.vector` when there is nothing in it or its CRS does not
  ///   fit the raster, `.noTransformation`.
  public static func open(_ path: String, on raster: Georeference) throws(RasterError) -> VectorFile {
    try withGDAL { (messages) throws(RasterError) -> VectorFile in
      let flags = UInt32(GDAL_OF_VECTOR | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR)
      guard let dataset = GDALOpenEx(path, flags, nil, nil, nil) else {
        throw RasterError.unopened(path, what: "a vector", cause: messages.failureText)
      }
      defer { GDALClose(dataset) }
      let format = GDALGetDriverShortName(GDALGetDatasetDriver(dataset)).map { String(cString: $0) } ?? ""
      var shapes: [VectorShape] = []
      var notices: [String] = []
      var count = 0, unplaced = 0
      for index in 0..<GDALDatasetGetLayerCount(dataset) {
        guard let layer = GDALDatasetGetLayer(dataset, index) else { continue }
        let placing = try VectorPlacing(layer: layer, path: path, format: format, raster: raster)
        notices += placing.notices.filter { !notices.contains($0) }
        OGR_L_ResetReading(layer)
        while let feature = OGR_L_GetNextFeature(layer) {
          defer { OGR_F_Destroy(feature) }
          guard let stolen = OGR_F_StealGeometry(feature) else { continue }
          let shape = try VectorShape(owned: stolen, placing)
          count += 1
          if !shape.isPlaced {
            unplaced += 1
          } else if shape.isPoint || shape.touches(raster.window) {
            shapes.append(shape)
          }
        }
      }
      if let cause = messages.failureText {
        throw RasterError(.vector, "\(path) cannot be read to its end; it is damaged or cut off", cause: cause)
      }
      if count == 0 { throw RasterError(.vector, "\(path) holds no geometry") }
      if unplaced > 0 {
        notices.append("\(unplaced) of \(count) geometries of \(path) have no place in the image's CRS: left out")
      }
      return VectorFile(path: path, raster: raster, notices: notices, shapes: shapes)
    }
  }

  private init(path: String, raster: Georeference, notices: [String], shapes: [VectorShape]) {
    self.path = path
    self.raster = raster
    self.notices = notices
    self.shapes = shapes
  }

  /// All vertices in the order of the file: for point layers, the points.
  public var points: [PixelPoint] { shapes.flatMap(\.vertices) }

  /// Pixels between which all geometries lie; it may reach outside the raster.
  public var bounds: Window {
    if shapes.isEmpty { return Window(row: 0, column: 0, rows: 0, columns: 0) }
    let top = shapes.map(\.top).min() ?? 0, left = shapes.map(\.left).min() ?? 0
    let bottom = shapes.map(\.bottom).max() ?? 0, right = shapes.map(\.right).max() ?? 0
    return Window(spanning: top, left, bottom, right)
  }

  /// Pixels whose centre lies in a polygon, or that a line or point touches; the same in whatever window it is asked.
  public func rasterised(_ window: Window) throws(RasterError) -> Mask {
    var mask = Mask(rows: window.rows, columns: window.columns, filledWith: false)
    if window.isEmpty { return mask }
    // Drawn in blocks anchored to the raster: where an edge runs through a pixel's centre, rounding decides, and it
    // depends on where the canvas begins.
    let side = 256
    func first(_ value: Int) -> Int { Int((Double(value) / Double(side)).rounded(.down)) * side }
    for row in stride(from: first(window.row), to: window.endRow, by: side) {
      for column in stride(from: first(window.column), to: window.endColumn, by: side) {
        let block = Window(row: row, column: column, rows: side, columns: side)
        guard let drawn = try draw(block) else { continue }
        let part = block.intersection(window)
        for r in part.row..<part.endRow {
          for c in part.column..<part.endColumn {
            mask[r - window.row, c - window.column] = drawn[(r - row) * side + c - column] != 0
          }
        }
      }
    }
    return mask
  }

  /// The geometries in a block as bytes, not 0 where they are; nil where there are none.
  private func draw(_ block: Window) throws(RasterError) -> [UInt8]? {
    let near = shapes.filter { $0.touches(block) }
    if near.isEmpty { return nil }
    var bytes = [UInt8](repeating: 0, count: block.rows * block.columns)
    try withGDAL { (messages) throws(RasterError) in
      let canvas = GDALCreate(
        GDALGetDriverByName("MEM"), "", Int32(block.columns), Int32(block.rows), 1, GDT_Byte, nil)
      defer { GDALClose(canvas) }
      var band: Int32 = 1
      var origin = [Double(block.column), Double(block.row)]
      var geometries: [OGRGeometryH?] = near.map(\.geometry)
      let values = [Double](repeating: 1, count: geometries.count)
      let done = GDALRasterizeGeometries(
        canvas, 1, &band, Int32(geometries.count), &geometries, shiftToWindow, &origin, values, nil, nil, nil)
      let read = bytes.withUnsafeMutableBytes {
        GDALRasterIO(
          GDALGetRasterBand(canvas, 1), GF_Read, 0, 0, Int32(block.columns), Int32(block.rows), $0.baseAddress,
          Int32(block.columns), Int32(block.rows), GDT_Byte, 0, 0)
      }
      guard done == CE_None, read == CE_None else {
        throw RasterError(.vector, "the geometries of \(path) cannot be drawn", cause: messages.failureText)
      }
    }
    return bytes
  }
}

extension Window {
  /// The smallest window with the pixels that a box of positions touches.
  init(spanning top: Double, _ left: Double, _ bottom: Double, _ right: Double) {
    func whole(_ value: Double) -> Int { Int(max(-1e9, min(1e9, value.rounded(.down)))) }
    let row = whole(top + 0.5), column = whole(left + 0.5)
    self.init(
      row: row, column: column, rows: max(0, whole(bottom + 0.5) - row + 1),
      columns: max(0, whole(right + 0.5) - column + 1))
  }
}

/// GDAL's hook from the coordinates of geometries, pixels of the raster, to pixels of a window.
private func shiftToWindow(
  _ argument: UnsafeMutableRawPointer?, _ isInverse: Int32, _ count: Int32, _ x: UnsafeMutablePointer<Double>?,
  _ y: UnsafeMutablePointer<Double>?, _ z: UnsafeMutablePointer<Double>?, _ success: UnsafeMutablePointer<Int32>?
) -> Int32 {
  guard let origin = argument?.assumingMemoryBound(to: Double.self), let x, let y, let success else { return 0 }
  let sign: Double = isInverse != 0 ? -1 : 1
  for index in 0..<Int(count) {
    x[index] -= sign * origin[0]
    y[index] -= sign * origin[1]
    success[index] = 1
  }
  return 1
}
