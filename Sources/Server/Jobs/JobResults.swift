// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Jobs
import Parameters

/// The outputs of a job, by value or by address, in the forms of OGC API Processes 1.0.
struct JobResults {
  let job: Job
  let request: APIRequest
  let platform: Platform

  /// What was asked for when the job was made.
  private let wish: ResultsWish

  init(job: Job, request: APIRequest, platform: Platform) throws {
    (self.job, self.request, self.platform) = (job, request, platform)
    wish = try ResultsWish(job.response)
  }

  /// What a request that waited gets: one output as it is, several in the form that was asked for.
  func response() throws -> HTTPResponse {
    let outputs = try available().filter(wish.wants)
    if wish.form != .document, let output = outputs.first, outputs.count == 1 {
      return wish.transmission(of: output) == .reference ? addresses([output]) : try value(of: output)
    }
    return try several(outputs)
  }

  /// What a client gets that comes back for the results: a document, unless it has asked for the raw outputs.
  func laterResponse() throws -> HTTPResponse {
    wish.form == .raw ? try response() : .json(object: try document(try available().filter(wish.wants)))
  }

  /// Several outputs. Many clients send no wish at all and read JSON: only those that ask for raw values get parts.
  private func several(_ outputs: [ProcessOutput]) throws -> HTTPResponse {
    guard wish.form == .raw else { return .json(object: try document(outputs)) }
    if outputs.allSatisfy({ wish.transmission(of: $0) == .reference }) { return addresses(outputs) }
    return try parts(outputs)
  }

  /// No body, and a link to each output.
  private func addresses(_ outputs: [ProcessOutput]) -> HTTPResponse {
    var response = HTTPResponse.noContent
    for output in outputs { response.headers.add("Link", "<\(address(of: output))>; rel=\"\(output.id)\"") }
    return response
  }

  /// A part for each output: its bytes, or its address and nothing.
  private func parts(_ outputs: [ProcessOutput]) throws -> HTTPResponse {
    let boundary = "ogive-\(UUID().uuidString)"
    var body: [UInt8] = []
    for output in outputs {
      body += Array("--\(boundary)\r\nContent-ID: <\(output.id)>\r\nContent-Type: \(output.type)\r\n".utf8)
      if wish.transmission(of: output) == .reference {
        body += Array("Content-Location: \(address(of: output))\r\n\r\n".utf8)
      } else {
        body += Array("\r\n".utf8) + (try bytes(of: output))
      }
      body += Array("\r\n".utf8)
    }
    body += Array("--\(boundary)--\r\n".utf8)
    let type = "multipart/related; type=\"\(outputs[0].type)\"; boundary=\"\(boundary)\""
    return HTTPResponse(headers: ["Content-Type": type], body: .bytes(body))
  }

  private func document(_ outputs: [ProcessOutput]) throws -> JSONObject {
    JSONObject(try outputs.map { ($0.id, try entry(of: $0)) })
  }

  /// An output in a document: JSON and plain text by value, other files by their address unless the value is asked for.
  private func entry(of output: ProcessOutput) throws -> JSONValue {
    let link: JSONValue = ["href": .string(address(of: output)), "type": .string(output.type)]
    switch wish.transmission(of: output) {
    case .reference: return link
    case _ where output.type.hasSuffix("json"): return .object(try json(of: output))
    case _ where output.type == "text/plain": return .string(String(decoding: try bytes(of: output), as: UTF8.self))
    case nil: return link
    case .value:
      let text = Data(try bytes(of: output)).base64EncodedString()
      return ["value": .string(text), "encoding": "base64", "mediaType": .string(output.type)]
    }
  }

  private func bytes(of output: ProcessOutput) throws -> [UInt8] {
    guard case .file(let name) = output.source else { return Array(try json(of: output).text(.line).utf8) }
    return [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
  }

  /// One output as it is.
  func value(ofOutput id: String) throws -> HTTPResponse {
    guard let output = try available().first(where: { $0.id == id }) else {
      throw Problem(404, "jobs.no-such-output", "the job has no output '\(id)'; its results list those that it has")
    }
    return try value(of: output)
  }

  private func value(of output: ProcessOutput) throws -> HTTPResponse {
    if case .file(let name) = output.source { return try .file("\(folder)/\(name)") }
    return .json(object: try json(of: output), type: output.type)
  }

  private var folder: String { platform.resultFolder(of: job.id) }

  private func address(of output: ProcessOutput) -> String {
    if case .file(let name) = output.source { return request.link("/api/jobs/\(job.id)/files/\(name)") }
    return request.link("/api/jobs/\(job.id)/results/\(output.id)")
  }

  /// The outputs that the run has left.
  ///
  /// - Throws: 404 while it runs; the error that ended it where it failed and left nothing.
  private func available() throws -> [ProcessOutput] {
    guard job.state == .successful || job.isPartial else {
      guard job.state.isOver else {
        throw Problem(.resultNotReady, "the job \(job.id) is \(job.state.rawValue); ask again when it has ended")
      }
      let kind = job.errorKind ?? (job.state == .dismissed ? "jobs.dismissed" : "jobs.failed")
      // 5xx where the machine was to blame, such as by a full disk; else it is the job that can't be used.
      let own = Problem.status(ofKind: kind)
      throw Problem(job.state == .dismissed ? 404 : own > 500 ? own : 422, kind, job.message)
    }
    let process = try platform.registry.process(job.process)
    return try process.outputs.filter { output in
      guard case .file(let name) = output.source else { return true }
      if try platform.isWithheld(name, of: job, from: request.viewer) { return false }
      return FileManager.default.fileExists(atPath: "\(folder)/\(name)")
    }
  }

  private func json(of output: ProcessOutput) throws -> JSONObject {
    switch output.source {
    case .file(let name):
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
      return try JSONValue(parsing: bytes, named: name).objectValue ?? [:]
    case .job: return job.file.json
    case .items: return items
    }
  }

  /// The STAC items of the run with addresses in place of paths.
  private var items: JSONObject {
    let base = request.link("/api/jobs/\(job.id)/files")
    let paths = FileListing.files(below: folder + "/stac").map(\.path).filter { $0.hasSuffix(".json") }
    let features = paths.compactMap { path -> JSONValue? in
      guard let data = FileManager.default.contents(atPath: path),
        let item = (try? JSONValue(parsing: [UInt8](data), named: path))?.objectValue, item["type"] == "Feature"
      else { return nil }
      let place = path.dropFirst(folder.count).split(separator: "/").dropLast().joined(separator: "/")
      return .object(item.resolvingAddresses(base: base, folder: place))
    }
    return ["type": "FeatureCollection", "features": .array(features)]
  }
}

extension JSONObject {
  /// A STAC item whose assets and links lead to a server in place of files beside it.
  ///
  /// - Parameters:
  ///   - base: address of the run folder.
  ///   - folder: where the item's document lies in it, as `stac`.
  func resolvingAddresses(base: String, folder: String) -> JSONObject {
    func resolved(_ href: String) -> String {
      guard !href.contains("://"), !href.hasPrefix("/") else { return href }
      var parts = folder.split(separator: "/").map(String.init)
      for part in href.split(separator: "/") where part != "." {
        if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
      }
      return base + "/" + parts.joined(separator: "/")
    }
    func moved(_ value: JSONValue) -> JSONValue {
      guard var object = value.objectValue, let href = object["href"]?.stringValue else { return value }
      object["href"] = .string(resolved(href))
      return .object(object)
    }
    var item = self
    if let assets = item["assets"]?.objectValue {
      item["assets"] = .object(JSONObject(assets.map { ($0.key, moved($0.value)) }))
    }
    item["links"] = .array((item["links"]?.arrayValue ?? []).map(moved))
    return item
  }
}
