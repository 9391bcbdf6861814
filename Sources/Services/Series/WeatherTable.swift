// SPDX-License-Identifier: Apache-2.0
import Parameters
import RasterIO
import TimeSeries

/// Rain, snow or temperature day by day, from a table.
struct WeatherTable {
  struct Column: Sendable {
    let name: String
    let record: DailyRecord
  }

  let columns: [Column]

  /// Every column beside `date`; where there are `precipitation` and `temperature`, also what of it fell as rain and as snow
  /// and the degrees above 0 °C, which melt goes with.
  ///
  /// - Throws: `RasterError` for a file that can't be read; `ServiceError.pointTable` for rows that are no day and numbers.
  init(_ path: String) throws {
    let table = try DelimitedTable(path)
    let names = table.names.map { $0.lowercased() }
    guard let date = names.firstIndex(where: { $0 == "date" || $0 == "day" }), names.count > 1 else {
      throw ServiceError(
        .pointTable,
        "\(path) has the columns \(table.names.joined(separator: ", ")): it needs `date` and one of values or more")
    }
    let places = names.indices.filter { $0 != date && !names[$0].isEmpty }
    var days: [[Int]] = places.map { _ in [] }, values: [[Double]] = places.map { _ in [] }
    var rows = try table.rows()
    while let row = try rows.next() {
      guard row.cells.count > date, let day = CalendarDate(String(row.cells[date])) else {
        throw ServiceError(.pointTable, "line \(row.line) of \(path) has no date such as 2020-01-31: \(row.text)")
      }
      // An empty cell is a day without a measurement.
      for (index, place) in places.enumerated() where row.cells.count > place && !row.cells[place].isEmpty {
        guard let number = Double(row.cells[place]) else {
          throw ServiceError(
            .pointTable, "line \(row.line) of \(path) has no number in \(table.names[place]): \(row.text)")
        }
        days[index].append(day.dayNumber)
        values[index].append(number)
      }
    }
    var columns: [Column] = []
    for (index, place) in places.enumerated() where !days[index].isEmpty {
      columns.append(
        Column(name: names[place], record: try DailyRecord(days: days[index], values: values[index])))
    }
    guard !columns.isEmpty else { throw ServiceError(.pointTable, "\(path) holds no day with a value") }
    self.columns = Self.withRainAndSnow(columns)
  }

  private static func withRainAndSnow(_ columns: [Column]) -> [Column] {
    func record(_ name: String) -> DailyRecord? { columns.first { $0.name == name }?.record }
    guard let water = record("precipitation"), let degrees = record("temperature") else { return columns }
    let more = [
      Column(name: "rain", record: .rain(precipitation: water, temperature: degrees)),
      Column(name: "snow", record: .snow(precipitation: water, temperature: degrees)),
      Column(name: "melt", record: .meltingDegrees(temperature: degrees)),
    ]
    return columns + more.filter { column in record(column.name) == nil }
  }
}

/// One quantity of the weather beside the velocities of a cube.
struct WeatherQuantity: Sendable {
  let name: String
  let weather: LaggedWeather

  /// Days from the weather to the motion.
  static let lags = Array(stride(from: 0, through: 120, by: 5))

  static func all(_ path: String, over intervals: [DayInterval]) throws -> [WeatherQuantity] {
    try WeatherTable(path).columns.map {
      WeatherQuantity(name: $0.name, weather: LaggedWeather($0.record, over: intervals, lags: lags))
    }
  }
}
