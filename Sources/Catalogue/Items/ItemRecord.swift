// SPDX-License-Identifier: Apache-2.0
import Parameters
import Storage

/// An item as it is kept: its document, brought to STAC 1.1, and what its columns hold.
struct ItemRecord: Sendable {
  let id: String
  let document: JSONObject
  /// First and last moment, ms since 1970; `moment` is the time of the image, or the first of its interval.
  let moment, start, finish: Int
  let shape: GeoShape?
  let box: GeoBox?
  let isRestricted: Bool
  private let properties: JSONObject

  /// Characters of an item's name, and bytes of its document.
  private static let nameLimit = 512, sizeLimit = 4_000_000

  /// Looks whether a document is an item, of any version from 1.0 on.
  ///
  /// - Parameter collection: the collection that it goes into.
  /// - Throws: `CatalogueError` of kind `catalogue.bad-document` or `catalogue.bad-geometry`, naming the item.
  init(_ given: JSONObject, collection: JSONObject) throws(CatalogueError) {
    let id = given["id"]?.stringValue ?? ""
    let name = id.isEmpty ? "an item" : "item \(id.prefix(80))"
    func problem(_ text: String) -> CatalogueError { CatalogueError(.badDocument, "\(name): \(text)") }
    guard given["type"]?.stringValue == "Feature" else { throw problem("is no STAC item (type is not Feature)") }
    guard !id.isEmpty, id.count <= Self.nameLimit, !id.contains("\0") else {
      throw problem("needs an id of 1 to \(Self.nameLimit) characters")
    }
    guard let properties = given["properties"]?.objectValue else { throw problem("has no properties") }
    guard given["assets"]?.objectValue?.allSatisfy({ $0.value["href"]?.stringValue != nil }) ?? true else {
      throw problem("has an asset without href")
    }
    do throws(CatalogueError) {
      shape = given["geometry"].flatMap { $0.isNull ? nil : $0 } == nil ? nil : try GeoShape(json: given["geometry"]!)
    } catch {
      throw CatalogueError(.badGeometry, "\(name): \(error.message)")
    }
    box = shape?.box
    self.id = id
    let times = ["datetime", "start_datetime", "end_datetime"].map { properties[$0]?.stringValue }
    let moments = times.map { $0.flatMap(StacTime.milliseconds) }
    guard zip(times, moments).allSatisfy({ ($0 == nil) == ($1 == nil) }) else {
      throw problem("has a time that is not by RFC 3339, such as 2020-01-31T10:20:30Z")
    }
    guard let first = moments[1] ?? moments[0], let last = moments[2] ?? moments[0], first <= last else {
      throw problem("needs datetime, or start_datetime and a later end_datetime")
    }
    (moment, start, finish) = (moments[0] ?? first, first, last)
    var document = StacUpgrade.item(given)
    document["collection"] = collection["id"]
    if let box { document["bbox"] = box.json }
    document["links"] = .array(StacLinks.kept(given["links"]))
    self.document = document
    self.properties = document["properties"]?.objectValue ?? properties
    isRestricted = Licence.isRestricted(item: document, collection: collection)
    guard document.text(.line).utf8.count <= Self.sizeLimit else {
      throw problem("is larger than \(Self.sizeLimit / 1_000_000) MB")
    }
  }

  /// Puts the item into the tables, in the place of one of its name; gives whether there was one.
  func store(in collection: String, sharing: [SQLValue], _ connection: Connection) throws(StorageError) -> Bool {
    let removed = try connection.removeItems("collection = \(.text(collection)) AND id = \(.text(id))")
    let filled = ItemColumn.filled
    let names =
      ["collection", "id", "moment", "start", "finish", "west", "south", "east", "north", "is_restricted"]
      + ["owner", "visibility", "visibility_group", "shape"] + filled.map(\.column)
    let values: [SQLValue] =
      [.text(collection), .text(id), .integer(moment), .integer(start), .integer(finish)]
      + [
        SQLValue(box?.west), SQLValue(box?.south), SQLValue(box?.east), SQLValue(box?.north), SQLValue(isRestricted),
      ]
      + sharing + [shape.map { .blob($0.bytes) } ?? .null] + filled.map { $0.value(in: properties) }
    let places = names.map { _ in "?" }.joined(separator: ", ")
    try connection.run("INSERT INTO items (\(names.joined(separator: ", "))) VALUES (\(places))", values)
    let number = connection.lastRowID
    try connection.run(
      "INSERT INTO item_documents VALUES (?, ?)", [.integer(number), .text(document.text(.line))])
    for (index, half) in (box?.halves ?? []).enumerated() {
      let sides = [half.west, half.east, half.south, half.north].map(SQLValue.real)
      try connection.run(
        "INSERT INTO item_boxes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [.integer(number * 2 + index)] + sides + [
          .real(Self.days(start)), .real(Self.days(finish)), .integer(number),
        ])
    }
    return removed > 0
  }

  /// Days since 1970, the unit of time of the R-tree, whose numbers have 24 bits.
  static func days(_ milliseconds: Int) -> Double { Double(milliseconds) / Double(StacTime.dayLength) }
}
