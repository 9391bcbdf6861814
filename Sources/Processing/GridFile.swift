// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// A grid that is too large for the memory: written and read by rows, in a file without a name that is gone when the
/// last user of it is. May be used from any thread, as long as nobody reads what is being written.
public final class GridFile<Cell: BitwiseCopyable & Sendable>: Sendable {
  public let rows, columns: Int
  private let descriptor: Int32
  private let place: String

  /// - Parameter folder: where the file lies, for as long as it does.
  /// - Throws: `diskFull`, `fileNotWritable`.
  package init(rows: Int, columns: Int, in folder: String) throws(ProcessingError) {
    self.rows = rows
    self.columns = columns
    place = "a temporary file in \(folder)"
    let path = "\(folder)/\(UUID().uuidString)"
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw AtomicFile.failure("create", place) }
    // However this process ends, nothing of the file is left.
    unlink(path)
  }

  deinit { close(descriptor) }

  /// Writes whole rows from `row` on.
  ///
  /// - Throws: `diskFull`, `fileNotWritable`.
  public func write(_ grid: Grid<Cell>, atRow row: Int) throws(ProcessingError) {
    precondition(
      row >= 0 && grid.columns == columns && row + grid.rows <= rows,
      "\(grid.rows) × \(grid.columns) cells at row \(row) are no rows of a grid of \(rows) × \(columns)")
    let start = row * columns * MemoryLayout<Cell>.stride
    let isDone = grid.cells.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(start + done))
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        done += count
      }
      return true
    }
    if !isDone { throw AtomicFile.failure("write", place) }
  }

  /// Whole rows; all must have been written.
  ///
  /// - Throws: `fileNotReadable`.
  public func read(_ rows: Range<Int>) throws(ProcessingError) -> Grid<Cell> {
    try read(Window(row: rows.lowerBound, column: 0, rows: rows.count, columns: columns))
  }

  /// A part of the grid, all of whose rows must have been written.
  ///
  /// - Throws: `fileNotReadable`.
  public func read(_ window: Window) throws(ProcessingError) -> Grid<Cell> {
    precondition(
      Window(row: 0, column: 0, rows: rows, columns: columns).contains(window),
      "\(window) leaves the grid of \(rows) × \(columns)")
    let size = MemoryLayout<Cell>.stride, isWhole = window.columns == columns
    // Whole rows lie side by side in the file.
    let pieces = isWhole ? 1 : window.rows, length = size * window.columns * (isWhole ? window.rows : 1)
    var isDone = true
    let cells = [Cell](unsafeUninitializedCapacity: window.rows * window.columns) { buffer, initialized in
      let target = UnsafeMutableRawPointer(buffer.baseAddress)
      for piece in 0..<pieces where length > 0 && isDone {
        let start = ((window.row + piece) * columns + window.column) * size
        isDone = fill(target! + piece * length, length, from: start)
      }
      if !isDone, let target { memset(target, 0, size * buffer.count) }
      initialized = window.rows * window.columns
    }
    guard isDone else {
      let reason = String(cString: strerror(errno))
      throw ProcessingError(.fileNotReadable, "cannot read \(place): \(reason)")
    }
    return Grid(rows: window.rows, columns: window.columns, cells: cells)
  }

  private func fill(_ target: UnsafeMutableRawPointer, _ length: Int, from start: Int) -> Bool {
    var done = 0
    while done < length {
      let count = pread(descriptor, target + done, length - done, off_t(start + done))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        if count == 0 { errno = EIO }
        return false
      }
      done += count
    }
    return true
  }
}

extension GridFile {
  /// The rows in bands of at most about `cells` cells.
  public func bands(of cells: Int = 1 << 17) -> [Range<Int>] {
    let step = max(1, cells / max(1, columns))
    return stride(from: 0, to: rows, by: step).map { $0..<min(rows, $0 + step) }
  }

  /// Every n-th row and column, from the first on.
  public func thinned(to every: Int) throws(ProcessingError) -> Grid<Cell> {
    if every == 1 { return try read(0..<rows) }
    var cells: [Cell] = []
    cells.reserveCapacity((rows / every + 1) * (columns / every + 1))
    for row in stride(from: 0, to: rows, by: every) {
      let line = try read(row..<row + 1).cells
      for column in stride(from: 0, to: columns, by: every) { cells.append(line[column]) }
    }
    return Grid(rows: (rows + every - 1) / every, columns: (columns + every - 1) / every, cells: cells)
  }
}

extension RunFolder {
  /// A large grid that lives as long as it is used.
  public func makeGridFile<Cell: BitwiseCopyable & Sendable>(
    of type: Cell.Type, rows: Int, columns: Int
  ) throws(ProcessingError) -> GridFile<Cell> {
    try GridFile(rows: rows, columns: columns, in: "\(path)/.ogive/partial")
  }
}
