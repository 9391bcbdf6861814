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
    let opened = try ArrayFile.open(path)
    file = opened.attributes
    variables = Dictionary(opened.arrays.map { ($0.name, $0.attributes) }, uniquingKeysWith: { first, _ in first })
  }

  /// The value of an attribute of a variable.
  public func value(_ variable: String, _ name: String) -> NetCDFAttribute.Value? {
    variables[variable]?.first { $0.name == name }?.value
  }

  static func list(_ get: (inout Int) -> UnsafeMutablePointer<OpaquePointer?>?) -> [NetCDFAttribute] {
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
