// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Jobs
import Parameters

/// The list of jobs: the filters of OGC API Processes, and those of the page.
struct JobListQuery {
  private let request: APIRequest
  private let platform: Platform
  private var filter = JobFilter()

  static let parameters: [APIParameter] = {
    func list(_ name: String, _ help: String, _ items: JSONObject = ["type": "string"]) -> APIParameter {
      APIParameter(name, help, ["type": "array", "items": .object(items)])
    }
    let words: [JSONValue] = ["accepted", "running", "successful", "failed", "dismissed"]
    return [
      list("type", "Kinds of jobs", ["type": "string", "enum": ["process"]]),
      list("processID", "Processes", ["type": "string", "pattern": "^[A-Za-z0-9_.-]+$", "example": "match"]),
      list("status", "States of the standard", ["type": "string", "enum": .array(words)]),
      list("state", "States", ["type": "string", "enum": .array(JobsAPI.states.map(JSONValue.string))]),
      APIParameter(
        "datetime", "When they were made: a time, or an interval with / and ..",
        ["type": "string", "minLength": 1, "pattern": .string(DateTimeRange.pattern)]),
      APIParameter("minDuration", "Seconds that they ran at least", ["type": "integer", "minimum": 0]),
      APIParameter("maxDuration", "Seconds that they ran at most", ["type": "integer", "minimum": 0]),
      .limit(default: 100, most: 10_000), APIParameter("token", "`next` of the page before", ["type": "string"]),
      APIParameter("owner", "Whose", ["type": "string", "enum": ["me", "groups", "public", "all"]]),
      APIParameter("q", "Words of the title, or an id", ["type": "string", "maxLength": 200]),
      APIParameter(
        "sort", "What comes first; with a minus the other way round",
        ["type": "string", "enum": .array(JobOrder.names.map(JSONValue.string)), "default": "-created"]),
    ]
  }()

  init(_ request: APIRequest, _ platform: Platform) throws {
    (self.request, self.platform) = (request, platform)
    filter.processes = request.list("processID")
    filter.states = request.list("state").compactMap(JobState.init(rawValue:))
    for word in request.list("status") {
      filter.states += JobState.allCases.filter { $0.standardName == word }
    }
    filter.minimumSeconds = request.integer("minDuration").map(Double.init)
    filter.maximumSeconds = request.integer("maxDuration").map(Double.init)
    filter.limit = request.integer("limit") ?? 100
    filter.token = request.query("token")
    filter.text = request.query("q")
    filter.order = request.query("sort").flatMap { JobOrder($0) } ?? .latestFirst
    switch request.query("owner") {
    case "me": filter.owner = request.viewer.userID ?? ""
    case "groups": filter.visibility = "group"
    case "public": filter.visibility = "public"
    default: break
    }
    if let text = request.query("datetime"), !text.isEmpty {
      let range = try DateTimeRange(text)
      (filter.createdFrom, filter.createdTo) = (range.start, range.end)
    }
  }

  func response() throws -> HTTPResponse {
    let page = try platform.jobs.search(filter, for: request.viewer)
    let counts = try platform.jobs.counts(filter, for: request.viewer)
    let jobs = page.jobs.map { job -> JSONValue in
      .object(JobDocument(job: job, request: request, platform: platform).json)
    }
    return .json([
      "jobs": .array(jobs), "numberMatched": .integer(page.matched),
      "counts": .object(JSONObject(counts.map { ($0.state.rawValue, .integer($0.count)) })),
      "next": JSONValue(page.next), "links": .array(links(page)),
    ]).with("Cache-Control", "no-store")
  }

  private func links(_ page: JobPage) -> [JSONValue] {
    func address(_ token: String?) -> String {
      var query = request.http.query.filter { $0.name != "token" && $0.name != "f" }
      if let token { query.append(("token", token)) }
      return request.link("/api/jobs") + (query.isEmpty ? "" : "?" + PercentCoding.query(query))
    }
    func link(_ relation: String, _ href: String, _ type: String = "application/json") -> JSONValue {
      ["rel": .string(relation), "href": .string(href), "type": .string(type), "title": "Jobs"]
    }
    var links = [
      link("self", address(filter.token)), link("alternate", request.link("/#/jobs"), "text/html"),
      link("alternate", request.link("/api/jobs.atom"), "application/atom+xml"),
    ]
    if let next = page.next { links.append(link("next", address(next))) }
    return links
  }
}

/// A time or an interval of times as OGC API writes it: `2020-01-01T00:00:00Z`, `A/B`, `../B`, `A/..`.
struct DateTimeRange: Sendable {
  let start, end: Date?

  /// What such a text looks like; whether the calendar has the days is seen later.
  static let pattern: String = {
    let day = #"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"#
    let moment = day + #"(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-][01]\d:[0-5]\d))?"#
    return "^(\(moment)|\(moment)/(\(moment)|(\\.\\.)?)|(\\.\\.)?/\(moment))$"
  }()

  /// - Throws: 422 for days that no calendar has, and an end before the start.
  init(_ text: String) throws(Problem) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    func date(_ part: String) throws(Problem) -> Date? {
      if part.isEmpty || part == ".." { return nil }
      guard let date = CalendarDate(part) else {
        throw Problem(.unusable, "'\(part)' is no time; write as in 2020-01-31T00:00:00Z")
      }
      let seconds = Double(date.dayNumber) * 86_400 + Double(date.millisecondOfDay ?? 0) / 1000
      return Date(timeIntervalSince1970: seconds)
    }
    switch parts.count {
    case 1:
      guard let only = try date(parts[0]) else { throw Problem(.unusable, "datetime is empty") }
      // A day without a time is the whole day.
      (start, end) = (only, parts[0].count == 10 ? only.addingTimeInterval(86_399.999) : only)
    case 2:
      (start, end) = (try date(parts[0]), try date(parts[1]))
      guard start != nil || end != nil else { throw Problem(.unusable, "datetime is open at both ends") }
      if let start, let end, start > end { throw Problem(.unusable, "datetime ends before it begins") }
    default: throw Problem(.unusable, "datetime is a time, or two with one / between them")
    }
  }
}
