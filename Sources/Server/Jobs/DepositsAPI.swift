// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Jobs
import Parameters
import Storage

/// Publishing a job's result: a deposit package, made by a job of the process `publish`, and a permanent link.
struct DepositsAPI {
  let platform: Platform

  static let schema = Schema(
    "deposits",
    [
      """
      CREATE TABLE deposits (
        job TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE, packing TEXT NOT NULL, metadata TEXT NOT NULL,
        name TEXT UNIQUE);
      """
    ])

  private static let author = JSONObject.object(
    [
      "given": .text(most: 100), "family": .text(least: 1, most: 100),
      "orcid": [
        "type": "string", "nullable": true, "pattern": #"^(\d{4}-\d{4}-\d{4}-\d{3}[\dX])?$"#,
        "example": "0000-0002-1825-0097",
      ],
      "affiliation": .text(most: 300, orNull: true),
    ], required: ["family"])
  private static let body = JSONObject.object(
    [
      "title": .text(least: 1, most: 500), "description": .text(most: 10_000),
      "authors": .list(.object(author), least: 1, most: 200), "licence": .text(least: 1, most: 100),
      "keywords": .list(.text(least: 1, most: 100), most: 100), "version": .text(most: 50),
      "name": ["type": "string", "nullable": true, "maxLength": 64, "pattern": "^[a-z0-9-]*$"],
      "doi": ["type": "string", "nullable": true, "maxLength": 200, "pattern": #"^(10\.\d{4,9}/[!-~]+)?$"#],
      "publisher": .text(most: 300, orNull: true),
    ], required: ["title", "authors", "licence"])

  var routes: [APIRoute] {
    let one = "/api/jobs/{jobID}/deposit"
    return [
      APIRoute(.get, one, id: "getDeposit", "The deposit package of a job", tag: "Publishing", .work(get)),
      APIRoute(
        .post, one, id: "addDeposit", "Make the deposit package of a job", tag: "Publishing", needs: .submit,
        body: .json(Self.body), answers: [.json(status: 202)], .wait(add)),
      APIRoute(
        .get, one + "/archive", id: "getDepositArchive", "The package as one file", tag: "Publishing",
        answers: [.bytes("application/zip")], .work(archive)),
      APIRoute(
        .get, "/p/{name}", id: "getPermalink", "A published result by its name", tag: "Publishing", .work(permalink)),
    ]
  }

  private func job(_ request: APIRequest) throws -> Job {
    try platform.job(request.path("jobID"), viewer: request.viewer, hasLink: request.hasLink)
  }

  private func row(_ id: String) throws -> SQLRow? {
    try platform.database.read { try $0.row("SELECT * FROM deposits WHERE job = ?", [.text(id)]) }
  }

  // MARK: - Asking

  private func get(_ request: APIRequest) throws -> HTTPResponse {
    .json(object: try document(of: job(request))).with("Cache-Control", "no-store")
  }

  private func document(of job: Job) throws -> JSONObject {
    var document: JSONObject = [
      "state": "none", "metadata": .null, "href": .null, "bytes": .null, "files": [], "permalink": .null,
      "problems": [],
    ]
    guard let row = try row(job.id) else { return document }
    document["metadata"] = .object(row.jsonObject("metadata"))
    document["permalink"] = JSONValue(row.optionalText("name").map { "/p/\($0)" })
    guard let packing = try platform.jobs.job(row.text("packing")) else { return document }
    let folder = platform.jobs.folder(of: packing.id).resultPath
    switch packing.state {
    case .successful:
      document["state"] = "ready"
      document["href"] = .string("/api/jobs/\(job.id)/deposit/archive")
      document["bytes"] = JSONValue(FileListing(folder + ".zip")?.bytes)
      document["files"] = .array(
        FileListing.files(below: folder).map {
          ["path": .string(String($0.path.dropFirst(folder.count + 1))), "bytes": .integer($0.bytes)]
        })
    case .failed, .dismissed:
      document["state"] = "failed"
      document["problems"] = [.string(packing.message)]
    case .accepted, .running, .paused: document["state"] = "making"
    }
    return document
  }

  private func archive(_ request: APIRequest) throws -> HTTPResponse {
    let job = try job(request)
    guard let row = try row(job.id) else { throw Problem(.notFound, "the job has no deposit package") }
    let path = platform.jobs.folder(of: row.text("packing")).resultPath + ".zip"
    return try .file(path, named: "\(row.optionalText("name") ?? job.id).zip", isDownload: true)
  }

  private func permalink(_ request: APIRequest) throws -> HTTPResponse {
    let name = request.path("name")
    let row = try platform.database.read { try $0.row("SELECT job FROM deposits WHERE name = ?", [.text(name)]) }
    guard let row else { throw Problem(.notFound, "nothing has been published under the name '\(name)'") }
    let job = try platform.job(row.text("job"), viewer: request.viewer)
    return .redirect(to: request.link("/#/jobs/\(job.id)"))
  }

  // MARK: - Making

  private func add(_ request: APIRequest) async throws -> HTTPResponse {
    let job = try await onThread { try platform.ownJob(request.path("jobID"), request) }
    guard job.state == .successful || job.isPartial else {
      throw Problem(409, "jobs.wrong-state", "the job is \(job.state.rawValue); only results can be published")
    }
    let body = try request.object()
    let name = body["name"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    var packing = JobRequest(
      process: "publish", inputs: try inputs(body, job), title: "Deposit of \(job.title)",
      sharing: Sharing(ownerID: job.sharing.ownerID))
    packing.parent = job.id
    let made: Job
    do {
      made = try await platform.scheduler.submit(packing)
    } catch let error as ParameterError {
      // What the archive would not take, such as a licence that nobody knows.
      throw Problem(422, error.kind, error.message)
    }
    try await onThread {
      let taken = try platform.database.write { connection -> Bool in
        let other = try connection.row(
          "SELECT 1 AS found FROM deposits WHERE name = ? AND job <> ?", [SQLValue(name), .text(job.id)])
        if other != nil { return true }
        try connection.run(
          "INSERT OR REPLACE INTO deposits VALUES (?, ?, ?, ?)",
          [.text(job.id), .text(made.id), SQLValue(body), SQLValue(name)])
        return false
      }
      if taken {
        throw Problem(409, "deposits.name-taken", "something is published as '\(name ?? "")' already")
      }
    }
    try platform.accounts.record("deposit.create", by: request.principal.name, on: job.id, from: request.http.peer)
    return .json(object: try await onThread { try document(of: job) }, status: 202)
  }

  private func inputs(_ body: JSONObject, _ job: Job) throws -> JSONObject {
    let authors = (body["authors"]?.arrayValue ?? []).map { author -> JSONValue in
      let family = (author["family"]?.stringValue ?? "").replacing(" ", with: "_")
      var text = [author["given"]?.stringValue ?? "", family].filter { !$0.isEmpty }.joined(separator: " ")
      if let orcid = author["orcid"]?.stringValue, !orcid.isEmpty { text += " <\(orcid)>" }
      if let place = author["affiliation"]?.stringValue, !place.isEmpty { text += " (\(place))" }
      return .string(text)
    }
    var inputs: JSONObject = [
      "run": .string(platform.resultFolder(of: job.id)), "title": body["title"] ?? .null,
      "authors": .array(authors), "licence": body["licence"] ?? "CC-BY-4.0",
    ]
    for (from, to) in [
      ("description", "abstract"), ("version", "dataVersion"), ("doi", "doi"), ("publisher", "publisher"),
    ] {
      if let text = body[from]?.stringValue, !text.isEmpty { inputs[to] = .string(text) }
    }
    if let words = body["keywords"] { inputs["keywords"] = words }
    if try platform.lineage.isRestricted(job.id) { inputs["withoutReport"] = true }
    return inputs
  }
}
