// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Brings documents of STAC 1.0 and its extensions to STAC 1.1, so that everything in the catalogue is of one kind.
///
/// Source: STAC 1.1.0 change log, best practices "Bands"; projection 2.0, eo 2.0, raster 2.0. Checked by:
/// `StacUpgradeTests` with the published schemas.
package enum StacUpgrade {
  private static let root = "https://stac-extensions.github.io/"

  /// Extensions of version 1 and what follows them.
  private static let followers = [
    "projection": "projection/v2.0.0/schema.json", "eo": "eo/v2.0.0/schema.json",
    "raster": "raster/v2.0.0/schema.json",
  ]

  /// An item in version 1.1.0; what is not known is kept as it is.
  package static func item(_ item: JSONObject) -> JSONObject {
    var item = item
    let isOld = item["stac_version"]?.stringValue.map { !$0.hasPrefix("1.1") } ?? true
    var properties = item["properties"]?.objectValue ?? JSONObject()
    upgradeProjection(&properties)
    upgradeLevel(&properties)
    var assets = JSONObject()
    for (name, asset) in item["assets"]?.objectValue ?? JSONObject() {
      var members = asset.objectValue ?? JSONObject()
      upgradeProjection(&members)
      upgradeBands(&members)
      assets[name] = .object(members)
    }
    item["properties"] = .object(properties)
    item["assets"] = .object(assets)
    item["stac_extensions"] = .array(extensions(of: item, isOld: isOld))
    item["stac_version"] = "1.1.0"
    return item
  }

  /// A collection in version 1.1.0.
  package static func collection(_ collection: JSONObject) -> JSONObject {
    var collection = collection
    let isOld = collection["stac_version"]?.stringValue.map { !$0.hasPrefix("1.1") } ?? true
    if isOld {
      var summaries = collection["summaries"]?.objectValue
      if let codes = summaries?["proj:epsg"]?.arrayValue {
        summaries?["proj:code"] = .array(codes.map(code))
        summaries?["proj:epsg"] = nil
      }
      if let bands = summaries?["eo:bands"]?.arrayValue {
        collection["bands"] = .array(
          bands.map { band in .object(renamed(band.objectValue ?? JSONObject(), eoNames)) })
        summaries?["eo:bands"] = nil
      }
      // Old bands of rasters say nothing about a whole collection that the new form could hold.
      summaries?["raster:bands"] = nil
      if let summaries { collection["summaries"] = .object(summaries) }
      if var assets = collection["item_assets"]?.objectValue {
        for (name, asset) in assets {
          var members = asset.objectValue ?? JSONObject()
          upgradeBands(&members)
          assets[name] = .object(members)
        }
        collection["item_assets"] = .object(assets)
      }
    }
    collection["stac_extensions"] = .array(extensions(of: collection, isOld: isOld))
    collection["stac_version"] = "1.1.0"
    return collection
  }

  // MARK: - Extensions

  private static func extensions(of document: JSONObject, isOld: Bool) -> [JSONValue] {
    var names: [String] = []
    for name in (document["stac_extensions"]?.arrayValue ?? []).compactMap(\.stringValue) {
      // Item assets became part of the core.
      if isOld, name.hasPrefix(root + "item-assets/") { continue }
      let rest = name.hasPrefix(root) ? name.dropFirst(root.count) : ""
      let parts = rest.split(separator: "/")
      let isFirst = parts.count > 1 && (parts[1].hasPrefix("v1") || parts[1].hasPrefix("v0"))
      let follower = parts.first.flatMap { followers[String($0)] }
      let now = isFirst ? follower.map { root + $0 } ?? name : name
      if !names.contains(now) { names.append(now) }
    }
    return names.map(JSONValue.string)
  }

  // MARK: - Projection and level

  private static func upgradeProjection(_ members: inout JSONObject) {
    guard let number = members["proj:epsg"] else { return }
    if members["proj:code"] == nil { members["proj:code"] = code(number) }
    members["proj:epsg"] = nil
  }

  private static func code(_ number: JSONValue) -> JSONValue {
    number.intValue.map { .string("EPSG:\($0)") } ?? .null
  }

  /// Names of tiles and levels by which one can search, from those that only one mission has.
  private static func upgradeLevel(_ properties: inout JSONObject) {
    if properties["grid:code"] == nil {
      if let tile = properties["s2:mgrs_tile"]?.stringValue { properties["grid:code"] = .string("MGRS-" + tile) }
    }
  }

  // MARK: - Bands

  private static let eoNames = [
    "common_name": "eo:common_name", "center_wavelength": "eo:center_wavelength",
    "full_width_half_max": "eo:full_width_half_max", "solar_illumination": "eo:solar_illumination",
  ]
  private static let rasterNames = [
    "sampling": "raster:sampling", "bits_per_sample": "raster:bits_per_sample",
    "spatial_resolution": "raster:spatial_resolution", "scale": "raster:scale", "offset": "raster:offset",
    "histogram": "raster:histogram",
  ]

  /// `eo:bands` and `raster:bands` become `bands`; what is the same for the one band of a file moves to the file.
  private static func upgradeBands(_ asset: inout JSONObject) {
    let spectral = asset["eo:bands"]?.arrayValue, raster = asset["raster:bands"]?.arrayValue
    guard spectral != nil || raster != nil else { return }
    asset["eo:bands"] = nil
    asset["raster:bands"] = nil
    var bands: [JSONObject] = []
    for index in 0..<max(spectral?.count ?? 0, raster?.count ?? 0) {
      let first = spectral.flatMap { $0.count > index ? $0[index].objectValue : nil } ?? JSONObject()
      let second = raster.flatMap { $0.count > index ? $0[index].objectValue : nil } ?? JSONObject()
      bands.append(renamed(first, eoNames).merged(with: renamed(second, rasterNames)))
    }
    if bands.count == 1, let only = bands.first {
      let own: Set<String> = ["name", "description"]
      for (key, value) in only where !own.contains(key) && !key.hasPrefix("eo:") && asset[key] == nil {
        asset[key] = value
        bands[0][key] = nil
      }
    }
    // An empty band says nothing, and the schema wants members.
    let said = bands.contains { !$0.isEmpty }
    if said { asset["bands"] = .array(bands.map(JSONValue.object)) }
  }

  private static func renamed(_ members: JSONObject, _ names: [String: String]) -> JSONObject {
    var out = JSONObject()
    for (key, value) in members { out[names[key] ?? key] = value }
    return out
  }
}
