// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Parameters

/// Turns the inputs of a request into those of the command: references become paths that the viewer may read.
///
/// A path may be given as `/offered/folder/file`, `job:ID/products/dx.tif`, `upload:NAME`, `drawing:ID`,
/// `item:COLLECTION/ID`, `package:ID`, as `{"href": …}` of an address of this server, or as bytes in base 64.
struct InputResolver {
  let platform: Platform
  let viewer: Viewer
  /// Where bytes that came inside the request are kept as files.
  let folder: String
  let base: String
  let trace = InputTrace()

  func resolve(_ inputs: JSONObject, for process: ServedProcess) throws -> JSONObject {
    var resolved: JSONObject = [:]
    let fields = process.parameterFields
    for (name, value) in inputs {
      guard !ServedProcess.hiddenInputs.contains(name) else {
        throw Problem(.inputNotAllowed, "the input \(name) is the server's own; leave it out")
      }
      let value = plain(value)
      guard let field = fields.first(where: { $0.name == name }) else {
        // The command says which names it knows.
        resolved[name] = value
        continue
      }
      let word = field.declaration.word.map(JSONValue.string)
      resolved[name] = value == word ? value : try resolve(value, of: field)
    }
    return resolved
  }

  /// A qualified value without its wrapping.
  private func plain(_ value: JSONValue) -> JSONValue {
    guard let object = value.objectValue else { return value }
    if let box = object["bbox"]?.arrayValue {
      return .array(box.count == 6 ? [box[0], box[1], box[3], box[4]] : box)
    }
    if let inner = object["value"], object["href"] == nil, object["encoding"] != "base64",
      object["format"]?["encoding"] != "base64"
    {
      return inner
    }
    return value
  }

  private func resolve(_ value: JSONValue, of field: ParameterField) throws -> JSONValue {
    let shape = field.declaration.shape
    switch shape.type {
    case .path(let role) where role == .inputFile || role == .inputFolder:
      guard shape.isList else { return try .string(path(value, field)) }
      let elements = value.arrayValue ?? [value]
      return .array(try elements.flatMap { try paths(plain($0), field) }.map(JSONValue.string))
    case .path:
      throw Problem(.inputNotAllowed, "the input \(field.name) names a file to write; the server chooses those")
    case .area:
      return value.arrayValue == nil && !value.isNull ? try .string(path(value, field)) : value
    default: return value
    }
  }

  private func path(_ value: JSONValue, _ field: ParameterField) throws -> String {
    let paths = try paths(value, field)
    guard let first = paths.first, paths.count == 1 else {
      throw Problem(
        .invalidRequest, "the input \(field.name) takes one file, not the \(paths.count) of \(value.text(.line))")
    }
    return first
  }

  private func paths(_ value: JSONValue, _ field: ParameterField) throws -> [String] {
    if let text = value.stringValue { return try paths(reference: text) }
    guard let object = value.objectValue else {
      throw Problem(.invalidRequest, "the input \(field.name) takes a file: a path, a reference, or {\"href\": …}")
    }
    if let address = object["href"]?.stringValue { return try paths(address: address) }
    if let text = object["value"]?.stringValue { return [try keep(base64: text, as: field.name)] }
    throw Problem(.invalidRequest, "the input \(field.name) has neither href nor value")
  }

  // MARK: - Kinds of references

  private func paths(reference: String) throws -> [String] {
    let parts = reference.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !reference.hasPrefix("/") else {
      let path = try platform.offered.realPath(reference)
      trace.files.append(path)
      return [path]
    }
    let rest = parts[1]
    switch parts[0] {
    case "job": return [try jobPath(rest)]
    case "upload":
      try Uploads.check(rest)
      return [try ownFile(platform.uploads.folder(of: viewer.userID ?? "nobody"), rest)]
    case "drawing": return [try platform.drawings.path(of: rest, viewer: viewer)]
    case "item": return try platform.paths(ofItem: rest, viewer: viewer, trace)
    case "package": return try platform.paths(ofPackage: rest, viewer: viewer, trace)
    case "http", "https": return try paths(address: reference)
    default:
      throw Problem(
        .noSuchInput, "the reference \(reference) is of no known kind: job, upload, drawing, item, package, or a path"
      )
    }
  }

  /// `ID/path` of the result of a job that the viewer may see.
  private func jobPath(_ text: String) throws -> String {
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    let job = try platform.job(parts.first ?? "", viewer: viewer)
    trace.jobs.append(job.id)
    let name = parts.count > 1 ? parts[1] : ""
    if try platform.isWithheld(name, of: job, from: viewer) {
      throw Problem(.notAllowed, "\(name) of the job \(job.id) shows images whose licence is not yours")
    }
    return try ownFile(platform.resultFolder(of: job.id), name)
  }

  private func ownFile(_ folder: String, _ name: String) throws -> String {
    guard let root = OfferedFolders.real(folder), let real = OfferedFolders.real("\(root)/\(name)"),
      OfferedFolders.isInside(real, root)
    else { throw Problem(.noSuchInput, "there is no file '\(name)' there") }
    return real
  }

  /// An address of this server's own; nothing is fetched from elsewhere on somebody's word.
  private func paths(address: String) throws -> [String] {
    guard let url = URL(string: address), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme)
    else { return try paths(reference: address) }
    let prefix = base + "/api/jobs/"
    guard address.hasPrefix(prefix) else {
      throw Problem(
        .inputNotAllowed,
        "\(address) is elsewhere: import it into the catalogue or send the file first, then name it here")
    }
    let path = url.path.dropFirst("/api/jobs/".count).replacing("/files/", with: "/", maxReplacements: 1)
    return [try jobPath(String(path))]
  }

  private func keep(base64 text: String, as name: String) throws -> String {
    guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters), !data.isEmpty else {
      throw Problem(.invalidRequest, "the value of \(name) is not base 64")
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/\(name)"
    try data.write(to: URL(filePath: path))
    return path
  }
}
