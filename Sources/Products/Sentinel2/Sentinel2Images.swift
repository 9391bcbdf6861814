// SPDX-License-Identifier: Apache-2.0
import RasterIO

/// The files with pixels of one tile: bands, scene classification and masks.
struct Sentinel2Images {
  private(set) var bands: [SceneBand] = []
  private(set) var masks: [SceneMask] = []

  private struct Image {
    let path: String
    /// `B04`, `SCL`, …
    let kind: String
    /// From `_10m` at the end; nil for level 1C.
    let resolution: Double?
  }

  init(granule: String, product: Sentinel2Product, metadata: Sentinel2Metadata, masks elements: [MetadataTree]) {
    let images = Self.images(granule, product, metadata)
    for band in Sentinel2Band.allCases {
      let candidates = images.filter { $0.kind == band.rawValue }
      guard let finest = candidates.min(by: { ($0.resolution ?? 0) < ($1.resolution ?? 0) }) else { continue }
      bands.append(
        SceneBand(
          name: band.name, id: band.rawValue, path: finest.path, number: 1,
          resolution: finest.resolution ?? band.resolution, calibration: metadata.calibration(of: band),
          missing: metadata.missing ?? 0, saturated: metadata.saturated))
    }
    let classes = images.filter { $0.kind == "SCL" }.min { ($0.resolution ?? 0) < ($1.resolution ?? 0) }
    if let classes {
      masks.append(SceneMask(kind: .sceneClassification, form: .raster, path: classes.path, band: nil))
    }
    masks += elements.compactMap { Self.mask($0, granule, product) }
  }

  // MARK: - Images

  /// What the product lists for this granule; where it lists nothing, what lies in the folder IMG_DATA.
  private static func images(
    _ granule: String, _ product: Sentinel2Product, _ metadata: Sentinel2Metadata
  ) -> [Image] {
    let folder = granule.split(separator: "/").last.map(String.init) ?? granule
    var paths: [String] = []
    for part in metadata.granules {
      let isTIFF = part.attribute("imageFormat") == "GeoTIFF"
      let isWhole = part.attribute("granuleIdentifier") == folder
      for image in part.all("IMAGE_FILE", "IMAGE_FILE_2A", "IMAGE_ID", "IMAGE_ID_2A") {
        let name = image.trimmed
        let stem: String
        if name.contains("/") {
          // A product of several tiles lists them all; and a folder may have been renamed by hand.
          guard name.contains("/\(folder)/") || product.granules.count == 1 else { continue }
          stem = "\(product.root)/\(name)"
        } else if isWhole {
          stem = "\(granule)/IMG_DATA/\(name)"
        } else {
          continue
        }
        paths.append(existing(stem, isTIFF ? ["tif", "tiff", "jp2"] : ["jp2", "tif", "tiff"]))
      }
    }
    if paths.allSatisfy({ VirtualFile.kind(of: $0) == nil }) {
      let inFolder = files(in: "\(granule)/IMG_DATA")
      if !inFolder.isEmpty { paths = inFolder }
    }
    return paths.compactMap(image)
  }

  private static func image(_ path: String) -> Image? {
    guard let match = path.firstMatch(of: /_(B[0-9][0-9A]|SCL)(?:_([0-9]+)m)?\.[A-Za-z0-9]+$/) else { return nil }
    return Image(path: path, kind: String(match.1), resolution: match.2.flatMap { Double($0) })
  }

  /// The first of the names that is there; the first of all where none is.
  private static func existing(_ stem: String, _ endings: [String]) -> String {
    let names = endings.map { "\(stem).\($0)" }
    return names.first { VirtualFile.kind(of: $0) == .file } ?? names[0]
  }

  private static func files(in folder: String) -> [String] {
    VirtualFile.entries(of: folder).flatMap { name -> [String] in
      let path = "\(folder)/\(name)"
      return VirtualFile.kind(of: path) == .folder ? files(in: path) : [path]
    }
  }

  // MARK: - Masks

  private static func mask(_ element: MetadataTree, _ granule: String, _ product: Sentinel2Product) -> SceneMask? {
    let name = element.trimmed
    let type = element.attribute("type") ?? name.firstMatch(of: /MSK_[A-Z]{6}/).map { String($0.0) } ?? ""
    guard let kind = kind(of: type) else { return nil }
    // `GRANULE/…/QI_DATA/MSK_….gml`; before issue 14 of the specification the name alone, without ending.
    let stem = name.contains("/") ? "\(product.root)/\(name)" : "\(granule)/QI_DATA/\(name)"
    let parts = stem.split(separator: ".")
    let ending = parts.last.map { $0.lowercased() } ?? ""
    let hasEnding = ["gml", "jp2", "tif", "tiff"].contains(ending)
    let bare = hasEnding ? String(stem.dropLast(ending.count + 1)) : stem
    let path = existing(bare, (hasEnding ? [ending] : []) + ["gml", "jp2", "tif"])
    return SceneMask(
      kind: kind, form: path.hasSuffix(".gml") ? .polygons : .raster, path: path,
      band: Sentinel2Band(index: element.attribute("bandId"))?.rawValue)
  }

  private static func kind(of type: String) -> SceneMask.Kind? {
    switch type {
    case "MSK_DETFOO": .detectorFootprint
    case "MSK_CLOUDS": .clouds
    case "MSK_CLASSI": .cloudsAndSnow
    case "MSK_CLDPRB": .cloudProbability
    case "MSK_SNWPRB": .snowProbability
    case "MSK_QUALIT", "MSK_NODATA", "MSK_DEFECT", "MSK_SATURA", "MSK_TECQUA": .quality
    default: nil
    }
  }
}
