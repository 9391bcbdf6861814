// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Processing
import Products
import RasterIO
import TimeSeries

/// The STAC documents of a run over a stack: an item for each pair, one for what was fused from all of them, and the
/// collection that holds them together.
///
/// Documents lie in `stac/`, the files that they tell of elsewhere in the run folder. Checked by:
/// `StackCatalogueTests`, against the published schemas.
package struct StackCatalogue: Sendable {
  /// A file that a run has written.
  package struct File: Sendable {
    /// Name of the asset, e.g. `east-velocity`.
    package var name: String
    /// Path in the run folder.
    package var path: String
    package var title: String
    package var mediaType = StacItem.cloudOptimizedGeoTIFF
    package var role = "data"
    package var unit = ""
    /// STAC's name of the cell type; nil for what is no raster.
    package var cellType: String?
    package var bands: [StacItem.Band] = []
    package var statistics: StacItem.Statistics?
    package var checksum: Checksum?
    package var bytes: Int?

    package init(_ name: String, path: String, title: String) {
      (self.name, self.path, self.title) = (name, path, title)
    }
  }

  /// A scene, model of elevation or mask that went in.
  package struct Input: Sendable {
    package var href, title: String
    package var checksum: Checksum?

    package init(href: String, title: String, checksum: Checksum? = nil) {
      (self.href, self.title, self.checksum) = (href, title, checksum)
    }
  }

  /// Name of the collection, from which those of the items are made.
  package let id: String
  package var title = ""
  /// How the pairs were made, a sentence.
  package var lineage = ""
  package var softwareVersion = ""
  /// When the run ended, RFC 3339 in UTC.
  package var processed = ""
  /// Elevation models, masks and outlines that all pairs share.
  package var shared: [Input] = []
  package private(set) var items: [StacItem] = []
  private let place: Georeference
  private let footprint: StacItem.Footprint?

  /// - Parameter place: the lattice of all rasters.
  package init(id: String, place: Georeference) throws {
    (self.id, self.place) = (FileWords.safe(id), place)
    footprint = try place.geographicOutline().map { ring in
      StacItem.Footprint(ring: ring.map { .init(longitude: $0.longitude, latitude: $0.latitude) })
    }
  }

  /// Adds the item of a pair.
  package mutating func add(_ pair: PublishedPair, inputs: [Input], files: [File]) {
    let name = [pair.earlier, pair.later].map { FileWords.scene($0.id) }.joined(separator: "__")
    let direction = pair.isBackward ? "_backward" : ""
    add(
      "\(id)__\(name)\(direction)", from: pair.earlier.date, to: pair.later.date,
      title: "Motion between \(pair.earlier.id) and \(pair.later.id)", inputs: inputs, files: files)
  }

  /// Adds the item of what was fused; it is derived from the items of the pairs that were added before.
  ///
  /// - Parameter dates: first and last date of the scenes used.
  package mutating func addFusion(dates: (first: AcquisitionDate, last: AcquisitionDate), files: [File]) {
    let pairs = items.map { Input(href: Self.fileName($0.id), title: $0.title) }
    add(
      "\(id)__mean", from: dates.first, to: dates.last, title: "Mean motion of all pairs", inputs: pairs, files: files
    )
  }

  private mutating func add(
    _ name: String, from first: AcquisitionDate, to last: AcquisitionDate, title: String, inputs: [Input],
    files: [File]
  ) {
    var item = StacItem(id: name, time: .interval(start: Self.instant(first), end: Self.instant(last)))
    (item.title, item.lineage, item.softwareVersion, item.processed) = (title, lineage, softwareVersion, processed)
    item.footprint = footprint
    if let transform = place.transform {
      item.lattice = .init(code: place.crs?.code, rows: place.rows, columns: place.columns, transform: transform)
    }
    item.sources = (inputs + shared).map { .init(href: $0.href, title: $0.title, checksum: $0.checksum) }
    item.collection = id
    item.links = ["collection", "parent", "root"].map {
      StacItem.Link($0, href: "collection.json", title: self.title)
    }
    item.assets = files.map(asset)
    items.append(item)
  }

  private func asset(_ file: File) -> StacItem.Asset {
    var asset = StacItem.Asset(
      name: file.name, href: "../\(file.path)", title: file.title, mediaType: file.mediaType, roles: [file.role])
    (asset.checksum, asset.bytes, asset.cellType) = (file.checksum, file.bytes, file.cellType)
    asset.unit = file.unit.isEmpty ? nil : file.unit
    (asset.bands, asset.statistics) = (file.bands, file.statistics)
    let isRaster = file.cellType != nil || !file.bands.isEmpty
    asset.cellSize = isRaster ? place.transform.map { abs($0.eastPerColumn) } : nil
    return asset
  }

  /// The collection of all items added so far.
  package var collection: StacCollection? {
    let spans = items.compactMap { item -> (String, String)? in
      guard case .interval(let start, let end) = item.time else { return nil }
      return (start, end)
    }
    guard let start = spans.map(\.0).min(), let end = spans.map(\.1).max() else { return nil }
    var collection = StacCollection(
      id: id, description: lineage.isEmpty ? "Motion from pairs of images" : lineage, start: start, end: end)
    (collection.title, collection.lineage, collection.softwareVersion) = (title, lineage, softwareVersion)
    collection.footprint = footprint
    collection.items = [
      StacItem.Link("root", href: "collection.json", title: title)
    ]
    for item in items { collection.add(item, href: Self.fileName(item.id)) }
    return collection
  }

  /// All documents by their paths in the run folder.
  package var documents: [(path: String, text: String)] {
    items.map { ("stac/\(Self.fileName($0.id))", $0.text) }
      + (collection.map { [("stac/collection.json", $0.text)] } ?? [])
  }

  private static func fileName(_ id: String) -> String { "\(id).json" }

  /// RFC 3339; a day without a time counts as its noon, as everywhere.
  private static func instant(_ date: AcquisitionDate) -> String {
    date.hasTime ? date.iso8601 : date.day + "T12:00:00Z"
  }
}
