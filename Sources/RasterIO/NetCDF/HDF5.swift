// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Manners of HDF5, on which NetCDF stands. It prints whatever it looks for in vain on standard error, thread by
/// thread: the NetCDF library switches that off only on the thread that comes first.
enum HDF5 {
  private typealias Setter = @convention(c) (Int, UnsafeRawPointer?, UnsafeMutableRawPointer?) -> Int32

  /// `H5Eset_auto2` of the library that GDAL has brought along; nil where it has none.
  private static let setter: Setter? = dlsym(nil, "H5Eset_auto2").map { unsafeBitCast($0, to: Setter.self) }

  /// Keeps HDF5 from tidying up when the process ends: a file that a full disk kept it from closing makes it crash
  /// there. To be called before HDF5's first use. Our files are closed one by one.
  static func leaveExitAlone() {
    typealias Call = @convention(c) () -> Int32
    guard let call = dlsym(nil, "H5dont_atexit").map({ unsafeBitCast($0, to: Call.self) }) else { return }
    _ = call()
  }

  /// Switches the printing off on this thread. Failures still reach GDAL, and with it our errors.
  static func silence() { _ = setter?(0, nil, nil) }
}

/// As `withGDAL`, for calls that end in the NetCDF library.
func withNetCDF<Result>(_ body: (GDALMessages) throws(RasterError) -> Result) throws(RasterError) -> Result {
  HDF5.silence()
  return try withGDAL(body)
}
