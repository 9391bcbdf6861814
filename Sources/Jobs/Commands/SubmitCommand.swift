// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Parameters

import struct Processing.RunError

/// `ogive submit job.json`: sends a job file to a server.
public struct SubmitCommand: Command {
  public init() {}

  public let id = "submit"
  public let summary = "Send a job file to a server"
  public let discussion =
    "Prints the address of the job. With `--wait` it stays until the job is over and prints how far it is; it then ends "
    + "with 0 when all results are there, with 3 when some are missing, and with 1 when the job has failed or was cancelled. "
    + "Server and token may also stand in `OGIVE_SERVER` and `OGIVE_TOKEN`. Paths in the file are those of the server."
  public let examples = ["submit job.json --server https://motion.example.org --wait"]

  /// Choices of `ogive submit`.
  public struct Parameters: ParameterSet {
    @Parameter("Job file", .positional) public var job: InputFile
    @Parameter("Address of the server; OGIVE_SERVER when absent") public var server: String?
    @Parameter("Token with the scope submit; OGIVE_TOKEN when absent") public var token: String?
    @Parameter("Title of the job") public var title: String?
    @Parameter("Wait until the job is over") public var wait = false
    @Parameter("Time between two looks at the job", unit: "s", in: 0.1...600, .advanced) public var interval = 2.0

    public init() {}
  }

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let parameters = invocation.parameters
    let job = try JobFile(contentsOf: parameters.job.path)
    let environment = ProcessInfo.processInfo.environment
    guard let server = parameters.server ?? environment["OGIVE_SERVER"], !server.isEmpty else {
      throw ParameterError(
        .missing, parameter: "server", "--server is needed: the address of the server, as in http://localhost:8080")
    }
    guard let process = job.process else {
      throw ParameterError(.missing, parameter: "job", "\(parameters.job.path) does not say which process is to run")
    }
    let submission = Submission(
      server: server, token: parameters.token ?? environment["OGIVE_TOKEN"], interval: parameters.interval,
      console: invocation.console)
    return try blocking {
      let id = try await submission.send(process, job.inputs, title: parameters.title)
      return parameters.wait ? try await submission.wait(for: id) : .done
    }
  }

  /// Commands are not asynchronous; this one does nothing else meanwhile.
  private func blocking(_ body: @escaping @Sendable () async throws -> ExitCode) throws -> ExitCode {
    let finished = DispatchSemaphore(value: 0)
    let result = ResultBox()
    Task {
      do { result.value = .success(try await body()) } catch { result.value = .failure(error) }
      finished.signal()
    }
    finished.wait()
    return try result.value.get()
  }

  /// Written before the semaphore is signalled and read after.
  private final class ResultBox: @unchecked Sendable {
    var value: Result<ExitCode, any Error> = .success(.failed)
  }
}

/// A job on its way to a server.
private struct Submission: Sendable {
  let address: String
  let token: String?
  let interval: Double
  let console: Console
  // The user has given the address; it may well be of this machine.
  private let client = HTTPClient(HTTPClientConfiguration(policy: .any))

  init(server: String, token: String?, interval: Double, console: Console) {
    let bare = server.hasSuffix("/") ? String(server.dropLast()) : server
    address = bare.hasSuffix("/api") ? bare : bare + "/api"
    (self.token, self.interval, self.console) = (token, interval, console)
  }

  private var headers: HTTPFields {
    var headers: HTTPFields = ["Accept": "application/json"]
    if let token { headers["Authorization"] = "Bearer \(token)" }
    return headers
  }

  /// Returns the id of the job.
  func send(_ process: String, _ inputs: JSONObject, title: String?) async throws -> String {
    var request: JSONObject = ["inputs": .object(inputs)]
    if let title { request["title"] = .string(title) }
    var headers = headers
    headers["Prefer"] = "respond-async"
    let name =
      process.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-"))) ?? ""
    let answer = try await client.post(
      "\(address)/processes/\(name)/execution", body: Array(request.text(.line).utf8), type: "application/json",
      headers: headers)
    let status = try json(answer)
    guard let id = status["jobID"]?.stringValue else {
      throw JobsError(.server, "\(address) has answered something that is no job: is it a server of Ogive?")
    }
    console.print("\(address)/jobs/\(id)")
    return id
  }

  func wait(for id: String) async throws -> ExitCode {
    var said = ""
    while true {
      let status = try json(try await client.get("\(address)/jobs/\(id)", headers: headers))
      let state = status["status"]?.stringValue ?? "", message = status["message"]?.stringValue ?? ""
      let words = "\(state) \(status["progress"]?.intValue ?? 0) %: \(message)"
      if words != said { console.printError(words) }
      said = words
      switch state {
      case "successful": return status["partial"]?.boolValue == true ? .partlyDone : .done
      case "failed", "dismissed":
        throw JobsError(.server, "the job \(id) is \(state): \(message)")
      default: try await Task.sleep(for: .seconds(interval))
      }
    }
  }

  /// The document of a good answer; the server's own words about a bad one.
  private func json(_ answer: HTTPClientResponse) throws -> JSONValue {
    let value = try? JSONValue(parsing: answer.body, named: answer.url)
    guard answer.isGood else {
      let detail = value?["detail"]?.stringValue ?? value?["title"]?.stringValue
      let cure = answer.status == 401 ? "; give a token with --token or OGIVE_TOKEN" : ""
      throw JobsError(.server, "the server has answered \(answer.status): \(detail ?? "no reason given")\(cure)")
    }
    return value ?? .null
  }
}
