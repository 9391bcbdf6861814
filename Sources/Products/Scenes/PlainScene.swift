// SPDX-License-Identifier: Apache-2.0
import RasterIO

/// Reads a raster that belongs to no known product.
public enum PlainSceneReader {
  /// - Parameters:
  ///   - path: any raster that GDAL opens, with or without CRS.
  ///   - date: when it is known; else it is looked for in the metadata and the name.
  ///   - bandNames: what its bands are, in their order; without them a band is known by its description in the file, and
  ///     the only band of a file is `grey`.
  /// - Throws: `SceneError` of kind `.missing`, `.damaged` or `.noDate`.
  public static func read(
    _ path: String, date: AcquisitionDate? = nil, bandNames: [BandName] = []
  ) throws(SceneError) -> Scene {
    var images: [RasterImage] = []
    do throws(RasterError) {
      images = [try RasterImage.open(path, band: 1)]
      // Files of hundreds of bands are cubes, whose descriptions name no colours.
      if images[0].info.bandCount <= 32 {
        for number in 2..<max(2, images[0].info.bandCount + 1) {
          images.append(try RasterImage.open(path, band: number))
        }
      }
    } catch {
      throw SceneError(error.kind == .missing ? .missing : .damaged, path, error.message, cause: error.cause)
    }
    let first = images[0]
    var found = date
    if found == nil {
      switch AcquisitionDate.find(for: first) {
      case .found(let date): found = date
      case .unknown(let reason):
        throw SceneError(
          .noDate, path, "\(path): \(reason); rename it, or give a pattern for the names or a list of files and dates"
        )
      }
    }
    guard let found else { preconditionFailure("a date was found or an error thrown") }
    let bands = images.enumerated().map { index, image in
      SceneBand(
        name: name(image, index, bandNames, count: images.count), id: "\(index + 1)", path: path,
        number: index + 1, resolution: resolution(image), calibration: nil, missing: nil, saturated: nil)
    }
    let outline = (try? first.info.georeference.geographicOutline(pointsPerSide: 2)) ?? nil
    return Scene(
      id: path.split(separator: "/").last.map(String.init) ?? path, path: path, mission: .plain, platform: nil,
      level: nil, date: found, relativeOrbit: nil, isAscending: nil, tile: nil, pass: nil, processingBaseline: nil,
      bands: bands, masks: [], angles: SceneAngles(), footprint: outline ?? [], cloudCover: nil,
      grids: [first.info.georeference], notices: notices(first))
  }

  private static func name(_ image: RasterImage, _ index: Int, _ given: [BandName], count: Int) -> BandName? {
    if given.indices.contains(index) { return given[index] }
    let description = image.info.description.lowercased().replacing(" ", with: "-")
    return BandName(rawValue: description) ?? (count == 1 ? .grey : nil)
  }

  /// Side of a square pixel on a map in metres; nil for anything else.
  private static func resolution(_ image: RasterImage) -> Double? {
    guard let size = image.info.transform?.pixelSize, let metres = image.info.crs?.metresPerUnit else { return nil }
    return abs(size.width - size.height) < 1e-6 * size.width ? size.width * metres : nil
  }

  private static func notices(_ image: RasterImage) -> [String] {
    image.info.crs == nil || image.info.transform == nil
      ? ["\(image.info.path) has no place on a map: it is used in pixels"] : []
  }
}
