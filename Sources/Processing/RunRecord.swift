// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters

/// An input of a run, identified by what it holds and not by where it lies.
public struct InputFile: Sendable, Equatable {
  public let path: String
  public let bytes: Int
  public let checksum: Checksum

  public init(path: String, bytes: Int, checksum: Checksum) {
    self.path = path
    self.bytes = bytes
    self.checksum = checksum
  }

  /// Reads files from beginning to end for their checksums, several at a time.
  ///
  /// - Returns: one entry a path, in the order of the paths.
  /// - Throws: `ProcessingError.fileNotReadable` for the first path that cannot be read; `RunCancelled`.
  public static func read(_ paths: [String], threads: Int, cancellation: Cancellation) throws -> [InputFile] {
    let plan = TilePlan(rows: paths.count, columns: 1, tileRows: 1, tileColumns: 1)
    let files = Collector<InputFile>()
    let runner = TileRunner(threads: threads, cancellation: cancellation, progress: ProgressReporter(.quiet))
    try runner.run(plan, stage: "checksums") { window in
      let path = paths[window.row]
      let checksum = try FileChecksum.sha256(ofFile: path, cancellation: cancellation)
      let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
      return InputFile(path: path, bytes: size, checksum: checksum)
    } deliver: { _, file in
      files.values.append(file)
    }
    return files.values
  }

  var json: JSONValue {
    ["path": .string(path), "bytes": .integer(bytes), "sha256": .string(checksum.hexadecimal)]
  }
}

/// The runner calls `deliver` for one tile at a time, so this needs no lock.
private final class Collector<Value: Sendable>: @unchecked Sendable {
  var values: [Value] = []
}

/// Everything that it takes to repeat a run: what `config.lock.json` holds.
public struct RunRecord: Sendable {
  /// Name of the command, e.g. `match`.
  public let command: String
  /// Version of Ogive.
  public let version: String
  public let inputs: [InputFile]
  /// All parameters with their defaults filled in.
  package let parameters: JSONObject

  package init(command: String, version: String, inputs: [InputFile], parameters: JSONObject) {
    self.command = command
    self.version = version
    self.inputs = inputs
    self.parameters = parameters
  }

  /// The record as indented JSON. It holds no time and no machine: the same run gives the same bytes.
  public var text: String {
    let record: JSONObject = [
      "command": .string(command), "version": .string(version), "inputs": .array(inputs.map(\.json)),
      "parameters": .object(parameters),
    ]
    return record.text(.pretty) + "\n"
  }

  /// The key of the unit that covers `window` in a stage of this run.
  ///
  /// - Parameters:
  ///   - stage: name of the stage's algorithm, with `stageVersion`, raised whenever its results change.
  ///   - relevant: the parameters that this stage depends on; all of the run's when nil.
  package func key(stage: String, stageVersion: Int, relevant: JSONObject? = nil) -> @Sendable (Window) -> UnitKey {
    let checksums = inputs.map(\.checksum), text = (relevant ?? parameters).text(.canonical)
    return { window in
      UnitKey(algorithm: stage, version: stageVersion, inputs: checksums, parameters: text, window: window)
    }
  }
}
