// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

import struct Parameters.InputFile

/// Gives back what it was given after a while: the process that conformance tests and monitoring run.
public struct EchoCommand: Command {
  public init() {}

  public let id = "echo"
  public let summary = "Give back the inputs after a while"
  public let discussion =
    "Measures nothing. Clients and conformance tests use it to see whether jobs are accepted, run, and can be dismissed."

  /// Choices of `echo`.
  public struct Parameters: ParameterSet {
    @Parameter("Text that comes back") public var message = ""
    @Parameter("Number that comes back") public var number = 0.0
    @Parameter("Numbers that come back") public var numbers: [Double] = []
    @Parameter("Box that comes back, or a file whose name does") public var area: Area?
    @Parameter("Small file whose bytes come back in base 64") public var file: InputFile?
    @Parameter("How long it takes", unit: "s", in: 0...3600) public var delay = 0.0
    @Parameter("Whether to fail in the end, as a deterministic error does") public var fail = false
    @Parameter("Folder for the result; made when absent") public var out: OutputFolder

    public init() {}
  }

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let p = invocation.parameters
    let folder = try RunFolder(at: p.out.path, for: id)
    let progress = ProgressReporter()
    let cancellation = Cancellation.watchingSignals()
    let steps = max(1, Int(p.delay * 10))
    progress.begin("wait", total: steps, unit: "steps")
    // The delay is what was asked for: it stands for work.
    for _ in 0..<steps {
      try cancellation.check()
      if p.delay > 0 { usleep(UInt32(p.delay * 1e6 / Double(steps))) }
      progress.advance()
    }
    progress.end()
    if p.fail {
      throw ParameterError(.conflict, "the echo was asked to fail; ask for it without fail to see it succeed")
    }
    var echo: JSONObject = [
      "message": .string(p.message), "number": .number(p.number), "delay": .number(p.delay),
      "numbers": .array(p.numbers.map(JSONValue.number)),
    ]
    switch p.area {
    case .polygons(let file): echo["area"] = .string(URL(filePath: file.path).lastPathComponent)
    case let box?: echo["area"] = box.json
    case nil: break
    }
    if let file = p.file { echo["file"] = .string(try Self.bytes(of: file.path).base64EncodedString()) }
    try folder.write(echo.text(.pretty) + "\n", to: "echo.json")
    try folder.write(p.message, to: "message.txt")
    try folder.finish()
    return .done
  }

  private static let mostBytes = 65_536

  private static func bytes(of path: String) throws -> Data {
    guard let file = FileHandle(forReadingAtPath: path), let data = try file.read(upToCount: mostBytes + 1) else {
      throw ParameterError(.conflict, "the echo can't read its file, or the file is empty; give another")
    }
    guard data.count <= mostBytes else {
      throw ParameterError(.conflict, "the echo gives back files of \(mostBytes) bytes at most; give a smaller one")
    }
    return data
  }
}
