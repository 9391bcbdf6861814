// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Foundation

/// How CF names a coordinate reference system and its axes.
public struct GridMapping: Hashable, Sendable {
  /// Attributes of the grid mapping variable: method, parameters, ellipsoid and well-known text.
  public let attributes: [NetCDFAttribute]
  /// Attributes of the coordinates that run along columns (x) and rows (y).
  public let x, y: [NetCDFAttribute]

  /// Asks GDAL, which writes CF's attributes only into a file: a file of four pixels is made in the temporary folder.
  ///
  /// - Throws: `RasterError` of kind `.badCRS` when CF has no such projection.
  public init(_ crs: CRS) throws(RasterError) {
    attributes = try Self.attributes(of: crs)
    guard attributes.contains(where: { $0.name == "grid_mapping_name" }) else {
      throw RasterError(
        .badCRS, "\(crs) is a projection that the CF conventions do not know; reproject the scenes to a UTM zone, say"
      )
    }
    if crs.isGeographic {
      x = Self.axis("longitude", unit: "degrees_east", "longitude")
      y = Self.axis("latitude", unit: "degrees_north", "latitude")
    } else {
      let unit = Self.lengthUnit(crs)
      x = Self.axis("projection_x_coordinate", unit: unit, "x coordinate of projection")
      y = Self.axis("projection_y_coordinate", unit: unit, "y coordinate of projection")
    }
  }

  private static func axis(_ name: String, unit: String, _ title: String) -> [NetCDFAttribute] {
    [NetCDFAttribute("standard_name", name), NetCDFAttribute("long_name", title), NetCDFAttribute("units", unit)]
  }

  private static func lengthUnit(_ crs: CRS) -> String {
    let metres = crs.metresPerUnit ?? 1
    // UDUNITS reads a number before a unit.
    return abs(metres - 1) < 1e-12 ? "m" : "\(metres) m"
  }

  private static func attributes(of crs: CRS) throws(RasterError) -> [NetCDFAttribute] {
    let folder = FileManager.default.temporaryDirectory.path(percentEncoded: false)
    let file = try TemporaryFile(for: folder + "/ogive-crs.nc")
    defer { file.remove() }
    return try withNetCDF { (messages) throws(RasterError) -> [NetCDFAttribute] in
      guard let netCDF = GDALGetDriverByName("netCDF") else {
        throw RasterError(.writeFailed, "GDAL was built without NetCDF; install a GDAL with its netCDF driver")
      }
      guard write(crs, file.path, netCDF) else {
        throw RasterError(.badCRS, "\(crs) has no description by the CF conventions", cause: messages.failureText)
      }
      let found = try NetCDFAttributes(of: file.path).variables.values.first { attributes in
        attributes.contains { $0.name == "grid_mapping_name" }
      }
      // The transform is that of the two pixels.
      return (found ?? []).filter { $0.name != "GeoTransform" }
    }
  }

  private static func write(_ crs: CRS, _ path: String, _ driver: UnsafeMutableRawPointer) -> Bool {
    let memory = GDALCreate(GDALGetDriverByName("MEM"), "", 2, 2, 1, GDT_Byte, nil)
    defer { GDALClose(memory) }
    // Degrees, or a metre: any place that exists will do.
    var transform = [0.0, 1, 0, 0, 0, -1]
    GDALSetGeoTransform(memory, &transform)
    crs.withHandle { _ = GDALSetSpatialRef(memory, $0) }
    guard let copy = GDALCreateCopy(driver, path, memory, 0, nil, nil, nil) else { return false }
    GDALClose(copy)
    return true
  }
}
