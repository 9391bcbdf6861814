// SPDX-License-Identifier: Apache-2.0
import Grids

/// The named grids that a unit of work gives, as its file holds them.
public struct UnitArrays: Sendable {
  public enum Cells: Sendable {
    case float(Grid<Float>)
    case byte(Grid<UInt8>)
  }

  public struct Field: Sendable {
    public let name: String
    public let cells: Cells

    public init(_ name: String, _ grid: Grid<Float>) {
      self.name = name
      cells = .float(grid)
    }

    public init(_ name: String, _ grid: Grid<UInt8>) {
      self.name = name
      cells = .byte(grid)
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
}

// MARK: - File format

// "OGIVEU01", number of fields; for each field: length of its name, name, type (0 float, 1 byte), rows, columns,
// cells. All numbers are 8-byte little-endian, floats 4-byte. Last the SHA-256 of everything before, in hexadecimal.
extension UnitArrays {
  private static let magic = Array("OGIVEU01".utf8)
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
        [0, grid.rows, grid.columns].forEach(append)
        #if _endian(little)
          grid.cells.withUnsafeBytes { out.append(contentsOf: $0) }
        #else
          for cell in grid.cells { withUnsafeBytes(of: cell.bitPattern.littleEndian) { out.append(contentsOf: $0) } }
        #endif
      case .byte(let grid):
        [1, grid.rows, grid.columns].forEach(append)
        out.append(contentsOf: grid.cells)
      }
    }
    var hash = SHA256()
    out.withUnsafeBytes { hash.update($0) }
    out.append(contentsOf: hash.finalized().hexadecimal.utf8)
    return out
  }

  /// From the bytes of a file; nil when they are not, to the last bit, what `encoded` gave.
  package init?(decoding bytes: UnsafeRawBufferPointer) {
    let end = bytes.count - Self.checksumLength
    guard end >= Self.magic.count, bytes[0..<Self.magic.count].elementsEqual(Self.magic) else { return nil }
    var hash = SHA256()
    hash.update(UnsafeRawBufferPointer(rebasing: bytes[0..<end]))
    guard bytes[end...].elementsEqual(hash.finalized().hexadecimal.utf8) else { return nil }
    // The checksum holds, so these are the bytes that we wrote; the bounds are checked all the same.
    self.init(unchecked: UnsafeRawBufferPointer(rebasing: bytes[0..<end]), rows: nil)
  }

  /// Some rows of each grid, or all; of bytes whose checksum was looked at before. Nil when they are no unit.
  package init?(unchecked bytes: UnsafeRawBufferPointer, rows: Range<Int>?) {
    guard bytes.count >= Self.magic.count, bytes[0..<Self.magic.count].elementsEqual(Self.magic) else { return nil }
    var reader = Reader(bytes: bytes, rows: rows, position: Self.magic.count)
    guard let count = reader.number(), count >= 0 else { return nil }
    var fields: [Field] = []
    for _ in 0..<count {
      guard let field = reader.field() else { return nil }
      fields.append(field)
    }
    self.init(fields)
  }

  private struct Reader {
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

    mutating func field() -> Field? {
      guard let length = number(), let name = take(length), let type = number(), let rows = number(),
        let columns = number(), rows >= 0, columns >= 0, type == 0 || type == 1
      else { return nil }
      let text = String(decoding: name, as: UTF8.self)
      let bytes = type == 0 ? 4 : 1, kept = self.rows ?? 0..<rows
      guard let cells = take(bytes * rows * columns), kept.lowerBound >= 0, kept.upperBound <= rows else {
        return nil
      }
      let part = UnsafeRawBufferPointer(
        rebasing: cells[bytes * columns * kept.lowerBound..<bytes * columns * kept.upperBound])
      if type == 1 { return Field(text, Grid(rows: kept.count, columns: columns, cells: Array(part))) }
      return Field(text, Grid(rows: kept.count, columns: columns, cells: Self.floats(part)))
    }

    private static func floats(_ cells: UnsafeRawBufferPointer) -> [Float] {
      let count = cells.count / 4
      return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        #if _endian(little)
          UnsafeMutableRawBufferPointer(buffer).copyMemory(from: cells)
        #else
          for i in 0..<count {
            let pattern = UInt32(littleEndian: cells.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))
            buffer.initializeElement(at: i, to: Float(bitPattern: pattern))
          }
        #endif
        initialized = count
      }
    }
  }
}
