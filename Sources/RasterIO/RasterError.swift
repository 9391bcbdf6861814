// SPDX-License-Identifier: Apache-2.0

/// Why a raster, vector or picture file could not be read or written.
///
/// `kind` is stable: it is what the job record and the HTTP answer hold. `message` says what happened, with the values,
/// and how to cure it; `cause` is the text of the library below (GDAL, PROJ, the system), word for word.
public struct RasterError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case missing = "raster.missing"
    case directory = "raster.directory"
    case noPermission = "raster.no-permission"
    case empty = "raster.empty-file"
    case unreadable = "raster.unreadable"
    case readFailed = "raster.read-failed"
    case noSuchBand = "raster.no-such-band"
    case noSuchArray = "raster.no-such-array"
    case badTime = "raster.bad-time"
    case container = "raster.container"
    case badCRS = "raster.bad-crs"
    case noTransformation = "raster.no-transformation"
    case gridMismatch = "raster.grid-mismatch"
    case noOverlap = "raster.no-overlap"
    case notWritable = "raster.not-writable"
    case writeFailed = "raster.write-failed"
    case diskFull = "raster.disk-full"
    case vector = "raster.vector"
  }

  public let kind: Kind
  public let message: String
  public let cause: String?

  public init(_ kind: Kind, _ message: String, cause: String? = nil) {
    self.kind = kind
    self.message = message
    self.cause = cause
  }

  public var description: String {
    guard let cause, !cause.isEmpty else { return message }
    return "\(message) (\(cause))"
  }
}
