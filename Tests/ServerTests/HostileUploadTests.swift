// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import ProductFixtures
import Testing

/// Small files that stand for more than a machine holds. They are opened by workers, never by the server itself.
@Suite("Hostile uploads", .serialized)
struct HostileUploadTests {
  let server: RunningServer

  init() throws { server = try RunningServer() }

  private func upload(_ path: String, as name: String) throws {
    let bytes = try Data(contentsOf: URL(filePath: path))
    #expect(bytes.count < 8_000_000, "a bomb is small")
    let answer = try server.send(
      "PUT", "/api/uploads/\(name)", bytes, ["Authorization": "Bearer \(server.token)"])
    #expect(answer.status == 201, "\(answer)")
  }

  /// A job that must end with the reason, once, in little memory, while the server goes on.
  private func expectRefusal(_ process: String, _ inputs: JSONValue) throws {
    let answer = try server.admin("POST", "/api/processes/\(process)/execution", ["inputs": inputs])
    guard let id = answer.json["jobID"]?.stringValue else {
      #expect((400...422).contains(answer.status), "\(answer)")
      return
    }
    let job = try server.wait(for: id, ["failed", "successful", "paused"], seconds: 120)
    #expect(job["state"] == "failed" && job["attempt"]?.intValue == 1, "\(job.text(.line))")
    #expect((job["error"]?["message"]?.stringValue ?? "").count > 20, "\(job.text(.line))")
    let memory = job["cost"]?["memoryBytes"]?.intValue ?? 0
    #expect(memory < 1 << 30, "\(memory) bytes")
    #expect(try server.ask("GET", "/api/health").status == 200)
  }

  /// Two products in an archive each, with the document in place of their metadata.
  private func scenes(_ document: Data) throws -> JSONValue {
    var names: [JSONValue] = []
    for day in ["20220413", "20220513"] {
      let path = try SafeFixture(day: day).write(to: server.folder.path)
      try document.write(to: URL(filePath: "\(path)/MTD_MSIL1C.xml"))
      try upload(ImageFile.zip(path), as: "S2B_\(day).zip")
      names.append(.string("upload:S2B_\(day).zip"))
    }
    return ["scenes": .array(names), "band": "red"]
  }

  @Test("an archive that unpacks to 300 MB of metadata ends its job, and nothing else")
  func archive() throws { try expectRefusal("mpic", scenes(Data(repeating: 32, count: 300_000_000))) }

  @Test("metadata whose entities unfold to a hundred thousand million bytes end their job, and nothing else")
  func entities() throws {
    let steps = (1..<11).map { "<!ENTITY l\($0) \"\(String(repeating: "&l\($0 - 1);", count: 10))\">" }
    let document = "<!DOCTYPE r [<!ENTITY l0 \"laughters\">\(steps.joined())]><r>&l10;</r>"
    try expectRefusal("mpic", scenes(Data(document.utf8)))
  }

  @Test("a sparse raster of 300 000 pixels on a side takes neither memory nor disk: the job is refused or waits")
  func raster() throws {
    let path = server.folder.appending(path: "huge.tif").path
    try ImageFile.sparse(path, rows: 300_000, columns: 300_000)
    try upload(path, as: "a.tif")
    try upload(path, as: "b.tif")
    let inputs: JSONValue = ["reference": "upload:a.tif", "secondary": "upload:b.tif"]
    let answer = try server.admin("POST", "/api/processes/match/execution", ["inputs": inputs])
    if let id = answer.json["jobID"]?.stringValue {
      // On a machine with a disk that holds 700 GB.
      #expect(try server.admin("GET", "/api/jobs/\(id)").json["cost"]?["diskBytes"]?.intValue ?? 0 < 1 << 30)
      #expect(try server.admin("DELETE", "/api/jobs/\(id)").status == 200)
    } else {
      #expect(answer.status == 413, "\(answer)")
    }
  }

  @Test("an area in KML whose entities unfold is refused")
  func area() throws {
    let steps = (1..<11).map { "<!ENTITY l\($0) \"\(String(repeating: "&l\($0 - 1);", count: 10))\">" }
    let document = """
      <?xml version="1.0"?><!DOCTYPE kml [<!ENTITY l0 "laughters">\(steps.joined())]>
      <kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>&l10;</name>
      <Point><coordinates>1,2</coordinates></Point></Placemark></Document></kml>
      """
    let file = server.folder.appending(path: "a.kml")
    try Data(document.utf8).write(to: file)
    try upload(file.path, as: "a.kml")
    let image = server.folder.appending(path: "image.tif").path
    try ImageFile.sparse(image, rows: 64, columns: 64)
    for name in ["a.tif", "b.tif"] { try upload(image, as: name) }
    try expectRefusal(
      "match", ["reference": "upload:a.tif", "secondary": "upload:b.tif", "area": "upload:a.kml"])
  }
}
