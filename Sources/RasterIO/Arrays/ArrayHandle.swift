// SPDX-License-Identifier: Apache-2.0
import CGDAL

/// An open file of arrays, as handles of GDAL's multidimensional interface; used by one thread at a time.
struct ArrayHandle: @unchecked Sendable {
  private let dataset: UnsafeMutableRawPointer
  private let root: OpaquePointer

  init(opening path: String, _ messages: GDALMessages) throws(RasterError) {
    let flags = UInt32(GDAL_OF_MULTIDIM_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR)
    guard let dataset = GDALOpenEx(path, flags, nil, nil, nil) else {
      throw RasterError.unopened(path, what: "a NetCDF file or Zarr store", cause: messages.failureText)
    }
    guard let root = GDALDatasetGetRootGroup(dataset) else {
      GDALClose(dataset)
      throw RasterError.unopened(path, what: "a NetCDF file or Zarr store", cause: messages.failureText)
    }
    (self.dataset, self.root) = (dataset, root)
  }

  func close() {
    GDALGroupRelease(root)
    GDALClose(dataset)
  }

  /// Attributes of the file.
  var attributes: [NetCDFAttribute] { NetCDFAttributes.list { GDALGroupGetAttributes(root, &$0, nil) } }

  /// All arrays that GDAL can open; those without axes among them.
  func infos() throws(RasterError) -> [ArrayInfo] {
    let names = try withOptions(["SHOW_ALL=YES"]) { strings(GDALGroupGetMDArrayNames(root, $0)) }
    return names.compactMap { name in with(name) { Self.info(name, $0) } }
  }

  /// Runs a block with an array; nil where there is none.
  func with<Result>(_ name: String, _ body: (OpaquePointer) -> Result?) -> Result? {
    guard let array = GDALGroupOpenMDArray(root, name, nil) else { return nil }
    defer { GDALMDArrayRelease(array) }
    return body(array)
  }

  /// Reads stored values as they are.
  ///
  /// - Parameter type: the array's own: GDAL converts others one call a value.
  func read(
    _ name: String, _ type: GDALDataType, start: [Int], count: [Int], into bytes: UnsafeMutableRawBufferPointer
  )
    -> Bool
  {
    with(name) { array in
      guard let extended = GDALExtendedDataTypeCreate(type) else { return false }
      defer { GDALExtendedDataTypeRelease(extended) }
      // A single value has no axes, but GDAL wants lists that are there.
      let from = start.isEmpty ? [0] : start.map(GUInt64.init), size = count.isEmpty ? [1] : count
      return GDALMDArrayRead(
        array, from, size, nil, nil, extended, bytes.baseAddress, bytes.baseAddress, bytes.count) != 0
    } ?? false
  }

  func texts(_ name: String, count: [Int]) -> [String]? {
    with(name) { array in
      guard let type = GDALExtendedDataTypeCreateString(0) else { return nil }
      defer { GDALExtendedDataTypeRelease(type) }
      let total = count.reduce(1, *)
      var texts = [UnsafeMutablePointer<CChar>?](repeating: nil, count: total)
      let from = count.isEmpty ? [0] : count.map { _ in GUInt64(0) }, size = count.isEmpty ? [1] : count
      let done = texts.withUnsafeMutableBytes {
        GDALMDArrayRead(array, from, size, nil, nil, type, $0.baseAddress, $0.baseAddress, $0.count) != 0
      }
      defer { for text in texts { VSIFree(text) } }
      return done ? texts.map { $0.map { String(cString: $0) } ?? "" } : nil
    }
  }

  private static func info(_ name: String, _ array: OpaquePointer) -> ArrayInfo {
    var axisCount = 0, blockCount = 0
    let handles = GDALMDArrayGetDimensions(array, &axisCount)
    defer { GDALReleaseDimensions(handles, axisCount) }
    let axes = (0..<axisCount).map { index -> ArrayInfo.Axis in
      let handle = handles?[index]
      return ArrayInfo.Axis(
        name: GDALDimensionGetName(handle).map { String(cString: $0) } ?? "", size: Int(GDALDimensionGetSize(handle)))
    }
    let sides = GDALMDArrayGetBlockSize(array, &blockCount)
    defer { VSIFree(sides) }
    let stored = (0..<blockCount).map { Int(sides?[$0] ?? 0) }
    let isBlocked = stored.count == axes.count && !stored.isEmpty && stored.allSatisfy { $0 > 0 }
    let attributes = NetCDFAttributes.list { GDALMDArrayGetAttributes(array, &$0, nil) }
    let (content, missing) = content(array)
    var hasScale: Int32 = 0, hasOffset: Int32 = 0
    let scale = GDALMDArrayGetScale(array, &hasScale), offset = GDALMDArrayGetOffset(array, &hasOffset)
    // Of Zarr stores GDAL does not take these for what they are.
    func own(_ name: String) -> Double? { attributes.first { $0.name == name }?.number }
    return ArrayInfo(
      name: name, axes: axes, content: content,
      unit: GDALMDArrayGetUnit(array).map { String(cString: $0) } ?? "", attributes: attributes, missing: missing,
      scale: hasScale != 0 ? scale : own("scale_factor") ?? 1,
      offset: hasOffset != 0 ? offset : own("add_offset") ?? 0,
      block: isBlocked ? zip(stored, axes).map { max(1, min($0, $1.size)) } : axes.map { _ in 1 },
      isBlocked: isBlocked)
  }

  private static func content(_ array: OpaquePointer) -> (ArrayInfo.Content, missing: Double?) {
    let type = GDALMDArrayGetDataType(array)
    defer { GDALExtendedDataTypeRelease(type) }
    let kind = GDALExtendedDataTypeGetClass(type)
    if kind == GEDTC_STRING { return (.text, nil) }
    guard kind == GEDTC_NUMERIC else { return (.other, nil) }
    let numbers = GDALExtendedDataTypeGetNumericDataType(type)
    var has: Int32 = 0
    let missing: Double =
      switch numbers {
      case GDT_Int64: Double(GDALMDArrayGetNoDataValueAsInt64(array, &has))
      case GDT_UInt64: Double(GDALMDArrayGetNoDataValueAsUInt64(array, &has))
      default: GDALMDArrayGetNoDataValueAsDouble(array, &has)
      }
    return (.numbers(RasterDataType(numbers)), has != 0 ? missing : nil)
  }
}
