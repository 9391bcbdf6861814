// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Parameters
import TimeSeries

/// What an inversion says about motion that the sun feigns: files, a section of the report, lines for the terminal.
struct SunReport {
  let finding: SunFinding
  let result: InvertResult

  init?(_ result: InvertResult) {
    guard let finding = result.outcome.sun else { return nil }
    (self.finding, self.result) = (finding, result)
  }

  private var study: IlluminationStudy { finding.study }
  private var isApplied: Bool { finding.tally != nil }

  private static func text(_ value: Double, digits: Int = 3) -> String {
    value.isFinite ? NumberText.significant(value, digits: digits) : "unknown"
  }

  // MARK: - Words

  /// What was found, in a sentence or two.
  var verdict: String {
    if !finding.hasTerrain {
      return
        "Without --dem nothing that depends on slope is known; what is the same on all ground goes with the shift of each pair."
    }
    guard let last = study.trials.last(where: \.isAccepted) else {
      guard let trial = study.trials.first else {
        return
          "Refused: the stable ground has too few slopes, or pairs under known suns, to learn from. Nothing was taken off."
      }
      return
        "Refused: on stable ground that it had not seen, the model leaves \(Self.text(trial.after, digits: 4)) m where "
        + "\(Self.text(trial.before, digits: 4)) m were (\(Self.text(trial.certainty)) standard errors). Nothing was taken off."
    }
    let before = study.trials[0].before
    return "Taken off: on stable ground that it had not seen, residuals fall from \(Self.text(before, digits: 4)) to "
      + "\(Self.text(last.after, digits: 4)) m, the false season there from \(Self.text(study.season.before)) to "
      + "\(Self.text(study.season.after)) m/yr (noise alone: \(Self.text(study.season.noise)))."
  }

  var lines: [String] {
    var out = ["sun: " + verdict]
    if let tally = finding.tally {
      out.append(
        "sun: taken from the seasons of the pixels: \(Self.text(tally.swing)) m/yr RMS, at most \(Self.text(tally.largestSwing))"
      )
    }
    return out
  }

  // MARK: - Files

  private static func value(_ number: Double) -> JSONValue { number.isFinite ? .number(number) : .null }

  var json: JSONObject {
    var out: JSONObject = [
      "isApplied": .bool(isApplied), "form": .string(study.model.form.rawValue), "verdict": .string(verdict),
      "stable": [
        "pixels": .integer(study.pixels), "pairs": .integer(study.pairs),
        "season": [
          "before": Self.value(study.season.before), "after": Self.value(study.season.after),
          "noise": Self.value(study.season.noise), "unit": "m/yr",
        ],
      ],
      "trials": .array(study.trials.map(Self.trial)),
      "sun": [
        "latitude": .number(finding.sun.latitude), "longitude": .number(finding.sun.longitude),
        "hour": .number(finding.sun.hour), "datesWithoutTime": .integer(finding.sun.untimed),
      ],
    ]
    if let uniform = study.uniform {
      out["uniform"] = [
        "length": Self.value(uniform.length), "sigma": Self.value(uniform.sigma), "unit": "m",
        "shiftsBefore": Self.value(uniform.before), "shiftsAfter": Self.value(uniform.after),
        "certainty": Self.value(uniform.certainty), "isAccepted": .bool(uniform.isAccepted),
        "pairsShiftedByIt": .integer(finding.filled),
      ]
    }
    if let tally = finding.tally {
      let sizes = tally.squares.indices.map(tally.rootMeanSquare)
      out["removed"] = [
        "pairLargest": Self.value(tally.largest.max() ?? .nan), "pairLargestRMS": Self.value(sizes.max() ?? .nan),
        "pairMedianRMS": Self.value(median(sizes)), "seasonRMS": Self.value(tally.swing),
        "seasonLargest": Self.value(tally.largestSwing), "seasonUnit": "m/yr", "unit": "m",
        "pixels": Self.value(tally.pixels), "pixelsOfKnownSlope": Self.value(tally.known),
        "pixelsSteeperThanStableGround": Self.value(tally.steeper), "steepest": Self.value(study.model.steepest),
      ]
    }
    return out
  }

  private static func trial(_ trial: IlluminationStudy.Trial) -> JSONValue {
    [
      "form": .string(trial.form.rawValue), "residualBefore": value(trial.before),
      "residualAfter": value(trial.after),
      "certainty": value(trial.certainty), "isAccepted": .bool(trial.isAccepted),
      "terms": .array(
        trial.form.terms.indices.map {
          [
            "name": .string(trial.form.terms[$0].rawValue), "length": value(trial.model.coefficients[$0]),
            "sigma": value(trial.model.sigma($0)), "unit": "m",
          ]
        }),
    ]
  }

  /// A line a pair: how the sun moved, and how large what was taken off is over all pixels.
  var table: String {
    let times = result.input.times
    func number(_ value: Double) -> String { value.isFinite ? "\((value * 1e4).rounded() / 1e4)" : "" }
    var lines = ["earlier,later,shadow_change_east,shadow_change_north,taken_rms_m,taken_largest_m"]
    for pair in 0..<times.count {
      let low = finding.sun.shadows[times.earlierDate[pair]], high = finding.sun.shadows[times.laterDate[pair]]
      let change = low.flatMap { low in high.map { (east: $0.east - low.east, north: $0.north - low.north) } }
      lines.append(
        [
          SeriesDay.text(times.earlier[pair]), SeriesDay.text(times.later[pair]), number(change?.east ?? .nan),
          number(change?.north ?? .nan), number(finding.tally?.rootMeanSquare(pair) ?? 0),
          number(finding.tally?.largest[pair] ?? 0),
        ].joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: - Report

  func section(_ maps: SeriesMaps) throws -> ReportSection {
    let rows = study.trials.flatMap { trial in
      trial.form.terms.indices.map { term in
        [
          trial.form.rawValue, trial.form.terms[term].rawValue, Self.text(trial.model.coefficients[term]),
          Self.text(trial.model.sigma(term), digits: 2), Self.text(trial.before, digits: 4),
          Self.text(trial.after, digits: 4), trial.isAccepted ? "held" : "refused",
        ]
      }
    }
    var blocks: [ReportBlock] = [
      .callout(
        Callout(isApplied ? .good : .note, "False motion that goes with the sun", text: verdict, points: details))
    ]
    if !rows.isEmpty {
      blocks.append(
        .table(
          ReportTable(
            "Models, each judged on stable ground that it had not seen; illumination.json has all numbers",
            columns: [
              .text("model"), .text("term"), .number("length, m"), .number("sigma, m"), .number("residual before, m"),
              .number("after, m"), .text("verdict"),
            ], rows: rows)))
    }
    let figure = try maps.figure("products/illumination-amplitude.tif", "Taken from the season", .speed)
    if let figure { blocks.append(.figures([figure], columns: 1)) }
    return ReportSection(name: "sun", heading: "The sun", blocks: blocks)
  }

  private var details: [String] {
    var out: [String] = []
    if let uniform = study.uniform {
      out.append(
        "Shifts of whole pairs: \(Self.text(uniform.length)) ± \(Self.text(uniform.sigma, digits: 2)) m times the change of "
          + "the sun's shadow; held out, they go from \(Self.text(uniform.before)) to \(Self.text(uniform.after)) m RMS"
          + (uniform.isAccepted ? "." : ", so it is not believed.")
          + (finding.filled > 0 ? " \(finding.filled) pairs without stable ground were shifted by it." : ""))
    }
    if let tally = finding.tally {
      out.append(
        "Taken from the seasons: \(Self.text(tally.swing)) m/yr RMS over the pixels, at most \(Self.text(tally.largestSwing))."
      )
      out.append(
        "\(NumberText.percent(tally.known > 0 ? tally.steeper / tally.known : .nan, places: 1)) of the pixels are steeper than "
          + "the stable ground and count as steep as that.")
    }
    if finding.sun.untimed > 0 {
      out.append(
        "\(finding.sun.untimed) dates say no time of day and count as \(Self.text(result.parameters.sun.sunTime)) h mean solar time."
      )
    }
    return out
  }
}

extension SeriesProducts {
  /// What was taken from each pixel's season.
  var illumination: [Product] {
    guard run.outcome.sun?.tally != nil else { return [] }
    return [
      Product(
        name: "products/illumination-amplitude.tif",
        title:
          "half the yearly swing of the velocity that the sun feigned and that was taken off, where it is largest",
        unit: "m/yr", content: .amount, layers: [SeriesLayer.illumination]
      ) { $0[0] }
    ]
  }
}
