// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Jobs
import Parameters
import Synchronization
import Testing

/// A server that knows one job, which runs once and then ends as it is told.
private final class OneJobServer: HTTPHandler {
  let bodies = Mutex<[String]>([])
  private let end: String
  private let looks = Mutex(0)

  init(end: String) { self.end = end }

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    if request.path == "/callback" {
      if case .bytes(let bytes) = request.body {
        bodies.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
      }
      return HTTPResponse(status: 204)
    }
    guard request.headers["Authorization"] == "Bearer secret" else {
      return .problem(401, kind: "accounts.token", detail: "this needs a token")
    }
    if request.method == .post, request.path == "/api/processes/echo/execution" {
      if case .bytes(let bytes) = request.body {
        bodies.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
      }
      return .json(["jobID": "j1", "status": "accepted", "type": "process"], status: 201)
    }
    guard request.path == "/api/jobs/j1" else {
      return .problem(404, kind: "no-such-process", detail: "no such process")
    }
    let look = looks.withLock { looks in
      looks += 1
      return looks
    }
    return .json(["jobID": "j1", "status": .string(look > 1 ? end : "running"), "progress": 50, "message": "words"])
  }
}

@Suite("Sending jobs to a server")
struct SubmitTests {
  /// On a thread of its own: a command waits, and the few threads of tasks must not.
  private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      Thread { continuation.resume(with: Result(catching: body)) }.start()
    }
  }

  private func submit(_ words: [String], file: JSONObject) throws -> (
    code: ExitCode, output: [String], errors: [String]
  ) {
    let scratch = try Scratch()
    let path = "\(scratch.path)/job.json"
    try Data(file.text(.pretty).utf8).write(to: URL(filePath: path))
    let output = Mutex<[String]>([]), errors = Mutex<[String]>([])
    let console = Console(
      write: { text in output.withLock { $0.append(text) } },
      writeError: { text in errors.withLock { $0.append(text) } })
    let tool = CommandLineTool(
      ToolIdentity(name: "ogive", version: "1.0.0", summary: "tests"), commands: [SubmitCommand()])
    let code = tool.run(["submit", path, "--interval", "0.1"] + words, console: console)
    return (code, output.withLock { $0 }, errors.withLock { $0 })
  }

  @Test(
    "a job is sent with its inputs, its address printed, and its end is that of the command",
    arguments: [
      ("successful", ExitCode.done), ("failed", .failed), ("dismissed", .failed),
    ])
  func sent(end: String, code: ExitCode) async throws {
    let handler = OneJobServer(end: end)
    let listener = try HTTPListener(HTTPConfiguration(port: 0), handler: handler)
    defer { listener.stop() }
    let server = "http://127.0.0.1:\(listener.port)"
    let file: JSONObject = ["process": "echo", "inputs": ["text": "é"]]
    let said = try await onThread {
      try submit(["--server", server + "/", "--token", "secret", "--title", "T", "--wait"], file: file)
    }
    #expect(said.code == code)
    #expect(said.output == ["\(server)/api/jobs/j1\n"])
    #expect(said.errors.first == "running 50 %: words\n")
    #expect(handler.bodies.withLock { $0 } == [#"{"inputs":{"text":"é"},"title":"T"}"#])
  }

  @Test("a refusal is told in the server's words")
  func refused() async throws {
    let listener = try HTTPListener(HTTPConfiguration(port: 0), handler: OneJobServer(end: "successful"))
    defer { listener.stop() }
    let server = "http://127.0.0.1:\(listener.port)"
    let said = try await onThread {
      let first = try submit(["--server", server], file: ["process": "echo", "inputs": [:]])
      let second = try submit(["--server", server, "--token", "secret"], file: ["process": "none", "inputs": [:]])
      return first.errors + second.errors
    }
    #expect(
      said == [
        "ogive: the server has answered 401: this needs a token; give a token with --token or OGIVE_TOKEN\n",
        "ogive: the server has answered 404: no such process\n",
      ])
  }

  @Test("a callback is posted, and one into the server's own network is refused and given up")
  func callbacks() async throws {
    let handler = OneJobServer(end: "successful")
    let listener = try HTTPListener(HTTPConfiguration(port: 0), handler: handler)
    defer { listener.stop() }
    let address = "http://127.0.0.1:\(listener.port)/callback"
    let open = HTTPCallbackSender(HTTPClient(HTTPClientConfiguration(policy: .any)))
    #expect(await open.send(["status": "successful"], to: address))
    #expect(handler.bodies.withLock { $0 } == [#"{"status":"successful"}"#])
    let careful = HTTPCallbackSender(HTTPClient())
    #expect(await careful.send(["status": "successful"], to: address))
    #expect(await careful.send([:], to: "file:///etc/passwd"))
    #expect(handler.bodies.withLock { $0.count } == 1)
  }
}
