// SPDX-License-Identifier: Apache-2.0
import CGDAL

/// What a NetCDF file says of itself and of its variables, without their values.
public struct NetCDFAttributes: Sendable {
  /// Attributes of the file.
  public let file: [NetCDFAttribute]
  /// Attributes of every variable, those without axes included; units and missing values are not among them.
  public let variables: [String: [NetCDFAttribute]]

  /// - Throws: `RasterError` of the kinds that opening a raster has.
  public init(of path: String) throws(RasterError) {
    (file, variables) = try withNetCDF {
      (messages) throws(RasterError) -> ([NetCDFAttribute], [String: [NetCDFAttribute]]) in
      let flags = UInt32(GDAL_OF_MULTIDIM_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR)
      guard let dataset = GDALOpenEx(path, flags, nil, nil, nil) else {
        throw RasterError.unopened(path, what: "a NetCDF file", cause: messages.failureText)
      }
      defer { GDALClose(dataset) }
      guard let root = GDALDatasetGetRootGroup(dataset) else {
        throw RasterError.unopened(path, what: "a NetCDF file", cause: messages.failureText)
      }
      defer { GDALGroupRelease(root) }
      var all: [String: [NetCDFAttribute]] = [:]
      // GDAL keeps variables without axes to itself unless asked.
      for name in try withOptions(["SHOW_ALL=YES"], { strings(GDALGroupGetMDArrayNames(root, $0)) }) {
        guard let array = GDALGroupOpenMDArray(root, name, nil) else { continue }
        defer { GDALMDArrayRelease(array) }
        all[name] = Self.list { GDALMDArrayGetAttributes(array, &$0, nil) }
      }
      return (Self.list { GDALGroupGetAttributes(root, &$0, nil) }, all)
    }
  }

  /// The value of an attribute of a variable.
  public func value(_ variable: String, _ name: String) -> NetCDFAttribute.Value? {
    variables[variable]?.first { $0.name == name }?.value
  }

  private static func list(_ get: (inout Int) -> UnsafeMutablePointer<OpaquePointer?>?) -> [NetCDFAttribute] {
    var count = 0
    guard let handles = get(&count) else { return [] }
    defer { GDALReleaseAttributes(handles, count) }
    return (0..<count).compactMap { index in
      guard let handle = handles[index], let name = GDALAttributeGetName(handle).map({ String(cString: $0) }) else {
        return nil
      }
      let type = GDALAttributeGetDataType(handle)
      defer { GDALExtendedDataTypeRelease(type) }
      if GDALExtendedDataTypeGetClass(type) == GEDTC_STRING {
        return GDALAttributeReadAsString(handle).map { NetCDFAttribute(name, String(cString: $0)) }
      }
      var size = 0
      guard let values = GDALAttributeReadAsDoubleArray(handle, &size) else { return nil }
      defer { VSIFree(values) }
      let numbers = (0..<size).map { values[$0] }
      return NetCDFAttribute(name, size == 1 ? .double(numbers[0]) : .doubles(numbers))
    }
  }
}
