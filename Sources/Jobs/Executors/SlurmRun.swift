// SPDX-License-Identifier: Apache-2.0
import Parameters

/// What has been handed to Slurm for an attempt: `slurm.json` in the job's folder.
struct SlurmRun: Sendable {
  let attempt: Int
  /// Number of the leading process's job.
  var lead = 0
  /// How often a stage has been shared.
  var round = 0
  /// The array of the parts before that process; nil before anything was shared.
  var array: Int?
  var stage = ""
  var parts = 0
  var units = 0

  init(attempt: Int) { self.attempt = attempt }

  /// What stands in a folder; nil where there is nothing, or only that of another attempt.
  init?(_ folder: JobFolder, _ attempt: Int) {
    guard let json = JobFolder.json(Self.path(folder)), json["attempt"]?.intValue == attempt,
      let lead = json["lead"]?.intValue
    else { return nil }
    (self.attempt, self.lead, round) = (attempt, lead, json["round"]?.intValue ?? 0)
    (array, stage) = (json["array"]?.intValue, json["stage"]?.stringValue ?? "")
    (parts, units) = (json["parts"]?.intValue ?? 0, json["units"]?.intValue ?? 0)
  }

  func write(to folder: JobFolder) throws(JobsError) {
    var json: JSONObject = ["attempt": .integer(attempt), "lead": .integer(lead), "round": .integer(round)]
    if let array { json["array"] = .integer(array) }
    if parts > 0 {
      (json["stage"], json["parts"], json["units"]) = (.string(stage), .integer(parts), .integer(units))
    }
    try folder.write(json, to: Self.path(folder))
  }

  var ids: [Int] { [lead] + [array].compactMap { $0 } }

  /// Names by which a job is found again whose number was lost.
  func leadName(_ id: String) -> String { "ogive-\(id)-\(attempt)-\(round)" }
  func partName(_ id: String) -> String { leadName(id) + "-parts" }

  /// How far the parts are, for people.
  func words(_ folder: JobFolder, running: Int) -> String {
    let ended = (0..<parts).count { folder.exit(JobPart(stage: stage, index: $0, count: parts)) != nil }
    return "\(stage): \(units) units in \(parts) processes, of which \(ended) have ended and \(running) run"
  }

  private static func path(_ folder: JobFolder) -> String { "\(folder.path)/slurm.json" }
}
