// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Processing
import Products
import RasterIO
import TimeSeries

/// The STAC documents of a run: an item for each thing it made (a pair, a date, a year, the mean of all) and the
/// collection that holds them together.
///
/// Documents lie in `stac/`, the files that they tell of elsewhere in the run folder. Lineage: each item leads to what it
/// was made from, with checksums, and to the run's parameters. Checked by: `RunCatalogueTests`, against the published
/// schemas.
package struct RunCatalogue: Sendable {
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

  /// A scene, cube, model of elevation or mask that went in, or an item of this run.
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
  /// How the files were made, a sentence.
  package var lineage = ""
  package var softwareVersion = ""
  /// When the run ended, RFC 3339 in UTC.
  package var processed = ""
  /// Elevation models, masks and outlines that all items share.
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

  /// Adds an item.
  ///
  /// - Parameters:
  ///   - name: what tells it from the other items of the run; unique.
  ///   - start, end: the time that it is of, RFC 3339 in UTC; equal for a moment.
  /// - Returns: the item as an input of others.
  @discardableResult
  package mutating func add(
    _ name: String, from start: String, to end: String, title: String, inputs: [Input], files: [File]
  ) -> Input {
    var item = StacItem(id: "\(id)__\(name)", time: start == end ? .moment(start) : .interval(start: start, end: end))
    (item.title, item.lineage, item.softwareVersion, item.processed) = (title, lineage, softwareVersion, processed)
    item.footprint = footprint
    if let transform = place.transform {
      item.lattice = .init(code: place.crs?.code, rows: place.rows, columns: place.columns, transform: transform)
    }
    item.sources = (inputs + shared).map { .init(href: $0.href, title: $0.title, checksum: $0.checksum) }
    item.collection = id
    item.links =
      ["collection", "parent", "root"].map { StacItem.Link($0, href: "collection.json", title: self.title) }
      + [StacItem.Link("processing-expression", href: "../config.lock.json", title: "All parameters of the run")]
    item.assets = files.map(asset)
    items.append(item)
    return Self.input(item)
  }

  /// The items so far as inputs of others.
  package var itemsAsInputs: [Input] { items.map(Self.input) }

  private static func input(_ item: StacItem) -> Input { Input(href: fileName(item.id), title: item.title) }

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
    let spans = items.map { item -> (String, String) in
      switch item.time {
      case .interval(let start, let end): (start, end)
      case .moment(let moment): (moment, moment)
      }
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
}
