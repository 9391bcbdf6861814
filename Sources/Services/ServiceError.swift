// SPDX-License-Identifier: Apache-2.0

/// Why a service could not do what it was asked to.
public struct ServiceError: Error, Sendable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    case dates = "service.dates"
    case noTexture = "service.no-texture"
    case noData = "service.no-data"
    case imageTooSmall = "service.image-too-small"
    case noPoints = "service.no-points"
    case storedTile = "service.stored-tile"
    case nothingMeasured = "service.nothing-measured"
    case noRunFolder = "service.no-run-folder"
    case noTruth = "service.no-truth"
    case gridMismatch = "service.grid-mismatch"
    case noOverlap = "service.no-overlap"
    case cancelled = "run.cancelled"
  }

  public let kind: Kind
  /// What happened, with the values, and how to cure it.
  public let message: String
  public let cause: (any Error)?

  public init(_ kind: Kind, _ message: String, cause: (any Error)? = nil) {
    self.kind = kind
    self.message = message
    self.cause = cause
  }

  public var description: String { message }
}
