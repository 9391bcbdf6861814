// SPDX-License-Identifier: Apache-2.0
import CGDAL

/// What a vector file says about itself.
public struct VectorInfo: Hashable, Sendable {
  /// One layer of the file.
  public struct Layer: Hashable, Sendable {
    public let name: String
    /// Kind of geometry, e.g. `Polygon`; `Unknown (any)` for mixed ones.
    public let geometry: String
    public let featureCount: Int
    public let crs: CRS?
    /// Box around all geometries in the layer's CRS; nil when there are none.
    public let extent: Extent?
    /// Names of the attributes.
    public let fields: [String]
  }

  public let path: String
  /// GDAL's short name of the format, e.g. `GPKG`.
  public let format: String
  public let layers: [Layer]

  /// Reads what a file holds, but not its geometries.
  ///
  /// - Throws: `RasterError` of kind `.missing` and the like; `.vector` when it has no layer.
  public static func read(_ path: String) throws(RasterError) -> VectorInfo {
    try withGDAL { (messages) throws(RasterError) -> VectorInfo in
      let flags = UInt32(GDAL_OF_VECTOR | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR)
      guard let dataset = GDALOpenEx(path, flags, nil, nil, nil) else {
        throw RasterError.unopened(path, what: "a vector", cause: messages.failureText)
      }
      defer { GDALClose(dataset) }
      let layers = (0..<GDALDatasetGetLayerCount(dataset)).compactMap { index in
        GDALDatasetGetLayer(dataset, index).map(Layer.init(handle:))
      }
      if layers.isEmpty { throw RasterError(.vector, "\(path) holds no layer") }
      let format = GDALGetDriverShortName(GDALGetDatasetDriver(dataset)).map { String(cString: $0) } ?? ""
      return VectorInfo(path: path, format: format, layers: layers)
    }
  }
}

extension VectorInfo.Layer {
  fileprivate init(handle layer: OGRLayerH) {
    name = OGR_L_GetName(layer).map { String(cString: $0) } ?? ""
    geometry = OGRGeometryTypeToName(OGR_L_GetGeomType(layer)).map { String(cString: $0) } ?? ""
    featureCount = Int(OGR_L_GetFeatureCount(layer, 1))
    crs = CRS(handle: OGR_L_GetSpatialRef(layer))
    var box = OGREnvelope()
    let isKnown = featureCount > 0 && OGR_L_GetExtent(layer, &box, 1) == OGRERR_NONE
    extent = isKnown ? Extent(west: box.MinX, south: box.MinY, east: box.MaxX, north: box.MaxY) : nil
    let definition = OGR_L_GetLayerDefn(layer)
    fields = (0..<OGR_FD_GetFieldCount(definition)).compactMap { index in
      OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(definition, index)).map { String(cString: $0) }
    }
  }
}
