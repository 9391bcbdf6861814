// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Matching
import Parameters
import Processing
import Simulation

/// The numbers of an evaluation as a table for people and as JSON for programs.
struct EvaluationReport {
  private let result: EvaluationResult
  private let parameters: EvaluateCommand.Parameters
  private let version: String

  init(_ result: EvaluationResult, parameters: EvaluateCommand.Parameters, version: String) {
    (self.result, self.parameters, self.version) = (result, parameters, version)
  }

  /// What `evaluation.json` holds. No time and no machine: the same products give the same bytes.
  var json: JSONObject {
    var results = JSONObject(), units = JSONObject()
    for row in result.evaluation.rows {
      results[row.name] = row.unit == "1" && row.name == "points" ? .integer(Int(row.value)) : .number(row.value)
      units[row.name] = .string(row.unit)
    }
    var truth = JSONObject()
    if let folder = parameters.truth { truth["folder"] = .string(folder.path) }
    if let dx = parameters.truthDx, let dy = parameters.truthDy {
      truth["dx"] = .number(dx)
      truth["dy"] = .number(dy)
    }
    return [
      "process": "evaluate", "version": .string(version), "truth": .object(truth),
      "margin": parameters.truth == nil ? .null : .number(parameters.margin), "every": .integer(result.step),
      "results": .object(results), "units": .object(units),
      "missing": .object(JSONObject(result.missing.map { ("\($0.flag)", .integer($0.count)) })),
      "notices": .array(result.notices.map { .string($0) }),
    ]
  }

  /// Writes `evaluation.json` into the run folder; a later match into the same folder removes it.
  func write(into path: String) throws {
    let text = json.text(.pretty) + "\n"
    guard FileManager.default.fileExists(atPath: path + "/.ogive") else {
      return try AtomicFile.write(text, to: path + "/evaluation.json")
    }
    try RunFolder(at: path).write(text, to: "evaluation.json")
  }

  // MARK: - Table

  var table: String {
    let e = result.evaluation
    var lines = [
      TextTable.pair("points", "\(count(e.points))" + place),
      TextTable.pair("measured", share(e.valid)),
    ]
    if !result.missing.isEmpty {
      let reasons = result.missing.map { "\($0.flag.reason.name) \(count($0.count))" }
      lines.append(TextTable.pair("missing", reasons.joined(separator: ", ")))
    }
    lines += [
      TextTable.pair("mean error vector", number(e.meanVector) + " px (MAD)"),
      TextTable.pair("longer than 1 px", NumberText.percent(e.beyondOnePixel, places: 2)),
      "",
    ]
    var rows = [("dx", "px", e.dx), ("dy", "px", e.dy), ("dx and dy", "px", e.both)]
    rows += e.others.map { ($0.name, $0.unit, $0.summary) }
    let header = ["", "unit", "points", "MAE", "RMSE", "bias", "NMAD", "error/sigma", "in 68 %", "in 95 %"]
    let body = rows.map { name, unit, s in
      [
        name, unit, count(s.count), number(s.meanAbsolute), number(s.rootMeanSquare), number(s.bias), number(s.nmad),
        s.ratio.isNaN ? "–" : NumberText.decimal(s.ratio, places: 2), share(s.coverage68), share(s.coverage95),
      ]
    }
    lines += TextTable.lines([header] + body)
    return lines.joined(separator: "\n")
  }

  private var place: String {
    let every = result.step == 1 ? "" : " (every \(result.step) \(result.parts))"
    let margin = parameters.truth == nil ? "" : ", \(NumberText.round(parameters.margin)) px or more inside the truth"
    return every + margin
  }

  private func count(_ value: Int) -> String { "\(value)" }

  private func share(_ value: Double) -> String {
    value.isNaN ? "–" : NumberText.percent(value, places: value > 0.999 && value < 1 ? 3 : 1)
  }

  /// Plain digits that can be copied into a spreadsheet: no thin spaces, an ordinary minus sign.
  private func number(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    guard value != 0 else { return "0" }
    let digits = max(0, min(8, 2 - Int(log10(abs(value)).rounded(.down))))
    let text = NumberText.decimal(abs(value), places: digits).filter { $0 != "\u{202F}" }
    return (value < 0 ? "-" : "") + text
  }
}
