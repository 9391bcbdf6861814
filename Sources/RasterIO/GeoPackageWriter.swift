// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Grids
import Synchronization

/// A layer of points or lines with typed attributes, to be written.
public struct VectorLayout: Hashable, Sendable {
  public enum Geometry: Hashable, Sendable { case point, line }
  public enum FieldType: Hashable, Sendable { case double, integer, text }

  public struct Field: Hashable, Sendable {
    public let name: String
    public let type: FieldType

    public init(_ name: String, _ type: FieldType) {
      self.name = name
      self.type = type
    }
  }

  public var layer: String
  public var geometry: Geometry
  public var fields: [Field]
  /// Nil writes the layer with an undefined plane system, e.g. for pixels.
  public var crs: CRS?

  public init(layer: String, geometry: Geometry, fields: [Field], crs: CRS? = nil) {
    self.layer = layer
    self.geometry = geometry
    self.fields = fields
    self.crs = crs
  }
}

/// A place on the map, in the layer's CRS.
public struct MapPoint: Hashable, Sendable, Codable {
  public var east, north: Double

  public init(east: Double, north: Double) {
    self.east = east
    self.north = north
  }
}

/// An attribute; NaN and `missing` are stored as NULL.
public enum VectorValue: Hashable, Sendable {
  case double(Double)
  case integer(Int)
  case text(String)
  case missing
}

/// Writes a GeoPackage feature by feature and leaves it whole or not at all. Used from one thread at a time.
public final class GeoPackageWriter: Sendable {
  public let path: String
  public let layout: VectorLayout
  private let state: Mutex<State>

  private struct State: @unchecked Sendable {
    var dataset: UnsafeMutableRawPointer?
    var layer: UnsafeMutableRawPointer
    let file: TemporaryFile
  }

  /// - Throws: `RasterError` of kind `.notWritable`, `.diskFull` or `.writeFailed`.
  public static func create(_ path: String, _ layout: VectorLayout) throws(RasterError) -> GeoPackageWriter {
    let file = try TemporaryFile(for: path)
    file.remove()  // the driver refuses to write over a file
    return try withGDAL { (messages) throws(RasterError) -> GeoPackageWriter in
      guard
        let dataset = GDALCreate(GDALGetDriverByName("GPKG"), file.path, 0, 0, 0, GDT_Unknown, nil),
        let layer = layout.makeLayer(in: dataset), messages.failureText == nil
      else { throw file.failure(messages.failureText) }
      GDALDatasetStartTransaction(dataset, 0)
      return GeoPackageWriter(path, layout, State(dataset: dataset, layer: layer, file: file))
    }
  }

  private init(_ path: String, _ layout: VectorLayout, _ state: consuming State) {
    self.path = path
    self.layout = layout
    self.state = Mutex(state)
  }

  deinit { cancel() }

  /// Adds a feature: one place for a point, two or more for a line; values in the order of the layout's fields.
  public func write(_ places: [MapPoint], _ values: [VectorValue]) throws(RasterError) {
    precondition(values.count == layout.fields.count, "a feature needs \(layout.fields.count) values")
    precondition(places.count == 1 || layout.geometry == .line, "a point has one place")
    let state = self.state.withLock { $0 }
    precondition(state.dataset != nil, "the writer is finished or cancelled")
    try withGDAL { (messages) throws(RasterError) in
      let feature = OGR_F_Create(OGR_L_GetLayerDefn(state.layer))
      defer { OGR_F_Destroy(feature) }
      for (index, value) in values.enumerated() {
        switch value {
        case .double(let number) where number.isNaN: OGR_F_SetFieldNull(feature, Int32(index))
        case .double(let number): OGR_F_SetFieldDouble(feature, Int32(index), number)
        case .integer(let number): OGR_F_SetFieldInteger64(feature, Int32(index), Int64(number))
        case .text(let text): OGR_F_SetFieldString(feature, Int32(index), text)
        case .missing: OGR_F_SetFieldNull(feature, Int32(index))
        }
      }
      let shape = OGR_G_CreateGeometry(layout.geometry == .point ? wkbPoint : wkbLineString)
      for place in places { OGR_G_AddPoint_2D(shape, place.east, place.north) }
      OGR_F_SetGeometryDirectly(feature, shape)
      if OGR_L_CreateFeature(state.layer, feature) != OGRERR_NONE {
        let cause = messages.failureText
        cancelled()
        throw state.file.failure(cause)
      }
    }
  }

  /// Closes the file and puts it in place. The writer is used up.
  public func finish() throws(RasterError) {
    let state = taken()
    precondition(state.dataset != nil, "finish() or cancel() was called before")
    try withGDAL { (messages) throws(RasterError) in
      let done = GDALDatasetCommitTransaction(state.dataset) == OGRERR_NONE
      GDALClose(state.dataset)
      if !done || messages.failureText != nil { throw state.file.failure(messages.failureText) }
    }
    try state.file.publish()
  }

  /// Removes everything written so far. Does nothing after `finish`.
  public func cancel() { cancelled() }

  private func cancelled() {
    let state = taken()
    guard let dataset = state.dataset else { return }
    try? withGDAL { _ in
      GDALDatasetRollbackTransaction(dataset)
      GDALClose(dataset)
    }
    state.file.remove()
  }

  private func taken() -> State {
    state.withLock { state in
      defer { state.dataset = nil }
      return state
    }
  }
}

extension VectorLayout {
  fileprivate func makeLayer(in dataset: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let kind = geometry == .point ? wkbPoint : wkbLineString
    let options = CSLAddString(nil, "GEOMETRY_NAME=geometry")
    defer { CSLDestroy(options) }
    // GDAL gives this name the code for an undefined plane; without any system it would write undefined degrees.
    let undefined = "LOCAL_CS[\"Undefined Cartesian SRS\",UNIT[\"metre\",1]]"
    let system = OSRNewSpatialReference(crs?.wkt ?? undefined)
    defer { OSRDestroySpatialReference(system) }
    if let system { OSRSetAxisMappingStrategy(system, OAMS_TRADITIONAL_GIS_ORDER) }
    guard let made = GDALDatasetCreateLayer(dataset, layer, system, kind, options) else { return nil }
    for field in fields {
      let type: OGRFieldType =
        switch field.type {
        case .double: OFTReal
        case .integer: OFTInteger64
        case .text: OFTString
        }
      guard let definition = OGR_Fld_Create(field.name, type) else { return nil }
      defer { OGR_Fld_Destroy(definition) }
      guard OGR_L_CreateField(made, definition, 1) == OGRERR_NONE else { return nil }
    }
    return UnsafeMutableRawPointer(made)
  }
}
