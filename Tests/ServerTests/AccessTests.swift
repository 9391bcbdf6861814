// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Testing

@Suite("Who may do what on the server")
struct AccessTests {
  let server: RunningServer

  init() throws { server = try RunningServer() }

  @Test("nobody runs, uploads or administers without credentials, and wrong ones are refused")
  func anonymous() throws {
    let calls: [(String, String, JSONValue?)] = [
      ("POST", "/api/processes/echo/execution", ["inputs": [:]]), ("GET", "/api/files", nil),
      ("PUT", "/api/uploads/x", nil), ("GET", "/api/users", nil), ("GET", "/api/tokens", nil),
      ("GET", "/api/audit", nil), ("POST", "/api/links", ["job": "x", "days": 1]),
      ("POST", "/api/groups", ["title": "x"]),
    ]
    for (method, path, body) in calls {
      let answer = try server.ask(method, path, body)
      #expect(answer.status == 401 && answer.header("WWW-Authenticate") != nil, "\(method) \(path): \(answer)")
      #expect(try server.ask(method, path, body, token: "ogive_" + String(repeating: "A", count: 43)).status == 401)
    }
    #expect(try server.ask("GET", "/api/jobs").status == 200, "what is public can be listed")
  }

  @Test("users see their own jobs, the public ones and those of their groups, and change their own only")
  func sharing() throws {
    let (_, ada) = try server.addUser("ada"), (_, bob) = try server.addUser("bob")
    let id = try server.submitEcho(token: ada)
    _ = try server.wait(for: id, ["successful"])
    let path = "/api/jobs/\(id)"
    #expect(try server.ask("GET", path, token: ada).status == 200)
    for other in [bob, nil] {
      for below in ["", "/results", "/log", "/files", "/files/echo.json", "/job.json", "/events"] {
        #expect(try server.ask("GET", path + below, token: other).status == 404)
      }
    }
    #expect(try server.ask("DELETE", path, token: bob).status == 404)
    #expect(try server.ask("PATCH", path, ["visibility": "group", "group": "alps"], token: ada).status == 403)
    let group = try server.ask("POST", "/api/groups", ["title": "Alps"], token: ada).json["id"]?.stringValue ?? ""
    #expect(try server.ask("PUT", "/api/groups/\(group)/members/bob", [:], token: bob).status == 403)
    #expect(try server.ask("PUT", "/api/groups/\(group)/members/bob", [:], token: ada).status == 200)
    #expect(
      try server.ask("PATCH", path, ["visibility": "group", "group": .string(group)], token: ada).status == 200)
    #expect(try server.ask("GET", path, token: bob).status == 200)
    #expect(try server.ask("DELETE", path, token: bob).status == 403)
    #expect(try server.ask("GET", path).status == 404)
    #expect(try server.ask("PATCH", path, ["visibility": "public"], token: ada).status == 200)
    #expect(try server.ask("GET", path + "/results").status == 200)
  }

  @Test("a token for reading runs nothing, and no token is worth more than the login that made it")
  func scopes() throws {
    let (_, ada) = try server.addUser("ada")
    let made = try server.ask("POST", "/api/tokens", ["name": "r", "scopes": ["read"], "days": 1], token: ada)
    let reader = try #require(made.json["token"]?.stringValue)
    let refused = try server.ask("POST", "/api/processes/echo/execution", ["inputs": [:]], token: reader)
    #expect(refused.status == 403 && refused.json["detail"]?.stringValue?.contains("submit") == true)
    #expect(try server.ask("GET", "/api/users", token: ada).status == 403)
    let greedy = try server.ask("POST", "/api/tokens", ["name": "a", "scopes": ["admin"], "days": nil], token: ada)
    #expect(greedy.status == 403)
    let id = made.json["id"]?.stringValue ?? ""
    #expect(try server.ask("DELETE", "/api/tokens/\(id)", token: ada).status == 204)
    #expect(try server.ask("GET", "/api/tokens", token: reader).status == 401)
  }

  @Test("a session needs its CSRF token for changes, and its cookie is not for scripts or other sites")
  func crossSite() throws {
    let login = try server.ask("POST", "/login", ["token": .string(server.token)])
    let cookie = try #require(login.header("Set-Cookie"))
    for word in ["HttpOnly", "SameSite=Lax", "Path=/"] { #expect(cookie.contains(word)) }
    let session = ["Cookie": String(cookie.prefix { $0 != ";" })]
    let csrf = try #require(login.json["csrf"]?.stringValue)
    let body: JSONValue = ["title": "Alps"]
    #expect(try server.ask("GET", "/api/users", headers: session).status == 200)
    #expect(try server.ask("POST", "/api/groups", body, headers: session).status == 403)
    let wrong = session.merging(["X-CSRF-Token": csrf + "x"]) { $1 }
    #expect(try server.ask("POST", "/api/groups", body, headers: wrong).status == 403)
    let right = session.merging(["X-CSRF-Token": csrf]) { $1 }
    #expect(try server.ask("POST", "/api/groups", body, headers: right).status == 201)
    let form = right.merging(["Content-Type": "text/plain"]) { $1 }
    #expect(try server.ask("POST", "/api/groups", body, headers: form).status == 415)
    #expect(try server.ask("POST", "/logout", headers: right).status == 204)
    #expect(try server.ask("GET", "/api/users", headers: session).status == 401)
  }

  @Test("logins are slowed down after ten wrong ones, and written down")
  func guessing() throws {
    var last = 0
    for _ in 0..<12 {
      last = try server.ask("POST", "/login", ["name": "admin", "password": "wrong password"]).status
    }
    #expect(last == 429)
    let audit = try server.admin("GET", "/api/audit?q=login.refused").json["entries"]?.arrayValue ?? []
    #expect(audit.count == 10 && audit.first?["outcome"] == "refused")
  }

  @Test("a signed link opens its files to anybody, for its time, and no others")
  func links() throws {
    let id = try server.submitEcho(), other = try server.submitEcho()
    for job in [id, other] { _ = try server.wait(for: job, ["successful"]) }
    let made = try server.admin("POST", "/api/links", ["job": .string(id), "path": "echo.json", "days": 1])
    let href = try #require(made.json["href"]?.stringValue)
    #expect(try server.admin("PATCH", "/api/jobs/\(id)", ["visibility": "link"]).status == 200)
    #expect(try server.ask("GET", href).status == 200)
    #expect(try server.ask("GET", href.replacing(id, with: other)).status == 404)
    #expect(try server.ask("GET", href.replacing("expires=", with: "expires=9")).status == 404)
    #expect(try server.ask("DELETE", href.replacing("/files/echo.json", with: "")).status == 401)
  }

  @Test(
    "what leads out of a folder is not found",
    arguments: [
      "/api/jobs/ID/files/..%2fjob.json", "/api/jobs/ID/files/%2e%2e/job.json",
      "/api/jobs/ID/files/.ogive/command", "/api/jobs/ID/files//etc/passwd", "/api/jobs/ID/files/link",
      "/page/../../etc/passwd", "/library/..%2f..%2fetc/passwd", "/api/files?path=/etc", "/api/files?path=/../etc",
    ])
  func traversal(path: String) throws {
    let id = try server.submitEcho()
    _ = try server.wait(for: id, ["successful"])
    try FileManager.default.createSymbolicLink(
      atPath: "\(server.data)/jobs/\(id)/result/link", withDestinationPath: "/etc/passwd")
    let answer = try server.admin("GET", path.replacing("ID", with: id))
    #expect((400...404).contains(answer.status), "\(answer)")
    #expect(!answer.text.contains("root:"))
  }

  @Test("inputs name what the user may read, and nothing else")
  func inputs() throws {
    let (_, ada) = try server.addUser("ada")
    let secret = try server.submitEcho()
    _ = try server.wait(for: secret, ["successful"])
    #expect(
      try server.send("PUT", "/api/uploads/a.tif", Data([1, 2, 3]), ["Authorization": "Bearer \(ada)"]).status == 201)
    #expect(try server.ask("GET", "/api/uploads", token: ada).json["uploads"]?.arrayValue?.count == 1)
    #expect(try server.admin("GET", "/api/uploads").json["uploads"]?.arrayValue?.isEmpty == true)
    for name in ["..", ".x", "a%2fb", "a%5cb"] {
      let answer = try server.send("PUT", "/api/uploads/\(name)", Data([1]), ["Authorization": "Bearer \(ada)"])
      #expect((400...422).contains(answer.status), "\(name): \(answer)")
    }
  }

  @Test("a file that was sent up and only names other files is not opened")
  func leadingElsewhere() throws {
    let secret = server.folder.appending(path: "secret.bin").path
    try Data(repeating: 65, count: 64 * 64).write(to: URL(filePath: secret))
    let band = """
      <VRTRasterBand dataType="Byte" band="1" subClass="VRTRawRasterBand">
      <SourceFilename relativetoVRT="0">\(secret)</SourceFilename><ImageOffset>0</ImageOffset>
      <PixelOffset>1</PixelOffset><LineOffset>64</LineOffset></VRTRasterBand>
      """
    let text = "<VRTDataset rasterXSize=\"64\" rasterYSize=\"64\">\(band)</VRTDataset>"
    for name in ["a.vrt", "b.tif"] {
      let sent = try server.send(
        "PUT", "/api/uploads/\(name)", Data(text.utf8), ["Authorization": "Bearer \(server.token)"])
      #expect(sent.status == 201)
    }
    for name in ["a.vrt", "b.tif"] {
      let inputs: JSONValue = ["reference": .string("upload:\(name)"), "secondary": .string("upload:\(name)")]
      let answer = try server.admin("POST", "/api/processes/match/execution", ["inputs": inputs])
      #expect(answer.status == 422 && answer.json["kind"]?.stringValue?.hasPrefix("raster") == true, "\(answer)")
    }
  }

  @Test("malformed and oversized requests are refused with the reason")
  func malformed() throws {
    let headers = ["Authorization": "Bearer \(server.token)", "Content-Type": "application/json"]
    let path = "/api/processes/echo/execution"
    for text in ["", "{", "[1]", "{\"inputs\":{}} x", "{\"inputs\":{},\"inputs\":{}}", "\u{0}"] {
      #expect(try server.send("POST", path, Data(text.utf8), headers).status == 400, "\(text)")
    }
    let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
    #expect(try server.send("POST", path, Data("{\"inputs\":{\"message\":\(deep)}}".utf8), headers).status == 400)
    #expect(try server.send("POST", path, Data(count: 5 << 20), headers).status == 413)
    #expect(try server.admin("PATCH", "/api/processes").status == 405)
    #expect(try server.admin("PATCH", "/api/processes").header("Allow") == "GET, HEAD, OPTIONS")
  }

  @Test("a login through an identity provider that fails ends on a page that says why, not in JSON")
  func failedIdentityLogin() throws {
    // The public address must be known beforehand; the port may be taken.
    var found: RunningServer?
    for _ in 0..<5 where found == nil {
      let place = "127.0.0.1:\(Int.random(in: 20_000...30_000))"
      // Nothing listens at the issuer's.
      let issuer = ["--oidc-issuer", "http://127.0.0.1:1", "--oidc-client", "ogive"]
      found = try? RunningServer(issuer + ["--public-url", "http://\(place)"], bind: place)
    }
    let server = try #require(found)
    for (path, status) in [("/login/oidc", 502), ("/login/oidc/return?error=access_denied&state=x", 403)] {
      let page = try server.ask("GET", path, headers: ["Accept": "text/html,application/xhtml+xml,*/*;q=0.8"])
      #expect(page.status == status && page.header("Content-Type") == "text/html; charset=utf-8", "\(page)")
      #expect(page.text.contains("<h1>") && page.text.contains("<dt>detail</dt>") && page.text.contains("href=\"/\""))
      #expect(try server.ask("GET", path).header("Content-Type") == "application/problem+json")
    }
  }
}
