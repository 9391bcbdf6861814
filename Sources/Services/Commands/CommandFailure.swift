// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Why a command could not do its work though its arguments were right.
public struct CommandFailure: ExplainedError, Equatable, CustomStringConvertible {
  public enum Kind: String, Sendable, CaseIterable {
    case cancelled = "run.cancelled"
    case imageTooSmall = "simulation.image-too-small"
    case noTexture = "simulation.no-texture"
    case noRunFolder = "evaluation.no-run-folder"
    case noTruth = "evaluation.no-truth"
    case gridMismatch = "evaluation.grid-mismatch"
    case noOverlap = "evaluation.no-overlap"
  }

  public let kind: String
  /// What happened, with the values, and how to cure it.
  public let message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind.rawValue
    self.message = message
  }

  public var description: String { message }
}
