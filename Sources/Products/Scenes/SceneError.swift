// SPDX-License-Identifier: Apache-2.0

/// Why a file or folder gave no scene.
///
/// Where many scenes are looked for, errors are values (`SceneCollection.problems`) and the others go on. `kind` is
/// stable, `message` says what happened and how to cure it, `cause` is what the layer below said.
public struct SceneError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case missing = "scene.missing"
    case unknown = "scene.unknown"
    case badMetadata = "scene.bad-metadata"
    case noGranule = "scene.no-granule"
    case noImages = "scene.no-images"
    case noDate = "scene.no-date"
    case damaged = "scene.damaged"
    case badList = "scene.bad-list"
    case duplicate = "scene.duplicate"
    case noBand = "scene.no-band"
    case gridMismatch = "scene.grid-mismatch"
    case noOverlap = "scene.no-overlap"
    case badArea = "scene.bad-area"
  }

  public let kind: Kind
  /// File or folder that it is about.
  public let path: String
  public let message: String
  public let cause: String?

  public init(_ kind: Kind, _ path: String, _ message: String, cause: String? = nil) {
    self.kind = kind
    self.path = path
    self.message = message
    self.cause = cause
  }

  public var description: String {
    guard let cause, !cause.isEmpty else { return message }
    return "\(message) (\(cause))"
  }
}

/// The scenes that were found, sorted by time, and what was wrong with the rest.
public struct SceneCollection: Sendable {
  public var scenes: [Scene]
  public var problems: [SceneError]

  public init(scenes: [Scene] = [], problems: [SceneError] = []) {
    self.scenes = scenes
    self.problems = problems
  }

  mutating func append(_ other: SceneCollection) {
    scenes += other.scenes
    problems += other.problems
  }
}
