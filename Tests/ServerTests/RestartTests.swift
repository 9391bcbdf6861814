// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Testing

@Suite("Servers and workers that die")
struct RestartTests {
  let server: RunningServer

  init() throws { server = try RunningServer(["--slots", "4"]) }

  @Test("a job outlives its server and is found again with its result")
  func serverDies() throws {
    let running = try server.submitEcho(delay: 2), ending = try server.submitEcho(delay: 0.3)
    _ = try server.wait(for: running, ["running"])
    _ = try server.wait(for: ending, ["running", "successful"])
    server.killServer()
    usleep(500_000)
    try server.start()
    for id in [running, ending] {
      let job = try server.wait(for: id, ["successful"])
      #expect(job["attempt"]?.intValue == 1, "the worker went on by itself")
    }
  }

  @Test("an orderly stop ends within seconds, and the token is shown at the first start only")
  func orderly() throws {
    let first = server.token
    #expect(server.stop() == 0)
    try server.start()
    #expect(server.token == first)
    #expect(try server.admin("GET", "/api/me").json["user"]?["name"] == "admin")
  }

  @Test("a job whose worker was killed is tried again and says so")
  func workerDies() throws {
    let id = try server.submitEcho(delay: 1)
    _ = try server.wait(for: id, ["running"])
    #expect(RunningServer.killWorker("\(server.data)/jobs/\(id)", patience: 5))
    let waiting = try server.wait(for: id, ["accepted"])
    #expect(waiting["reason"]?.stringValue?.isEmpty == false)
    #expect(try server.admin("DELETE", "/api/jobs/\(id)").status == 200)
  }

  @Test("a second server on the same folder is refused while the first runs")
  func twoServers() throws {
    let other = Process()
    other.executableURL = URL(filePath: RunningServer.tool)
    other.arguments = ["serve", "--data", server.data, "--bind", "127.0.0.1:0"]
    let errors = Pipe()
    other.standardError = errors
    other.standardOutput = FileHandle.nullDevice
    try other.run()
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    other.waitUntilExit()
    #expect(other.terminationStatus == 1)
    #expect(said.contains("another server"))
  }
}
