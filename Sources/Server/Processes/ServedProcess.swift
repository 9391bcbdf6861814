// SPDX-License-Identifier: Apache-2.0
import HTTP
import Parameters

/// A command of the tool as a process of the service: described and checked by its own declarations.
struct ServedProcess: Sendable {
  let command: any Command
  /// Whether a request may wait for the result; only for what ends in seconds.
  let isQuick: Bool

  var id: String { command.id }

  /// Inputs that belong to the server or the terminal, not to a request.
  static let hiddenInputs: Set<String> = ["out", "quiet", "dryRun", "threads"]

  /// What a request may give.
  var inputs: JSONObject {
    JSONObject(fields.filter { !Self.hiddenInputs.contains($0.key) }.map { ($0.key, $0.value) })
  }

  private var fields: JSONObject { Self.inputs(of: command) }

  private static func inputs<C: Command>(of command: C) -> JSONObject { C.Parameters.ogcInputs }

  /// Declared fields of a fresh set: shapes, defaults, help.
  var parameterFields: [ParameterField] { Self.fields(of: command) }

  private static func fields<C: Command>(of command: C) -> [ParameterField] { C.Parameters().fields }

  /// Checks inputs as the command line would and fills in defaults and presets.
  ///
  /// - Parameter out: the run folder, which requests don't give.
  /// - Throws: `ParameterError` with every problem.
  func resolved(_ inputs: JSONObject, out: String) throws(ParameterError) -> JSONObject {
    try Self.resolve(command, inputs, out)
  }

  private static func resolve<C: Command>(
    _ command: C, _ inputs: JSONObject, _ out: String
  ) throws(ParameterError) -> JSONObject {
    var given = inputs
    if C.Parameters().fields.contains(where: { $0.name == "out" }) { given["out"] = .string(out) }
    var resolved = try C.Parameters(overrides: given).json
    for name in hiddenInputs { resolved[name] = nil }
    return resolved
  }

  // MARK: - Documents

  func summary(version: String, link: (String) -> String) -> JSONObject {
    [
      "id": .string(id), "title": .string(command.summary),
      "description": .string(command.discussion.isEmpty ? command.summary : command.discussion),
      "version": .string(version),
      "jobControlOptions": isQuick ? ["sync-execute", "async-execute", "dismiss"] : ["async-execute", "dismiss"],
      "outputTransmission": ["value", "reference"],
      "links": ownLinks(link("/api/processes/\(id)"), title: "Description"),
    ]
  }

  func description(version: String, link: (String) -> String) -> JSONObject {
    var document = summary(version: version, link: link)
    document["links"] = .array(
      (document["links"]?.arrayValue ?? []) + [
        [
          "rel": "http://www.opengis.net/def/rel/ogc/1.0/execute",
          "href": .string(link("/api/processes/\(id)/execution")), "type": "application/json", "title": "Execute",
        ]
      ])
    document["inputs"] = .object(JSONObject(inputs.map { ($0.key, Self.openAPI(input: $0.value)) }))
    document["outputs"] = .object(
      JSONObject(
        outputs.map { output in
          (
            output.id,
            [
              "title": .string(output.title), "description": .string(output.help), "schema": .object(output.schema),
            ]
          )
        }))
    return document
  }

  var outputs: [ProcessOutput] { isQuick ? ProcessOutput.echo : ProcessOutput.ofRuns }

  /// Schemas of processes are of OpenAPI 3.0, which says `nullable` where JSON Schema lists the type null.
  private static func openAPI(input: JSONValue) -> JSONValue {
    guard var document = input.objectValue, let schema = document["schema"]?.objectValue else { return input }
    document["schema"] = .object(openAPI(schema: schema))
    return .object(document)
  }

  private static func openAPI(schema: JSONObject) -> JSONObject {
    var schema = schema
    if let types = schema["type"]?.arrayValue {
      schema["type"] = types.first { $0 != "null" }
      schema["nullable"] = true
    }
    if let choices = schema["enum"]?.arrayValue, choices.contains(.null) { schema["nullable"] = true }
    if let forms = schema["oneOf"]?.arrayValue {
      let real = forms.filter { $0["type"] != "null" }
      if real.count < forms.count { schema["nullable"] = true }
      schema["oneOf"] = .array(real.map { .object(openAPI(schema: $0.objectValue ?? [:])) })
    }
    if let items = schema["items"]?.objectValue { schema["items"] = .object(openAPI(schema: items)) }
    // In OpenAPI 3.0 the exclusive limits are flags beside the limit.
    for (exclusive, limit) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
      if let value = schema[exclusive], value.doubleValue != nil {
        schema[limit] = value
        schema[exclusive] = true
      }
    }
    return schema
  }
}

/// Something that a job gives back.
struct ProcessOutput: Sendable {
  /// Where it lies.
  enum Source: Sendable, Equatable {
    /// A file of the run folder, given by value where it is JSON, else by its address.
    case file(String)
    /// The run's STAC items, with addresses instead of paths.
    case items
    /// The job file.
    case job
  }

  let id: String
  let title: String
  let help: String
  let type: String
  let source: Source

  var schema: JSONObject {
    if type == "text/plain" { return ["type": "string", "contentMediaType": .string(type)] }
    return type == "application/json" || type == "application/geo+json"
      ? ["type": "object", "contentMediaType": .string(type)]
      : ["type": "string", "contentMediaType": .string(type), "contentEncoding": "binary"]
  }

  /// What every run folder has.
  static let ofRuns = [
    ProcessOutput(
      id: "items", title: "Products",
      help: "All rasters, vectors and cubes of the run as STAC items, with their addresses",
      type: "application/geo+json", source: .items),
    ProcessOutput(
      id: "summary", title: "Summary", help: "The figures of the run", type: "application/json",
      source: .file("summary.json")),
    ProcessOutput(
      id: "report", title: "Report", help: "Maps, statistics and parameters in one page", type: "text/html",
      source: .file("report.html")),
    ProcessOutput(
      id: "job", title: "Job file", help: "What ogive run repeats the job from", type: "application/json",
      source: .job),
  ]

  static let echo = [
    ProcessOutput(
      id: "echo", title: "Echo", help: "The inputs as they came", type: "application/json",
      source: .file("echo.json")),
    ProcessOutput(
      id: "message", title: "Message", help: "The text alone", type: "text/plain", source: .file("message.txt")),
  ]
}

/// The processes of a tool.
struct ProcessRegistry: Sendable {
  let processes: [ServedProcess]

  /// Takes every command that makes a run folder, in the tool's order, and the echo of the conformance tests.
  init(_ tool: CommandLineTool) {
    processes = tool.commands.compactMap { command in
      if command is EchoCommand { return ServedProcess(command: command, isQuick: true) }
      let process = ServedProcess(command: command, isQuick: false)
      let out = process.parameterFields.first { $0.name == "out" }
      return !command.isHidden && out?.isRequired == true ? process : nil
    }
  }

  /// - Throws: `noSuchProcess`.
  func process(_ id: String) throws(Problem) -> ServedProcess {
    guard let process = processes.first(where: { $0.id == id }) else {
      throw Problem(.noSuchProcess, "there is no process '\(id)'; /api/processes lists them")
    }
    return process
  }
}
