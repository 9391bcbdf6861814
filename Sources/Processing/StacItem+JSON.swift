// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

extension StacItem {
  /// The item as indented JSON.
  public var text: String { json.text(.pretty) + "\n" }

  package var json: JSONObject {
    var members = JSONObject()
    members["type"] = "Feature"
    members["stac_version"] = "1.1.0"
    var extensions: [JSONValue] = [
      "https://stac-extensions.github.io/processing/v1.2.0/schema.json",
      "https://stac-extensions.github.io/file/v2.1.0/schema.json",
    ]
    if lattice != nil { extensions.append("https://stac-extensions.github.io/projection/v2.0.0/schema.json") }
    if assets.contains(where: { $0.cellSize != nil }) {
      extensions.append("https://stac-extensions.github.io/raster/v2.0.0/schema.json")
    }
    members["stac_extensions"] = .array(extensions)
    members["id"] = .string(id)
    if let collection { members["collection"] = .string(collection) }
    members["geometry"] = footprint.map(Self.polygon) ?? .null
    if let footprint { members["bbox"] = Self.bounds(of: footprint) }
    members["properties"] = .object(properties)
    members["links"] = .array(links.map(\.json) + sources.map(Self.link))
    var files = JSONObject()
    for asset in assets { files[asset.name] = Self.asset(asset) }
    members["assets"] = .object(files)
    return members
  }

  private var properties: JSONObject {
    var members = JSONObject()
    if !title.isEmpty { members["title"] = .string(title) }
    switch time {
    case .moment(let moment): members["datetime"] = .string(moment)
    case .interval(let start, let end):
      // The measurement belongs to the whole interval, so no single moment is claimed.
      members["datetime"] = .null
      members["start_datetime"] = .string(start)
      members["end_datetime"] = .string(end)
    }
    if !processed.isEmpty {
      members["created"] = .string(processed)
      members["processing:datetime"] = .string(processed)
    }
    if !lineage.isEmpty { members["processing:lineage"] = .string(lineage) }
    members["processing:software"] = ["Ogive": .string(softwareVersion)]
    if let lattice {
      let t = lattice.transform
      members["proj:code"] = lattice.code.map(JSONValue.string) ?? .null
      members["proj:shape"] = [.integer(lattice.rows), .integer(lattice.columns)]
      let numbers = [t.eastPerColumn, t.eastPerRow, t.originEast, t.northPerColumn, t.northPerRow, t.originNorth]
      members["proj:transform"] = .array(numbers.map(JSONValue.number))
    }
    return members
  }

  private static func polygon(_ footprint: Footprint) -> JSONValue {
    let corners = footprint.ring + [footprint.ring[0]]
    let ring = corners.map { JSONValue.array([.number($0.longitude), .number($0.latitude)]) }
    return ["type": "Polygon", "coordinates": [.array(ring)]]
  }

  /// West, south, east, north. A footprint across the date line has its west beyond its east (RFC 7946, 5.2).
  static func bounds(of footprint: Footprint) -> JSONValue {
    let longitudes = footprint.ring.map(\.longitude), latitudes = footprint.ring.map(\.latitude)
    var west = longitudes.min()!, east = longitudes.max()!
    if east - west > 180 {
      west = longitudes.filter { $0 > 0 }.min()!
      east = longitudes.filter { $0 <= 0 }.max()!
    }
    return [.number(west), .number(latitudes.min()!), .number(east), .number(latitudes.max()!)]
  }

  private static func link(_ source: Source) -> JSONValue {
    var members: JSONObject = [
      "rel": "derived_from", "href": .string(source.href), "title": .string(source.title),
    ]
    if let checksum = source.checksum { members["file:checksum"] = .string(checksum.multihash) }
    return .object(members)
  }

  private static func asset(_ asset: Asset) -> JSONValue {
    var members: JSONObject = [
      "href": .string(asset.href), "title": .string(asset.title), "type": .string(asset.mediaType),
      "roles": .array(asset.roles.map(JSONValue.string)),
    ]
    if let bytes = asset.bytes { members["file:size"] = .integer(bytes) }
    if let checksum = asset.checksum { members["file:checksum"] = .string(checksum.multihash) }
    if let type = asset.cellType {
      members["data_type"] = .string(type)
      if type.hasPrefix("float") { members["nodata"] = "nan" }
    }
    if let unit = asset.unit { members["unit"] = .string(unit) }
    if let size = asset.cellSize { members["raster:spatial_resolution"] = .number(size) }
    if let statistics = asset.statistics { members["statistics"] = statistics.json }
    if !asset.bands.isEmpty { members["bands"] = .array(asset.bands.map(\.json)) }
    return .object(members)
  }
}

extension StacItem.Statistics {
  fileprivate var json: JSONValue {
    [
      "minimum": .number(minimum), "maximum": .number(maximum), "mean": .number(mean),
      "stddev": .number(standardDeviation), "valid_percent": .number(validPercentage),
    ]
  }
}

extension StacItem.Band {
  fileprivate var json: JSONValue {
    var members: JSONObject = [
      "name": .string(name), "description": .string(description), "data_type": .string(cellType),
    ]
    if !unit.isEmpty { members["unit"] = .string(unit) }
    if let missing { members["nodata"] = missing.isNaN ? "nan" : .number(missing) }
    return .object(members)
  }
}

extension StacItem.Link {
  var json: JSONValue {
    var members: JSONObject = ["rel": .string(relation), "href": .string(href), "type": .string(mediaType)]
    if !title.isEmpty { members["title"] = .string(title) }
    return .object(members)
  }
}
