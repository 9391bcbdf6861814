// SPDX-License-Identifier: Apache-2.0
import Foundation

/// HDF5, on which NetCDF stands, prints whatever it looks for in vain on standard error, thread by thread: the NetCDF
/// library switches that off only on the thread that comes first.
enum HDF5Messages {
  private typealias Setter = @convention(c) (Int, UnsafeRawPointer?, UnsafeMutableRawPointer?) -> Int32

  /// `H5Eset_auto2` of the library that GDAL has brought along; nil where it has none.
  private static let setter: Setter? = dlsym(nil, "H5Eset_auto2").map { unsafeBitCast($0, to: Setter.self) }

  /// Switches the printing off on this thread. Failures still reach GDAL, and with it our errors.
  static func silence() { _ = setter?(0, nil, nil) }
}

/// As `withGDAL`, for calls that end in the NetCDF library.
func withNetCDF<Result>(_ body: (GDALMessages) throws(RasterError) -> Result) throws(RasterError) -> Result {
  HDF5Messages.silence()
  return try withGDAL(body)
}
