// SPDX-License-Identifier: Apache-2.0
import Grids

/// The named grids that a unit of work gives, as its file holds them.
public struct UnitArrays: Sendable {
  public enum Cells: Sendable {
    case float(Grid<Float>)
    case byte(Grid<UInt8>)
  }

  /// How a floating grid is stored: offsets of every pair of a stack are kept until all are fused, and two bytes do.
  public enum Precision: Hashable, Sendable {
    /// Every bit.
    case full
    /// Two bytes a value of 11 significant bits, for what is known to a few per cent such as standard deviations.
    case half
    /// Two bytes a value, rounded to a multiple of a step; the step is doubled until the largest value fits.
    case steps(Float)
    /// One byte a value, rounded to a multiple of a step and clamped to 127 of them.
    case byteSteps(Float)
  }

  public struct Field: Sendable {
    public let name: String
    public let cells: Cells
    let precision: Precision

    public init(_ name: String, _ grid: Grid<Float>, as precision: Precision = .full) {
      self.name = name
      cells = .float(grid)
      self.precision = precision
    }

    public init(_ name: String, _ grid: Grid<UInt8>) {
      self.name = name
      cells = .byte(grid)
      precision = .full
    }

    /// A text, as a row of bytes.
    public init(_ name: String, text: String) {
      let bytes = Array(text.utf8)
      self.init(name, Grid(rows: 1, columns: bytes.count, cells: bytes))
    }
  }

  public let fields: [Field]

  public init(_ fields: [Field]) {
    precondition(Set(fields.map(\.name)).count == fields.count, "the fields of a unit need different names")
    self.fields = fields
  }

  /// The floating grid of a name; nil when there is none.
  public func floats(_ name: String) -> Grid<Float>? {
    guard case .float(let grid)? = fields.first(where: { $0.name == name })?.cells else { return nil }
    return grid
  }

  /// The byte grid of a name; nil when there is none.
  public func bytes(_ name: String) -> Grid<UInt8>? {
    guard case .byte(let grid)? = fields.first(where: { $0.name == name })?.cells else { return nil }
    return grid
  }

  /// The text of a name; nil when there is none.
  public func text(_ name: String) -> String? { bytes(name).map { String(decoding: $0.cells, as: UTF8.self) } }
}

// MARK: - File format

// "OGIVEU02", number of fields; for each field: length of its name, name, type (0 float, 1 byte, 2 half, 3 two-byte
// steps, 4 one-byte steps), step (bits of a double; of types 3 and 4), rows, columns, cells. All numbers are
// little-endian, those before the cells of 8 bytes. Last the SHA-256 of everything before, in hexadecimal.
extension UnitArrays {
  private static let magic = Array("OGIVEU02".utf8)
  private static let checksumLength = 64

  package func encoded() -> [UInt8] {
    var out = Self.magic
    func append(_ number: Int) { withUnsafeBytes(of: Int64(number).littleEndian) { out.append(contentsOf: $0) } }
    append(fields.count)
    for field in fields {
      append(field.name.utf8.count)
      out.append(contentsOf: field.name.utf8)
      switch field.cells {
      case .float(let grid):
        let packing = CellPacking(field.precision, for: grid)
        [packing.type, Int(bitPattern: UInt(packing.step.bitPattern)), grid.rows, grid.columns].forEach(append)
        packing.append(grid.cells, to: &out)
      case .byte(let grid):
        [CellPacking.byteType, 0, grid.rows, grid.columns].forEach(append)
        out.append(contentsOf: grid.cells)
      }
    }
    var hash = SHA256()
    out.withUnsafeBytes { hash.update($0) }
    out.append(contentsOf: hash.finalized().hexadecimal.utf8)
    return out
  }

  /// Whether these are, to the last bit, what `encoded` gave.
  package static func isWhole(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let end = bytes.count - checksumLength
    guard end >= magic.count, bytes[0..<magic.count].elementsEqual(magic) else { return false }
    var hash = SHA256()
    hash.update(UnsafeRawBufferPointer(rebasing: bytes[0..<end]))
    return bytes[end...].elementsEqual(hash.finalized().hexadecimal.utf8)
  }

  /// From the bytes of a file; nil when they are not, to the last bit, what `encoded` gave.
  package init?(decoding bytes: UnsafeRawBufferPointer) {
    guard Self.isWhole(bytes) else { return nil }
    // The checksum holds, so these are the bytes that we wrote; the bounds are checked all the same.
    self.init(unchecked: UnsafeRawBufferPointer(rebasing: bytes[0..<bytes.count - Self.checksumLength]), rows: nil)
  }

  /// Some rows of each grid, or all; of bytes whose checksum was looked at before. Nil when they are no unit.
  ///
  /// - Parameter names: the fields wanted; all when nil.
  package init?(unchecked bytes: UnsafeRawBufferPointer, rows: Range<Int>?, names: Set<String>? = nil) {
    guard bytes.count >= Self.magic.count, bytes[0..<Self.magic.count].elementsEqual(Self.magic) else { return nil }
    var reader = Reader(bytes: bytes, rows: rows, position: Self.magic.count)
    guard let count = reader.number(), count >= 0 else { return nil }
    var fields: [Field] = []
    for _ in 0..<count {
      switch reader.field(names) {
      case .broken: return nil
      case .skipped: continue
      case .read(let field): fields.append(field)
      }
    }
    self.init(fields)
  }

  private struct Reader {
    enum Found {
      case broken, skipped
      case read(Field)
    }

    let bytes: UnsafeRawBufferPointer
    let rows: Range<Int>?
    var position: Int

    mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
      guard count >= 0, count <= bytes.count - position else { return nil }
      defer { position += count }
      return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    mutating func number() -> Int? {
      take(8).map { Int(Int64(littleEndian: $0.loadUnaligned(as: Int64.self))) }
    }

    mutating func field(_ names: Set<String>?) -> Found {
      guard let length = number(), let name = take(length), let type = number(), let step = number(),
        let rows = number(), let columns = number(), rows >= 0, columns >= 0,
        let packing = CellPacking(type: type, stepBits: step)
      else { return .broken }
      let text = String(decoding: name, as: UTF8.self), kept = self.rows ?? 0..<rows
      guard let cells = take(packing.bytes * rows * columns) else { return .broken }
      if let names, !names.contains(text) { return .skipped }
      guard kept.lowerBound >= 0, kept.upperBound <= rows else { return .broken }
      let width = packing.bytes * columns
      let part = UnsafeRawBufferPointer(rebasing: cells[width * kept.lowerBound..<width * kept.upperBound])
      if type == CellPacking.byteType {
        return .read(Field(text, Grid(rows: kept.count, columns: columns, cells: Array(part))))
      }
      return .read(Field(text, Grid(rows: kept.count, columns: columns, cells: packing.floats(part))))
    }
  }
}
