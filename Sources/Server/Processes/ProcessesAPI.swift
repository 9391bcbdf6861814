// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Jobs
import Parameters
import Processing

/// OGC API Processes: the list, descriptions, execution; and what to know before: validation, estimate, network.
struct ProcessesAPI {
  let platform: Platform

  private static let inputs: JSONObject = .object(
    ["inputs": ["type": "object", "additionalProperties": [:]]], required: ["inputs"], isOpen: true)

  var routes: [APIRoute] {
    let one = "/api/processes/{processID}"
    let accepted: [APIAnswer] = [
      .json(APIAnswer.schema("statusInfo"), status: 201, "The job"), .json(["type": "object"], "The results"),
      .bytes("multipart/related"), .bytes("text/plain"), .nothing(204),
    ]
    return [
      APIRoute(
        .get, "/api/processes", id: "getProcesses", "The processes", tag: "Processes",
        query: [.limit(default: 1000, most: 10_000), .format], answers: [.json(APIAnswer.schema("processList"))],
        .work(list)),
      APIRoute(
        .get, one, id: "getProcessDescription", "A process with its inputs and outputs", tag: "Processes",
        query: [.format], answers: [.json(APIAnswer.schema("process"))], .work(describe)),
      APIRoute(
        .post, one + "/execution", id: "execute", "Run a process", tag: "Processes", needs: .submit,
        body: .json(ExecuteRequest.schema), answers: accepted, .wait(execute)),
      APIRoute(
        .post, one + "/validation", id: "validate", "Check inputs and run nothing", tag: "Processes", needs: .submit,
        body: .json(Self.inputs), .work(validate)),
      APIRoute(
        .post, one + "/estimate", id: "estimate", "What a run will take", tag: "Processes", needs: .submit,
        body: .json(Self.inputs), .wait(estimate)),
      APIRoute(
        .post, one + "/network", id: "getNetwork", "The pairs that a stack would be matched in", tag: "Processes",
        needs: .submit, body: .json(Self.inputs), .wait(network)),
    ]
  }

  private func list(_ request: APIRequest) throws -> HTTPResponse {
    let limit = request.integer("limit") ?? 1000
    let processes = platform.registry.processes.prefix(limit).map { process -> JSONValue in
      .object(process.summary(version: platform.tool.identity.version, link: request.link))
    }
    return .json([
      "processes": .array(Array(processes)), "links": request.ownLinks("/api/processes", title: "Processes"),
    ])
  }

  private func describe(_ request: APIRequest) throws -> HTTPResponse {
    let process = try platform.registry.process(request.path("processID"))
    return .json(object: process.description(version: platform.tool.identity.version, link: request.link))
  }

  // MARK: - Before a run

  private func resolver(_ request: APIRequest) throws -> InputResolver {
    let folder = "\(platform.uploads.folder(of: try request.user().id))/inline-\(try Secret.random(bytes: 9))"
    return InputResolver(platform: platform, viewer: request.viewer, folder: folder, base: request.base)
  }

  private func validate(_ request: APIRequest) throws -> HTTPResponse {
    let process = try platform.registry.process(request.path("processID"))
    let inputs = try request.object()["inputs"]?.objectValue ?? [:]
    do {
      let resolved = try resolver(request).resolve(inputs, for: process)
      let all = try process.resolved(resolved, out: "result")
      return .json(["valid": true, "problems": [], "inputs": .object(all)])
    } catch {
      let problem = Problem(error)
      guard problem.status < 500 else { throw error }
      let listed = problem.problems.isEmpty ? [(nil, problem.detail)] : problem.problems
      let problems = listed.map { input, message -> JSONValue in
        ["input": JSONValue(input), "message": .string(message)]
      }
      return .json(["valid": false, "problems": .array(problems), "inputs": .null])
    }
  }

  /// The inputs of the body as those of a job.
  private func jobInputs(_ request: APIRequest, _ process: ServedProcess) throws -> JSONObject {
    let inputs = try request.object()["inputs"]?.objectValue ?? [:]
    let resolved = try resolver(request).resolve(inputs, for: process)
    _ = try process.resolved(resolved, out: "result")
    return resolved
  }

  private func estimate(_ request: APIRequest) async throws -> HTTPResponse {
    let process = try platform.registry.process(request.path("processID"))
    let inputs = try await onThread { try jobInputs(request, process) }
    guard let estimate = try await look(process.id, inputs).estimate else {
      throw Problem(.notOffered, "the process \(process.id) can't say beforehand what it will take")
    }
    let corrected = try await onThread { try platform.jobs.corrected(estimate, of: process.id) }
    return .json(object: JobDocument.document(of: corrected))
  }

  /// What a process of its own says of the inputs: reading a folder of scenes is work, and may end badly.
  private func look(_ process: String, _ inputs: JSONObject, within seconds: Double = 60) async throws -> JobCheck {
    let check = try await platform.estimator.check(JobFile(process: process, inputs: inputs), within: seconds)
    if let kind = check.kind { throw Problem(422, kind, check.message ?? "the inputs are not right") }
    return check
  }

  /// What a job will take, and at once what is wrong with its files; nil where that can't be said within the time that
  /// somebody waits for an answer.
  private func estimate(_ process: String, _ inputs: JSONObject) async throws -> CommandEstimate? {
    do { return try await look(process, inputs, within: 20).estimate } catch let error as JobsError {
      guard error.kind == .estimate else { throw error }
      return nil
    }
  }

  private func network(_ request: APIRequest) async throws -> HTTPResponse {
    let process = try platform.registry.process(request.path("processID"))
    let inputs = try await onThread { try jobInputs(request, process) }
    guard let network = try await look(process.id, inputs).network else {
      throw Problem(.notOffered, "the process \(process.id) forms no pairs")
    }
    return .json(object: network)
  }

  // MARK: - Running

  private func execute(_ request: APIRequest) async throws -> HTTPResponse {
    let process = try platform.registry.process(request.path("processID"))
    let asked = try ExecuteRequest(request)
    try asked.wish.check(process)
    let job = try await submit(asked, process, request)
    try platform.accounts.record("job.submit", by: request.principal.name, on: job.id, from: request.http.peer)
    let location = request.link("/api/jobs/\(job.id)")
    if asked.prefersAsync || !process.isQuick {
      let document = JobDocument(job: job, request: request, platform: platform).json
      var response = HTTPResponse.json(object: document, status: 201)
      response.headers["Location"] = location
      if asked.prefersAsync { response.headers["Preference-Applied"] = "respond-async" }
      return response
    }
    let ended = try await platform.scheduler.finished(job.id)
    var response = try await onThread {
      try JobResults(job: ended, request: request, platform: platform).response()
    }
    response.headers.add("Link", "<\(location)>; rel=\"monitor\"")
    return response
  }

  private func submit(
    _ asked: ExecuteRequest, _ process: ServedProcess, _ request: APIRequest
  ) async throws -> Job {
    let user = try request.user(), resolver = try resolver(request)
    let inputs = try resolver.resolve(asked.inputs, for: process)
    _ = try process.resolved(inputs, out: "result")
    var job = JobRequest(
      process: process.id, inputs: inputs, title: asked.title ?? "",
      sharing: Sharing(ownerID: user.id, visibility: asked.visibility))
    job.subscriber = asked.subscriber ?? [:]
    job.response = asked.wish.json
    if !process.isQuick { job.estimate = try await estimate(process.id, inputs) }
    let made = try await platform.scheduler.submit(job)
    try platform.lineage.note(resolver.trace, of: made.id)
    return made
  }
}
