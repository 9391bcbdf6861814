// SPDX-License-Identifier: Apache-2.0
import Accounts
import HTTP
import Jobs
import Parameters

/// What can be done with a job besides: rename and share, try again, start from a stage, compare.
struct JobActionsAPI {
  let platform: Platform

  var routes: [APIRoute] {
    let one = "/api/jobs/{jobID}"
    return [
      APIRoute(
        .patch, one, id: "changeJob", "Rename, share, keep", tag: "Jobs", needs: .submit,
        body: .json(
          .object([
            "title": .text(least: 1, most: 200), "visibility": .visibility, "group": .text(most: 64, orNull: true),
            "keep": .flag,
          ])), answers: [.json(APIAnswer.schema("statusInfo"))], .work(change)),
      APIRoute(
        .post, one + "/retry", id: "retryJob", "Try a failed or dismissed job again, with the units that it has",
        tag: "Jobs", needs: .submit, body: .json(.object([:], isOpen: true), isRequired: false),
        answers: [.json(APIAnswer.schema("statusInfo"))], .wait(retry)),
      APIRoute(
        .post, one + "/restart", id: "restartJob", "Run a job that is over again from a stage on", tag: "Jobs",
        needs: .submit,
        body: .json(.object(["stage": .text(least: 1, most: 200)], required: ["stage"])),
        answers: [.json(APIAnswer.schema("statusInfo"))], .wait(restart)),
      APIRoute(
        .get, one + "/comparison", id: "compareJobs", "Two jobs' parameters and figures side by side", tag: "Jobs",
        query: [APIParameter("with", "Id of the other job", ["type": "string", "minLength": 1], isRequired: true)],
        .work(compare)),
      APIRoute(
        .get, one + "/job.json", id: "getJobFile", "The job as a file for ogive run", tag: "Jobs", .work(file)),
      APIRoute(
        .post, "/api/links", id: "addLink", "A link that opens files of a job without a login", tag: "Jobs",
        needs: .submit,
        body: .json(
          .object(
            ["job": .text(least: 1, most: 100), "path": .text(most: 1000, orNull: true), "days": .whole(1, 366)],
            required: ["job", "days"])), answers: [.json(status: 201)], .work(link)),
    ]
  }

  private func answer(_ id: String, _ request: APIRequest) throws -> HTTPResponse {
    guard let job = try platform.jobs.job(id) else { throw Problem(.noSuchJob, "the job \(id) was removed") }
    return .json(object: JobDocument(job: job, request: request, platform: platform).json)
  }

  private func change(_ request: APIRequest) throws -> HTTPResponse {
    let id = request.path("jobID"), body = try request.object()
    _ = try platform.ownJob(id, request)
    var visibility: Visibility?
    if let word = body["visibility"]?.stringValue {
      let wanted = Visibility(visibility: word, group: body["group"]?.stringValue)
      if case .group(let name) = wanted, !request.viewer.groups.contains(name), !request.viewer.isAdmin {
        throw Problem(.notAllowed, "you are not a member of the group '\(name)'")
      }
      guard word != "group" || wanted != .private else {
        throw Problem(.unusable, "the visibility group needs the member group")
      }
      visibility = wanted
      try platform.accounts.record(
        "job.share", by: request.principal.name, on: id, detail: word, from: request.http.peer)
    }
    try platform.jobs.update(
      id, title: body["title"]?.stringValue, visibility: visibility, isKept: body["keep"]?.boolValue)
    return try answer(id, request)
  }

  private func retry(_ request: APIRequest) async throws -> HTTPResponse {
    let id = request.path("jobID")
    _ = try await onThread { try platform.ownJob(id, request) }
    _ = try await platform.scheduler.retry(id)
    return try await onThread { try answer(id, request) }
  }

  private func restart(_ request: APIRequest) async throws -> HTTPResponse {
    let id = request.path("jobID")
    _ = try await onThread { try platform.ownJob(id, request) }
    _ = try await platform.scheduler.restart(id, from: try request.object()["stage"]?.stringValue ?? "")
    return try await onThread { try answer(id, request) }
  }

  private func compare(_ request: APIRequest) throws -> HTTPResponse {
    let first = try platform.job(request.path("jobID"), viewer: request.viewer)
    let second = try platform.job(request.query("with") ?? "", viewer: request.viewer)
    var document = JobComparison(first, second, platform).json
    document["jobs"] = .array(
      [first, second].map { .object(JobDocument(job: $0, request: request, platform: platform).json) })
    return .json(object: document)
  }

  private func file(_ request: APIRequest) throws -> HTTPResponse {
    let job = try platform.job(request.path("jobID"), viewer: request.viewer, hasLink: request.hasLink)
    return .text(job.file.json.text(.pretty) + "\n", type: "application/json")
      .with("Content-Disposition", "attachment; filename=\"\(job.process)-\(job.id).json\"")
  }

  private func link(_ request: APIRequest) throws -> HTTPResponse {
    let body = try request.object()
    let job = try platform.ownJob(body["job"]?.stringValue ?? "", request)
    let seconds = Double(body["days"]?.intValue ?? 1) * 86_400
    let name = body["path"]?.stringValue
    let path = "/api/jobs/\(job.id)/" + (name.map { "files/\($0)" } ?? "")
    let link = try platform.accounts.sign(path: path, seconds: seconds)
    try platform.accounts.record("link.create", by: request.principal.name, on: path, from: request.http.peer)
    let encoded = path.split(separator: "/").map { PercentCoding.encode(String($0)) }.joined(separator: "/")
    let href =
      name == nil
      ? request.link("/api/jobs/\(job.id)/files/report.html?below=\(PercentCoding.encode(path))&\(link.query)")
      : request.link("/\(encoded)?\(link.query)")
    return .json(
      ["href": .string(href), "expires": APITime.json(milliseconds: link.expires)], status: 201)
  }
}
