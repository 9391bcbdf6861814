// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Foundation

/// The shapes of a vector file that a stranger sent, as GeoJSON in longitude and latitude.
///
/// Only formats that hold their shapes themselves are read: none that names other files or addresses. Of an archive it
/// is asked first how large its files are, since a few bytes may stand for terabytes.
public enum VectorShapes {
  /// Endings of what is read; a shapefile comes as an archive of its parts.
  public static let endings = ["geojson", "json", "kml", "kmz", "gpkg", "zip"]
  private static let drivers = ["GeoJSON", "KML", "LIBKML", "GPKG", "ESRI Shapefile"]
  private static let mostBytes = 64 << 20, mostFiles = 1000, mostShapes = 2000

  /// - Parameters:
  ///   - path: of a file whose ending tells what it is.
  ///   - name: what the sender calls it, for messages.
  /// - Returns: a GeoJSON feature collection of the first layer that has shapes, 2000 at most, without heights.
  /// - Throws: `RasterError` of kind `.vector` for other formats, archives that are too large, and shapes whose place
  ///   is not known.
  public static func geoJSON(of path: String, named name: String) throws(RasterError) -> String {
    let source = try checked(path, name)
    return try withGDAL { (messages) throws(RasterError) -> String in
      let dataset = try withOptions(drivers) { list in
        let names = UnsafeRawPointer(list)?.assumingMemoryBound(to: UnsafePointer<CChar>?.self)
        return GDALOpenEx(source, UInt32(GDAL_OF_VECTOR | GDAL_OF_READONLY), names, nil, nil)
      }
      guard let dataset else {
        throw RasterError(
          .vector, "\(name) holds no shapes that can be read; send GeoJSON, KML, a GeoPackage or a zipped shapefile",
          cause: messages.failureText)
      }
      defer { GDALClose(dataset) }
      return try text(dataset, layer: try layer(of: dataset, name), name, messages)
    }
  }

  /// What GDAL is to open: the file, or the archive's inside.
  private static func checked(_ path: String, _ name: String) throws(RasterError) -> String {
    let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    guard endings.contains(ending) else {
      throw RasterError(
        .vector, "\(name) is of no kind that is read here; send one that ends in \(endings.joined(separator: ", "))")
    }
    guard ending == "zip" || ending == "kmz" else { return path }
    let archive = "/vsizip/\(path)"
    var bytes = 0, files = 0, folders = [archive]
    while let folder = folders.popLast() {
      for entry in VirtualFile.entries(of: folder).map({ "\(folder)/\($0)" }) {
        files += 1
        if VirtualFile.kind(of: entry) == .folder { folders.append(entry) }
        bytes += VirtualFile.size(of: entry) ?? 0
        guard files <= mostFiles, bytes <= mostBytes else {
          throw RasterError(
            .vector,
            "\(name) unpacks to more than \(mostFiles) files or \(mostBytes >> 20) MB; send only the shapes of the area"
          )
        }
      }
    }
    // LIBKML unpacks by itself; a shapefile in a folder of the archive is found by the name of the folder.
    return ending == "kmz" ? path : shapefile(in: archive) ?? archive
  }

  private static func shapefile(in folder: String) -> String? {
    let entries = VirtualFile.entries(of: folder).filter { $0 != "__MACOSX" }
    if let found = entries.first(where: { $0.lowercased().hasSuffix(".shp") }) { return "\(folder)/\(found)" }
    return entries.lazy.map { "\(folder)/\($0)" }.filter { VirtualFile.kind(of: $0) == .folder }
      .compactMap { shapefile(in: $0) }.first
  }

  /// The name of the first layer that has shapes and a place on Earth.
  private static func layer(of dataset: GDALDatasetH, _ name: String) throws(RasterError) -> String {
    for index in 0..<GDALDatasetGetLayerCount(dataset) {
      guard let layer = GDALDatasetGetLayer(dataset, index), OGR_L_GetFeatureCount(layer, 1) > 0,
        OGR_L_GetGeomType(layer) != wkbNone
      else { continue }
      guard OGR_L_GetSpatialRef(layer) != nil else {
        throw RasterError(
          .vector, "\(name) does not say where on Earth its coordinates are; add its .prj file, or give it a CRS")
      }
      return String(cString: OGR_L_GetName(layer))
    }
    throw RasterError(.vector, "\(name) holds no shapes")
  }

  private static func text(
    _ dataset: GDALDatasetH, layer: String, _ name: String, _ messages: GDALMessages
  ) throws(RasterError) -> String {
    let memory = "/vsimem/ogive-\(UUID().uuidString).geojson"
    defer { VSIUnlink(memory) }
    let wishes = ["-f", "GeoJSON", "-t_srs", "EPSG:4326", "-dim", "XY", "-limit", "\(mostShapes)", layer]
    let options = try withOptions(wishes) { GDALVectorTranslateOptionsNew($0, nil) }
    defer { GDALVectorTranslateOptionsFree(options) }
    var sources: [GDALDatasetH?] = [dataset]
    var failed: Int32 = 0
    let made = GDALVectorTranslate(memory, nil, 1, &sources, options, &failed)
    if let made { GDALClose(made) }
    var count: vsi_l_offset = 0
    guard made != nil, failed == 0, let bytes = VSIGetMemFileBuffer(memory, &count, 0) else {
      throw RasterError(
        .vector, "the shapes of \(name) can't be brought to longitude and latitude", cause: messages.failureText)
    }
    return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
  }
}
