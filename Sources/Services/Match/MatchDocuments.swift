// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import Matching
import Parameters
import Processing
import RasterIO

/// Writes what describes a match: summary, STAC item, report and, last of all, the lock file that says it is complete.
struct MatchDocuments {
  let result: MatchResult
  let folder: RunFolder

  init(_ result: MatchResult, folder: RunFolder) {
    self.result = result
    self.folder = folder
  }

  func write(_ record: RunRecord) throws {
    try folder.write(summary.text(.pretty) + "\n", to: "summary.json")
    let page =
      try result.plan.points.map {
        try PointsReport(result, $0).page().html(encodePNG: MatchWriter.encodePNG)
      } ?? MatchReportPage(MatchReport(result).content(), encodePNG: MatchWriter.encodePNG).html()
    try folder.write(page, to: "report.html")
    try folder.write(try stacItem().text, to: "stac/item.json")
    try folder.write(lock(record).json.text(.pretty) + "\n", to: "config.lock.json")
  }

  private func lock(_ record: RunRecord) -> JobFile {
    JobFile(
      process: "match", inputs: result.parameters.json,
      provenance: [
        "version": .string(result.version),
        "inputs": .array(
          record.inputs.map {
            ["path": .string($0.path), "bytes": .integer($0.bytes), "sha256": .string($0.checksum.hexadecimal)]
          }),
      ])
  }
}

// MARK: - Summary

extension MatchDocuments {
  private var summary: JSONObject {
    let r = result
    var out = JSONObject()
    out["reference"] = .string(r.parameters.reference.path)
    out["secondary"] = .string(r.parameters.secondary.path)
    out["referenceDate"] = r.dates.reference.map { .string($0.iso8601) } ?? .null
    out["secondaryDate"] = r.dates.secondary.map { .string($0.iso8601) } ?? .null
    out["separationDays"] = JSONValue(r.dates.separation)
    out["crs"] = r.pair.georeference.crs.map { .string($0.description) } ?? .null
    out["alignment"] = .string(r.pair.aligned.report.summary)
    out["spacingPixels"] = r.plan.points == nil ? .integer(r.plan.scene.spacing) : .null
    out["points"] = .integer(r.quality.asked)
    out["reachable"] = .integer(r.quality.reachable)
    out["measured"] = .integer(r.quality.measured)
    out["validShare"] = .number(r.quality.validShare)
    var missing = JSONObject()
    for reason in r.quality.reasons { missing[reason.flag.key] = .integer(reason.count) }
    out["missing"] = .object(missing)
    out["coarse"] = [
      "reliableShare": .number(r.coarse.field.reliableShare), "searchRadiusPixels": .integer(r.coarse.searchRadius),
    ]
    var quantities = JSONObject()
    for (product, spread) in zip(r.products.entries, r.spreads) {
      var entry = spread.json.objectValue ?? [:]
      entry["unit"] = .string(product.unit)
      quantities[product.name] = .object(entry)
    }
    out["quantities"] = .object(quantities)
    out["stableTerrain"] = stableTerrain
    out["forwardBackward"] = closure
    out["advice"] = .array(r.advice.map(JSONValue.string))
    out["notices"] = .array(r.notices.map(JSONValue.string))
    out["version"] = .string(r.version)
    return out
  }

  private var stableTerrain: JSONValue {
    guard let s = result.quality.stable else { return .null }
    var out: JSONObject = [
      "source": .string(result.stableSource), "unit": "px", "points": .integer(s.count),
      "biasRight": .number(s.peakX), "biasDown": .number(s.peakY), "medianRight": .number(s.medianX),
      "medianDown": .number(s.medianY), "nmadRight": .number(s.nmadX), "nmadDown": .number(s.nmadY),
      "spreadRight": .number(s.spreadX), "spreadDown": .number(s.spreadY), "outlierShare": .number(s.outliers),
    ]
    if let c = s.calibration { out["errorOverSigma"] = Self.calibration(c) }
    return .object(out)
  }

  private var closure: JSONValue {
    guard let c = result.quality.closure else { return .null }
    var out: JSONObject = [
      "unit": "px", "points": .integer(c.count), "errorRight": .number(c.x), "errorDown": .number(c.y),
    ]
    if let calibration = c.calibration { out["errorOverSigma"] = Self.calibration(calibration) }
    return .object(out)
  }

  private static func calibration(_ c: SigmaCalibration) -> JSONValue {
    [
      "right": .number(c.factorX), "down": .number(c.factorY), "rmsRight": .number(c.rootMeanSquareX),
      "rmsDown": .number(c.rootMeanSquareY), "coverage68": .number(c.coverage68),
    ]
  }
}

// MARK: - STAC

extension MatchDocuments {
  private func stacItem() throws -> StacItem {
    let r = result
    var item: StacItem
    let processed = ISO8601DateFormatter().string(from: Date())
    if let a = r.dates.reference, let b = r.dates.secondary {
      item = StacItem(id: identifier, time: .interval(start: Self.instant(a.iso8601), end: Self.instant(b.iso8601)))
    } else {
      item = StacItem(id: identifier, time: .moment(processed))
    }
    item.title = "Motion between \(name(r.parameters.reference.path)) and \(name(r.parameters.secondary.path))"
    item.lineage =
      "Offsets by \(r.parameters.method.summary) (\(r.parameters.method.rawValue)), converted to ground "
      + "motion and strain"
    item.softwareVersion = r.version
    item.processed = processed
    item.footprint = try footprint()
    if r.plan.points == nil {
      item.lattice = .init(
        code: r.pair.georeference.crs?.code, rows: r.products.rows, columns: r.products.columns,
        transform: r.transform)
    }
    item.sources = r.inputs.prefix(2).map { .init(href: $0.path, title: name($0.path), checksum: $0.checksum) }
    item.assets = try assets()
    return item
  }

  private var identifier: String {
    "\(stem(result.parameters.reference.path))__\(stem(result.parameters.secondary.path))"
  }

  private func name(_ path: String) -> String { URL(filePath: path).lastPathComponent }
  private func stem(_ path: String) -> String { URL(filePath: path).deletingPathExtension().lastPathComponent }
  private static func instant(_ text: String) -> String { text.contains("T") ? text : text + "T00:00:00Z" }

  private func footprint() throws -> StacItem.Footprint? {
    let r = result
    guard let crs = r.pair.georeference.crs, let whole = r.pair.georeference.transform else { return nil }
    let isList = r.plan.points != nil
    let rows = Double(isList ? r.pair.rows : r.products.rows) - 0.5
    let columns = Double(isList ? r.pair.columns : r.products.columns) - 0.5
    let corners = [(rows, -0.5), (rows, columns), (-0.5, columns), (-0.5, -0.5)].map { corner in
      let place = (isList ? whole : r.transform).coordinate(row: corner.0, column: corner.1)
      return MapPoint(east: place.east, north: place.north)
    }
    return .init(ring: try crs.longitudeLatitude(of: corners).map { .init(longitude: $0.east, latitude: $0.north) })
  }

  private func assets() throws -> [StacItem.Asset] {
    if result.plan.points != nil {
      return try documents([("points", PointsWriter.table, "what was measured at each point", "text/csv", "data")])
    }
    var files = result.products.entries.map {
      (name: $0.name, path: "products/\($0.name).tif", title: $0.title, unit: $0.unit, cell: "float32")
    }
    files.append(("flags", "products/flags.tif", "why points are missing; 0 is measured", "", "uint8"))
    let assets = try files.map { file in
      var asset = StacItem.Asset(
        name: file.name, href: "../\(file.path)", title: file.title, mediaType: StacItem.cloudOptimizedGeoTIFF,
        roles: ["data"])
      asset.unit = file.unit.isEmpty || file.unit == "1" ? nil : file.unit
      asset.cellType = file.cell
      try seal(&asset, file.path)
      return asset
    }
    return assets + (try documents([]))
  }

  /// What describes a run, besides its rasters.
  private func documents(
    _ first: [(name: String, path: String, title: String, type: String, role: String)]
  ) throws -> [StacItem.Asset] {
    let all =
      first + [
        ("vectors", "vectors.gpkg", "one feature a point", "application/geopackage+sqlite3", "data"),
        ("summary", "summary.json", "what was measured", "application/json", "metadata"),
        ("report", "report.html", "maps, checks and parameters", "text/html", "overview"),
      ]
    return try all.map { file in
      var asset = StacItem.Asset(
        name: file.name, href: "../\(file.path)", title: file.title, mediaType: file.type, roles: [file.role])
      try seal(&asset, file.path)
      return asset
    }
  }

  private func seal(_ asset: inout StacItem.Asset, _ path: String) throws {
    let full = folder.path(of: path)
    asset.checksum = try FileChecksum.sha256(ofFile: full)
    asset.bytes = try FileManager.default.attributesOfItem(atPath: full)[.size] as? Int
  }
}
