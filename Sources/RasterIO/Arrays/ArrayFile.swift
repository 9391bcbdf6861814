// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Foundation
import Synchronization

/// A NetCDF file (3 or 4) or a Zarr store (version 2, a folder or a zip archive), open for reading its arrays.
///
/// Goes through GDAL's multidimensional interface. Each read borrows a handle from a pool, so any number of threads may
/// read at once; the NetCDF library itself lets one in at a time. Only arrays of the root group are seen.
public final class ArrayFile: Sendable {
  public let path: String
  /// Attributes of the file.
  public let attributes: [NetCDFAttribute]
  public let arrays: [ArrayInfo]

  private let name: String
  private let idle: Mutex<[ArrayHandle]>

  /// Opens a file; no value is read yet.
  ///
  /// - Parameter path: of the disk, in an archive (`/vsizip/…`) or on the net (`/vsicurl/…`, `https://…`; Zarr stores
  ///   there need consolidated metadata).
  /// - Throws: `RasterError` of the kinds that opening a raster has.
  public static func open(_ path: String) throws(RasterError) -> ArrayFile {
    try withNetCDF { (messages) throws(RasterError) -> ArrayFile in
      let name = Self.name(path)
      let handle = try ArrayHandle(opening: name, messages)
      do throws(RasterError) {
        return ArrayFile(
          path: path, name: name, attributes: handle.attributes, arrays: try handle.infos(), handle: handle)
      } catch {
        handle.close()
        throw error
      }
    }
  }

  private init(
    path: String, name: String, attributes: [NetCDFAttribute], arrays: [ArrayInfo], handle: consuming ArrayHandle
  ) {
    (self.path, self.name, self.attributes, self.arrays) = (path, name, attributes, arrays)
    idle = Mutex([handle])
  }

  deinit {
    let handles = idle.withLock { $0 }
    try? withNetCDF { _ in for handle in handles { handle.close() } }
  }

  public subscript(name: String) -> ArrayInfo? { arrays.first { $0.name == name } }

  /// A text attribute of the file.
  public func text(_ name: String) -> String? {
    if case .text(let text)? = attributes.first(where: { $0.name == name })?.value { return text }
    return nil
  }

  /// Values of a box of an array in its unit, the last axis fastest; NaN where missing or infinite.
  ///
  /// Blocks that the box touches are read and unpacked whole, once. Memory: the values, and once more as stored.
  ///
  /// - Throws: `RasterError` of kind `.noSuchArray` or `.readFailed`.
  public func floats(_ name: String, start: [Int]? = nil, count: [Int]? = nil) throws(RasterError) -> [Float] {
    let (info, type) = try numbers(name)
    // Whole numbers of 32 bits and more, and scaled ones, lose digits on the way.
    guard [.uint8, .int8, .uint16, .int16, .float32, .float64].contains(type), info.scale == 1, info.offset == 0
    else {
      return try values(info, type, GDT_Float64, Double.self, start, count).map { Float($0) }
    }
    return try values(info, type, GDT_Float32, Float.self, start, count)
  }

  /// As `floats`, in double precision.
  public func doubles(_ name: String, start: [Int]? = nil, count: [Int]? = nil) throws(RasterError) -> [Double] {
    let (info, type) = try numbers(name)
    return try values(info, type, GDT_Float64, Double.self, start, count)
  }

  /// All texts of an array.
  ///
  /// - Throws: `RasterError` of kind `.noSuchArray` or `.readFailed`.
  public func strings(_ name: String) throws(RasterError) -> [String] {
    let info = try info(name)
    guard info.content == .text else { throw RasterError(.noSuchArray, "\(path): the array \(name) is no text") }
    return try withHandle { (handle, messages) throws(RasterError) -> [String] in
      guard let texts = handle.texts(name, count: info.sizes) else { throw failure(name, messages) }
      return texts
    }
  }

  /// All moments of an array that counts time as CF says, days since 1970-01-01 UTC; NaN where missing.
  ///
  /// - Throws: `RasterError` of kind `.noSuchArray`, `.badTime` or `.readFailed`.
  public func days(_ name: String) throws(RasterError) -> [Double] {
    var (info, type) = try numbers(name)
    let units = info.unit.isEmpty ? info.text("units") ?? "" : info.unit
    let time: CFTime
    do throws(RasterError) { time = try CFTime(units: units, calendar: info.text("calendar")) } catch {
      throw RasterError(error.kind, "\(path): array \(name): \(error.message)")
    }
    // Zarr stores say what an unwritten number is, which for whole numbers is mostly a good 0.
    if info.missing == 0, !type.isFloating { info = info.withoutMissing }
    // What numpy calls "not a time".
    let never = type == .int64 ? Double(Int64.min) : .nan
    return try values(info, type, GDT_Float64, Double.self, nil, nil).map { $0 == never ? .nan : time.days($0) }
  }

  // MARK: - Names

  /// What GDAL calls a path.
  private static func name(_ path: String) -> String {
    var name = path
    if name.hasPrefix("https://") || name.hasPrefix("http://") { name = "/vsicurl/" + name }
    while name.count > 1, name.hasSuffix("/") { name.removeLast() }
    if name.hasSuffix(".zip"), !name.hasPrefix("/vsizip/") {
      // The store is the archive or the one folder in it.
      let archive = "/vsizip/" + name, entries = VirtualFile.entries(of: archive)
      let hasFolder = entries.count == 1 && VirtualFile.kind(of: "\(archive)/\(entries[0])") == .folder
      return "ZARR:\"\(hasFolder ? "\(archive)/\(entries[0])" : archive)\""
    }
    // A folder on the net cannot be told from a file.
    return VirtualFile.isRemote(name) && name.hasSuffix(".zarr") ? "ZARR:\"\(name)\"" : name
  }

  private func info(_ name: String) throws(RasterError) -> ArrayInfo {
    if let found = self[name] { return found }
    let known = arrays.map(\.name).sorted().joined(separator: ", ")
    throw RasterError(
      .noSuchArray, "\(path) has no array \(name); it has \(known.isEmpty ? "none at all" : known)")
  }

  private func numbers(_ name: String) throws(RasterError) -> (ArrayInfo, RasterDataType) {
    let info = try info(name)
    if case .numbers(let type) = info.content, !type.isComplex, type != .unknown { return (info, type) }
    throw RasterError(.noSuchArray, "\(path): the array \(name) does not hold real numbers")
  }

  // MARK: - Reading

  /// What NetCDF fills unwritten floating places with unless told otherwise (`NC_FILL_FLOAT`).
  private static let unwritten = 9.969_209_968_386_869e36

  private func values<Value: BinaryFloatingPoint>(
    _ info: ArrayInfo, _ type: RasterDataType, _ target: GDALDataType, _: Value.Type, _ start: [Int]?, _ count: [Int]?
  ) throws(RasterError) -> [Value] {
    let sizes = info.sizes, start = start ?? sizes.map { _ in 0 }, count = count ?? sizes
    precondition(
      start.count == sizes.count && count.count == sizes.count
        && zip(zip(start, count), sizes).allSatisfy { $0.0 >= 0 && $0.1 >= 0 && $0.0 + $0.1 <= $1 },
      "from \(start), \(count) values do not fit the array \(info.name) of \(sizes)")
    let total = count.reduce(1, *)
    var out = [Value](repeating: .nan, count: total)
    if total == 0 { return out }
    let stored = type.gdal, width = Int(GDALGetDataTypeSizeBytes(stored))
    if stored == target {
      try fill(&out, info, stored, start, count)
    } else {
      var bytes = [UInt8](repeating: 0, count: total * width)
      try fill(&bytes, info, stored, start, count)
      let step = Int32(MemoryLayout<Value>.stride)
      out.withUnsafeMutableBytes { out in
        bytes.withUnsafeBytes {
          GDALCopyWords64(
            $0.baseAddress, stored, Int32(width), out.baseAddress, target, step, GPtrDiff_t(total))
        }
      }
    }
    let missing = info.missing ?? (type.isFloating ? Self.unwritten : nil)
    let hole = missing.map { Value($0) } ?? .nan, scale = Value(info.scale), offset = Value(info.offset)
    let isScaled = info.scale != 1 || info.offset != 0
    for index in out.indices {
      if out[index] == hole || !out[index].isFinite {
        out[index] = .nan
      } else if isScaled {
        out[index] = out[index] * scale + offset
      }
    }
    return out
  }

  private func fill<Value>(
    _ values: inout [Value], _ info: ArrayInfo, _ type: GDALDataType, _ start: [Int], _ count: [Int]
  ) throws(RasterError) {
    try withHandle { (handle, messages) throws(RasterError) in
      let done = values.withUnsafeMutableBytes {
        handle.read(info.name, type, start: start, count: count, into: $0)
      }
      guard done, messages.failureText == nil else { throw failure(info.name, messages) }
    }
  }

  private func failure(_ name: String, _ messages: GDALMessages) -> RasterError {
    RasterError(
      .readFailed,
      "\(path): the array \(name) cannot be read: the file is damaged or cut off, or packed in a way that "
        + "this GDAL does not know; fetch it again", cause: messages.failureText)
  }

  private func withHandle<Result>(
    _ body: (ArrayHandle, GDALMessages) throws(RasterError) -> Result
  ) throws(RasterError) -> Result {
    try withNetCDF { (messages) throws(RasterError) -> Result in
      let free = idle.withLock { $0.popLast() }
      let handle = if let free { free } else { try ArrayHandle(opening: name, messages) }
      defer { idle.withLock { $0.append(handle) } }
      return try body(handle, messages)
    }
  }
}

extension ArrayInfo {
  fileprivate var withoutMissing: ArrayInfo {
    ArrayInfo(
      name: name, axes: axes, content: content, unit: unit, attributes: attributes, missing: nil, scale: scale,
      offset: offset, block: block, isBlocked: isBlocked)
  }
}
