// SPDX-License-Identifier: Apache-2.0
import Grids
import Masking
import Parameters
import Processing
import RasterIO

/// How much of an area one image shows under clouds.
public struct CloudShare: Sendable, Equatable {
  /// Share of cloud in what was seen, 0 to 1; nil where nothing was.
  public let cloud: Double?
  /// Share of the area of which the image has data, 0 to 1.
  public let seen: Double

  public init(cloud: Double?, seen: Double) { (self.cloud, self.seen) = (cloud, seen) }
}

/// Cloud cover on the area of interest, from the classes that a product brings along.
///
/// A tile is 110 km wide and a glacier 5: the cover of the whole tile says little. Reads the class mask (SCL of
/// Sentinel-2, QA_PIXEL of Landsat) where the area is, at most about 250 000 pixels of it, from an overview where
/// the area is large. Cirrus and medium probability count as cloud, as in the masks of `ogive`.
enum CloudOnArea {
  /// Pixels that are looked at.
  private static let pixelLimit = 250_000.0

  private enum Mask { case sceneClassification, qualityPixel }

  /// - Throws: `CatalogueError` of kind `catalogue.no-cloud-mask`, `catalogue.unreadable` or `catalogue.forbidden`.
  static func share(
    of item: JSONObject, on area: GeoShape, rules: AssetRules
  ) throws(CatalogueError) -> CloudShare {
    let name = item["id"]?.stringValue ?? "the item"
    guard let (mask, href) = mask(of: item) else {
      throw CatalogueError(
        .noCloudMask, "\(name) has no class mask (asset scl or qa_pixel) from which clouds on the area could be told")
    }
    let path = try rules.name(of: href)
    do throws(RasterError) {
      return try share(mask, path, area)
    } catch {
      throw CatalogueError(.unreadable, "\(name): its class mask cannot be read: \(error.message)")
    }
  }

  private static func mask(of item: JSONObject) -> (Mask, href: String)? {
    for (key, asset) in item["assets"]?.objectValue ?? JSONObject() {
      guard let href = asset["href"]?.stringValue else { continue }
      switch key.lowercased() {
      case "scl", "scl-20m", "scl_20m": return (.sceneClassification, href)
      case "qa_pixel", "qa_pixel.tif", "qa-pixel": return (.qualityPixel, href)
      default: continue
      }
    }
    return nil
  }

  private static func share(_ mask: Mask, _ path: String, _ area: GeoShape) throws(RasterError) -> CloudShare {
    let full = try RasterImage.open(path)
    guard let pixels = try AreaPixels(area, on: full.info.georeference) else {
      return CloudShare(cloud: nil, seen: 0)
    }
    // The coarsest overview that keeps enough pixels.
    let wanted = (Double(pixels.window.rows * pixels.window.columns) / pixelLimit).squareRoot()
    let overviews = full.info.overviewFactors.enumerated().filter { Double($0.element) <= wanted }
    guard let best = overviews.max(by: { $0.element < $1.element }) else { return try share(mask, full, pixels) }
    let coarse = try RasterImage.open(path, overview: best.offset)
    guard let fewer = try AreaPixels(area, on: coarse.info.georeference) else { return try share(mask, full, pixels) }
    return try share(mask, coarse, fewer)
  }

  private static func share(_ mask: Mask, _ image: RasterImage, _ pixels: AreaPixels) throws(RasterError)
    -> CloudShare
  {
    var seen = 0, cloud = 0
    // By strips: the memory is bounded also where there is no overview.
    let height = max(1, 4_000_000 / max(1, pixels.window.columns))
    for first in stride(from: pixels.window.row, to: pixels.window.endRow, by: height) {
      let rows = min(height, pixels.window.endRow - first)
      let strip = Window(row: first, column: pixels.window.column, rows: rows, columns: pixels.window.columns)
      let band = try image.read(strip)
      let classes =
        mask == .sceneClassification ? SceneClassification.classes(band) : PixelQuality.classes(band)
      for row in strip.row..<strip.endRow {
        for span in pixels.spans(inRow: row) {
          for column in span {
            let kind = classes[row - strip.row, column - strip.column]
            if kind == .null { continue }
            seen += 1
            if kind == .cloud { cloud += 1 }
          }
        }
      }
    }
    let whole = max(Double(seen), pixels.area)
    return CloudShare(
      cloud: seen == 0 ? nil : Double(cloud) / Double(seen), seen: whole == 0 ? 0 : Double(seen) / whole)
  }
}
