// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Which outputs of a job are wanted, and in which form: kept with the job, since the results may be fetched days later.
struct ResultsWish: Sendable {
  enum Form: String, Sendable { case raw, document }
  enum Transmission: String, Sendable { case value, reference }

  /// Ids of the outputs, and how each is given where that was said; nil for all.
  var outputs: [String: Transmission?]?
  /// Nil leaves it to the server.
  var form: Form?

  /// From the members `outputs` and `response` of an execute request, or as they are kept with a job.
  ///
  /// - Throws: `invalidRequest` for a transmission that is neither value nor reference.
  init(_ body: JSONObject) throws(Problem) {
    form = body["response"]?.stringValue.flatMap(Form.init(rawValue:))
    guard let object = body["outputs"]?.objectValue else { return }
    var outputs: [String: Transmission?] = [:]
    for (id, wish) in object {
      let word = wish["transmissionMode"]?.stringValue, mode = word.flatMap(Transmission.init(rawValue:))
      guard word == nil || mode != nil else {
        throw Problem(.invalidRequest, "outputs.\(id).transmissionMode must be value or reference")
      }
      outputs.updateValue(mode, forKey: id)
    }
    self.outputs = outputs
  }

  var json: JSONObject {
    var json: JSONObject = [:]
    if let form { json["response"] = .string(form.rawValue) }
    guard let outputs else { return json }
    let wishes = outputs.sorted { $0.key < $1.key }.map { id, mode -> (String, JSONValue) in
      (id, mode.map { ["transmissionMode": .string($0.rawValue)] } ?? [:])
    }
    json["outputs"] = .object(JSONObject(wishes))
    return json
  }

  func wants(_ output: ProcessOutput) -> Bool { outputs.map { $0[output.id] != nil } ?? true }

  /// How an output is given; nil where nothing was said.
  func transmission(of output: ProcessOutput) -> Transmission? { outputs?[output.id] ?? nil }

  /// - Throws: `invalidRequest` for outputs that the process does not have.
  func check(_ process: ServedProcess) throws(Problem) {
    let known = process.outputs.map(\.id)
    for id in outputs?.keys.sorted() ?? [] where !known.contains(id) {
      throw Problem(
        .invalidRequest, "the process \(process.id) has no output '\(id)'; it has \(known.joined(separator: ", "))")
    }
  }
}
