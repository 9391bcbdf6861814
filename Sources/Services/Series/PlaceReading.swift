// SPDX-License-Identifier: Apache-2.0
import Figures
import Parameters
import TimeSeries

/// What can be read off the series of one place.
struct PlaceReading {
  let place: SeriesPlace
  let track: SeriesFile.Track
  private let series: DatedSeries
  private let years: [YearlyMean]
  private let steps: StepDetection?
  private let onset: AccelerationOnset?
  private let failure: FailureTime
  private let correlation: SeriesCorrelation?

  init(_ place: SeriesPlace, _ track: SeriesFile.Track, _ file: SeriesFile, weather: DailyRecord?) throws {
    self.place = place
    self.track = track
    series = try DatedSeries(days: file.days, values: track.along.values, sigmas: track.along.sigmas)
    years = YearlyMean.all(in: series)
    steps = StepDetection(series)
    onset = AccelerationOnset(series)
    failure = FailureTime(series)
    correlation = weather.map {
      SeriesCorrelation(
        track.speedAlong.values, over: file.intervals, with: $0, lags: Array(stride(from: 0, through: 120, by: 5)))
    }
  }

  var isMeasured: Bool { series.count > 1 }

  var columns: [String] { [place.name, "\(place.east)", "\(place.north)"] }

  func along(in file: SeriesFile) -> SeriesChart.Line {
    SeriesChart.Line(title, days: file.days, values: track.along.values, sigmas: track.along.sigmas, look: .points)
  }

  func velocityAlong(in file: SeriesFile) -> SeriesChart.Line {
    SeriesChart.Line(
      title, days: file.intervals.map { ($0.from + $0.to) / 2 }, values: track.speedAlong.values,
      sigmas: track.speedAlong.sigmas, look: .points)
  }

  private var title: String { "place \(place.name)" }

  // MARK: - Words

  private static func number(_ value: Double) -> String { NumberText.significant(value) }

  /// A day that the data do not set an end to is one in the far future.
  private static func words(_ days: LikelyDays?) -> String {
    guard let days else { return "" }
    return "\(SeriesDay.text(days.from)) to \(days.to.map(SeriesDay.text) ?? "no end that the data set")"
  }

  var lines: [String] {
    guard isMeasured else { return ["place \(place.name): no series"] }
    let last = series.count - 1
    var out = [
      "place \(place.name): \(Self.number(series.values[last])) ± "
        + "\(NumberText.significant(series.sigmas?[last] ?? .nan, digits: 2)) m from \(SeriesDay.text(series.days[0])) to "
        + SeriesDay.text(series.days[last])
    ]
    for step in steps?.steps ?? [] {
      out.append(
        "  step of \(Self.number(step.size)) ± \(NumberText.significant(step.sigma, digits: 2)) m near \(SeriesDay.text(step.day))"
      )
    }
    if let onset, let day = onset.day {
      out.append("  accelerates since \(SeriesDay.text(day)), 95 % interval \(Self.words(onset.likely95))")
    }
    if let day = failureDay {
      out.append(
        "  would fail on \(SeriesDay.text(day)), 95 % interval \(Self.words(failure.likely95)); the evidence is "
          + "\(NumberText.percent(failure.evidence.failure, places: 0)) for this law, "
          + "\(NumberText.percent(failure.evidence.parabola, places: 0)) for a steady acceleration, "
          + "\(NumberText.percent(failure.evidence.line, places: 0)) for steady motion")
    }
    if let best = correlation?.best {
      out.append(
        "  correlates with the weather of \(best.days) days before, r = \(NumberText.decimal(best.correlation, places: 2)), "
          + "chance of that \(NumberText.percent(correlation?.chanceOfBest ?? .nan, places: 1))")
    }
    return out
  }

  /// The day is said where the law fits the series and nothing simpler does nearly as well: a surge that has ended is
  /// better told by an acceleration than by a steady one, and by neither well. All numbers stand in the JSON.
  private var failureDay: Double? {
    failure.evidence.failure >= 0.9 && failure.sigmaScale <= 5 ? failure.day : nil
  }

  var marks: [SeriesChart.Mark] {
    var out = (steps?.steps ?? []).map {
      SeriesChart.Mark(day: $0.day, label: "step", from: $0.after, to: $0.before)
    }
    if let onset, let day = onset.day {
      out.append(.init(day: day, label: "onset", from: onset.likely95?.from, to: onset.likely95?.to ?? .infinity))
    }
    if let day = failure.day {
      out.append(
        .init(day: day, label: "failure", from: failure.likely95?.from, to: failure.likely95?.to ?? .infinity))
    }
    return out
  }

  // MARK: - Numbers

  var json: JSONObject {
    func value(_ number: Double?) -> JSONValue { number.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }
    func date(_ day: Double?) -> JSONValue {
      day.flatMap { $0.isFinite ? .string(SeriesDay.text($0)) : nil } ?? .null
    }
    func interval(_ days: LikelyDays?) -> JSONValue {
      days.map { ["from": date($0.from), "to": date($0.to)] } ?? .null
    }
    return [
      "place": .string(place.name), "east": .number(place.east), "north": .number(place.north),
      "row": .integer(place.row), "column": .integer(place.column),
      "years": .array(
        years.map {
          [
            "year": .integer($0.year), "velocity": value($0.velocity), "sigma": value($0.sigma),
            "share": value($0.share),
          ]
        }),
      "steps": .array(
        (steps?.steps ?? []).map {
          ["after": date($0.after), "before": date($0.before), "size": value($0.size), "sigma": value($0.sigma)]
        }),
      "onset": [
        "day": date(onset?.day), "interval68": interval(onset?.likely68), "interval95": interval(onset?.likely95),
        "acceleration": value(onset?.acceleration), "accelerationSigma": value(onset?.accelerationSigma),
        "evidence": value(onset?.evidence),
      ],
      "failure": [
        "day": date(failure.day), "interval68": interval(failure.likely68), "interval95": interval(failure.likely95),
        "sigmaScale": value(failure.sigmaScale), "absence": failure.absence.map { .string($0.rawValue) } ?? .null,
        "evidence": [
          "failure": value(failure.evidence.failure), "steadyAcceleration": value(failure.evidence.parabola),
          "steadyMotion": value(failure.evidence.line),
        ],
        "inverseVelocity": failure.inverseVelocity.map { ["day": date($0.day), "sigmaDays": value($0.sigma)] }
          ?? .null,
      ],
      "weather": correlation?.best.map {
        [
          "lagDays": .integer($0.days), "correlation": value($0.correlation),
          "effectiveCount": value($0.effectiveCount),
          "chance": value(correlation?.chanceOfBest),
        ]
      } ?? .null,
    ]
  }
}
