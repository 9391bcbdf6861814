// SPDX-License-Identifier: Apache-2.0
import Figures
import Parameters
import TimeSeries

/// What can be read off the series of one place.
struct PlaceReading {
  let place: SeriesPlace
  let track: SeriesFile.Track
  private let findings: MotionFindings
  private let years: [YearlyMean]
  private let seasons: [YearlySeason]
  /// Whether the inversion draws jumps out over its knots.
  private let isSmooth: Bool

  init(_ place: SeriesPlace, _ track: SeriesFile.Track, _ file: SeriesFile, weather: [WeatherQuantity]) throws {
    self.place = place
    self.track = track
    findings = try MotionFindings(track, file, weather: weather)
    years = YearlyMean.all(in: findings.series)
    seasons = YearlySeason.all(track.speedAlong.values, sigmas: track.speedAlong.sigmas, over: file.intervals)
    isSmooth = file.method == .smooth
  }

  private var series: DatedSeries { findings.series }

  /// Longest phase that a smooth series makes of a jump: four of its knots, which are at most 15 days apart.
  private static let drawnOut = 60.0

  private func isShort(_ phase: StepDetection.Phase) -> Bool {
    isSmooth && phase.to - phase.from <= Self.drawnOut
  }
  private var failure: FailureTime { findings.failure }

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
    for step in findings.steps?.steps ?? [] {
      out.append(
        "  step of \(Self.number(step.size)) ± \(NumberText.significant(step.sigma, digits: 2)) m near \(SeriesDay.text(step.day))"
      )
    }
    if let phase = findings.largestPhase {
      out.append(
        "  \(Self.number(phase.size)) ± \(NumberText.significant(phase.sigma, digits: 2)) m beside the trend from "
          + "\(SeriesDay.text(phase.from)) to \(SeriesDay.text(phase.to)), "
          + (isShort(phase) ? "perhaps at once: only --method network shows jumps" : "not at once"))
    }
    if let onset = findings.onset, let day = onset.day {
      out.append("  accelerates since \(SeriesDay.text(day)), 95 % interval \(Self.words(onset.likely95))")
    }
    if let day = findings.failureDay {
      out.append(
        "  would fail on \(SeriesDay.text(day)), 95 % interval \(Self.words(failure.likely95)); the evidence is "
          + "\(NumberText.percent(failure.evidence.failure, places: 0)) for this law, "
          + "\(NumberText.percent(failure.evidence.parabola, places: 0)) for a steady acceleration, "
          + "\(NumberText.percent(failure.evidence.line, places: 0)) for steady motion")
    }
    out += findings.correlations.compactMap { $0.line.map { "  " + $0 } }
    return out
  }

  var marks: [SeriesChart.Mark] {
    var out = (findings.steps?.steps ?? []).map {
      SeriesChart.Mark(day: $0.day, label: "step", from: $0.after, to: $0.before)
    }
    if let onset = findings.onset, let day = onset.day {
      out.append(.init(day: day, label: "onset", from: onset.likely95?.from, to: onset.likely95?.to ?? .infinity))
    }
    if let day = findings.failureDay {
      out.append(
        .init(day: day, label: "failure", from: failure.likely95?.from, to: failure.likely95?.to ?? .infinity))
    }
    return out
  }

  // MARK: - Numbers

  private static func season(_ season: SeasonReading) -> [(String, JSONValue)] {
    func value(_ number: Double) -> JSONValue { number.isFinite ? .number(number) : .null }
    return [
      ("amplitude", value(season.amplitude)), ("amplitudeSigma", value(season.amplitudeSigma)),
      ("dayOfMaximum", value(season.dayOfMaximum)), ("daySigma", value(season.daySigma)),
      ("chance", value(season.chance)),
    ]
  }

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
      "seasons": .array(
        seasons.map { .object(JSONObject([("year", .integer($0.year))] + Self.season($0.season))) }),
      "typicalSeason": YearlySeason.typical(seasons).map { .object(JSONObject(Self.season($0))) } ?? .null,
      "steps": .array(
        (findings.steps?.steps ?? []).map {
          ["after": date($0.after), "before": date($0.before), "size": value($0.size), "sigma": value($0.sigma)]
        }),
      "phases": .array(
        (findings.steps?.phases ?? []).map {
          ["from": date($0.from), "to": date($0.to), "size": value($0.size), "sigma": value($0.sigma)]
        }),
      "onset": [
        "day": date(findings.onset?.day), "interval68": interval(findings.onset?.likely68),
        "interval95": interval(findings.onset?.likely95), "acceleration": value(findings.onset?.acceleration),
        "accelerationSigma": value(findings.onset?.accelerationSigma), "evidence": value(findings.onset?.evidence),
      ],
      "failure": [
        "day": date(failure.day), "isSupported": .bool(findings.failureDay != nil),
        "interval68": interval(failure.likely68), "interval95": interval(failure.likely95),
        "sigmaScale": value(failure.sigmaScale), "absence": failure.absence.map { .string($0.rawValue) } ?? .null,
        "evidence": [
          "failure": value(failure.evidence.failure), "steadyAcceleration": value(failure.evidence.parabola),
          "steadyMotion": value(failure.evidence.line),
        ],
        "inverseVelocity": failure.inverseVelocity.map { ["day": date($0.day), "sigmaDays": value($0.sigma)] }
          ?? .null,
      ],
      "weather": .array(findings.correlations.compactMap(\.json)),
    ]
  }
}

extension MotionFindings.Correlation {
  /// For people.
  var line: String? {
    found.best.map {
      "correlates with the \(name) of \($0.days) days before, "
        + "r = \(NumberText.decimal($0.correlation, places: 2)), "
        + "chance of that \(NumberText.percent(found.chanceOfBest, places: 1))"
    }
  }

  var json: JSONValue? {
    found.best.map {
      [
        "quantity": .string(name), "lagDays": .integer($0.days), "correlation": .number($0.correlation),
        "effectiveCount": .number($0.effectiveCount), "chance": .number(found.chanceOfBest),
      ]
    }
  }
}
