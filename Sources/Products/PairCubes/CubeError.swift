// SPDX-License-Identifier: Apache-2.0
import RasterIO

/// Why a cube of pairs could not be read.
///
/// `kind` is stable, `message` says what happened and how to cure it, `cause` is what the layer below said.
public struct CubeError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case missing = "cube.missing"
    case unreadable = "cube.unreadable"
    case unknown = "cube.unknown"
    case noPairs = "cube.no-pairs"
    case noArray = "cube.no-array"
    case badShape = "cube.bad-shape"
    case badUnit = "cube.bad-unit"
    case badDate = "cube.bad-date"
    case zeroSeparation = "cube.zero-separation"
    case unevenGrid = "cube.uneven-grid"
    case gridMismatch = "cube.grid-mismatch"
    case ambiguous = "cube.ambiguous"
  }

  public let kind: Kind
  /// File or folder that it is about.
  public let path: String
  public let message: String
  public let cause: String?

  public init(_ kind: Kind, _ path: String, _ message: String, cause: String? = nil) {
    (self.kind, self.path, self.message, self.cause) = (kind, path, message, cause)
  }

  init(_ error: RasterError, _ path: String) {
    self.init(error.kind == .missing ? .missing : .unreadable, path, error.message, cause: error.cause)
  }

  public var description: String {
    guard let cause, !cause.isEmpty else { return message }
    return "\(message) (\(cause))"
  }
}

/// Runs a block of `RasterIO` and gives its failures the name of the cube.
func readingCube<Result>(
  _ path: String, _ body: () throws(RasterError) -> Result
) throws(CubeError) -> Result {
  do throws(RasterError) { return try body() } catch { throw CubeError(error, path) }
}
