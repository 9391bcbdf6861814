// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Grids

/// How the coordinates of a layer become pixels of a raster.
struct VectorPlacing {
  let transformation: CoordinateTransformation?
  let transform: GeoTransform?
  let notices: [String]

  init(
    layer: OGRLayerH, path: String, format: String, raster: Georeference
  ) throws(RasterError) {
    let crs = CRS(handle: OGR_L_GetSpatialRef(layer))
    try self.init(crs: crs, path: path, isGeoJSON: format.hasPrefix("GeoJSON"), raster: raster)
  }

  init(crs: CRS?, path: String, isGeoJSON: Bool, raster: Georeference) throws(RasterError) {
    transform = raster.transform
    switch (crs, raster.crs) {
    case (let layer?, let target?):
      transformation = layer.isSame(as: target) ? nil : try CoordinateTransformation(from: layer, to: target)
      notices = []
    case (nil, nil):
      transformation = nil
      notices =
        raster.transform == nil
        ? ["\(path) has no CRS, as the image: its coordinates are taken as columns and rows"] : []
    case (_?, nil) where isGeoJSON:
      // The format cannot say that there is none.
      transformation = nil
      notices = ["\(path): the image has no CRS, so coordinates are taken as columns and rows"]
    case (let layer?, nil):
      throw RasterError(
        .vector,
        "\(path) has a CRS (\(layer)) and \(raster.name) has none: georeference the image, or draw in its pixels")
    case (nil, let target?):
      throw RasterError(
        .vector, "\(path) has no CRS and \(raster.name) has \(target): give the file its CRS (ogr2ogr -a_srs EPSG:…)")
    }
  }

  /// Positions in the raster of coordinates in the layer; NaN where there are none.
  func positions(
    east: [Double], north: [Double]
  ) throws(RasterError) -> [PixelPoint] {
    var east = east, north = north
    if let transformation { try transformation.transform(east: &east, north: &north) }
    return zip(east, north).map { x, y in
      guard let transform else { return PixelPoint(row: y, column: x) }
      let position = transform.position(east: x, north: y)
      return PixelPoint(row: position.row, column: position.column)
    }
  }
}

/// One geometry in the pixels of a raster, with OGR's convention (pixel corner at integers) in the handle.
final class VectorShape: @unchecked Sendable {
  let geometry: OGRGeometryH
  /// All vertices, pixel centres at integers.
  let vertices: [PixelPoint]
  let top, left, bottom, right: Double
  let isPoint: Bool
  /// Whether every vertex has a place: one that has none would lead the drawing astray.
  var isPlaced: Bool { !vertices.isEmpty && vertices.allSatisfy { $0.row.isFinite && $0.column.isFinite } }

  /// Takes the geometry over.
  init(owned stolen: OGRGeometryH, _ placing: VectorPlacing) throws(RasterError) {
    var shape = stolen
    if OGR_G_HasCurveGeometry(stolen, 0) != 0, let linear = OGR_G_GetLinearGeometry(stolen, 0, nil) {
      OGR_G_DestroyGeometry(stolen)
      shape = linear
    }
    if placing.transformation != nil {
      // A straight edge bends on the way to another CRS.
      var box = OGREnvelope()
      OGR_G_GetEnvelope(shape, &box)
      let longest = max(box.MaxX - box.MinX, box.MaxY - box.MinY)
      if longest > 0 { OGR_G_Segmentize(shape, longest / 64) }
    }
    var all: [PixelPoint] = []
    do throws(RasterError) { try VectorShape.place(shape, placing, &all) } catch {
      OGR_G_DestroyGeometry(shape)
      throw error
    }
    geometry = shape
    vertices = all
    let kind = OGR_GT_Flatten(OGR_G_GetGeometryType(shape))
    isPoint = kind == wkbPoint || kind == wkbMultiPoint
    let rows = all.map(\.row).filter(\.isFinite), columns = all.map(\.column).filter(\.isFinite)
    (top, bottom) = (rows.min() ?? .infinity, rows.max() ?? -.infinity)
    (left, right) = (columns.min() ?? .infinity, columns.max() ?? -.infinity)
  }

  deinit { OGR_G_DestroyGeometry(geometry) }

  /// Whether the box around the geometry touches a window of the raster.
  func touches(_ window: Window) -> Bool {
    bottom >= Double(window.row) - 1 && top <= Double(window.endRow) && right >= Double(window.column) - 1
      && left <= Double(window.endColumn)
  }

  /// Moves every vertex of a geometry and of its parts to the raster's pixels.
  private static func place(
    _ shape: OGRGeometryH, _ placing: VectorPlacing, _ all: inout [PixelPoint]
  ) throws(RasterError) {
    for part in 0..<OGR_G_GetGeometryCount(shape) {
      if let inner = OGR_G_GetGeometryRef(shape, part) { try place(inner, placing, &all) }
    }
    if OGR_G_GetGeometryCount(shape) > 0 { return }
    let count = OGR_G_GetPointCount(shape)
    if count <= 0 { return }
    let east = (0..<count).map { OGR_G_GetX(shape, $0) }, north = (0..<count).map { OGR_G_GetY(shape, $0) }
    OGR_G_FlattenTo2D(shape)
    for (index, point) in try placing.positions(east: east, north: north).enumerated() {
      OGR_G_SetPoint_2D(shape, Int32(index), point.column + 0.5, point.row + 0.5)
      all.append(point)
    }
  }
}
