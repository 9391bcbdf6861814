// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Parameters
import Processing
import TimeSeries

/// The numbers of an inversion that a user looks for first.
struct SeriesSummary {
  let result: InvertResult
  /// Medians and 99th percentiles over all pixels.
  let speed, sigma: (median: Double, high: Double)
  /// Share of the pixels that have a series.
  let solvedShare: Double
  let noise, wrongShare: Double
  /// At a pixel.
  let mostPairs: Int
  /// Median speed of each calendar year.
  let years: [(year: Int, median: Double)]

  init(_ result: InvertResult, _ products: SeriesProducts) throws {
    self.result = result
    func reduced(_ name: String) throws -> [Float]? {
      guard let product = products.named(name) else { return nil }
      return try SeriesMaps.reduced(product, products, result.place).cells
    }
    func middle(_ values: [Float]?) -> (median: Double, high: Double) {
      let ends = ValueRange.percentiles((values ?? []).map(abs), [0.5, 0.99])
      return (ends[0], ends[1])
    }
    let motion = try reduced("products/speed.tif") ?? reduced("products/motion-velocity.tif") ?? []
    speed = middle(motion)
    let parts = try ["east-velocity", "north-velocity", "east-sigma", "north-sigma"].map {
      try reduced("products/\($0).tif")
    }
    sigma = try middle(Self.sigmaAlong(parts.compactMap { $0 }) ?? reduced("products/motion-sigma.tif"))
    solvedShare = motion.isEmpty ? 0 : Double(motion.filter(\.isFinite).count) / Double(motion.count)
    // The worse direction: a mean would hide it.
    noise =
      try ["east", "north", "motion"].compactMap { try reduced("products/\($0)-noise.tif") }
      .map { middle($0).median }.max() ?? .nan
    wrongShare = middle(try reduced("products/wrong-share.tif")).median
    mostPairs = Int(try reduced("products/count.tif")?.filter(\.isFinite).max() ?? 0)
    years = try result.model.years.map { span in
      let year = SeriesDay.date((span.from + span.to) / 2).year
      let values =
        try reduced("products/years/speed-\(year).tif") ?? reduced("products/years/motion-velocity-\(year).tif")
      return (year, middle(values).median)
    }
  }

  /// Standard deviation of the speed from east and north velocity and their sigmas; nil where there are not all four.
  private static func sigmaAlong(_ parts: [[Float]]) -> [Float]? {
    guard parts.count == 4 else { return nil }
    return parts[0].indices.map { pixel in
      let (east, north) = (parts[0][pixel], parts[1][pixel])
      let (a, b) = (east * parts[2][pixel], north * parts[3][pixel])
      return ((a * a + b * b) / (east * east + north * north)).squareRoot()
    }
  }

  var lines: [String] {
    let times = result.input.times
    var out = [
      "\(times.count) pairs of \(times.dates.count) dates, \(SeriesDay.text(times.dates[0])) to "
        + "\(SeriesDay.text(times.dates[times.dates.count - 1])); \(result.place.rows) × \(result.place.columns) pixels, "
        + "\(NumberText.percent(solvedShare, places: 0)) with a series"
    ]
    guard solvedShare > 0 else { return out }
    out.append(
      "median of the mean speed \(NumberText.significant(speed.median)) ± \(NumberText.significant(sigma.median, digits: 2)) m/yr"
    )
    if years.count > 1 {
      out.append(
        "median speed by year: "
          + years.map { "\($0.year) \(NumberText.significant($0.median))" }.joined(separator: ", ") + " m/yr")
    }
    return out
  }

  var json: JSONObject {
    func value(_ number: Double) -> JSONValue { number.isFinite ? .number(number) : .null }
    let times = result.input.times
    return [
      "method": .string(result.parameters.method.rawValue), "pairs": .integer(times.count),
      "dates": .array(times.dates.map { .string(SeriesDay.text($0)) }),
      "days": .array(result.model.days.map { .string(SeriesDay.text($0)) }),
      "parts": .integer(times.parts().count),
      "grid": [
        "rows": .integer(result.place.rows), "columns": .integer(result.place.columns),
        "crs": result.place.crs.map { .string($0.description) } ?? .null,
      ],
      "solvedShare": value(solvedShare), "medianSpeed": value(speed.median), "medianSigma": value(sigma.median),
      "medianNoise": value(noise), "medianWrongShare": value(wrongShare), "unit": "m/yr",
      "years": .array(years.map { ["year": .integer($0.year), "medianSpeed": value($0.median)] }),
      "notices": .array(result.notices.map { .string($0) }), "version": .string(result.version),
    ]
  }
}
