// SPDX-License-Identifier: Apache-2.0
import CGDAL

/// What GDAL said on this thread while a block ran.
final class GDALMessages {
  fileprivate(set) var failures: [String] = []
  fileprivate(set) var warnings: [String] = []

  /// The failures as one text, each said once; nil when there were none.
  var failureText: String? {
    var said: [String] = []
    for text in failures where !said.contains(text) { said.append(text) }
    return said.isEmpty ? nil : said.prefix(3).joined(separator: "; ")
  }
}

enum GDALSession {
  /// Registers the drivers once and sets the options that this module relies on.
  static let ready: Void = {
    CPLSetErrorHandler { _, _, _ in }
    setDefault("GDAL_ERROR_ON_LIBJPEG_WARNING", "TRUE")  // else a truncated JPEG reads as grey, without an error
    // A file under a temporary name needs no protection from a power cut: it is renamed when it is whole.
    setDefault("OGR_SQLITE_SYNCHRONOUS", "OFF")
    setDefault("OGR_SQLITE_JOURNAL", "MEMORY")
    // Overviews wait in a temporary file until the product is copied: packing them there takes longer than writing them.
    setDefault("COG_TMP_COMPRESSION", "NONE")
    // A host that does not answer is given up after half a minute, one that stutters is asked again.
    for (key, value) in [
      ("GDAL_HTTP_CONNECTTIMEOUT", "20"), ("GDAL_HTTP_LOW_SPEED_TIME", "30"), ("GDAL_HTTP_LOW_SPEED_LIMIT", "100"),
      ("GDAL_HTTP_MAX_RETRY", "3"), ("GDAL_HTTP_RETRY_DELAY", "1"),
    ] { setDefault(key, value) }
    HDF5.leaveExitAlone()
    GDALAllRegister()
    // The block cache is shared by all datasets; GDAL's own default of 5 % of the memory is too much on big machines.
    if CPLGetConfigOption("GDAL_CACHEMAX", nil) == nil { GDALSetCacheMax64(128 << 20) }
  }()

  private static func setDefault(_ key: String, _ value: String) {
    if CPLGetConfigOption(key, nil) == nil { CPLSetConfigOption(key, value) }
  }
}

/// Runs a block of GDAL calls with GDAL's messages kept from standard error and handed to the block.
///
/// GDAL's handler stack belongs to the thread, so blocks on different threads do not see each other's messages.
func withGDAL<Result>(_ body: (GDALMessages) throws(RasterError) -> Result) throws(RasterError) -> Result {
  GDALSession.ready
  let messages = GDALMessages()
  CPLPushErrorHandlerEx(
    { level, _, text in
      guard let user = CPLGetErrorHandlerUserData(), let text else { return }
      let messages = Unmanaged<GDALMessages>.fromOpaque(user).takeUnretainedValue()
      let line = String(cString: text)
      if level == CE_Failure || level == CE_Fatal { messages.failures.append(line) }
      if level == CE_Warning { messages.warnings.append(line) }
    }, Unmanaged.passUnretained(messages).toOpaque())
  defer {
    CPLPopErrorHandler()
    CPLErrorReset()
    withExtendedLifetime(messages) {}
  }
  return try body(messages)
}

/// A C list of strings (`KEY=VALUE` options of GDAL) that lives as long as the block.
func withOptions<Result>(
  _ options: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) throws(RasterError) -> Result
) throws(RasterError) -> Result {
  var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
  for option in options { list = CSLAddString(list, option) }
  defer { CSLDestroy(list) }
  return try body(list)
}

/// The lines of a list of strings that GDAL owns.
func strings(_ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String] {
  guard let list else { return [] }
  return (0..<Int(CSLCount(list))).compactMap { index in list[index].map { String(cString: $0) } }
}
