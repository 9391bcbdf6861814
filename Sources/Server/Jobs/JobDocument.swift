// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Jobs
import Parameters
import Processing

/// A job as the interfaces show it: the `statusInfo` of OGC API Processes, and what it has no word for.
struct JobDocument {
  let job: Job
  let request: APIRequest
  let platform: Platform

  var json: JSONObject {
    var document = standard
    document["title"] = .string(job.title)
    document["owner"] = .string(platform.userName(job.sharing.ownerID))
    document["mine"] = .bool(job.sharing.ownerID == request.viewer.userID)
    document["canChange"] = .bool(job.sharing.canBeChanged(by: request.viewer))
    let columns = job.sharing.visibility.columns
    document["visibility"] = .string(columns.visibility)
    document["group"] = JSONValue(columns.group)
    document["state"] = .string(job.state.rawValue)
    document["stage"] = stage
    document["secondsLeft"] = JSONValue(job.state == .running ? job.progress.secondsLeft : nil)
    document["bytes"] = .integer(job.cost.disk)
    document["attempt"] = .integer(max(1, job.attempts))
    document["warnings"] = .array(job.warnings.map(JSONValue.string))
    document["partial"] = job.isPartial ? ["missing": .null, "total": .null, "unit": .null] : .null
    document["error"] = error
    document["estimate"] = job.estimate.map { .object(Self.document(of: $0)) } ?? .null
    document["cost"] =
      job.cost.seconds > 0
      ? [
        "seconds": .number(job.cost.seconds), "memoryBytes": .integer(job.cost.peakMemory),
        "diskBytes": .integer(job.cost.disk),
      ] : .null
    document["keep"] = .bool(job.isKept)
    document["expires"] = time(job.expires)
    document["reason"] = job.state.isOver || job.state == .running ? .null : .string(job.message)
    return document
  }

  // MARK: - The standard's part

  private var standard: JSONObject {
    var document = job.statusInfo
    document["links"] = .array(links)
    return document
  }

  private var links: [JSONValue] {
    let own = request.link("/api/jobs/\(job.id)")
    func link(_ relation: String, _ href: String, _ title: String, _ type: String = "application/json") -> JSONValue {
      ["rel": .string(relation), "href": .string(href), "type": .string(type), "title": .string(title)]
    }
    var links = [
      link("self", own, "This job"), link("monitor", own, "This job"),
      link("alternate", request.link("/#/jobs/\(job.id)"), "The job on the page", "text/html"),
      link("describedby", request.link("/api/processes/\(job.process)"), "The process"),
    ]
    if job.state == .successful || job.isPartial {
      links.append(link("http://www.opengis.net/def/rel/ogc/1.0/results", own + "/results", "Results"))
    }
    return links
  }

  // MARK: - Ours

  private var stage: JSONValue {
    guard let name = job.progress.stage, !job.state.isOver else { return .null }
    return [
      "name": .string(name), "index": .null, "count": .null, "done": .integer(job.progress.done),
      "total": .integer(job.progress.total), "unit": .string(job.progress.unit ?? ""),
    ]
  }

  private var error: JSONValue {
    guard job.state == .failed else { return .null }
    return ["kind": .string(job.errorKind ?? "jobs.failed"), "message": .string(job.message), "cure": .null]
  }

  private func time(_ date: Date?) -> JSONValue { date.map { .string(APITime.text($0)) } ?? .null }

  static func document(of estimate: CommandEstimate) -> JSONObject {
    [
      "seconds": [
        "low": .number(estimate.seconds.low), "likely": .number(estimate.seconds.likely),
        "high": .number(estimate.seconds.high),
      ],
      "memoryBytes": .integer(estimate.memoryBytes), "diskBytes": .integer(estimate.diskBytes), "stages": .null,
      "basis": estimate.isMeasured ? "host" : "declared", "notes": .array(estimate.lines.map(JSONValue.string)),
    ]
  }
}

extension JobDocument {
  /// What the page of one job shows besides.
  func detailed() throws -> JSONObject {
    var document = json
    document["inputs"] = .object(job.inputs)
    let resolved = platform.looks.resolved(job) {
      try? platform.registry.process(job.process).resolved(job.inputs, out: "result")
    }
    document["resolved"] = resolved.map(JSONValue.object) ?? .null
    document["stages"] = .array(platform.looks.stages(of: job, in: platform.jobs.folder(of: job.id)))
    let result = platform.resultFolder(of: job.id)
    let hasReport =
      try FileManager.default.fileExists(atPath: result + "/report.html")
      && !platform.isWithheld("report.html", of: job, from: request.viewer)
    document["report"] = hasReport ? .string("/api/jobs/\(job.id)/files/report.html") : .null
    document["layers"] = .bool(FileManager.default.fileExists(atPath: result + "/products"))
    document["citation"] = .null
    document["executor"] = .string(platform.executorName == "slurm" ? "slurm" : "process")
    document["host"] = JSONValue(platform.jobs.folder(of: job.id).exit()?.host)
    document["parent"] = JSONValue(job.parent)
    document["attempts"] = .array(
      try platform.jobs.attempts(at: job.id).map { attempt in
        [
          "number": .integer(attempt.number), "started": .string(APITime.text(attempt.started)),
          "finished": attempt.finished.map { .string(APITime.text($0)) } ?? .null,
          "outcome": JSONValue(attempt.outcome), "seconds": .number(attempt.seconds),
          "memoryBytes": .integer(attempt.peakMemory),
        ]
      })
    return document
  }
}
