// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Documents of collections: what one needs, and its extent, which grows with the items.
package enum CollectionDocument {
  /// A collection of this name that nothing is in yet.
  package static func new(id: String, title: String = "", description: String, licence: String = "other")
    -> JSONObject
  {
    var document: JSONObject = ["type": "Collection", "stac_version": "1.1.0", "id": .string(id)]
    if !title.isEmpty { document["title"] = .string(title) }
    document["description"] = .string(description)
    document["license"] = .string(licence)
    return document
  }

  /// The document in STAC 1.1 with all members that the standard asks for.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.bad-document`.
  static func checked(_ given: JSONObject) throws(CatalogueError) -> JSONObject {
    guard given["type"]?.stringValue == "Collection" else {
      throw CatalogueError(.badDocument, "this is no STAC collection (type is not Collection)")
    }
    let id = given["id"]?.stringValue ?? ""
    guard !id.isEmpty, id.count <= 200, !id.contains("/"), !id.contains("\0") else {
      throw CatalogueError(.badDocument, "a collection needs an id of 1 to 200 characters without slashes")
    }
    var document = StacUpgrade.collection(given)
    if document["description"]?.stringValue ?? "" == "" { document["description"] = .string(id) }
    if document["license"]?.stringValue ?? "" == "" { document["license"] = "other" }
    document["links"] = .array(StacLinks.kept(given["links"]))
    let hasExtent =
      document["extent"]?["spatial"]?["bbox"]?[0]?.arrayValue != nil
      && document["extent"]?["temporal"]?["interval"]?[0]?.arrayValue?.count == 2
    if !hasExtent { document["extent"] = everything }
    return document
  }

  /// What stands for "not known yet": the whole Earth at all times.
  private static let everything: JSONValue = [
    "spatial": ["bbox": [[-180, -90, 180, 90]]], "temporal": ["interval": [[nil, nil]]],
  ]

  /// The document with an extent that holds these items as well.
  static func grown(_ document: JSONObject, by records: [ItemRecord]) -> JSONObject {
    guard let first = records.map(\.start).min(), let last = records.map(\.finish).max() else { return document }
    let isNew = document["extent"] == everything
    let old = document["extent"]?["temporal"]?["interval"]?[0]
    func end(_ index: Int, _ value: Int, _ choose: (Int, Int) -> Int) -> JSONValue {
      if isNew { return .string(StacTime.text(value)) }
      // An end that is open stays so.
      guard let before = old?[index]?.stringValue.flatMap(StacTime.milliseconds) else { return .null }
      return .string(StacTime.text(choose(before, value)))
    }
    let interval: JSONValue = [end(0, first, min), end(1, last, max)]
    let boxes = records.compactMap(\.box)
    let known =
      isNew
      ? nil
      : try? GeoBox((document["extent"]?["spatial"]?["bbox"]?[0]?.arrayValue ?? []).map { $0.doubleValue ?? .nan })
    let all = (known.map { [$0] } ?? []) + boxes
    var grown = document
    let box = union(all) ?? GeoBox(west: -180, south: -90, east: 180, north: 90)
    grown["extent"] = ["spatial": ["bbox": [box.json]], "temporal": ["interval": [interval]]]
    return grown
  }

  /// The smallest box over all; the whole way round where one of several crosses the antimeridian.
  private static func union(_ boxes: [GeoBox]) -> GeoBox? {
    guard var all = boxes.first else { return nil }
    for box in boxes.dropFirst() where box != all {
      let crosses = box.crossesAntimeridian || all.crossesAntimeridian
      all = GeoBox(
        west: crosses ? -180 : min(all.west, box.west), south: min(all.south, box.south),
        east: crosses ? 180 : max(all.east, box.east), north: max(all.north, box.north))
    }
    return all
  }
}
