// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import RasterIO

/// Readings as a table: each row at a place, with numbers under names that end with their units.
///
/// Written as CSV or as points of a GeoPackage. Missing numbers are empty.
public struct ReadingTable: Sendable {
  /// What a row holds in a column.
  public enum Cell: Hashable, Sendable {
    case text(String)
    case number(Double)
    case integer(Int)
  }

  struct Row: Sendable {
    let place: Place
    let cells: [Cell]
  }

  /// Names of the columns behind the two of the place.
  public private(set) var columns: [String]
  private(set) var rows: [Row] = []
  private let isGeographic: Bool

  /// A table of a series at each of some places, a row a place and date.
  ///
  /// - Parameters:
  ///   - series: for each place the series of its quantities, the same ones for all, over the same dates.
  ///   - names: of the places, for the first column.
  ///   - reference: what relative motion is relative to, for a column that says so; such columns are named `relative`.
  public init(series: [[PointSeries]], at places: [Place], names: [String], reference: String? = nil) {
    precondition(series.count == places.count && names.count == places.count, "each place has a name and series")
    isGeographic = Self.isGeographic(places)
    let quantities = series.first { $0.contains { !$0.steps.isEmpty } } ?? []
    let isMean = quantities.contains { $0.steps.contains { $0.from != $0.to } }
    columns =
      ["place"] + (isMean ? ["from", "to"] : ["date"])
      + quantities.flatMap { quantity -> [String] in
        let unit = (quantity.isRelative ? "_relative" : "") + Self.suffix(quantity.unit)
        return ["\(quantity.name)\(unit)", "\(quantity.name)_sigma\(unit)"]
      } + (reference == nil ? [] : ["relative_to"])
    for (index, all) in series.enumerated() {
      guard let first = all.first else { continue }
      for step in first.steps.indices {
        let days = isMean ? [first.steps[step].from, first.steps[step].to] : [first.steps[step].from]
        rows.append(
          Row(
            place: places[index],
            cells: [.text(names[index])] + days.map { .text(Self.date($0)) }
              + all.flatMap { quantity -> [Cell] in
                guard step < quantity.steps.count else { return [.number(.nan), .number(.nan)] }
                return [Self.cell(quantity.steps[step].value), Self.cell(quantity.steps[step].sigma)]
              } + (reference.map { [.text($0)] } ?? [])))
      }
    }
  }

  /// A table of a profile, a row a point.
  ///
  /// - Parameters:
  ///   - name: of the quantity.
  ///   - unit: of its values; empty for none.
  public init(_ profile: Profile, name: String, unit: String) {
    isGeographic = Self.isGeographic(profile.points.map(\.place))
    let suffix = Self.suffix(unit)
    columns = ["distance_\(profile.distanceUnit)", "\(name)\(suffix)", "\(name)_sigma\(suffix)"]
    rows = profile.points.map {
      Row(place: $0.place, cells: [.number($0.distance), Self.cell($0.value), Self.cell($0.sigma)])
    }
  }

  private static func isGeographic(_ places: [Place]) -> Bool {
    places.contains { if case .geographic = $0 { true } else { false } }
  }

  /// `m/yr` as the end of a name: `_m_per_yr`.
  private static func suffix(_ unit: String) -> String {
    if unit.isEmpty { return "" }
    let plain = unit.replacing("/", with: "_per_").map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" }
    return "_" + String(plain)
  }

  /// Through the shortest text that stands for the same `Float`.
  private static func cell(_ value: Float) -> Cell { .number(Double(value.description) ?? .nan) }

  /// A day, or a moment where it is not midnight.
  private static func date(_ days: Double) -> String {
    guard days.isFinite, abs(days) < 1e7 else { return "" }
    let day = days.rounded(.down), milliseconds = Int(((days - day) * 86_400_000).rounded())
    return CalendarDate(
      dayNumber: Int(day), millisecondOfDay: milliseconds == 0 ? nil : min(86_399_999, milliseconds)
    )
    .description
  }
}

// MARK: - Files

extension ReadingTable {
  private var placeColumns: [String] { isGeographic ? ["longitude", "latitude"] : ["column", "row"] }

  private static func numbers(_ place: Place) -> (first: Double, second: Double) {
    switch place {
    case .geographic(let longitude, let latitude): (longitude, latitude)
    case .pixel(let row, let column): (column, row)
    }
  }

  /// The table as text: a header, commas, a dot in numbers, lines that end with a line feed.
  public var csv: String {
    var lines = [(placeColumns + columns).map(Self.quoted).joined(separator: ",")]
    for row in rows {
      let place = Self.numbers(row.place)
      let cells = row.cells.map { cell -> String in
        switch cell {
        case .text(let text): Self.quoted(text)
        case .number(let number): number.isFinite ? "\(number)" : ""
        case .integer(let number): "\(number)"
        }
      }
      lines.append(([Self.rounded(place.first), Self.rounded(place.second)] + cells).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A hundred-millionth of a degree is a millimetre.
  private static func rounded(_ value: Double) -> String { "\((value * 1e8).rounded() / 1e8)" }

  private static func quoted(_ text: String) -> String {
    // A cell that begins so would be worked out as a formula by spreadsheets.
    let text = text.first.map { "=+-@".contains($0) } == true ? "'" + text : text
    return text.contains(where: { ",\"\n\r".contains($0) }) ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }

  /// Writes the table as a layer of points; in pixels the layer has no reference system, and rows count downwards as
  /// negative norths.
  ///
  /// - Throws: `TilesError.notWritable`.
  public func writeGeoPackage(_ path: String, layer: String) throws(TilesError) {
    let fields = columns.enumerated().map { index, name in
      var type = VectorLayout.FieldType.double
      if case .text? = rows.first?.cells[index] { type = .text }
      if case .integer? = rows.first?.cells[index] { type = .integer }
      return VectorLayout.Field(name, type)
    }
    let layout = VectorLayout(
      layer: layer, geometry: .point, fields: fields, crs: isGeographic ? .longitudeLatitude : nil)
    try reading { () throws(RasterError) in
      let writer = try GeoPackageWriter.create(path, layout)
      for row in rows {
        let place = Self.numbers(row.place)
        let values = row.cells.map { cell -> VectorValue in
          switch cell {
          case .text(let text): .text(text)
          case .number(let number): .double(number)
          case .integer(let number): .integer(number)
          }
        }
        try writer.write([MapPoint(east: place.first, north: isGeographic ? place.second : -place.second)], values)
      }
      try writer.finish()
    }
  }
}
