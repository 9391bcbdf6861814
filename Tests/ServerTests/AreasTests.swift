// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Testing

@Suite("Areas that are sent up, and lists in order", .serialized)
struct AreasTests {
  let server: RunningServer

  init() throws { server = try RunningServer() }

  private func area(_ name: String, _ text: String, asNobody: Bool = false) throws -> RunningServer.Answer {
    let headers = asNobody ? [:] : ["Authorization": "Bearer \(server.token)"]
    return try server.send("POST", "/api/areas?name=\(name)", Data(text.utf8), headers)
  }

  @Test("an outline comes back as GeoJSON in longitude and latitude, and nothing of it is kept")
  func outline() throws {
    let text = """
      <kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>
      7,46 8,46 8,47 7,46</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>
      """
    let answer = try area("ice.kml", text)
    #expect(answer.status == 200, "\(answer.text)")
    let corner = answer.json["features"]?[0]?["geometry"]?["coordinates"]?[0]?[1]
    #expect(corner?[0]?.doubleValue == 8 && corner?[1]?.doubleValue == 46)
    let left = try FileManager.default.contentsOfDirectory(atPath: server.data + "/incoming")
    #expect(left == [])
  }

  @Test("other kinds of files, files without shapes, and strangers are refused with a reason")
  func refused() throws {
    for (name, text, status) in [
      ("a.vrt", "<OGRVRTDataSource/>", 422), ("a.kml", "<kml/>", 422), ("a.zip", "PK", 422), ("..%2Fa.tif", "x", 422),
    ] {
      let answer = try area(name, text)
      #expect(answer.status == status, "\(name): \(answer.status) \(answer.text)")
      #expect(answer.json["detail"]?.stringValue?.isEmpty == false)
    }
    #expect(try area("a.kml", "<kml/>", asNobody: true).status == 401)
  }

  @Test("an outline whose entities unfold without end is given up, and the server goes on")
  func unfolding() throws {
    let steps = (1..<11).map { "<!ENTITY l\($0) \"\(String(repeating: "&l\($0 - 1);", count: 10))\">" }
    let text = """
      <?xml version="1.0"?><!DOCTYPE kml [<!ENTITY l0 "laughters">\(steps.joined())]>
      <kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&l10;</name><Point><coordinates>7,46</coordinates>
      </Point></Placemark></kml>
      """
    let answer = try area("a.kml", text)
    #expect(answer.status == 422, "\(answer)")
    #expect(try server.ask("GET", "/api/health").status == 200)
  }

  @Test("the list of jobs comes in the order that is asked for, and unknown orders are refused")
  func order() throws {
    for title in ["b", "a", "c"] {
      _ = try server.admin(
        "POST", "/api/processes/echo/execution", ["inputs": ["message": "x"], "title": .string(title)],
        headers: ["Prefer": "respond-async"])
    }
    func titles(_ sort: String) throws -> [String] {
      let jobs = try server.admin("GET", "/api/jobs?sort=\(sort)").json["jobs"]?.arrayValue ?? []
      return jobs.compactMap { $0["title"]?.stringValue }
    }
    #expect(try titles("title") == ["a", "b", "c"])
    #expect(try titles("-title") == ["c", "b", "a"])
    #expect(try titles("created") == ["b", "a", "c"])
    #expect(try server.admin("GET", "/api/jobs?sort=owner").status == 400)
  }
}
