// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Grids
import Synchronization

/// Writes a NetCDF-4 file variable by variable and by rows, whole or not at all.
///
/// Goes through GDAL's multidimensional interface, which gives any layout of axes, types and attributes; values are
/// brought to the variable's type here, since GDAL would convert them one call a value. Blocks are compressed with
/// deflate of level 2 and shuffled bytes. Memory: what is given to `write`, and HDF5's cache of blocks.
public final class NetCDFWriter: ArrayWriter {
  public let path: String
  public let layout: NetCDFLayout
  private let state: Mutex<State>

  private struct State: @unchecked Sendable {
    var file: NetCDFFile?
    let product: TemporaryFile
  }

  /// - Throws: `RasterError` of kind `.notWritable`, `.diskFull` or `.writeFailed`.
  public static func create(_ path: String, _ layout: NetCDFLayout) throws(RasterError) -> NetCDFWriter {
    let product = try TemporaryFile(for: path)
    return try withNetCDF { (messages) throws(RasterError) -> NetCDFWriter in
      guard let file = NetCDFFile(creating: product.path, layout), messages.failureText == nil else {
        throw product.failure(messages.failureText)
      }
      return NetCDFWriter(path: path, layout: layout, state: State(file: file, product: product))
    }
  }

  private init(path: String, layout: NetCDFLayout, state: consuming State) {
    (self.path, self.layout) = (path, layout)
    self.state = Mutex(state)
  }

  deinit { cancel() }

  /// Writes rows of a variable whose last two axes are rows and columns and whose others have one place.
  ///
  /// Integer types are rounded to the nearest and clamped to their range; NaN becomes the variable's missing value.
  public func write(_ grid: Grid<Float>, to name: String, atRow row: Int = 0) throws(RasterError) {
    let variable = layout.variable(name), sizes = layout.sizes(of: variable)
    precondition(sizes.count >= 2, "\(name) has no rows and columns")
    let leading = sizes.count - 2
    precondition(
      sizes[..<leading].allSatisfy { $0 == 1 } && grid.columns == sizes[leading + 1] && row >= 0
        && row + grid.rows <= sizes[leading],
      "rows \(row) to \(row + grid.rows) of \(grid.columns) columns do not fit \(name) of \(sizes)")
    if grid.cells.isEmpty { return }
    let ones = Array(repeating: 1, count: leading)
    try write(grid.cells, to: name, start: ones.map { $0 - 1 } + [row, 0], count: ones + [grid.rows, grid.columns])
  }

  /// Writes a box of a variable, the last axis fastest; as for a grid, NaN becomes the missing value.
  public func write(_ values: [Float], to name: String, start: [Int], count: [Int]) throws(RasterError) {
    let variable = layout.variable(name)
    layout.check(variable, start: start, count: count, values: values.count)
    if values.isEmpty { return }
    try put(variable.withMissing(values), GDT_Float32, variable, start: start, count: count)
  }

  /// Writes all texts of a variable.
  public func write(_ texts: [String], to name: String) throws(RasterError) {
    let variable = layout.variable(name), sizes = layout.sizes(of: variable)
    precondition(texts.count == sizes.reduce(1, *), "\(name) takes \(sizes) texts, not \(texts.count)")
    try attempt { $0.write(texts, to: variable, count: sizes) }
  }

  /// Writes all values of a variable, such as a coordinate or a single number.
  public func write(_ values: [Double], to name: String) throws(RasterError) {
    let variable = layout.variable(name), sizes = layout.sizes(of: variable)
    precondition(values.count == sizes.reduce(1, *), "\(name) takes \(sizes) values, not \(values.count)")
    try put(values, GDT_Float64, variable, start: sizes.map { _ in 0 }, count: sizes)
  }

  /// Adds attributes that are known only when the values are.
  public func add(_ attributes: [NetCDFAttribute], to name: String) throws(RasterError) {
    try attempt { $0.write(attributes, to: name) }
  }

  /// Closes the file and puts it in place. The writer is used up.
  ///
  /// - Parameter path: where to, in the folder that was given first, when the name depends on what was written.
  /// - Throws: `RasterError` of kind `.diskFull`, `.writeFailed` or `.notWritable`; nothing is left behind then.
  public func finish(as path: String? = nil) throws(RasterError) {
    let (file, product) = takeFile()
    precondition(file != nil, "finish() or cancel() was called before")
    try withNetCDF { (messages) throws(RasterError) in
      file?.close()
      if messages.failureText != nil { throw product.failure(messages.failureText) }
    }
    try product.publish(as: path)
  }

  /// Removes everything written so far. Does nothing after `finish`.
  public func cancel() {
    let (file, product) = takeFile()
    guard let file else { return }
    try? withNetCDF { _ in file.close() }
    product.remove()
  }

  private func takeFile() -> (NetCDFFile?, TemporaryFile) {
    state.withLock { state in
      defer { state.file = nil }
      return (state.file, state.product)
    }
  }

  private func put<Value>(
    _ values: [Value], _ type: GDALDataType, _ variable: NetCDFVariable, start: [Int], count: [Int]
  ) throws(RasterError) {
    let bytes = variable.type.stored(values, type)
    try attempt { $0.write(bytes, to: variable, start: start, count: count) }
  }

  private func attempt(_ body: (NetCDFFile) -> Bool) throws(RasterError) {
    try withNetCDF { (messages) throws(RasterError) in
      let done = state.withLock { state -> Bool in
        guard let file = state.file else { preconditionFailure("the writer is finished or cancelled") }
        return body(file)
      }
      if done && messages.failureText == nil { return }
      let text = messages.failureText
      let (file, product) = takeFile()
      file?.close()
      throw product.failure(text)
    }
  }
}
