// SPDX-License-Identifier: Apache-2.0

/// How arrays are stored.
public enum ArrayFormat: String, CaseIterable, Hashable, Sendable {
  /// One NetCDF-4 file.
  case netCDF = "nc"
  /// A folder in the layout of Zarr, version 2, with consolidated metadata.
  case zarr

  /// What the ending of a name asks for; nil for any other.
  public init?(path: String) {
    let parts = path.lowercased().split(separator: ".")
    guard parts.count > 1, let found = ArrayFormat(rawValue: String(parts[parts.count - 1])) else { return nil }
    self = found
  }
}

/// Writes named arrays piece by piece, whole or not at all.
public protocol ArrayWriter: Sendable {
  var layout: NetCDFLayout { get }

  /// Writes a box of a variable, the last axis fastest. NaN becomes its missing value; whole numbers are rounded to the
  /// nearest and clamped to their range. Boxes of whole blocks are the fastest, and no place is written twice.
  func write(_ values: [Float], to name: String, start: [Int], count: [Int]) throws(RasterError)

  /// Writes all values of a variable, such as a coordinate or a single number.
  func write(_ values: [Double], to name: String) throws(RasterError)

  /// Writes all texts of a variable.
  func write(_ texts: [String], to name: String) throws(RasterError)

  /// Closes what was written and puts it in place, or under another name in the same folder. The writer is used up.
  func finish(as path: String?) throws(RasterError)

  /// Removes everything written so far. Does nothing after `finish`.
  func cancel()
}

extension ArrayFormat {
  /// Begins a file or store.
  ///
  /// - Throws: `RasterError` of kind `.notWritable`, `.diskFull` or `.writeFailed`.
  public func writer(_ path: String, _ layout: NetCDFLayout) throws(RasterError) -> any ArrayWriter {
    switch self {
    case .netCDF: try NetCDFWriter.create(path, layout)
    case .zarr: try ZarrWriter.create(path, layout)
    }
  }
}
