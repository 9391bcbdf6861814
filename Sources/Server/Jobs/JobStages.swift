// SPDX-License-Identifier: Apache-2.0
import Jobs
import Parameters
import Processing

/// The stages that a job's log tells of, in the order in which they began.
struct JobStages: Sendable {
  private struct Stage {
    let name: String
    var state: String
    var done = 0
    var total = 0
    var unit = ""
    var seconds: Double?
    /// When it began, as the log says it.
    var started: String?
  }

  private var stages: [Stage] = []
  /// How much of the log has been read, bytes.
  private var offset = 0

  /// Reads what the log has more than the last time.
  mutating func read(_ folder: JobFolder) {
    // Logs only grow, unless somebody has put another one there.
    if folder.logSize < offset { self = JobStages() }
    while folder.logSize > offset {
      let page = folder.log(after: offset)
      for line in page.lines { take(line) }
      guard page.next > offset else { return }
      offset = page.next
    }
  }

  private mutating func take(_ line: JSONObject) {
    guard let name = line["stage"]?.stringValue, let event = line["event"]?.stringValue else { return }
    switch event {
    case "stage-start":
      stages.removeAll { $0.name == name }
      stages.append(
        Stage(
          name: name, state: "running", total: line["total"]?.intValue ?? 0, unit: line["unit"]?.stringValue ?? "",
          started: line["time"]?.stringValue))
    case "progress", "stage-end":
      guard let index = stages.firstIndex(where: { $0.name == name }) else { return }
      stages[index].done = line["done"]?.intValue ?? stages[index].done
      guard event == "stage-end" else { return }
      stages[index].state = stages[index].done >= stages[index].total ? "done" : "failed"
      stages[index].seconds = line["seconds"]?.doubleValue
    default: break
    }
  }

  /// - Parameter state: of the job, which knows what a killed worker could not say.
  func json(_ state: JobState) -> [JSONValue] {
    stages.map { stage in
      [
        "name": .string(stage.name), "state": .string(Self.word(stage.state, state)), "done": .integer(stage.done),
        "total": .integer(stage.total), "unit": .string(stage.unit), "seconds": JSONValue(stage.seconds),
        "started": JSONValue(stage.started),
      ]
    }
  }

  private static func word(_ stage: String, _ job: JobState) -> String {
    // Stages of a job that went well are done, also where they left out what was there already.
    if job == .successful { return "done" }
    // A worker that was killed did not say that its stage ended.
    guard job != .running, stage == "running" else { return stage }
    return job.isOver ? "failed" : "waiting"
  }
}

/// What is known of the jobs that were asked for last, so that each look reads only what is new.
struct JobLooks: Sendable {
  private let stages = RecentlyUsed<String, JobStages>(most: 512)
  private let inputs = RecentlyUsed<String, (given: JSONObject, resolved: JSONObject?)>(most: 512)

  func stages(of job: Job, in folder: JobFolder) -> [JSONValue] {
    var found = stages[job.id] ?? JobStages()
    found.read(folder)
    stages[job.id] = found
    return found.json(job.state)
  }

  /// The inputs with all defaults, which takes a millisecond to find.
  func resolved(_ job: Job, _ resolve: () -> JSONObject?) -> JSONObject? {
    if let known = inputs[job.id], known.given == job.inputs { return known.resolved }
    let found = resolve()
    inputs[job.id] = (job.inputs, found)
    return found
  }
}
