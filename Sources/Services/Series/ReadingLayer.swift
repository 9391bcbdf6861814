// SPDX-License-Identifier: Apache-2.0
import TimeSeries

/// One raster of what the series of all pixels tell.
struct ReadingLayer: Sendable {
  /// Of the file, without its ending.
  let name: String
  let title, unit: String
  let value: @Sendable (MotionFindings) -> Double?

  private init(
    _ name: String, _ title: String, _ unit: String, _ value: @escaping @Sendable (MotionFindings) -> Double?
  ) {
    (self.name, self.title, self.unit, self.value) = (name, title, unit, value)
  }

  static func all(_ weather: [WeatherQuantity]) -> [ReadingLayer] {
    steps + onset + failure + weather.enumerated().flatMap { correlation($1.name, $0) }
  }

  private static var steps: [ReadingLayer] {
    [
      .init("step-count", "number of steps", "") { $0.steps.map { Double($0.steps.count) } },
      .init("step-time", "when the largest step was, year and fraction", "yr") {
        $0.largestStep.map { SeriesDay.year($0.day) }
      },
      .init("step-size", "displacement of the largest step", "m") { $0.largestStep?.size },
      .init("step-sigma", "standard deviation of the largest step", "m") { $0.largestStep?.sigma },
      .init("phase-begin", "begin of the largest while off the trend, year and fraction", "yr") {
        $0.largestPhase.map { SeriesDay.year($0.from) }
      },
      .init("phase-end", "end of the largest while off the trend, year and fraction", "yr") {
        $0.largestPhase.map { SeriesDay.year($0.to) }
      },
      .init("phase-size", "displacement of that while beside the trend's", "m") { $0.largestPhase?.size },
    ]
  }

  private static var onset: [ReadingLayer] {
    [
      .init("onset-time", "when the acceleration began, year and fraction", "yr") {
        $0.onset?.day.map(SeriesDay.year)
      },
      .init("onset-width", "length of the 95 % interval of the onset", "d") { findings in
        findings.onset?.likely95.flatMap { likely in likely.to.map { $0 - likely.from } }
      },
      .init("onset-acceleration", "acceleration since the onset", "m/yr^2") {
        $0.onset?.day == nil ? nil : $0.onset?.acceleration
      },
      .init("onset-evidence", "evidence of an acceleration against steady motion, 0 to 1", "") { $0.onset?.evidence },
    ]
  }

  private static var failure: [ReadingLayer] {
    [
      .init(
        "failure-time", "when the ground would fail, year and fraction; missing where the law has no support", "yr"
      ) {
        $0.failureDay.map(SeriesDay.year)
      },
      .init("failure-first", "begin of the 95 % interval of the failure, year and fraction", "yr") {
        $0.failureDay == nil ? nil : $0.failure.likely95.map { SeriesDay.year($0.from) }
      },
      .init("failure-last", "end of that interval, year and fraction; missing where the data set none", "yr") {
        $0.failureDay == nil ? nil : $0.failure.likely95?.to.map(SeriesDay.year)
      },
      .init(
        "failure-evidence", "evidence of motion towards a failure against steady and steadily accelerated, 0 to 1", ""
      ) { $0.failure.evidence.failure },
    ]
  }

  /// - Parameter place: among the quantities of the weather.
  private static func correlation(_ quantity: String, _ place: Int) -> [ReadingLayer] {
    [
      .init("weather/\(quantity)-correlation", "correlation of the velocity with \(quantity) at the best lag", "") {
        $0.correlations[place].found.best?.correlation
      },
      .init("weather/\(quantity)-lag", "days from \(quantity) to the velocity at the best lag", "d") {
        $0.correlations[place].found.best.map { Double($0.days) }
      },
      .init("weather/\(quantity)-chance", "chance that any lag looks as good without a connection, 0 to 1", "") {
        $0.correlations[place].found.chanceOfBest
      },
    ]
  }
}
