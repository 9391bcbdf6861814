// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Jobs
import Parameters

/// The outputs of a job, by value or by address.
struct JobResults {
  let job: Job
  let request: APIRequest
  let platform: Platform

  /// What a request that waited gets: one output as it is, several as a document, addresses as links.
  func response(_ asked: ExecuteRequest) throws -> HTTPResponse {
    let outputs = try available().filter { asked.outputs?[$0.id] != nil || asked.outputs == nil }
    if asked.response == .raw, outputs.count == 1, let output = outputs.first {
      let mode = asked.outputs?[output.id] ?? .value
      guard mode == .value else {
        var response = HTTPResponse.noContent
        response.headers.add("Link", "<\(address(of: output))>; rel=\"\(output.id)\"")
        return response
      }
      return try value(of: output)
    }
    return .json(object: try document(outputs, asked.outputs ?? [:]))
  }

  /// All outputs as one document.
  func document() throws -> JSONObject { try document(try available(), [:]) }

  private func document(
    _ outputs: [ProcessOutput], _ modes: [String: ExecuteRequest.Transmission]
  ) throws -> JSONObject {
    JSONObject(
      try outputs.map { output in
        let isJSON = output.type.hasSuffix("json")
        if isJSON, modes[output.id] != .reference { return (output.id, .object(try json(of: output))) }
        return (output.id, ["href": .string(address(of: output)), "type": .string(output.type)])
      })
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
      throw Problem(job.state == .dismissed ? 404 : 500, kind, job.message)
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
