// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Testing

/// What a user does with a result: the server's own demo, a known motion that it simulates and measures.
@Suite("Results of jobs", .serialized)
struct ResultsTests {
  let server: RunningServer
  /// The job that measured.
  let job: JSONValue

  init() throws {
    server = try RunningServer(["--demo"])
    let deadline = Date().addingTimeInterval(120)
    var jobs: [JSONValue] = []
    while jobs.count < 2, Date() < deadline {
      jobs = try server.admin("GET", "/api/jobs").json["jobs"]?.arrayValue ?? []
      usleep(50_000)
    }
    let id = try #require(jobs.first { $0["processID"] == "match" }?["jobID"]?.stringValue)
    job = try server.wait(for: id, ["successful", "failed"], seconds: 120)
  }

  private var path: String { "/api/jobs/\(job["jobID"]?.stringValue ?? "")" }

  @Test("layers are listed with units, and give tiles, points and profiles to anybody who may see the job")
  func layers() throws {
    #expect(job["state"] == "successful", "\(job.text(.line))")
    let document = try server.ask("GET", path + "/layers").json
    let layers = try #require(document["layers"]?.arrayValue)
    let speed = try #require(layers.first { $0["quantity"]?.stringValue == "dx" } ?? layers.first)
    let name = speed["name"]?.stringValue ?? ""
    #expect(document["grid"]?["kind"] == "pixel" && speed["unit"]?.stringValue == "px")
    let columns = try #require(document["grid"]?["columns"]?.intValue)
    let floats = try server.ask("GET", path + "/layers/\(name)/tiles/0/0/0.f32")
    #expect(floats.status == 200 && floats.bytes.count == 256 * 256 * 4)
    let tag = try #require(floats.header("ETag"))
    let again = try server.ask("GET", path + "/layers/\(name)/tiles/0/0/0.f32", headers: ["If-None-Match": tag])
    #expect(again.status == 304 || again.status == 200 && again.bytes.count == floats.bytes.count)
    let picture = try server.ask("GET", path + "/layers/\(name)/tiles/0/0/0.png")
    #expect(picture.bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    let point = try server.ask("GET", path + "/layers/\(name)/point?at=\(columns / 2),\(columns / 2)").json
    #expect(point["value"]?.doubleValue != nil && point["sigma"]?.doubleValue != nil)
    let profile = try server.ask(
      "POST", path + "/layers/\(name)/profile", ["line": [[2, 2], [.integer(columns - 2), 5]], "count": 50]
    ).json
    #expect(profile["value"]?.arrayValue?.count == 50 && profile["distanceUnit"] == "px")
    let table = try server.ask("GET", path + "/layers/\(name)/profile.csv?line=50,50;200,120&count=50")
    #expect(table.text.split(separator: "\n").count == 51)
    let shapes = try server.ask("GET", path + "/layers/\(name)/profile.gpkg?line=50,50;200,120&count=50")
    #expect(shapes.bytes.starts(with: Array("SQLite format 3".utf8)))
    for wrong in ["layers/nothing/point?at=1,1", "layers/\(name)/tiles/99/0/0.png", "layers/\(name)/tiles/0/0/0.gif"]
    {
      #expect((400...404).contains(try server.ask("GET", path + "/" + wrong).status), "\(wrong)")
    }
  }

  @Test("all files come as one archive, of a length that is known beforehand, and in parts")
  func archive() throws {
    let listed = try server.admin("GET", path + "/files").json
    let href = try #require(listed["archive"]?.stringValue)
    let whole = try server.admin("GET", href)
    #expect(whole.status == 200 && whole.header("Content-Type") == "application/zip")
    #expect(whole.header("Content-Length") == "\(whole.bytes.count)")
    let tag = try #require(whole.header("ETag"))
    let file = server.folder.appending(path: "all.zip")
    try Data(whole.bytes).write(to: file)
    let folder = server.folder.appending(path: "unpacked").path
    #expect(try Self.status(of: "unzip", ["-q", file.path, "-d", folder]) == 0)
    let name = job["jobID"]?.stringValue ?? ""
    for entry in listed["files"]?.arrayValue ?? [] {
      let inside = entry["path"]?.stringValue ?? ""
      let here = try Data(contentsOf: URL(filePath: "\(folder)/\(name)/\(inside)"))
      #expect(here.elementsEqual(try server.admin("GET", path + "/files/\(inside)").bytes), "\(inside)")
    }
    // A download that broke off goes on where it stopped.
    let rest = try server.admin("GET", href, headers: ["Range": "bytes=100001-", "If-Range": tag])
    #expect(rest.status == 206 && rest.bytes.elementsEqual(whole.bytes.dropFirst(100_001)))
    let part = try server.admin("GET", href, headers: ["Range": "bytes=10-19"])
    #expect(part.bytes.elementsEqual(whole.bytes[10..<20]))
    #expect(try server.admin("GET", href, headers: ["If-None-Match": tag]).status == 304)
    let products = try server.admin("GET", href + "?path=products")
    #expect(products.status == 200 && products.bytes.count < whole.bytes.count)
    #expect(try server.admin("GET", href + "?path=nothing").status == 404)
  }

  private static func status(of program: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test("a job that is exported gives the same rasters offline, to the byte")
  func export() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ogive-export-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "job.json")
    try Data(try server.admin("GET", path + "/job.json").bytes).write(to: file)
    let arguments = ["run", file.path, "--out", folder.appending(path: "result").path]
    #expect(try Self.status(of: RunningServer.tool, arguments) == 0)
    let listed = try server.admin("GET", path + "/files").json["files"]?.arrayValue ?? []
    let rasters = listed.compactMap { $0["path"]?.stringValue }.filter { $0.hasSuffix(".tif") }
    #expect(rasters.count > 5)
    for name in rasters {
      let there = try server.admin("GET", path + "/files/\(name)").bytes
      let here = try Data(contentsOf: folder.appending(path: "result/\(name)"))
      #expect(here.elementsEqual(there), "\(name)")
    }
    // What the command line has made is shown by another server as it lies there.
    let other = try RunningServer(["--runs", folder.path])
    let shown = try other.ask("GET", "/api/jobs").json["jobs"]?.arrayValue ?? []
    #expect(shown.map { $0["processID"]?.stringValue } == ["match"])
    let id = shown.first?["jobID"]?.stringValue ?? ""
    #expect(try other.ask("GET", "/api/jobs/\(id)/layers").json["layers"]?.arrayValue?.isEmpty == false)
    #expect(try other.ask("GET", "/api/jobs/\(id)/files/\(rasters[0])").status == 200)
  }

  @Test("a result is packed for an archive and found again by its permanent link")
  func deposit() throws {
    let body: JSONValue = [
      "title": "A known motion", "authors": [["given": "Ada", "family": "Lovelace", "orcid": "0000-0002-1825-0097"]],
      "licence": "CC-BY-4.0", "name": "known-motion", "keywords": ["glacier"],
    ]
    let asked = try server.admin("POST", path + "/deposit", body)
    #expect(asked.status == 202, "\(asked)")
    let deadline = Date().addingTimeInterval(60)
    var deposit = JSONValue.null
    repeat {
      deposit = try server.admin("GET", path + "/deposit").json
      usleep(50_000)
    } while deposit["state"] == "making" && Date() < deadline
    #expect(deposit["state"] == "ready", "\(deposit.text(.line))")
    let archive = try server.admin("GET", deposit["href"]?.stringValue ?? "")
    #expect(archive.bytes.starts(with: [0x50, 0x4B]) && archive.bytes.count == deposit["bytes"]?.intValue)
    let names = Set((deposit["files"]?.arrayValue ?? []).compactMap { $0["path"]?.stringValue })
    for name in ["bagit.txt", "manifest-sha256.txt"] { #expect(names.contains(name)) }
    let other = try server.admin("POST", path + "/deposit", ["title": "x", "authors": [], "licence": "CC0-1.0"])
    #expect(other.status == 400)
  }

  @Test("two jobs are compared by their parameters with presets filled in")
  func comparison() throws {
    let jobs = try server.admin("GET", "/api/jobs").json["jobs"]?.arrayValue ?? []
    let other = try #require(jobs.first { $0["processID"] == "simulate" }?["jobID"]?.stringValue)
    let document = try server.admin("GET", path + "/comparison?with=\(other)").json
    #expect(document["jobs"]?.arrayValue?.count == 2)
    let preset = document["parameters"]?.arrayValue?.first { $0["name"] == "preset" }
    #expect(preset?["differs"] == true)
  }
}
