// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Foundation

/// An open NetCDF file, as handles of GDAL's multidimensional interface; used by one thread at a time.
final class NetCDFFile {
  private let dataset: UnsafeMutableRawPointer
  private let root: OpaquePointer
  private var arrays: [String: OpaquePointer] = [:]

  /// Makes the file with its axes, variables and attributes; nil when GDAL refuses.
  init?(creating path: String, _ layout: NetCDFLayout) {
    let driver = GDALGetDriverByName("netCDF")
    guard let driver, let dataset = Self.create(driver, path), let root = GDALDatasetGetRootGroup(dataset) else {
      return nil
    }
    (self.dataset, self.root) = (dataset, root)
    var dimensions: [String: OpaquePointer] = [:]
    defer { for handle in dimensions.values { GDALDimensionRelease(handle) } }
    for dimension in layout.dimensions {
      // No GDAL type: it would write standard names of its own.
      dimensions[dimension.name] = GDALGroupCreateDimension(
        root, dimension.name, nil, nil, GUInt64(dimension.size), nil)
    }
    var isDone = dimensions.count == layout.dimensions.count
    for variable in layout.variables where isDone {
      var axes = variable.dimensions.map { dimensions[$0] }
      arrays[variable.name] = Self.array(root, variable, &axes)
      isDone = arrays[variable.name] != nil && write(variable.attributes, to: variable.name)
    }
    isDone = isDone && layout.attributes.allSatisfy { Self.write($0, GDALGroupCreateAttribute, root) }
    if !isDone {
      close()
      return nil
    }
  }

  /// Closes the file; its handles end with it.
  func close() {
    for handle in arrays.values { GDALMDArrayRelease(handle) }
    arrays = [:]
    GDALGroupRelease(root)
    GDALClose(dataset)
  }

  /// Writes values that are stored in the variable's own type.
  func write(_ bytes: [UInt8], to variable: NetCDFVariable, start: [Int], count: [Int]) -> Bool {
    guard let array = arrays[variable.name], let type = GDALExtendedDataTypeCreate(variable.type.gdal) else {
      return false
    }
    defer { GDALExtendedDataTypeRelease(type) }
    // A single value has no axes, but GDAL wants lists that are there.
    let from = start.isEmpty ? [0] : start.map(GUInt64.init), size = count.isEmpty ? [1] : count
    return bytes.withUnsafeBytes {
      GDALMDArrayWrite(array, from, size, nil, nil, type, $0.baseAddress, $0.baseAddress, $0.count) != 0
    }
  }

  /// Writes all texts of a variable.
  func write(_ texts: [String], to variable: NetCDFVariable, count: [Int]) -> Bool {
    guard let array = arrays[variable.name], let type = GDALExtendedDataTypeCreateString(0) else { return false }
    defer { GDALExtendedDataTypeRelease(type) }
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return copies.withUnsafeBytes {
      GDALMDArrayWrite(
        array, count.map { _ in 0 }, count, nil, nil, type, $0.baseAddress, $0.baseAddress, $0.count) != 0
    }
  }

  func write(_ attributes: [NetCDFAttribute], to name: String) -> Bool {
    guard let array = arrays[name] else { return false }
    return attributes.allSatisfy { Self.write($0, GDALMDArrayCreateAttribute, array) }
  }

  private static func create(_ driver: UnsafeMutableRawPointer, _ path: String) -> UnsafeMutableRawPointer? {
    try? withOptions(["FORMAT=NC4"]) { GDALCreateMultiDimensional(driver, path, nil, $0) }
  }

  private static func array(
    _ root: OpaquePointer, _ variable: NetCDFVariable, _ axes: inout [OpaquePointer?]
  ) -> OpaquePointer? {
    let isText = variable.textLength != nil
    guard let type = isText ? GDALExtendedDataTypeCreateString(0) : GDALExtendedDataTypeCreate(variable.type.gdal)
    else { return nil }
    defer { GDALExtendedDataTypeRelease(type) }
    var options: [String] = []
    if let chunk = variable.chunk {
      precondition(chunk.count == axes.count, "\(variable.name) needs a block side for each axis")
      options = ["BLOCKSIZE=" + chunk.map(String.init).joined(separator: ","), "COMPRESS=DEFLATE", "ZLEVEL=2"]
    }
    let count = axes.count
    let array = try? withOptions(options) { options in
      GDALGroupCreateMDArray(root, variable.name, count, &axes, type, options)
    }
    guard let array else { return nil }
    // The missing value has to be known before the first value is written.
    if let missing = variable.missing { GDALMDArraySetNoDataValueAsDouble(array, missing) }
    return array
  }

  private typealias Maker = (
    OpaquePointer?, UnsafePointer<CChar>?, Int, UnsafePointer<GUInt64>?, GDALExtendedDataTypeH?, CSLConstList?
  ) -> OpaquePointer?

  private static func write(_ attribute: NetCDFAttribute, _ make: Maker, _ owner: OpaquePointer) -> Bool {
    func put(
      _ type: GDALExtendedDataTypeH?, count: Int? = nil, options: [String] = [], _ body: (OpaquePointer) -> Int32
    ) -> Bool {
      defer { GDALExtendedDataTypeRelease(type) }
      let sizes = count.map { [GUInt64($0)] } ?? []
      let made = try? withOptions(options) { make(owner, attribute.name, sizes.count, sizes, type, $0) }
      guard let handle = made ?? nil else { return false }
      defer { GDALAttributeRelease(handle) }
      return body(handle) != 0
    }
    switch attribute.value {
    case .text(let text):
      // Plain characters, not NetCDF-4's strings, which part of the readers do not know.
      return put(GDALExtendedDataTypeCreateString(0), options: ["NC_TYPE=NC_CHAR"]) {
        GDALAttributeWriteString($0, text)
      }
    case .double(let value):
      return put(GDALExtendedDataTypeCreate(GDT_Float64)) { GDALAttributeWriteDouble($0, value) }
    case .float(let value):
      return put(GDALExtendedDataTypeCreate(GDT_Float32)) { GDALAttributeWriteDouble($0, Double(value)) }
    case .integer(let value):
      return put(GDALExtendedDataTypeCreate(GDT_Int32)) { GDALAttributeWriteInt($0, value) }
    case .shorts(let values):
      return put(GDALExtendedDataTypeCreate(GDT_Int16), count: values.count) {
        GDALAttributeWriteRaw($0, values, 2 * values.count)
      }
    case .doubles(let values):
      return put(GDALExtendedDataTypeCreate(GDT_Float64), count: values.count) {
        GDALAttributeWriteDoubleArray($0, values, values.count)
      }
    }
  }
}
