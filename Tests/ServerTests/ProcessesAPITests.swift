// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Testing

/// The checks of the executable test suite of OGC API Processes 1.0, derived again from the standard's requirements
/// (OGC 18-062r2); each test names the requirements that it covers.
@Suite("OGC API Processes 1.0")
struct ProcessesAPITests {
  let server: RunningServer

  init() throws { server = try RunningServer() }

  private func execute(_ body: JSONValue, _ headers: [String: String] = [:]) throws -> RunningServer.Answer {
    try server.admin("POST", "/api/processes/echo/execution", body, headers: headers)
  }

  private func relations(_ value: JSONValue) -> Set<String> {
    Set(value["links"]?.arrayValue?.compactMap { $0["rel"]?.stringValue } ?? [])
  }

  @Test("the landing page links to description, conformance, processes and jobs (core/landingpage-*)")
  func landing() throws {
    let answer = try server.ask("GET", "/api")
    #expect(answer.status == 200)
    let found = relations(answer.json)
    for relation in ["service-desc", "conformance", "http://www.opengis.net/def/rel/ogc/1.0/processes"] {
      #expect(found.contains(relation), "no link \(relation)")
    }
    for link in answer.json["links"]?.arrayValue ?? [] where link["method"] != "POST" {
      let target = try server.ask("GET", link["href"]?.stringValue ?? "")
      #expect(target.status == 200, "\(link.text(.line)) leads to \(target.status)")
    }
  }

  @Test("the classes are declared (core/conformance-*)")
  func conformance() throws {
    let classes =
      try server.ask("GET", "/api/conformance").json["conformsTo"]?.arrayValue?.compactMap(\.stringValue) ?? []
    for name in ["core", "ogc-process-description", "json", "html", "oas30", "job-list", "callback", "dismiss"] {
      #expect(classes.contains("http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/\(name)"))
    }
  }

  @Test("processes are listed with a limit, and each is described (core/process-*, ogc-process-description/*)")
  func processes() throws {
    let list = try server.ask("GET", "/api/processes")
    let processes = try #require(list.json["processes"]?.arrayValue)
    #expect(relations(list.json).contains("self"))
    #expect(try server.ask("GET", "/api/processes?limit=1").json["processes"]?.arrayValue?.count == 1)
    for wrong in ["0", "10001", "x"] { #expect(try server.ask("GET", "/api/processes?limit=\(wrong)").status == 400) }
    for summary in processes {
      let id = try #require(summary["id"]?.stringValue)
      #expect(summary["version"]?.stringValue != nil)
      let process = try server.ask("GET", "/api/processes/\(id)").json
      #expect(process["id"]?.stringValue == id)
      #expect(relations(process).contains("http://www.opengis.net/def/rel/ogc/1.0/execute"))
      for (name, input) in process["inputs"]?.objectValue ?? [:] {
        #expect(input["title"]?.stringValue?.isEmpty == false, "\(id).\(name)")
        #expect(input["schema"]?.objectValue != nil && input["minOccurs"]?.intValue != nil, "\(id).\(name)")
      }
      for (name, output) in process["outputs"]?.objectValue ?? [:] {
        #expect(output["schema"]?.objectValue != nil, "\(id).\(name)")
      }
    }
  }

  @Test("an unknown process is no-such-process (core/process-exception/no-such-process)")
  func unknownProcess() throws {
    for (method, path) in [("GET", "/api/processes/nothing"), ("POST", "/api/processes/nothing/execution")] {
      let answer = try server.admin(method, path, method == "POST" ? ["inputs": [:]] : nil)
      #expect(answer.status == 404)
      #expect(
        answer.json["type"] == "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-process")
      #expect(answer.header("Content-Type") == "application/problem+json")
    }
  }

  @Test("without a wish for time a quick process answers at once, with a monitor (core/process-execute-sync-*)")
  func synchronous() throws {
    let one: JSONValue = ["echo": [:]]
    let raw = try execute(["inputs": ["message": "hi"], "outputs": one])
    #expect(raw.status == 200 && raw.json["message"] == "hi")
    #expect(raw.header("Link")?.contains("rel=\"monitor\"") == true)
    let document = try execute(["inputs": ["message": "hi"], "response": "document"])
    #expect(document.json["echo"]?["message"] == "hi")
    let reference = try execute([
      "inputs": ["message": "hi"], "outputs": ["echo": ["transmissionMode": "reference"]],
    ])
    #expect(reference.status == 204 && reference.header("Link")?.contains("rel=\"echo\"") == true)
    let preferred = try execute(["inputs": ["message": "hi"], "outputs": one], ["Prefer": "return=representation"])
    #expect(preferred.json["echo"]?["message"] == "hi")
  }

  @Test("qualified inputs count as their values (core/process-execute-input-*)")
  func inputs() throws {
    let qualified = try execute(["inputs": ["message": ["value": "hi", "mediaType": "text/plain"]]])
    #expect(qualified.json["echo"]?["message"] == "hi")
    let wrong: [JSONValue] = [
      ["inputs": ["number": "many"]], ["inputs": ["nothing": 1]], ["inputs": []], ["inputs": ["delay": -1]],
      ["inputs": ["message": "x"], "outputs": ["nothing": [:]]], ["inputs": ["out": "elsewhere"]], [],
    ]
    for body in wrong {
      let answer = try execute(body)
      #expect((400...403).contains(answer.status), "\(body.text(.line)) gives \(answer)")
      #expect(answer.json["detail"]?.stringValue?.isEmpty == false)
    }
  }

  @Test("respond-async gives 201, where to look, and a statusInfo (core/process-execute-*-async, core/job-*)")
  func asynchronous() throws {
    let answer = try execute(["inputs": ["message": "hi", "delay": 0.2]], ["Prefer": "respond-async"])
    #expect(answer.status == 201 && answer.header("Preference-Applied") == "respond-async")
    let id = try #require(answer.json["jobID"]?.stringValue)
    #expect(answer.header("Location") == "\(server.base)/api/jobs/\(id)")
    for member in ["jobID", "status", "type", "created"] { #expect(answer.json[member]?.stringValue != nil) }
    let early = try server.admin("GET", "/api/jobs/\(id)/results")
    #expect(early.status == 404 && early.json["type"]?.stringValue?.hasSuffix("result-not-ready") == true)
    let ended = try server.wait(for: id, ["successful"])
    #expect(ended["progress"]?.intValue == 100 && ended["finished"]?.stringValue != nil)
    let results = try server.admin("GET", "/api/jobs/\(id)/results")
    #expect(results.status == 200 && results.json["echo"]?["message"] == "hi")
    #expect(try server.admin("GET", "/api/jobs/\(id)/results/echo").json["message"] == "hi")
    #expect(try server.admin("GET", "/api/jobs/\(id)/results/nothing").status == 404)
  }

  @Test("an unknown job is no-such-job (core/job-exception-no-such-job, core/job-results-exception/no-such-job)")
  func unknownJob() throws {
    for path in ["/api/jobs/nothing", "/api/jobs/nothing/results", "/api/jobs/nothing/log"] {
      let answer = try server.admin("GET", path)
      #expect(answer.status == 404 && answer.json["type"]?.stringValue?.hasSuffix("no-such-job") == true)
    }
  }

  @Test("a failed job's results give the error that ended it (core/job-results-failed)")
  func failedJob() throws {
    let id = try server.submitEcho(fail: true)
    let ended = try server.wait(for: id, ["failed"])
    #expect(ended["attempt"]?.intValue == 1, "what fails by its inputs is not tried again")
    let results = try server.admin("GET", "/api/jobs/\(id)/results")
    #expect(results.status >= 400 && results.json["kind"] == "parameters.conflict")
    #expect(results.json["detail"]?.stringValue?.contains("asked to fail") == true)
  }

  @Test("a running job is dismissed within five seconds (dismiss/job-dismiss-*)")
  func dismiss() throws {
    let id = try server.submitEcho(delay: 600)
    _ = try server.wait(for: id, ["running"])
    let begin = Date()
    let answer = try server.admin("DELETE", "/api/jobs/\(id)")
    #expect(answer.status == 200 && answer.json["status"] == "dismissed")
    _ = try server.wait(for: id, ["dismissed"])
    #expect(Date().timeIntervalSince(begin) < 5)
    #expect(try server.admin("DELETE", "/api/jobs/\(id)").status == 200, "an ended one is removed")
    #expect(try server.admin("GET", "/api/jobs/\(id)").status == 404)
  }

  @Test("the list filters by process, status, time and duration, page by page (job-list/*)")
  func list() throws {
    var ids: [String] = []
    for _ in 0..<3 { ids.append(try server.submitEcho()) }
    ids.append(try server.submitEcho(fail: true))
    for id in ids { _ = try server.wait(for: id, ["successful", "failed"]) }
    func found(_ query: String) throws -> [String] {
      let jobs = try server.admin("GET", "/api/jobs" + query).json["jobs"]?.arrayValue ?? []
      return jobs.compactMap { $0["jobID"]?.stringValue }
    }
    #expect(try found("") == ids.reversed())
    #expect(try found("?status=failed") == [ids[3]])
    #expect(try found("?status=failed,successful&processID=echo&type=process").count == 4)
    #expect(try found("?processID=other").isEmpty)
    #expect(try found("?datetime=2001-01-01T00:00:00Z/2002-01-01T00:00:00Z").isEmpty)
    #expect(try found("?datetime=2001-01-01T00:00:00Z/..").count == 4)
    #expect(try found("?minDuration=100").isEmpty)
    #expect(try found("?maxDuration=100").count == 4)
    let first = try server.admin("GET", "/api/jobs?limit=3").json
    #expect(first["jobs"]?.arrayValue?.count == 3 && first["numberMatched"]?.intValue == 4)
    let next = first["links"]?.arrayValue?.first { $0["rel"] == "next" }?["href"]?.stringValue ?? ""
    #expect(try server.admin("GET", next).json["jobs"]?.arrayValue?.count == 1)
    for wrong in ["status=odd", "type=odd", "datetime=odd", "minDuration=x", "limit=0"] {
      #expect(try server.admin("GET", "/api/jobs?\(wrong)").status == 400, "\(wrong)")
    }
  }

  @Test("browsers get the same documents as pages, with all links and nothing that runs (html/*)")
  func pages() throws {
    let body: JSONValue = ["inputs": ["message": "<script>alert(1)</script>"], "title": "<b>bold</b>"]
    let id = try execute(body, ["Prefer": "respond-async"]).json["jobID"]?.stringValue ?? ""
    _ = try server.wait(for: id, ["successful"])
    let job = "/api/jobs/\(id)"
    for path in [
      "/api", "/api/conformance", "/api/processes", "/api/processes/echo", "/api/jobs", job, job + "/results",
    ] {
      let document = try server.admin("GET", path, headers: ["Accept": "application/json"])
      #expect(document.header("Content-Type") == "application/json", "\(path)")
      let page = try server.admin("GET", path, headers: ["Accept": "text/html,application/xhtml+xml,*/*;q=0.8"])
      #expect(page.status == 200 && page.header("Content-Type") == "text/html; charset=utf-8", "\(path)")
      for link in document.json["links"]?.arrayValue ?? [] {
        let address = (link["href"]?.stringValue ?? "none").replacing("&", with: "&amp;")
        #expect(page.text.contains("<a href=\"\(address)\">"), "\(path) lacks \(address)")
      }
      #expect(!page.text.contains("<script") && !page.text.contains("<b>"), "\(path)")
      #expect(try server.admin("GET", path + "?f=html").text.hasPrefix("<!DOCTYPE html>"))
      #expect(try server.admin("GET", path + "?f=json", headers: ["Accept": "text/html"]).text.hasPrefix("{"))
    }
    let nowhere = try server.ask("GET", "/api/nowhere", headers: ["Accept": "text/html"])
    #expect(nowhere.status == 404 && nowhere.text.contains("<h1>Not found</h1>"), "\(nowhere)")
    let export = try server.admin("GET", job + "/job.json", headers: ["Accept": "text/html"])
    #expect(export.json["process"] == "echo", "what is saved as a file stays what it is")
  }

  @Test("the OpenAPI document is whole in itself and names every operation once (oas30/*)")
  func openAPI() throws {
    let answer = try server.ask("GET", "/api/openapi")
    #expect(answer.header("Content-Type")?.hasPrefix("application/vnd.oai.openapi+json") == true)
    let document = answer.json
    #expect(document["openapi"]?.stringValue?.hasPrefix("3.0") == true)
    var operations: [String] = []
    for (path, item) in document["paths"]?.objectValue ?? [:] {
      for (method, operation) in item.objectValue ?? [:] {
        operations.append(try #require(operation["operationId"]?.stringValue, "\(method) \(path)"))
      }
    }
    #expect(operations.count > 40 && Set(operations).count == operations.count)
    let schemas = document["components"]?["schemas"]?.objectValue ?? [:]
    for match in answer.text.matches(of: /"\$ref":\s*"([^"]+)"/) {
      let target = String(match.1)
      #expect(target.hasPrefix("#/components/schemas/"), "\(target) leads outside")
      #expect(schemas[String(target.split(separator: "/").last ?? "")] != nil, "\(target) leads nowhere")
    }
  }
}
