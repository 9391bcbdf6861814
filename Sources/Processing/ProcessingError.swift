// SPDX-License-Identifier: Apache-2.0

/// Why something could not be done: of a stable kind, in words that say how to cure it.
public struct RunError<Kind: RawRepresentable<String> & Sendable>: Error, Sendable, CustomStringConvertible {
  /// Stable names, the same in the tool's output, the job record and the service's problem reports.
  public let kind: Kind
  /// What happened, with the values, and how to cure it.
  public let message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { message }
}

/// What went wrong with a run folder, a stored unit or a file.
public typealias ProcessingError = RunError<ProcessingErrorKind>

public enum ProcessingErrorKind: String, Sendable {
  case folderNotWritable = "run-folder.not-writable"
  case folderIsFile = "run-folder.is-file"
  case folderLocked = "run-folder.locked"
  case folderForeign = "run-folder.foreign-files"
  case folderOfOtherCommand = "run-folder.other-command"
  case diskFull = "run-folder.disk-full"
  case fileNotReadable = "file.not-readable"
  case fileNotWritable = "file.not-writable"
  case partStrayed = "run.part-strayed"
}

/// The run was asked to stop (Ctrl-C, a termination signal, a cancelled job).
public struct RunCancelled: Error, Sendable, CustomStringConvertible {
  public let kind = "run.cancelled"
  public let message = "stopped on request; what was finished is kept, and the same command goes on from there"

  public init() {}

  public var description: String { message }
}
