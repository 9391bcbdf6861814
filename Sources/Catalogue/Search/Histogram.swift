// SPDX-License-Identifier: Apache-2.0
import Accounts
import Parameters
import Storage

/// How many images there are in each month or day.
public struct AcquisitionHistogram: Sendable, Equatable {
  public enum Step: String, Sendable, CaseIterable { case year, month, day }

  /// One bar.
  public struct Bar: Sendable, Equatable {
    /// `2020`, `2020-01` or `2020-01-31`.
    public let time: String
    public let count: Int
    /// Images by the cloud cover of the whole image: below 20 %, 20 to 50 %, 50 % and more, not known.
    public let clear, medium, cloudy, unknown: Int
  }

  public let step: Step
  /// In the order of time; months and days without images are left out.
  public let bars: [Bar]

  public var json: JSONObject {
    let shown = bars.map { bar -> JSONValue in
      [
        "time": .string(bar.time), "count": .integer(bar.count), "clear": .integer(bar.clear),
        "medium": .integer(bar.medium), "cloudy": .integer(bar.cloudy), "unknown": .integer(bar.unknown),
      ]
    }
    return [
      "step": .string(step.rawValue), "total": .integer(bars.reduce(0) { $0 + $1.count }), "bars": .array(shown),
    ]
  }
}

extension Catalogue {
  /// Counts the images that a search finds by the time at which they were taken; order, limit and page do not matter.
  public func histogram(
    _ search: ItemSearch, by step: AcquisitionHistogram.Step, for viewer: Viewer
  ) throws -> AcquisitionHistogram {
    try database.read(within: 20) { connection in
      let statement = try SearchStatement(search, for: viewer, connection)
      let format = SQLValue.text(step == .year ? "%Y" : step == .month ? "%Y-%m" : "%Y-%m-%d")
      let counting: SQLFragment = """
        SELECT strftime(\(format), i.moment / 1000, 'unixepoch') AS time, count(*) AS n,
          sum(i.cloud_cover < 20) AS clear, sum(i.cloud_cover >= 20 AND i.cloud_cover < 50) AS medium,
          sum(i.cloud_cover >= 50) AS cloudy, sum(i.cloud_cover IS NULL) AS unknown
        FROM \(statement.source) WHERE \(statement.condition) GROUP BY 1 ORDER BY 1
        """
      let bars = try connection.rows(counting.sql, counting.values).map { row in
        AcquisitionHistogram.Bar(
          time: row.text("time"), count: row.int("n"), clear: row.int("clear"), medium: row.int("medium"),
          cloudy: row.int("cloudy"), unknown: row.int("unknown"))
      }
      return AcquisitionHistogram(step: step, bars: bars)
    }
  }
}
