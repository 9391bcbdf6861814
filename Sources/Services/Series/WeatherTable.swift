// SPDX-License-Identifier: Apache-2.0
import Parameters
import RasterIO
import TimeSeries

/// Rain, snow or temperature day by day, from a table.
enum WeatherTable {
  /// - Throws: `RasterError` for a file that can't be read; `ServiceError.pointTable` for rows that are no day and number.
  static func read(_ path: String) throws -> DailyRecord {
    let table = try DelimitedTable(path)
    let names = table.names.map { $0.lowercased() }
    guard let date = names.firstIndex(where: { $0 == "date" || $0 == "day" }),
      let value = names.indices.first(where: { $0 != date })
    else {
      throw ServiceError(
        .pointTable,
        "\(path) has the columns \(table.names.joined(separator: ", ")): it needs `date` and one of values")
    }
    var days: [Int] = [], values: [Double] = []
    var rows = try table.rows()
    while let row = try rows.next() {
      guard row.cells.count > max(date, value), let day = CalendarDate(String(row.cells[date])) else {
        throw ServiceError(.pointTable, "line \(row.line) of \(path) has no date such as 2020-01-31: \(row.text)")
      }
      // An empty cell is a day without a measurement.
      guard !row.cells[value].isEmpty else { continue }
      guard let number = Double(row.cells[value]) else {
        throw ServiceError(
          .pointTable, "line \(row.line) of \(path) has no number in \(table.names[value]): \(row.text)")
      }
      days.append(day.dayNumber)
      values.append(number)
    }
    return try DailyRecord(days: days, values: values)
  }
}
