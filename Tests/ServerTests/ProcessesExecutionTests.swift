// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Testing

/// Modes, inputs and forms of the response of OGC API Processes 1.0 (OGC 18-062r2); the second part of the checks of the
/// executable test suite, derived again. docs/results/ogc-processes.md says which test stands for which check.
@Suite("Execution by OGC API Processes 1.0")
struct ProcessesExecutionTests {
  let server: RunningServer

  init() throws { server = try RunningServer() }

  private func execute(
    _ body: JSONValue, _ headers: [String: String] = [:], process: String = "echo"
  ) throws -> RunningServer.Answer {
    try server.admin("POST", "/api/processes/\(process)/execution", body, headers: headers)
  }

  private func echoed(_ inputs: JSONObject) throws -> JSONValue {
    let answer = try execute(["inputs": .object(inputs), "response": "document"])
    #expect(answer.status == 200, "\(answer)")
    return answer.json["echo"] ?? .null
  }

  /// The results of a job that was begun with a body and has ended.
  private func later(_ body: JSONValue) throws -> RunningServer.Answer {
    let begun = try execute(body, ["Prefer": "respond-async"])
    #expect(begun.status == 201 && begun.header("Location") != nil, "\(begun)")
    let id = try #require(begun.json["jobID"]?.stringValue)
    _ = try server.wait(for: id, ["successful"])
    return try server.admin("GET", "/api/jobs/\(id)/results")
  }

  // MARK: - Modes

  @Test("a process of both modes answers as is preferred, else at once (core/job-creation-*-execution-mode)")
  func modes() throws {
    let body: JSONValue = ["inputs": ["message": "hi"]]
    for headers in [[:], ["Prefer": "respond-sync"], ["Prefer": "wait=10"]] {
      #expect(try execute(body, headers).status == 200, "\(headers)")
    }
    let later = try execute(body, ["Prefer": "respond-async, wait=10"])
    #expect(later.status == 201 && later.header("Preference-Applied") == "respond-async")
    let simulation: JSONValue = ["inputs": ["image": "texture", "rows": 64, "columns": 64]]
    let begun = try execute(simulation, process: "simulate")
    #expect(begun.status == 201 && begun.json["status"] == "accepted", "one that takes long never answers at once")
    _ = try server.wait(for: begun.json["jobID"]?.stringValue ?? "", ["successful"])
  }

  @Test("without outputs in the request all of the description come (core/job-creation-default-outputs)")
  func defaultOutputs() throws {
    let described = try server.ask("GET", "/api/processes/echo").json["outputs"]?.objectValue ?? [:]
    let answer = try execute(["inputs": ["message": "hi"]])
    #expect(answer.json.objectValue?.keys.sorted() == described.keys.sorted() && described.count > 1)
    #expect(answer.json["message"] == "hi" && answer.json["echo"]?["message"] == "hi")
  }

  // MARK: - Inputs

  @Test("arrays, boxes, bytes, mixed types, objects and values come in inline (core/job-creation-input-inline-*)")
  func inlineInputs() throws {
    #expect(try echoed(["numbers": [1.5, 2.5, -3.5]])["numbers"] == [1.5, 2.5, -3.5])
    let crs: JSONValue = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    let box = try echoed(["area": ["bbox": [6.8, 45.8, 7.1, 46.5], "crs": crs]])
    #expect(box["area"] == [6.8, 45.8, 7.1, 46.5])
    #expect(try echoed(["area": [6.8, 45.8, 7.1, 46.5]])["area"] == [6.8, 45.8, 7.1, 46.5])
    let bytes = Data([0, 1, 255]).base64EncodedString()
    let binary: JSONValue = ["value": .string(bytes), "encoding": "base64", "mediaType": "application/octet-stream"]
    #expect(try echoed(["file": binary])["file"] == .string(bytes))
    // Of two types: a box above, a file here.
    #expect(try echoed(["area": binary])["area"] == "area")
    #expect(try echoed(["number": ["value": 7.5, "mediaType": "application/json"]])["number"] == 7.5)
  }

  @Test("files come in by reference, those of jobs and those sent up (core/job-creation-input-ref, -inputs)")
  func references() throws {
    let headers = ["Authorization": "Bearer \(server.token)", "Content-Type": "application/octet-stream"]
    #expect(try server.send("PUT", "/api/uploads/a.bin", Data("up".utf8), headers).status == 201)
    let text = Data("up".utf8).base64EncodedString()
    #expect(try echoed(["file": "upload:a.bin"])["file"] == .string(text))
    let id = try server.submitEcho()
    _ = try server.wait(for: id, ["successful"])
    let link: JSONValue = ["href": .string("\(server.base)/api/jobs/\(id)/files/message.txt"), "type": "text/plain"]
    #expect(try echoed(["file": link])["file"] == .string(Data("hello".utf8).base64EncodedString()))
  }

  @Test(
    "an input against its description is refused and named (core/job-creation-input-validation)",
    arguments: [
      ["delay": -1], ["number": "many"], ["numbers": ["a"]], ["numbers": 1], ["area": [1, 2]],
      ["area": [3, 2, 1, 0]],
      ["fail": 1], ["message": 5], ["file": ["value": "§", "encoding": "base64"]], ["unknown": 1],
    ] as [JSONObject])
  func validation(inputs: JSONObject) throws {
    let answer = try execute(["inputs": .object(inputs)])
    #expect(answer.status == 400 && answer.header("Content-Type") == "application/problem+json", "\(answer)")
    let name = inputs.keys.first ?? ""
    #expect(answer.json["detail"]?.stringValue?.contains(name) == true, "\(name): \(answer)")
    for member in ["type", "title", "status"] { #expect(answer.json[member] != nil) }
  }

  // MARK: - Forms of the response

  private static let inputs: JSONValue = ["message": "hi", "number": 4.5]
  private static func body(_ outputs: JSONValue, _ response: String) -> JSONValue {
    ["inputs": inputs, "outputs": outputs, "response": .string(response)]
  }

  /// Parts of a response by their id: headers and body.
  private func parts(_ answer: RunningServer.Answer) throws -> [String: (head: String, body: String)] {
    let type = try #require(answer.header("Content-Type"))
    #expect(type.hasPrefix("multipart/related; type=\"application/json\""))
    let boundary = try #require(type.firstMatch(of: /boundary="([^"]+)"/)?.1)
    var found: [String: (head: String, body: String)] = [:]
    for part in answer.text.components(separatedBy: "--\(boundary)").dropFirst().dropLast() {
      // The two bytes that end a line are one character.
      let halves = part.trimmingPrefix("\r\n").dropLast(1).split(separator: "\r\n\r\n", maxSplits: 1)
      let head = String(halves.first ?? "")
      let id = head.firstMatch(of: /Content-ID: <([^>]+)>/)?.1 ?? ""
      found[String(id)] = (head, halves.count > 1 ? String(halves[1]) : "")
    }
    return found
  }

  @Test("one raw value is the body itself, at once and later (core/job-creation-sync-raw-value-one, -async-)")
  func oneRawValue() throws {
    let body = Self.body(["message": ["transmissionMode": "value"]], "raw")
    for answer in [try execute(body), try later(body)] {
      #expect(answer.status == 200 && answer.text == "hi", "\(answer)")
      #expect(answer.header("Content-Type")?.hasPrefix("text/plain") == true)
    }
  }

  @Test("several raw values come in parts, at once and later (core/job-creation-sync-raw-value-multi, -async-)")
  func severalRawValues() throws {
    let body = Self.body(["message": [:], "echo": ["transmissionMode": "value"]], "raw")
    for answer in [try execute(body), try later(body)] {
      let parts = try parts(answer)
      #expect(answer.status == 200 && parts.keys.sorted() == ["echo", "message"])
      #expect(parts["message"]?.body == "hi" && parts["message"]?.head.contains("Content-Type: text/plain") == true)
      #expect(try JSONValue(parsing: Array((parts["echo"]?.body ?? "").utf8))["number"] == 4.5)
    }
  }

  @Test("raw references are links without a body, at once and later (core/job-creation-sync-raw-ref, -async-)")
  func rawReferences() throws {
    let body = Self.body(
      ["message": ["transmissionMode": "reference"], "echo": ["transmissionMode": "reference"]], "raw")
    for answer in [try execute(body), try later(body)] {
      #expect(answer.status == 204 && answer.bytes.isEmpty)
      let link = try #require(answer.header("Link"))
      let target = try #require(link.firstMatch(of: /<([^>]+)>; rel="message"/)?.1)
      #expect(link.contains("rel=\"echo\""))
      #expect(try server.admin("GET", String(target)).text == "hi")
    }
  }

  @Test("raw values and references mixed come in parts, those without a value empty (core/job-*-raw-mixed-multi)")
  func mixed() throws {
    let body = Self.body(["message": ["transmissionMode": "reference"], "echo": [:]], "raw")
    for answer in [try execute(body), try later(body)] {
      let parts = try parts(answer)
      let message = try #require(parts["message"])
      #expect(answer.status == 200 && message.body.isEmpty && parts["echo"]?.body.contains("\"hi\"") == true)
      let place = try #require(message.head.firstMatch(of: /Content-Location: (\S+)/)?.1)
      #expect(try server.admin("GET", String(place)).text == "hi")
    }
  }

  @Test("a document holds values and links by the id of the output (core/job-creation-sync-document, -async-)")
  func document() throws {
    let body = Self.body(["message": ["transmissionMode": "reference"], "echo": [:]], "document")
    for answer in [try execute(body), try later(body)] {
      #expect(answer.status == 200 && answer.json["echo"]?["message"] == "hi")
      let link = try #require(answer.json["message"]?["href"]?.stringValue)
      #expect(try server.admin("GET", link).text == "hi")
    }
  }

  @Test("what answered at once is a job too, whose results are the same (core/job-results-sync)")
  func monitor() throws {
    let answer = try execute(["inputs": Self.inputs, "response": "document"])
    let link = try #require(answer.header("Link")?.firstMatch(of: /<([^>]+)>; rel="monitor"/)?.1)
    #expect(try server.admin("GET", String(link)).json["status"] == "successful")
    #expect(try server.admin("GET", link + "/results").json == answer.json)
  }
}
