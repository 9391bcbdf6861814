// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters

/// What makes a unit of work the same as another: equal keys, equal results.
public struct UnitKey: Hashable, Sendable {
  public let checksum: Checksum

  /// - Parameters:
  ///   - algorithm: stable name and version of what is computed; a change of results changes the version.
  ///   - inputs: checksums of all input files, in the order of the algorithm's arguments.
  ///   - parameters: canonical JSON (members sorted) of the parameters that the result depends on.
  ///   - window: the part of the output lattice.
  public init(algorithm: String, version: Int, inputs: [Checksum], parameters: String, window: Window) {
    let text: JSONObject = [
      "algorithm": .string(algorithm), "version": .integer(version),
      "inputs": .array(inputs.map { .string($0.hexadecimal) }), "parameters": .string(parameters),
      "window": [.integer(window.row), .integer(window.column), .integer(window.rows), .integer(window.columns)],
    ]
    checksum = SHA256.checksum(of: text.text(.canonical))
  }
}

/// Finished units of work on disk: what makes a run resumable after it was stopped.
///
/// A unit is one file, named by its key, that appears whole or not at all. A file that fails its own checksum is
/// removed and computed again, so no state of the disk can change a result.
public struct UnitStore: Sendable {
  public let folder: String

  /// - Parameter folder: an existing folder that only this store uses.
  public init(folder: String) { self.folder = folder }

  /// The stored arrays of a unit, or nil where there are none or they are damaged.
  public func load(_ key: UnitKey) -> UnitArrays? {
    let path = path(of: key)
    guard let data = try? Data(contentsOf: URL(filePath: path), options: .alwaysMapped) else { return nil }
    if let arrays = data.withUnsafeBytes(UnitArrays.init(decoding:)) { return arrays }
    unlink(path)
    return nil
  }

  /// Some rows of the arrays of a unit that this run has stored, or loaded and so checked, before.
  ///
  /// - Throws: `fileNotReadable` when the unit is gone.
  public func load(_ key: UnitKey, rows: Range<Int>) throws(ProcessingError) -> UnitArrays {
    let path = path(of: key)
    guard let data = try? Data(contentsOf: URL(filePath: path), options: .alwaysMapped),
      let arrays = data.withUnsafeBytes({ UnitArrays(unchecked: $0, rows: rows) })
    else {
      throw ProcessingError(
        .fileNotReadable, "\(path), a result that this run has stored, is gone or damaged; run the same command again"
      )
    }
    return arrays
  }

  /// Stores a unit under its key.
  ///
  /// - Throws: `diskFull`, `fileNotWritable`.
  public func save(_ arrays: UnitArrays, for key: UnitKey) throws(ProcessingError) {
    let bytes = arrays.encoded()
    var failed: ProcessingError?
    bytes.withUnsafeBytes { buffer in
      do throws(ProcessingError) {
        // A unit that a power cut truncates is found by its checksum: waiting for the disk would only cost time.
        try AtomicFile.write(buffer, to: path(of: key), isDurable: false)
      } catch { failed = error }
    }
    if let failed { throw failed }
  }

  /// Removes all units but those with the given keys.
  public func prune(keeping keys: Set<UnitKey> = []) {
    let kept = Set(keys.map { $0.checksum.hexadecimal + ".unit" })
    for entry in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where !kept.contains(entry) {
      guard entry.hasSuffix(".unit") || entry.hasSuffix(".part") else { continue }
      unlink("\(folder)/\(entry)")
    }
  }

  private func path(of key: UnitKey) -> String { "\(folder)/\(key.checksum.hexadecimal).unit" }
}
