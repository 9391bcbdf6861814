// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Testing

/// Two restricted images of the catalogue, measured, and the result shown to everybody.
@Suite("Licences of images and of results")
struct LicenceTests {
  let server: RunningServer
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ogive-licence-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    server = try RunningServer(["--share", folder.path])
  }

  private func addImages() throws {
    let paths = try MovedImages.write(2, to: folder)
    let items = zip(1..., paths).map { number, path -> JSONValue in
      let ring: JSONValue = [[9, 0.8], [9.1, 0.8], [9.1, 1], [9, 1], [9, 0.8]]
      return [
        "type": "Feature", "stac_version": "1.1.0", "id": .string("image-\(number)"), "links": [],
        "bbox": [9, 0.8, 9.1, 1], "geometry": ["type": "Polygon", "coordinates": [ring]],
        "properties": ["datetime": .string("2020-0\(number)-15T10:00:00Z"), "license": "proprietary"],
        "assets": ["data": ["href": .string(path), "type": "image/tiff", "roles": ["data"]]],
      ]
    }
    let document: JSONValue = ["type": "FeatureCollection", "features": .array(items)]
    try Data(document.text(.line).utf8).write(to: folder.appending(path: "items.json"))
    let begun = try server.admin(
      "POST", "/api/imports",
      [
        "kind": "stac-items", "path": .string(folder.path + "/items.json"), "collection": "images",
        "visibility": "public",
      ])
    let id = begun.json["id"]?.stringValue ?? "\(begun)"
    let deadline = Date().addingTimeInterval(30)
    while try server.admin("GET", "/api/imports/\(id)").json["state"] == "running", Date() < deadline {
      usleep(10_000)
    }
    #expect(try server.admin("GET", "/api/imports/\(id)").json["added"]?.intValue == 2)
  }

  private func measure(_ reference: String, _ secondary: String) throws -> String {
    let inputs: JSONValue = ["reference": .string(reference), "secondary": .string(secondary)]
    let answer = try server.admin(
      "POST", "/api/processes/match/execution", ["inputs": inputs, "visibility": "public"])
    let id = try #require(answer.json["jobID"]?.stringValue, "\(answer)")
    let job = try server.wait(for: id, ["successful", "failed"], seconds: 60)
    #expect(job["state"] == "successful", "\(job.text(.line))")
    let shared = try server.admin("PATCH", "/api/jobs/\(id)", ["visibility": "public"])
    #expect(shared.status == 200)
    return "/api/jobs/\(id)"
  }

  /// What somebody who is not logged in may not see of a result that anybody may see.
  private func expectWithheld(_ path: String, _ isWithheld: Bool) throws {
    let names = (try server.ask("GET", path + "/files").json["files"]?.arrayValue ?? []).compactMap {
      $0["path"]?.stringValue
    }
    #expect(names.contains("products/dx.tif") && names.contains("report.html") != isWithheld)
    #expect(try server.ask("GET", path + "/files/products/dx.tif").status == 200)
    #expect(try server.ask("GET", path + "/files/report.html").status == (isWithheld ? 403 : 200))
    #expect((try server.ask("GET", path).json["report"]?.isNull == true) == isWithheld)
    let archive = try server.ask("GET", path + "/files.zip").bytes
    #expect((archive.firstRange(of: Array("\(path.dropFirst(10))/report.html".utf8)) == nil) == isWithheld)
    #expect(try server.admin("GET", path + "/files/report.html").status == 200)
  }

  @Test("a result of restricted images is shown without the report, in which one of them is seen; so is what follows")
  func reports() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try addImages()
    let named = try measure("item:images/image-1", "item:images/image-2")
    try expectWithheld(named, true)
    let link = try server.admin(
      "POST", "/api/links", ["job": .string(String(named.dropFirst(10))), "days": 1, "path": "report.html"])
    #expect(try server.ask("GET", link.json["href"]?.stringValue ?? "").status == 403)
    // The same images by their path.
    let byPath = try measure(folder.path + "/image-2020-01-15.tif", folder.path + "/image-2020-02-15.tif")
    try expectWithheld(byPath, true)
    // What somebody else must not have he can't have measured either.
    let (_, ada) = try server.addUser("ada")
    let wanted: JSONValue = ["inputs": ["run": .string("job:\(named.dropFirst(10))/report.html")]]
    #expect(try server.ask("POST", "/api/processes/info/execution", wanted, token: ada).status >= 400)
  }
}
