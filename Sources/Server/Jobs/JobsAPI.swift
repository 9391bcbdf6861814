// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Jobs
import Parameters

/// Jobs as OGC API Processes has them: list, status, results, dismissal; and their log and progress as they go.
struct JobsAPI {
  let platform: Platform

  static let states = JobState.allCases.map(\.rawValue)

  var routes: [APIRoute] {
    let one = "/api/jobs/{jobID}"
    return [
      APIRoute(
        .get, "/api/jobs", id: "getJobs", "Jobs, the latest first", tag: "Jobs", query: JobListQuery.parameters,
        answers: [.json(APIAnswer.schema("jobList"))], .work { try JobListQuery($0, platform).response() }),
      APIRoute(
        .get, "/api/jobs.atom", id: "getJobFeed", "The latest jobs as an Atom feed", tag: "Jobs",
        answers: [.bytes("application/atom+xml")], .work(feed)),
      APIRoute(
        .get, one, id: "getStatus", "How far a job is", tag: "Jobs", query: [.format],
        answers: [.json(APIAnswer.schema("statusInfo"))],
        .work(status)),
      APIRoute(
        .delete, one, id: "dismiss", "Stop a job, or remove one that is over", tag: "Jobs", needs: .submit,
        answers: [.json(APIAnswer.schema("statusInfo"))], .wait(dismiss)),
      APIRoute(
        .get, one + "/results", id: "getResult", "What a job gives", tag: "Jobs", query: [.format],
        answers: [.json(APIAnswer.schema("results")), .bytes("multipart/related"), .bytes("text/plain"), .nothing()],
        .work(results)),
      APIRoute(
        .get, one + "/results/{outputID}", id: "getOutput", "One output of a job", tag: "Jobs",
        answers: [.json(), .geoJSON, .bytes("text/html; charset=utf-8"), .bytes("text/plain")], .work(output)),
      APIRoute(
        .get, one + "/log", id: "getLog", "A job's log from some place on", tag: "Jobs",
        query: [
          APIParameter("after", "`next` of the page before", ["type": "integer", "minimum": 0]),
          .limit(default: 500, most: 10_000),
        ], .work(log)),
      APIRoute(
        .get, one + "/events", id: "getEvents", "A job's progress and log as server-sent events", tag: "Jobs",
        answers: [.bytes("text/event-stream")], .wait(events)),
      APIRoute(
        .get, "/api/jobs/events", id: "getAllEvents", "The progress of all of one's jobs as server-sent events",
        tag: "Jobs", needs: .read, answers: [.bytes("text/event-stream")], .wait(allEvents)),
    ]
  }

  private func job(_ request: APIRequest) throws -> Job {
    try platform.job(request.path("jobID"), viewer: request.viewer, hasLink: request.hasLink)
  }

  private func document(_ job: Job, _ request: APIRequest) -> JSONObject {
    JobDocument(job: job, request: request, platform: platform).json
  }

  private func status(_ request: APIRequest) throws -> HTTPResponse {
    let document = JobDocument(job: try job(request), request: request, platform: platform)
    return .json(object: try document.detailed()).with("Cache-Control", "no-store")
  }

  private func dismiss(_ request: APIRequest) async throws -> HTTPResponse {
    let id = request.path("jobID")
    let known = try await onThread { try platform.ownJob(id, request) }
    if known.state.isOver {
      try await platform.scheduler.delete(id)
    } else {
      _ = try await platform.scheduler.cancel(id)
    }
    try platform.accounts.record(
      known.state.isOver ? "job.remove" : "job.dismiss", by: request.principal.name, on: id, from: request.http.peer)
    var document = document(try platform.jobs.job(id) ?? known, request)
    // The standard's answer to DELETE, whether the worker has stopped already or is about to.
    document["status"] = "dismissed"
    document["state"] = "dismissed"
    return .json(object: document)
  }

  private func results(_ request: APIRequest) throws -> HTTPResponse {
    try JobResults(job: job(request), request: request, platform: platform).laterResponse()
  }

  private func output(_ request: APIRequest) throws -> HTTPResponse {
    try JobResults(job: job(request), request: request, platform: platform).value(ofOutput: request.path("outputID"))
  }

  private func feed(_ request: APIRequest) throws -> HTTPResponse {
    var filter = JobFilter()
    filter.limit = 50
    let jobs = try platform.jobs.search(filter, for: request.viewer).jobs
    let feed = JobFeed(
      title: "\(platform.settings.title): jobs", address: request.base, selfAddress: request.link("/api/jobs.atom"))
    return .text(feed.document(jobs), type: "application/atom+xml")
  }

  // MARK: - Log and events

  private func log(_ request: APIRequest) throws -> HTTPResponse {
    let job = try job(request)
    let page = platform.jobs.folder(of: job.id).log(after: request.integer("after") ?? 0)
    let lines = page.lines.map { line -> JSONValue in .object(line.merged(with: ["n": .integer(page.next)])) }
    return .json([
      "lines": .array(lines), "next": .integer(page.next), "ended": .bool(job.state.isOver),
    ])
  }

  private func events(_ request: APIRequest) async throws -> HTTPResponse {
    let job = try await onThread { try self.job(request) }
    let last = request.http.headers["Last-Event-ID"].flatMap { Int($0) } ?? 0
    let folder = platform.jobs.folder(of: job.id)
    let updates = try await platform.scheduler.events(of: job.id)
    return stream { stream in
      var place = last
      func sendLog() async -> Bool {
        let page = folder.log(after: place)
        place = page.next
        for line in page.lines {
          guard await stream.sendEvent(line.text(.line), name: "log", id: "\(page.next)") else { return false }
        }
        return true
      }
      func sendStatus() async -> Bool {
        guard let now = try? platform.jobs.job(job.id) else { return false }
        let document = try? JobDocument(job: now, request: request, platform: platform).detailed()
        guard await sendLog(), await stream.sendEvent((document ?? [:]).text(.line), name: "status") else {
          return false
        }
        return !now.state.isOver
      }
      var goesOn = await sendStatus()
      if goesOn {
        for await _ in updates {
          goesOn = await sendStatus()
          guard goesOn else { break }
        }
      }
      await stream.sendEvent("{}", name: "end")
    }
  }

  private func allEvents(_ request: APIRequest) async throws -> HTTPResponse {
    let updates = try await platform.scheduler.events(of: nil)
    return stream { stream in
      for await event in updates {
        guard let job = try? platform.jobs.job(event.jobID), job.sharing.canBeSeen(by: request.viewer) else {
          continue
        }
        guard await stream.sendEvent(self.document(job, request).text(.line), name: "status") else { return }
      }
    }
  }

  private func stream(_ body: @escaping @Sendable (HTTPStream) async -> Void) -> HTTPResponse {
    HTTPResponse(
      headers: ["Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"],
      body: .stream(HTTPStream(heartbeat: .events, body)))
  }
}
