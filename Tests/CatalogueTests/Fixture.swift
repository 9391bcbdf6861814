// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Foundation
import Parameters
import Storage

/// A catalogue in a folder of its own that goes away with the test.
final class Fixture {
  let folder: String
  let database: Database
  let catalogue: Catalogue
  static let owner = Viewer(userID: "ada")
  static let other = Viewer(userID: "bob", groups: ["glaciers"])

  init(collections: [String] = ["images"], visibility: Visibility = .public) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ogive-catalogue-" + UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    database = try Database(path: folder + "/test.sqlite", [Catalogue.schema])
    catalogue = Catalogue(database, folder: folder + "/files")
    for id in collections {
      let document = CollectionDocument.new(id: id, description: "Images of \(id)", licence: "CC-BY-4.0")
      try catalogue.add(collection: document, sharing: Sharing(ownerID: "ada", visibility: visibility))
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Adds items and expects no problem.
  @discardableResult
  func add(_ items: [JSONObject], to collection: String = "images") throws -> ItemAdditions {
    try catalogue.add(items: items, to: collection, viewer: Fixture.owner)
  }

  /// Names of the items that a search finds, in its order.
  func found(_ search: ItemSearch, for viewer: Viewer = Fixture.owner) throws -> [String] {
    try catalogue.search(search, for: viewer).items.map { $0["id"]?.stringValue ?? "" }
  }

  /// Names of the items that fulfil a filter, sorted.
  func filtered(_ text: String) throws -> [String] {
    var search = ItemSearch()
    search.filter = try CQL2(text: text)
    search.limit = 1000
    return try found(search).sorted()
  }

  /// An item with a square outline of one degree.
  static func item(
    _ id: String, west: Double = 10, south: Double = 46, time: String = "2020-06-01T10:00:00Z",
    _ properties: JSONObject = [:]
  ) -> JSONObject {
    let east = west + 1, north = south + 1
    var all = properties
    if all["start_datetime"] == nil { all["datetime"] = .string(time) }
    return [
      "type": "Feature", "stac_version": "1.1.0", "id": .string(id),
      "geometry": square(west, south, east, north), "properties": .object(all), "links": [],
      "assets": ["B04": ["href": .string("https://example.org/\(id)/B04.tif"), "type": "image/tiff"]],
    ]
  }

  static func square(_ west: Double, _ south: Double, _ east: Double, _ north: Double) -> JSONValue {
    let corners: [[Double]] = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return [
      "type": "Polygon",
      "coordinates": [.array(corners.map { .array($0.map(JSONValue.number)) })],
    ]
  }
}

/// The catalogue's error that a closure throws; nil when it throws none.
func catalogueError<R>(of body: () throws -> R) -> CatalogueError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? CatalogueError
  }
}
