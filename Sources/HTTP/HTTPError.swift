// SPDX-License-Identifier: Apache-2.0
import Processing

/// What went wrong with serving or fetching.
public typealias HTTPError = RunError<HTTPErrorKind>

public enum HTTPErrorKind: String, Sendable {
  case addressInUse = "http.address-in-use"
  case addressInvalid = "http.address-invalid"
  case certificateInvalid = "http.certificate-invalid"
  case notStarted = "http.not-started"
  case malformed = "http.malformed"
  case addressRefused = "http.address-refused"
  case notFetched = "http.not-fetched"
  case tooLarge = "http.too-large"
  case tooSlow = "http.too-slow"
  case badStatus = "http.bad-status"
  case checksumDiffers = "http.checksum-differs"
  case fileNotWritable = "http.file-not-writable"
}
