// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Parameters of one command in a file: what `--config` reads and what a run leaves as `config.lock.json`.
///
/// Two forms are read. The short one holds parameters beside `$schema` and `process`:
/// `{"process": "match", "reference": "a.tif", "templateWindow": 51}`. The long one, which is also an execution
/// request of OGC API Processes, holds them under `inputs`; there `provenance` (versions, checksums) may stand
/// too, which is kept for people and not read.
public struct JobFile: Sendable, Equatable {
  /// The command that the parameters belong to; nil when the file does not say.
  public var process: String?
  public var inputs: JSONObject
  public var provenance: JSONObject

  public init(process: String?, inputs: JSONObject, provenance: JSONObject = [:]) {
    (self.process, self.inputs, self.provenance) = (process, inputs, provenance)
  }

  /// Reads the text of a job file.
  ///
  /// - Parameter name: what the file is called in messages.
  /// - Throws: `ParameterError` for malformed JSON, keys of the long form that are unknown, or wrong types of
  ///   `process` and `inputs`. The parameters themselves are checked by the set that they are for.
  public init(parsing bytes: [UInt8], named name: String) throws(ParameterError) {
    guard var members = try JSONValue(parsing: bytes, named: name).objectValue else {
      throw ParameterError(.malformedJSON, "\(name) must be an object: {\"parameter\": value, …}")
    }
    members["$schema"] = nil
    if let value = members["process"] {
      guard let text = value.stringValue else {
        throw ParameterError(.wrongType, "process in \(name) takes the name of a command, not \(value)")
      }
      process = text
      members["process"] = nil
    }
    provenance = [:]
    guard let nested = members["inputs"] else {
      inputs = members
      return
    }
    guard let object = nested.objectValue else {
      throw ParameterError(.wrongType, "inputs in \(name) takes an object of parameters, not \(nested)")
    }
    inputs = object
    provenance = members["provenance"]?.objectValue ?? [:]
    // "outputs" and "response" belong to execution requests; a command line has no use for them.
    let strays = members.keys.filter { !["inputs", "provenance", "outputs", "response"].contains($0) }
    guard strays.isEmpty else {
      throw ParameterError(
        strays.map { key in
          ParameterError.Problem(
            .unknown, parameter: key,
            "unknown key \(key) beside inputs in \(name); parameters stand inside inputs")
        })
    }
  }

  /// Reads a job file.
  public init(contentsOf path: String) throws(ParameterError) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let bytes: [UInt8]
    do {
      bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      let exists = FileManager.default.fileExists(atPath: path)
      throw ParameterError(
        .unreadable,
        "the job file \(path) " + (exists ? "can't be read; is it a file that you may read?" : "does not exist"))
    }
    try self.init(parsing: bytes, named: name)
  }

  /// The long form.
  public var json: JSONObject {
    var object = JSONObject()
    if let process { object["process"] = .string(process) }
    object["inputs"] = .object(inputs)
    if !provenance.isEmpty { object["provenance"] = .object(provenance) }
    return object
  }
}
