// SPDX-License-Identifier: Apache-2.0
import RasterIO

/// Reads Sentinel-2 products of level 1C and 2A in SAFE layout, as folder or zip archive, of any processing baseline.
public enum Sentinel2Reader {
  /// A scene for each tile of a product; products since December 2016 have one.
  ///
  /// Only metadata are read. Bands are those that the product lists, each at its finest resolution, whether or not its
  /// file is there: `Scene.checked(readsImages:)` looks.
  ///
  /// - Parameter path: the `.SAFE` folder or the zip archive with it.
  public static func read(_ path: String) -> SceneCollection {
    var found = SceneCollection()
    do throws(SceneError) {
      let product = try Sentinel2Product(path)
      let metadata = try Sentinel2Metadata(MetadataTree(reading: product.document), path: product.document)
      for granule in product.granules {
        do throws(SceneError) {
          found.scenes.append(try scene(granule, of: product, metadata, path))
        } catch {
          found.problems.append(error)
        }
      }
    } catch {
      found.problems.append(error)
    }
    return found
  }

  private static func scene(
    _ granule: String, of product: Sentinel2Product, _ metadata: Sentinel2Metadata, _ path: String
  ) throws(SceneError) -> Scene {
    guard let document = Sentinel2Product.document(ofGranule: granule) else {
      throw SceneError(
        .badMetadata, path, "\(granule) has no metadata of the tile (MTD_TL.xml); fetch the product again")
    }
    let tile = try Sentinel2Tile(MetadataTree(reading: document), path: document)
    guard
      let date = [tile.time, metadata.start].lazy.compactMap({ $0 }).compactMap({ text in
        AcquisitionDate(text, source: "metadata of the product")
      }).first
    else {
      throw SceneError(.noDate, path, "\(path): its metadata give no time of sensing")
    }
    let images = Sentinel2Images(granule: granule, product: product, metadata: metadata, masks: tile.masks)
    let isAlone = product.granules.count == 1
    return Scene(
      id: isAlone ? metadata.id : "\(metadata.id)_T\(tile.tile ?? granule)", path: path, mission: .sentinel2,
      platform: metadata.platform, level: metadata.level, date: date, relativeOrbit: metadata.relativeOrbit,
      isAscending: metadata.isAscending, tile: tile.tile, pass: metadata.pass,
      processingBaseline: metadata.baseline, bands: images.bands, masks: images.masks, angles: tile.angles,
      footprint: metadata.footprint, cloudCover: metadata.cloudCover, grids: tile.grids, notices: metadata.notices)
  }
}
