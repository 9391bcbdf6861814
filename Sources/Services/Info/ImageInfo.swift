// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Parameters
import Products
import RasterIO

/// What `ogive info` tells about an image.
struct ImageInfo {
  private let info: RasterInfo
  private let date: AcquisitionDateFinding
  private let notices: [String]
  private let values: Values?
  private let outline: [GeographicPoint]?
  private let step: GroundStep?

  /// Range and valid share of the pixels, or of their block means.
  private struct Values {
    let factor: Int
    var least = Float.infinity, largest = -Float.infinity
    var sum = 0.0, count = 0, total = 0
  }

  /// Cells up to which an image is looked at pixel by pixel.
  private static let cellLimit = 4 << 20

  /// - Throws: `RasterError` when the pixels can't be read.
  init(_ image: RasterImage, readsValues: Bool) throws(RasterError) {
    info = image.info
    date = AcquisitionDate.find(for: image)
    let place = image.info.georeference
    // A map of another planet has no longitude on Earth: no reason to tell nothing at all.
    outline = try? place.geographicOutline()
    step = try? place.groundStep(row: Double(info.rows - 1) / 2, column: Double(info.columns - 1) / 2)
    values = readsValues ? try ImageInfo.values(of: image) : nil
    var notices = image.notices
    if info.crs == nil {
      notices.append("there is no reference system: the image is measured in pixels, or give --pixel-size")
    } else if outline == nil {
      notices.append("the reference system has no way to longitude and latitude")
    }
    if let values, values.count == 0 {
      notices.append("every pixel is missing")
    } else if let values, values.least == values.largest {
      notices.append("the image is constant: nothing can be matched on it")
    }
    self.notices = notices
  }

  private static func values(of image: RasterImage) throws(RasterError) -> Values {
    var factor = 1
    // Powers of two, as overviews have them.
    while (image.rows / factor) * (image.columns / factor) > cellLimit { factor *= 2 }
    var out = Values(factor: factor)
    let cells = try image.readDecimated(factor: factor, usingOverviews: true).cells
    out.total = cells.count
    for value in cells where !value.isNaN {
      out.least = min(out.least, value)
      out.largest = max(out.largest, value)
      out.sum += Double(value)
      out.count += 1
    }
    return out
  }

  // MARK: - Entries

  var entries: [InfoEntry] {
    file + place + [dateEntry] + valueEntries + [
      InfoEntry(
        "notices", .array(notices.map { .string($0) }), lines: notices.map { TextTable.pair("notice", $0) })
    ]
  }

  private var file: [InfoEntry] {
    let band =
      "\(info.band) of \(info.bandCount)" + (info.description.isEmpty ? "" : " (\(info.description))")
    var out = [
      InfoEntry("path", "file", info.path, .string(info.path)),
      InfoEntry("kind", "image"),
      InfoEntry("format", "format", info.format, .string(info.format)),
      InfoEntry(
        "size", "size", "\(info.rows) × \(info.columns) px (rows × columns)",
        ["rows": .integer(info.rows), "columns": .integer(info.columns)]),
      InfoEntry("band", "band", band, .integer(info.band)),
      InfoEntry("bandCount", .integer(info.bandCount)),
      InfoEntry("type", "type", info.dataType.rawValue, .string(info.dataType.rawValue)),
    ]
    if !info.description.isEmpty { out.append(InfoEntry("description", .string(info.description))) }
    if !info.unit.isEmpty { out.append(InfoEntry("unit", "unit", info.unit, .string(info.unit))) }
    if info.scale != 1 || info.offset != 0 {
      out.append(
        InfoEntry(
          "scale", "scale, offset", "\(info.scale), \(info.offset) (not applied)",
          ["scale": .number(info.scale), "offset": .number(info.offset)]))
    }
    let overviews = info.overviewFactors.map { "\($0)" }.joined(separator: ", ")
    let missing = info.nodata.map { $0.isNaN ? "NaN" : NumberText.round($0) } ?? "none"
    return out + [
      InfoEntry(
        "nodata", "missing value", missing, info.nodata.map { $0.isNaN ? .string("NaN") : .number($0) } ?? .null),
      InfoEntry(
        "overviews", "overviews", overviews.isEmpty ? "none" : overviews,
        .array(info.overviewFactors.map { .integer($0) })),
      InfoEntry(
        "blocks", "blocks", "\(info.blockRows) × \(info.blockColumns) px",
        [.integer(info.blockRows), .integer(info.blockColumns)]),
    ]
  }

  private var place: [InfoEntry] {
    var out: [InfoEntry] = []
    if let crs = info.crs {
      let name = crs.code.map { "\($0) (\(crs.name))" } ?? crs.description
      out.append(
        InfoEntry(
          "crs", "reference system", name,
          ["code": crs.code.map { .string($0) } ?? .null, "name": .string(crs.name)]))
    } else {
      out.append(InfoEntry("crs", "reference system", "none", .null))
    }
    guard let transform = info.transform else { return out }
    let size = transform.pixelSize, unit = mapUnit
    var text = "\(NumberText.round(size.width)) × \(NumberText.round(size.height))" + (unit.isEmpty ? "" : " " + unit)
    if let ground = step?.pixelSize, info.crs?.metresPerUnit != 1 || abs(ground.width / size.width - 1) > 0.01 {
      text += ", on the ground \(NumberText.significant(ground.width)) × \(NumberText.significant(ground.height)) m"
    }
    let extent = info.georeference.extent
    out += [
      InfoEntry("pixelSize", "pixel (w × h)", text, [.number(size.width), .number(size.height)]),
      InfoEntry(
        "extent", "extent", "\(extent) (east, then north)",
        [.number(extent.west), .number(extent.south), .number(extent.east), .number(extent.north)]),
    ]
    guard let outline, let box = outline.box else { return out }
    return out + [
      InfoEntry(
        "longitudeLatitude", "longitude, latitude", "\(box)",
        [.number(box.west), .number(box.south), .number(box.east), .number(box.north)])
    ]
  }

  private var mapUnit: String {
    guard let crs = info.crs else { return "" }
    if crs.isGeographic { return "degrees" }
    return crs.metresPerUnit == 1 ? "m" : "map units"
  }

  private var dateEntry: InfoEntry {
    switch date {
    case .found(let date):
      InfoEntry(
        "acquired", "acquired", "\(date.iso8601) (\(date.source))",
        ["date": .string(date.iso8601), "source": .string(date.source)])
    case .unknown(let reason): InfoEntry("acquired", "acquired", "unknown: \(reason)", ["reason": .string(reason)])
    }
  }

  private var valueEntries: [InfoEntry] {
    guard let values, values.total > 0 else { return [] }
    let share = Double(values.count) / Double(values.total)
    let how = values.factor == 1 ? "" : " (of means over \(values.factor) × \(values.factor) px)"
    var out = [
      InfoEntry(
        "validShare", "not missing", NumberText.percent(share, places: share > 0.999 && share < 1 ? 3 : 1) + how,
        .number(share))
    ]
    guard values.count > 0 else { return out }
    let mean = values.sum / Double(values.count)
    out.append(
      InfoEntry(
        "values", "values",
        "\(NumberText.round(Double(values.least))) to \(NumberText.round(Double(values.largest))), "
          + "mean \(NumberText.significant(mean, digits: 4))\(how)",
        [
          "least": JSONValue(values.least), "largest": JSONValue(values.largest), "mean": .number(mean),
          "blockSide": .integer(values.factor),
        ]))
    return out
  }
}

extension [GeographicPoint] {
  /// The box around points; nil where they lie around the date line or a pole, which a box can't tell.
  fileprivate var box: Extent? {
    let longitudes = map(\.longitude), latitudes = map(\.latitude)
    guard let west = longitudes.min(), let east = longitudes.max(), east - west < 180, let south = latitudes.min(),
      let north = latitudes.max()
    else { return nil }
    return Extent(west: west, south: south, east: east, north: north)
  }
}
