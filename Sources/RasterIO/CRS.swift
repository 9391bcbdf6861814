// SPDX-License-Identifier: Apache-2.0
import CGDAL

/// A coordinate reference system as a value: its WKT and what is asked of it most.
public struct CRS: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Well-known text, as GDAL gives it.
  public let wkt: String
  /// Name, e.g. `WGS 84 / UTM zone 33N`.
  public let name: String
  /// Authority and code, e.g. `EPSG:32633`; nil when it has none.
  public let code: String?
  /// Whether coordinates are lengths on a plane (true) or anything else, such as degrees (false).
  public let isProjected: Bool
  /// Whether coordinates are longitude and latitude.
  public let isGeographic: Bool
  /// Metres in one unit of a projected coordinate; nil for other systems.
  public let metresPerUnit: Double?

  public var description: String { code ?? (name.isEmpty ? "an unnamed CRS" : name) }

  /// Longitude and latitude on WGS 84, in degrees and in this order.
  public static let longitudeLatitude: CRS = {
    guard let crs = try? CRS("EPSG:4326") else { preconditionFailure("PROJ's database lacks EPSG:4326") }
    return crs
  }()

  /// Reads `EPSG:32633`, WKT, PROJ strings and whatever else PROJ understands.
  ///
  /// - Throws: `RasterError` of kind `.badCRS`.
  public init(_ text: String) throws(RasterError) {
    self = try withGDAL { (messages) throws(RasterError) -> CRS in
      guard let handle = OSRNewSpatialReference(nil) else { throw RasterError(.badCRS, "PROJ gives no CRS object") }
      defer { OSRDestroySpatialReference(handle) }
      guard OSRSetFromUserInput(handle, text) == OGRERR_NONE, let crs = CRS(handle: handle) else {
        throw RasterError(
          .badCRS, "\"\(text.prefix(80))\" is not a coordinate reference system: give for example EPSG:32633",
          cause: messages.failureText)
      }
      return crs
    }
  }

  /// Nil for an absent or empty reference. The handle stays the caller's.
  init?(handle: OGRSpatialReferenceH?) {
    guard let handle else { return nil }
    var text: UnsafeMutablePointer<CChar>?
    guard OSRExportToWkt(handle, &text) == OGRERR_NONE, let text else { return nil }
    defer { VSIFree(text) }
    wkt = String(cString: text)
    if wkt.isEmpty { return nil }
    name = OSRGetName(handle).map { String(cString: $0) } ?? ""
    // What a GeoPackage calls a layer without a system.
    if name.lowercased().hasPrefix("undefined ") { return nil }
    isProjected = OSRIsProjected(handle) != 0
    isGeographic = OSRIsGeographic(handle) != 0
    metresPerUnit = isProjected ? OSRGetLinearUnits(handle, nil) : nil
    code = CRS.code(of: handle)
  }

  /// Whether two systems give every place the same coordinates, in GDAL's judgement.
  public func isSame(as other: CRS) -> Bool {
    if wkt == other.wkt { return true }
    return withHandle { first in other.withHandle { OSRIsSame(first, $0) != 0 } }
  }

  /// The system as a PROJ string, which says less than the well-known text; nil where it cannot be said so.
  public var proj4: String? {
    withHandle { handle in
      var text: UnsafeMutablePointer<CChar>?
      guard OSRExportToProj4(handle, &text) == OGRERR_NONE, let text else { return nil }
      defer { VSIFree(text) }
      return text.pointee == 0 ? nil : String(cString: text)
    }
  }

  /// Runs a block with a GDAL handle of this system in east, north (longitude, latitude) order.
  func withHandle<Result>(_ body: (OGRSpatialReferenceH?) -> Result) -> Result {
    let handle = OSRNewSpatialReference(wkt)
    defer { OSRDestroySpatialReference(handle) }
    if let handle { OSRSetAxisMappingStrategy(handle, OAMS_TRADITIONAL_GIS_ORDER) }
    return body(handle)
  }

  private static func code(of handle: OGRSpatialReferenceH) -> String? {
    if let code = authority(of: handle) { return code }
    guard let copy = OSRClone(handle) else { return nil }
    defer { OSRDestroySpatialReference(copy) }
    return OSRAutoIdentifyEPSG(copy) == OGRERR_NONE ? authority(of: copy) : nil
  }

  private static func authority(of handle: OGRSpatialReferenceH) -> String? {
    guard let name = OSRGetAuthorityName(handle, nil), let code = OSRGetAuthorityCode(handle, nil) else { return nil }
    return "\(String(cString: name)):\(String(cString: code))"
  }
}
