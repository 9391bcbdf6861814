// SPDX-License-Identifier: Apache-2.0
import Parameters

/// The items of a run as a STAC 1.1 collection: what they are, where and from when to when.
public struct StacCollection: Sendable {
  public let id: String
  public var title = ""
  public var description: String
  /// SPDX name of the licence, or `other`.
  public var licence = "other"
  public var keywords: [String] = []
  /// Where the items lie; nil, which STAC has no word for, is written as the whole Earth.
  public var footprint: StacItem.Footprint?
  /// First and last moment, RFC 3339 in UTC.
  public let start, end: String
  /// Version of Ogive that made the items.
  public var softwareVersion = ""
  /// One sentence on how the items came to be.
  public var lineage = ""
  /// Names of the items and where their documents lie, seen from this one.
  public var items: [StacItem.Link] = []

  /// - Parameters:
  ///   - description: what the collection holds, not empty.
  ///   - start, end: the time it covers.
  public init(id: String, description: String, start: String, end: String) {
    precondition(!id.isEmpty && !description.isEmpty, "a collection needs a name and a description")
    (self.id, self.description, self.start, self.end) = (id, description, start, end)
  }

  /// Adds an item by the path of its document.
  public mutating func add(_ item: StacItem, href: String) {
    items.append(StacItem.Link("item", href: href, title: item.title, mediaType: "application/geo+json"))
  }

  /// The collection as indented JSON.
  public var text: String { json.text(.pretty) + "\n" }

  package var json: JSONObject {
    var members: JSONObject = ["type": "Collection", "stac_version": "1.1.0"]
    members["stac_extensions"] = ["https://stac-extensions.github.io/processing/v1.2.0/schema.json"]
    members["id"] = .string(id)
    if !title.isEmpty { members["title"] = .string(title) }
    members["description"] = .string(description)
    if !keywords.isEmpty { members["keywords"] = .array(keywords.map(JSONValue.string)) }
    members["license"] = .string(licence)
    let box = footprint.map(StacItem.bounds(of:)) ?? [-180, -90, 180, 90]
    members["extent"] = [
      "spatial": ["bbox": [box]], "temporal": ["interval": [[.string(start), .string(end)]]],
    ]
    var provider: JSONObject = ["name": "Ogive", "roles": ["processor"]]
    if !lineage.isEmpty { provider["processing:lineage"] = .string(lineage) }
    provider["processing:software"] = ["Ogive": .string(softwareVersion)]
    members["providers"] = [.object(provider)]
    members["links"] = .array(items.map(\.json))
    return members
  }
}
