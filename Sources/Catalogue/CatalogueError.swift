// SPDX-License-Identifier: Apache-2.0
import Processing

/// What went wrong with a question to the catalogue, or with what should go in.
public typealias CatalogueError = RunError<CatalogueErrorKind>

public enum CatalogueErrorKind: String, Sendable {
  /// A parameter of a search is wrong: box, time, limit, order, page token.
  case badSearch = "catalogue.bad-search"
  /// A CQL2 filter is wrong; the message says where.
  case badFilter = "catalogue.bad-filter"
  /// A geometry is no GeoJSON, or too large.
  case badGeometry = "catalogue.bad-geometry"
  /// A document is no STAC item or collection.
  case badDocument = "catalogue.bad-document"
  /// There is no such collection, item, package or version, or the viewer may not see it.
  case noSuchThing = "catalogue.no-such-thing"
  /// The viewer may see the thing but not change it.
  case forbidden = "catalogue.forbidden"
  /// Something of this name is there already.
  case duplicate = "catalogue.duplicate"
  /// The licence of the data does not allow it.
  case restricted = "catalogue.restricted"
  /// A file cannot be read, or a server does not answer as it should.
  case unreadable = "catalogue.unreadable"
  /// A downloaded file is not what its checksum says.
  case checksumMismatch = "catalogue.checksum-mismatch"
  /// There is nothing from which the cloud cover could be told.
  case noCloudMask = "catalogue.no-cloud-mask"
}
