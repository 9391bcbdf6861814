// SPDX-License-Identifier: Apache-2.0
import Parameters
import RasterIO
import TimeSeries

/// Reference stations with their motion, from a table.
struct ReferenceStation {
  let name: String
  let east, north: Double
  let track: MotionTrack

  private struct Row {
    let day, e, n, u, se, sn, su: Double
  }

  /// - Throws: `RasterError` for a file that can't be read; `ServiceError.pointTable` for missing columns and rows that make
  ///   no sense; `TimeSeriesError` for a station whose dates repeat.
  static func read(_ path: String) throws -> [ReferenceStation] {
    let table = try DelimitedTable(path)
    let names = table.names.map { $0.lowercased() }
    func column(_ name: String) throws -> Int {
      guard let place = names.firstIndex(of: name) else {
        throw ServiceError(
          .pointTable,
          "\(path) has no column `\(name)`: it has \(table.names.joined(separator: ", ")) and needs station, east, north, "
            + "date, e and n")
      }
      return place
    }
    let station = try column("station"), date = try column("date")
    let needed = try [column("east"), column("north"), column("e"), column("n")]
    let extra = ["u", "se", "sn", "su"].map { names.firstIndex(of: $0) }
    var order: [String] = [], places: [String: (Double, Double)] = [:], rows: [String: [Row]] = [:]
    var lines = try table.rows()
    while let row = try lines.next() {
      let most = (needed + [station, date] + extra.compactMap { $0 }).max() ?? 0
      guard row.cells.count > most, let day = CalendarDate(String(row.cells[date])) else {
        throw ServiceError(.pointTable, "line \(row.line) of \(path) has no date such as 2020-01-31: \(row.text)")
      }
      let numbers = needed.map { Double(row.cells[$0]) }
      guard numbers.allSatisfy({ $0?.isFinite == true }) else {
        throw ServiceError(.pointTable, "line \(row.line) of \(path) lacks a number: \(row.text)")
      }
      let name = String(row.cells[station]), values = numbers.compactMap { $0 }
      if places[name] == nil {
        order.append(name)
        places[name] = (values[0], values[1])
      }
      // Empty cells are days without that number.
      let own = try extra.map { place -> Double in
        guard let place, !row.cells[place].isEmpty else { return .nan }
        guard let number = Double(row.cells[place]) else {
          throw ServiceError(
            .pointTable, "line \(row.line) of \(path) has no number in \(table.names[place]): \(row.text)")
        }
        return number
      }
      rows[name, default: []].append(
        Row(
          day: Double(day.dayNumber), e: values[2], n: values[3], u: own[0], se: own[1], sn: own[2], su: own[3]))
    }
    guard !order.isEmpty else { throw ServiceError(.pointTable, "\(path) holds no reference point") }
    return try order.map { name in
      let own = rows[name]!.sorted { $0.day < $1.day }, place = places[name]!
      let days = own.map(\.day)
      func series(_ values: [Double], _ sigmas: [Double]) throws -> DatedSeries {
        let isStated = zip(values, sigmas).allSatisfy { !$0.isFinite || $1.isFinite }
        return try DatedSeries(days: days, values: values, sigmas: isStated ? sigmas : nil)
      }
      let up = try series(own.map(\.u), own.map(\.su))
      return ReferenceStation(
        name: name, east: place.0, north: place.1,
        track: MotionTrack(
          east: try series(own.map(\.e), own.map(\.se)), north: try series(own.map(\.n), own.map(\.sn)),
          up: up.count > 1 ? up : nil))
    }
  }
}
