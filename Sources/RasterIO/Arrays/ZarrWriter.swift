// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Foundation
import Synchronization

/// Writes a Zarr store (version 2, a folder, consolidated metadata) block by block, whole or not at all.
///
/// Our own, since GDAL 3.6 spoils compressed blocks that are written in parts and leaves out the names of axes. Blocks are
/// compressed with zlib of level 2. A block stays in memory until all its places are written, so boxes of whole
/// blocks need no more than one block. A store replaces one that had its name, and no other folder.
public final class ZarrWriter: ArrayWriter {
  public let path: String
  public let layout: NetCDFLayout
  private let product: TemporaryFile
  private let state: Mutex<State>

  private struct State {
    var isOpen = true
    var blocks: [String: Block] = [:]
  }

  /// A block that is not whole yet.
  private struct Block {
    var bytes: [UInt8]
    /// Places inside the array that are not written yet.
    var left: Int
  }

  /// - Throws: `RasterError` of kind `.notWritable` or `.diskFull`.
  public static func create(_ path: String, _ layout: NetCDFLayout) throws(RasterError) -> ZarrWriter {
    if VirtualFile.kind(of: path) == .folder, VirtualFile.kind(of: path + "/.zgroup") == nil {
      throw RasterError(
        .notWritable, "\(path) is a folder but no Zarr store, and is not replaced; choose another name")
    }
    let product = try TemporaryFile(for: path, isFolder: true)
    let writer = ZarrWriter(path, layout, product)
    for name in [""] + layout.variables.map({ "/" + $0.name }) {
      guard mkdir(product.path + name, 0o777) == 0 else { throw product.failure(String(cString: strerror(errno))) }
    }
    return writer
  }

  private init(_ path: String, _ layout: NetCDFLayout, _ product: TemporaryFile) {
    (self.path, self.layout, self.product) = (path, layout, product)
    state = Mutex(State())
  }

  deinit { cancel() }

  public func write(_ values: [Float], to name: String, start: [Int], count: [Int]) throws(RasterError) {
    let variable = layout.variable(name)
    layout.check(variable, start: start, count: count, values: values.count)
    if values.isEmpty { return }
    try put(
      variable.type.stored(variable.withMissing(values), GDT_Float32), ZarrArray(variable, layout), start: start,
      count: count)
  }

  public func write(_ values: [Double], to name: String) throws(RasterError) {
    let variable = layout.variable(name), sizes = layout.sizes(of: variable)
    layout.check(variable, start: sizes.map { _ in 0 }, count: sizes, values: values.count)
    try put(
      variable.type.stored(values, GDT_Float64), ZarrArray(variable, layout), start: sizes.map { _ in 0 },
      count: sizes)
  }

  public func write(_ texts: [String], to name: String) throws(RasterError) {
    let array = ZarrArray(layout.variable(name), layout), sizes = array.sizes
    precondition(texts.count == sizes.reduce(1, *), "\(name) takes \(sizes) texts, not \(texts.count)")
    var bytes: [UInt8] = []
    for text in texts {
      // Four bytes a character, filled up with nothing.
      var own = text.unicodeScalars.prefix(array.width / 4).flatMap { scalar in
        withUnsafeBytes(of: scalar.value.littleEndian) { Array($0) }
      }
      own += Array(repeating: 0, count: array.width - own.count)
      bytes += own
    }
    try put(bytes, array, start: sizes.map { _ in 0 }, count: sizes)
  }

  public func finish(as path: String? = nil) throws(RasterError) {
    let rest = state.withLock { state in
      precondition(state.isOpen, "finish() or cancel() was called before")
      state.isOpen = false
      defer { state.blocks = [:] }
      return state.blocks
    }
    for (name, block) in rest.sorted(by: { $0.key < $1.key }) { try store(block.bytes, name) }
    try writeMetadata()
    try product.publish(as: path)
  }

  public func cancel() {
    let wasOpen = state.withLock { state in
      defer { state = State(isOpen: false) }
      return state.isOpen
    }
    if wasOpen { product.remove() }
  }

  // MARK: - Blocks

  /// Lays a box into the blocks that it touches, and stores those that are whole.
  private func put(_ bytes: [UInt8], _ array: ZarrArray, start: [Int], count: [Int]) throws(RasterError) {
    for block in array.blocks(start: start, count: count) {
      let whole = state.withLock { state -> [UInt8]? in
        precondition(state.isOpen, "the writer is finished or cancelled")
        var own = state.blocks.removeValue(forKey: block.name) ?? Block(bytes: array.empty, left: block.places)
        own.left -= array.copy(bytes, start, count, into: &own.bytes, of: block)
        if own.left <= 0 { return own.bytes }
        state.blocks[block.name] = own
        return nil
      }
      if let whole { try store(whole, block.name) }
    }
  }

  private func store(_ bytes: [UInt8], _ name: String) throws(RasterError) {
    var size = 0
    let packed = bytes.withUnsafeBytes { CPLZLibDeflate($0.baseAddress, $0.count, 2, nil, 0, &size) }
    guard let packed else { throw fail("zlib gave up") }
    defer { VSIFree(packed) }
    try save(UnsafeRawBufferPointer(start: packed, count: size), name)
  }

  private func save(_ bytes: UnsafeRawBufferPointer, _ name: String) throws(RasterError) {
    guard let file = fopen("\(product.path)/\(name)", "wb") else { throw fail(String(cString: strerror(errno))) }
    let written = fwrite(bytes.baseAddress, 1, bytes.count, file), cause = String(cString: strerror(errno))
    guard fclose(file) == 0, written == bytes.count else { throw fail(cause) }
  }

  private func fail(_ cause: String) -> RasterError {
    state.withLock { $0 = State(isOpen: false) }
    return product.failure(cause)
  }

  // MARK: - Metadata

  private func writeMetadata() throws(RasterError) {
    var all: [String: Any] = [".zgroup": ["zarr_format": 2], ".zattrs": Self.json(layout.attributes)]
    for variable in layout.variables {
      let array = ZarrArray(variable, layout)
      var attributes = Self.json(variable.attributes)
      attributes["_ARRAY_DIMENSIONS"] = variable.dimensions
      all["\(variable.name)/.zarray"] = array.json
      all["\(variable.name)/.zattrs"] = attributes
    }
    for (name, value) in all.sorted(by: { $0.key < $1.key }) { try save(json: value, name) }
    try save(json: ["zarr_consolidated_format": 1, "metadata": all], ".zmetadata")
  }

  private func save(json: Any, _ name: String) throws(RasterError) {
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    guard let data = try? JSONSerialization.data(withJSONObject: json, options: options) else {
      throw fail("the attributes of \(name) are no JSON")
    }
    let bytes = Array(data)
    let done = bytes.withUnsafeBytes { bytes in
      Result { () throws(RasterError) in try save(bytes, name) }
    }
    try done.get()
  }

  private static func json(_ attributes: [NetCDFAttribute]) -> [String: Any] {
    var out: [String: Any] = [:]
    for attribute in attributes {
      out[attribute.name] =
        switch attribute.value {
        case .text(let text): text
        // JSON has no NaN.
        case .double(let number): number.isFinite ? number : "NaN"
        case .float(let number): number.isFinite ? Double(number) : "NaN"
        case .integer(let number): Int(number)
        case .shorts(let numbers): numbers.map(Int.init)
        case .doubles(let numbers): numbers
        }
    }
    return out
  }
}
