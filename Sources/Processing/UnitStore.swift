// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters

/// What makes a unit of work the same as another: equal keys, equal results.
public struct UnitKey: Hashable, Sendable {
  public let checksum: Checksum

  /// A key that was written down.
  package init(_ checksum: Checksum) { self.checksum = checksum }

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

/// What the units of one stage of a chain have in common. A unit's key is made of this and of the keys of the units
/// that it reads, so a changed parameter reruns its own stage and those after it, and nothing else.
public struct StageIdentity: Sendable {
  public let name: String
  /// Raised whenever the same inputs give other results.
  public let version: Int
  private let parameters: String

  /// - Parameter parameters: those that this stage itself depends on.
  public init(_ name: String, version: Int, parameters: JSONObject) {
    (self.name, self.version, self.parameters) = (name, version, parameters.text(.canonical))
  }

  /// The key of one unit.
  ///
  /// - Parameters:
  ///   - reads: checksums of the files and the keys of the units that it is made from, in a fixed order.
  ///   - window: its part of the lattice; empty where a unit is no part of one.
  public func key(reading reads: [Checksum], window: Window = Window(row: 0, column: 0, rows: 0, columns: 0))
    -> UnitKey
  {
    UnitKey(algorithm: name, version: version, inputs: reads, parameters: parameters, window: window)
  }
}

/// Finished units of work on disk: what makes a run resumable after it was stopped.
///
/// A unit is one file, named by its key, that appears whole or not at all. A file that fails its own checksum is
/// removed and computed again, so no state of the disk can change a result.
public struct UnitStore: Sendable {
  public let folder: String

  /// Where units of other runs are found, and those of this one are left for them.
  private let cache: UnitCache?

  /// - Parameters:
  ///   - folder: an existing folder that only this store uses.
  ///   - cache: units of other runs; none when nil.
  public init(folder: String, cache: UnitCache? = nil) { (self.folder, self.cache) = (folder, cache) }

  /// The stored arrays of a unit, or nil where there are none or they are damaged.
  public func load(_ key: UnitKey) -> UnitArrays? {
    let path = path(of: key)
    take(key)
    guard let data = try? Data(contentsOf: URL(filePath: path), options: .alwaysMapped) else { return nil }
    if let arrays = data.withUnsafeBytes(UnitArrays.init(decoding:)) { return arrays }
    remove(key)
    return nil
  }

  /// Whether a file of that key is there, whole or not: for counting what is left to do.
  package func mayHold(_ key: UnitKey) -> Bool {
    take(key)
    return access(path(of: key), F_OK) == 0
  }

  /// Brings a unit that another run has left.
  private func take(_ key: UnitKey) {
    guard let cache, access(path(of: key), F_OK) != 0 else { return }
    _ = cache.take(name(of: key), to: path(of: key))
  }

  /// Removes a unit here and, being the same file there, among those of other runs.
  package func remove(_ key: UnitKey) {
    unlink(path(of: key))
    cache?.remove(name(of: key))
  }

  /// Whether a unit is there and whole; one that is damaged is removed.
  public func holds(_ key: UnitKey) -> Bool {
    let path = path(of: key)
    take(key)
    guard let data = try? Data(contentsOf: URL(filePath: path), options: .alwaysMapped) else { return false }
    if data.withUnsafeBytes(UnitArrays.isWhole) { return true }
    remove(key)
    return false
  }

  /// Some rows of the arrays of a unit that this run has stored, or loaded and so checked, before.
  ///
  /// - Parameter names: the fields wanted; all when nil.
  /// - Throws: `fileNotReadable` when the unit is gone.
  public func load(
    _ key: UnitKey, rows: Range<Int>?, names: Set<String>? = nil
  ) throws(ProcessingError) -> UnitArrays {
    let path = path(of: key)
    guard let data = try? Data(contentsOf: URL(filePath: path), options: .alwaysMapped),
      let arrays = data.withUnsafeBytes({ UnitArrays(unchecked: $0, rows: rows, names: names) })
    else { throw incomplete(key) }
    return arrays
  }

  func incomplete(_ key: UnitKey) -> ProcessingError {
    ProcessingError(
      .fileNotReadable,
      "\(path(of: key)), a result that this run has stored, is gone or damaged; run the same command again")
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
        // Two dates of the same contents may be at the same unit at the same time, each under a name of its own.
        let path = path(of: key)
        try AtomicFile.write(
          buffer, to: path, partial: "\(path).\(UUID().uuidString).part", isDurable: false)
      } catch { failed = error }
    }
    if let failed { throw failed }
    cache?.keep(path(of: key), as: name(of: key))
  }

  /// Removes all units but those with the given keys.
  public func prune(keeping keys: Set<UnitKey> = []) {
    let kept = Set(keys.map(name(of:)))
    for entry in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where !kept.contains(entry) {
      guard entry.hasSuffix(".unit") || entry.hasSuffix(".part") else { continue }
      unlink("\(folder)/\(entry)")
    }
  }

  private func name(of key: UnitKey) -> String { key.checksum.hexadecimal + ".unit" }

  private func path(of key: UnitKey) -> String { "\(folder)/\(name(of: key))" }
}
