// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Testing

@Suite("A server whose disk is full", .enabled(if: SmallDisk.isAllowed, "needs leave to mount a small disk"))
struct FullDiskTests {
  let server: RunningServer
  private let images: URL

  init() throws {
    images = FileManager.default.temporaryDirectory.appending(path: "ogive-images-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
    server = try RunningServer(["--share", images.path], diskBytes: 192 << 20)
  }

  private func submit(_ paths: [String]) throws -> RunningServer.Answer {
    let inputs: JSONValue = [
      "scenes": .array(paths.map(JSONValue.string)), "pairProducts": "all",
    ]
    return try server.admin("POST", "/api/processes/mpic/execution", ["inputs": inputs])
  }

  @Test("a job whose disk fills up pauses with the reason, the server goes on, and room lets the job end well")
  func fills() throws {
    defer { try? FileManager.default.removeItem(at: images) }
    let answer = try submit(try MovedImages.write(4, side: 400, to: images))
    let id = try #require(answer.json["jobID"]?.stringValue, "\(answer)")
    _ = try server.wait(for: id, ["running"])
    // Somebody else takes all that is left, while the job writes.
    let filler = server.folder.appending(path: "filler")
    let file = open(filler.path, O_WRONLY | O_CREAT, 0o600)
    let block = [UInt8](repeating: 1, count: 1 << 20)
    while write(file, block, block.count) > 0 {}
    close(file)
    let deadline = Date().addingTimeInterval(60)
    var job: JSONValue = .null
    repeat {
      usleep(20_000)
      job = try server.admin("GET", "/api/jobs/\(id)").json
    } while job["state"] != "paused" && Date() < deadline
    // Before it began to write, while it wrote, or so late that it could not write how it ended.
    let reasons = ["are free; free some space", "no space left", "the disk is nearly full", "waiting for space"]
    let reason = job["reason"]?.stringValue ?? ""
    #expect(reasons.contains { reason.localizedCaseInsensitiveContains($0) }, "\(job.text(.line))")
    #expect(!reason.contains(server.folder.path))
    // What needs no room is still answered, and what does is refused without a loss.
    #expect(try server.ask("GET", "/api/health").status == 200)
    #expect(try server.admin("GET", "/api/jobs").json["jobs"]?.arrayValue?.count == 1)
    let upload = try server.send(
      "PUT", "/api/uploads/a.bin", Data(count: 40 << 20), ["Authorization": "Bearer \(server.token)"])
    #expect(upload.status == 507, "\(upload)")
    server.killServer()
    try FileManager.default.removeItem(at: filler)
    try server.start()
    let ended = try server.wait(for: id, ["successful", "failed"], seconds: 120)
    #expect(ended["state"] == "successful", "\(ended.text(.line))")
    #expect(ended["estimate"]?["diskBytes"]?.intValue != nil && ended["cost"]?["seconds"]?.doubleValue != nil)
  }
}
