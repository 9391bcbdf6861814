// SPDX-License-Identifier: Apache-2.0
import Foundation
import FoundationNetworking
import Parameters

/// An `ogive serve` of its own, with a data folder of its own, at a free port; ended and removed with this object.
final class RunningServer {
  struct NotStarted: Error, CustomStringConvertible {
    let description: String
  }

  /// An answer, whole.
  struct Answer: CustomStringConvertible {
    let status: Int
    let headers: [String: String]
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var json: JSONValue { (try? JSONValue(parsing: bytes)) ?? .null }
    func header(_ name: String) -> String? { headers.first { $0.key.lowercased() == name.lowercased() }?.value }
    var description: String { "\(status) \(text.prefix(500))" }
  }

  let folder: URL
  private(set) var base = ""
  /// The administrator's.
  private(set) var token = ""
  private var process = Process()
  private let arguments: [String]
  private let bind: String

  /// The executable beside the one that runs the tests; `OGIVE_TOOL` names another.
  static let tool: String = {
    if let path = ProcessInfo.processInfo.environment["OGIVE_TOOL"] { return path }
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return own.deletingLastPathComponent().appending(path: "ogive").path
  }()

  private let disk: SmallDisk?

  /// - Parameters:
  ///   - arguments: besides the data folder and the address.
  ///   - bind: where it listens; by default at a free port.
  ///   - diskBytes: size of a disk of its own for the data folder, which only root can make; nil takes none.
  init(_ arguments: [String] = [], bind: String = "127.0.0.1:0", diskBytes: Int? = nil) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ogive-serve-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    if let diskBytes { disk = try SmallDisk(at: folder.path, bytes: diskBytes) } else { disk = nil }
    (self.arguments, self.bind) = (arguments, bind)
    try start()
  }

  deinit {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    // Workers outlive their server by design.
    let jobs = (try? FileManager.default.contentsOfDirectory(atPath: data + "/jobs")) ?? []
    for job in jobs { Self.killWorker(data + "/jobs/" + job) }
    disk?.remove()
    try? FileManager.default.removeItem(at: folder)
  }

  var data: String { folder.appending(path: "data").path }

  /// Starts the program, and again on the same data after a stop.
  func start() throws {
    let log = folder.appending(path: "log-\(UUID().uuidString)")
    try Data().write(to: log)
    process = Process()
    process.executableURL = URL(filePath: Self.tool)
    process.arguments = ["serve", "--data", data, "--bind", bind] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: log)
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
    let deadline = Date().addingTimeInterval(30)
    while Date() < deadline {
      let said = try String(contentsOf: log, encoding: .utf8)
      if let match = said.firstMatch(of: /serving .* at (http\S+)\n/) {
        base = String(match.1)
        if let match = said.firstMatch(of: /shown once: (\S+)/) { token = String(match.1) }
        return
      }
      guard process.isRunning else { throw NotStarted(description: said) }
      usleep(5000)
    }
    throw NotStarted(description: "nothing after 30 s")
  }

  /// Ends the program as a power cut does.
  func killServer() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Ends it as an administrator does.
  func stop() -> Int32 {
    process.terminate()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Kills the process that works in a job's folder, if there is one.
  ///
  /// - Parameter patience: seconds to wait for one that is about to begin.
  @discardableResult
  static func killWorker(_ folder: String, patience: Double = 0) -> Bool {
    let deadline = Date().addingTimeInterval(patience)
    repeat {
      let text = (try? String(contentsOfFile: folder + "/lock", encoding: .utf8)) ?? ""
      if let process = text.split(separator: " ").first.flatMap({ Int32($0) }), process > 1 {
        return kill(process, SIGKILL) == 0
      }
      usleep(5000)
    } while Date() < deadline
    return false
  }

  // MARK: - Asking

  /// - Parameter token: nil asks as nobody.
  func ask(
    _ method: String = "GET", _ path: String, _ body: JSONValue? = nil, token: String? = nil,
    headers: [String: String] = [:]
  ) throws -> Answer {
    var headers = headers
    if body != nil, headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }
    if let token { headers["Authorization"] = "Bearer \(token)" }
    return try send(method, path, body.map { Data($0.text(.line).utf8) }, headers)
  }

  /// As the administrator.
  func admin(
    _ method: String = "GET", _ path: String, _ body: JSONValue? = nil, headers: [String: String] = [:]
  ) throws -> Answer {
    try ask(method, path, body, token: token, headers: headers)
  }

  func send(_ method: String, _ path: String, _ body: Data?, _ headers: [String: String]) throws -> Answer {
    guard let url = URL(string: path.hasPrefix("http") ? path : base + path) else {
      throw NotStarted(description: "\(path) is no address")
    }
    var request = URLRequest(url: url, timeoutInterval: 60)
    request.httpMethod = method
    request.httpBody = body
    request.httpShouldHandleCookies = false
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    let box = AnswerBox()
    let done = DispatchSemaphore(value: 0)
    let task = URLSession.shared.dataTask(with: request) { data, response, error in
      box.set(data, response as? HTTPURLResponse, error)
      done.signal()
    }
    task.resume()
    done.wait()
    return try box.get()
  }

  /// Adds a user and gives the token.
  func addUser(_ name: String) throws -> (id: String, token: String) {
    let answer = try admin("POST", "/api/users", ["name": .string(name)])
    guard let id = answer.json["id"]?.stringValue, let token = answer.json["token"]?.stringValue else {
      throw NotStarted(description: "\(answer)")
    }
    return (id, token)
  }

  // MARK: - Jobs

  /// Submits an echo and gives its id.
  func submitEcho(delay: Double = 0, fail: Bool = false, token: String? = nil) throws -> String {
    let inputs: JSONValue = ["message": "hello", "delay": .number(delay), "fail": .bool(fail)]
    let answer = try ask(
      "POST", "/api/processes/echo/execution", ["inputs": inputs], token: token ?? self.token,
      headers: ["Prefer": "respond-async"])
    guard let id = answer.json["jobID"]?.stringValue else { throw NotStarted(description: "\(answer)") }
    return id
  }

  /// Waits until a job is in one of these states.
  func wait(for id: String, _ states: [String], seconds: Double = 30) throws -> JSONValue {
    let deadline = Date().addingTimeInterval(seconds)
    var last = JSONValue.null
    while Date() < deadline {
      last = try admin("GET", "/api/jobs/\(id)").json
      if states.contains(last["state"]?.stringValue ?? "") { return last }
      usleep(20_000)
    }
    throw NotStarted(description: "the job \(id) did not become \(states) in \(seconds) s: \(last.text(.line))")
  }
}

/// Takes an answer from the session's thread to the test's.
private final class AnswerBox: @unchecked Sendable {
  private let lock = NSLock()
  private var answer: Result<RunningServer.Answer, any Error>?

  func set(_ data: Data?, _ response: HTTPURLResponse?, _ error: (any Error)?) {
    lock.withLock {
      guard let response else {
        answer = .failure(error ?? URLError(.unknown))
        return
      }
      var headers: [String: String] = [:]
      for (name, value) in response.allHeaderFields { headers["\(name)"] = "\(value)" }
      answer = .success(
        RunningServer.Answer(status: response.statusCode, headers: headers, bytes: [UInt8](data ?? Data())))
    }
  }

  func get() throws -> RunningServer.Answer {
    try lock.withLock { try (answer ?? .failure(URLError(.unknown))).get() }
  }
}
