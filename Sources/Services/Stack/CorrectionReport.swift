// SPDX-License-Identifier: Apache-2.0
import Correction
import Parameters

/// What the corrections of one pair did, as it is kept and as reports show it; offsets in px.
struct CorrectionReport: Sendable, Equatable {
  /// What stable ground reads: median, NMAD and RMSE of both components.
  struct Ground: Sendable, Equatable {
    var count = 0
    var medianX = Double.nan, medianY = Double.nan, nmadX = Double.nan, nmadY = Double.nan
    var rmseX = Double.nan, rmseY = Double.nan
    /// Whether the ground was given; else it was found in the field.
    var isGiven = false
  }

  struct Step: Sendable, Equatable {
    let name: String
    /// Empty where the correction was made, else why not.
    let refusalX, refusalY: String
    let terms: String
    let before, after: Ground
  }

  var steps: [Step] = []

  /// Ground before the first and after the last step.
  var before: Ground? { steps.first?.before }
  var after: Ground? { steps.last?.after }

  /// Whether no ground was known or found to correct by.
  var isGroundless: Bool { before?.count == 0 }

  /// The same steps, none of them made.
  func refused(because reason: String) -> CorrectionReport {
    var out = self
    out.steps = steps.map {
      Step(name: $0.name, refusalX: reason, refusalY: reason, terms: "", before: Ground(), after: Ground())
    }
    return out
  }

  init(_ steps: [StepReport]) {
    self.steps = steps.map { step in
      guard case .correction(let result) = step else {
        return Step(
          name: step.name, refusalX: "", refusalY: "", terms: "", before: Ground(step.before),
          after: Ground(step.after))
      }
      let terms = zip(["x", "y"], [result.xTerms, result.yTerms]).map { component, terms in
        terms.map { "\(component) \($0.name) \(Self.short($0.value))\($0.unit.isEmpty ? "" : " " + $0.unit)" }
      }.flatMap { $0 }.joined(separator: ", ")
      return Step(
        name: result.name, refusalX: Self.reason(result.x), refusalY: Self.reason(result.y), terms: terms,
        before: Ground(result.before), after: Ground(result.after))
    }
  }

  private static func reason(_ outcome: CorrectionOutcome) -> String {
    if case .refused(let refusal) = outcome { return refusal.description }
    return ""
  }

  private static func short(_ value: Double) -> String { "\((value * 1e4).rounded() / 1e4)" }
}

extension CorrectionReport.Ground {
  init(_ statistics: GroundStatistics) {
    count = statistics.x.count
    (medianX, medianY) = (statistics.x.median, statistics.y.median)
    (nmadX, nmadY) = (statistics.x.nmad, statistics.y.nmad)
    (rmseX, rmseY) = (statistics.x.rmse, statistics.y.rmse)
    isGiven = statistics.isGroundGiven
  }
}

// MARK: - JSON

extension CorrectionReport {
  var json: JSONValue {
    .array(
      steps.map { step in
        [
          "name": .string(step.name), "refusalX": .string(step.refusalX), "refusalY": .string(step.refusalY),
          "terms": .string(step.terms), "before": step.before.json, "after": step.after.json,
        ]
      })
  }

  /// Nil for anything but what `json` gave.
  init?(json: JSONValue) {
    guard let entries = json.arrayValue else { return nil }
    for entry in entries {
      guard let name = entry["name"]?.stringValue, let x = entry["refusalX"]?.stringValue,
        let y = entry["refusalY"]?.stringValue, let terms = entry["terms"]?.stringValue,
        let before = entry["before"].flatMap(Ground.init), let after = entry["after"].flatMap(Ground.init)
      else { return nil }
      steps.append(Step(name: name, refusalX: x, refusalY: y, terms: terms, before: before, after: after))
    }
  }
}

extension CorrectionReport.Ground {
  var json: JSONValue {
    [
      "points": .integer(count), "medianX": JSONValue(Self.known(medianX)), "medianY": JSONValue(Self.known(medianY)),
      "nmadX": JSONValue(Self.known(nmadX)), "nmadY": JSONValue(Self.known(nmadY)),
      "rmseX": JSONValue(Self.known(rmseX)), "rmseY": JSONValue(Self.known(rmseY)), "given": .bool(isGiven),
    ]
  }

  init?(_ json: JSONValue) {
    guard let count = json["points"]?.intValue else { return nil }
    func number(_ name: String) -> Double { json[name]?.doubleValue ?? .nan }
    self.count = count
    (medianX, medianY) = (number("medianX"), number("medianY"))
    (nmadX, nmadY) = (number("nmadX"), number("nmadY"))
    (rmseX, rmseY) = (number("rmseX"), number("rmseY"))
    isGiven = json["given"]?.boolValue ?? false
  }

  private static func known(_ value: Double) -> Double? { value.isFinite ? value : nil }
}
