// SPDX-License-Identifier: Apache-2.0
import CGDAL

/// Shapes that come as GeoJSON text, put into a GeoPackage with their attributes.
public enum GeoJSONConversion {
  /// Writes a feature collection as the layer of a new GeoPackage, whole or not at all.
  ///
  /// - Parameters:
  ///   - text: a GeoJSON feature collection.
  ///   - layer: name of the layer.
  ///   - crs: of the coordinates, e.g. `EPSG:4326`; nil for columns and rows of an image.
  /// - Throws: `RasterError` of kind `.vector` for a text that GDAL can't read, `.badCRS`, `.notWritable`,
  ///   `.diskFull`, `.writeFailed`.
  public static func writeGeoPackage(
    _ text: String, to path: String, layer: String, crs: CRS?
  ) throws(RasterError) {
    let file = try TemporaryFile(for: path)
    file.remove()  // the driver refuses to write over a file
    var options = ["-f", "GPKG", "-nln", layer, "-nlt", "GEOMETRY", "-lco", "GEOMETRY_NAME=geometry"]
    // GDAL gives this name the code for an undefined plane, as the writer of points and lines does.
    options += ["-a_srs", crs?.wkt ?? "LOCAL_CS[\"Undefined Cartesian SRS\",UNIT[\"metre\",1]]"]
    let done = try withGDAL { (messages) throws(RasterError) -> Bool in
      guard let source = try open(text) else {
        throw RasterError(.vector, "the shapes are no GeoJSON that can be read", cause: messages.failureText)
      }
      defer { GDALClose(source) }
      return try translate(source, to: file, options, messages)
    }
    if done { try file.publish() }
  }

  private static func open(_ text: String) throws(RasterError) -> GDALDatasetH? {
    // GDAL takes a GeoJSON text in place of a file's name; no other driver may see it.
    try withOptions(["GeoJSON"]) { drivers in
      let names = UnsafeRawPointer(drivers)?.assumingMemoryBound(to: UnsafePointer<CChar>?.self)
      return GDALOpenEx(text, UInt32(GDAL_OF_VECTOR), names, nil, nil)
    }
  }

  private static func translate(
    _ source: GDALDatasetH, to file: TemporaryFile, _ options: [String], _ messages: GDALMessages
  ) throws(RasterError) -> Bool {
    let parsed = try withOptions(options) { GDALVectorTranslateOptionsNew($0, nil) }
    guard let parsed else { throw file.failure(messages.failureText) }
    defer { GDALVectorTranslateOptionsFree(parsed) }
    var sources: [GDALDatasetH?] = [source]
    var failed: Int32 = 0
    let made = GDALVectorTranslate(file.path, nil, 1, &sources, parsed, &failed)
    if let made { GDALClose(made) }
    guard made != nil, failed == 0, messages.failureText == nil else { throw file.failure(messages.failureText) }
    return true
  }
}
