// SPDX-License-Identifier: Apache-2.0
import Processing

/// Why the server could not start, or could not do what a request asked.
public typealias ServerError = RunError<ServerErrorKind>

public enum ServerErrorKind: String, Sendable {
  case malformedRequest = "request.malformed"
  case invalidRequest = "request.invalid"
  /// The form is right and what it says can't be used.
  case unusable = "request.unusable"
  case notFound = "request.not-found"
  case loginNeeded = "request.login-needed"
  case notAllowed = "request.not-allowed"
  case crossSite = "request.cross-site"
  case tooManyRequests = "request.too-many"
  case conflict = "request.conflict"
  case noSuchProcess = "processes.no-such-process"
  case noSuchJob = "jobs.no-such-job"
  case resultNotReady = "jobs.result-not-ready"
  case noSuchInput = "inputs.no-such-file"
  case inputNotAllowed = "inputs.not-allowed"
  case notOffered = "request.not-offered"
  case dataFolder = "server.data-folder"
  case settings = "server.settings"
}
