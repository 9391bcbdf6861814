// SPDX-License-Identifier: Apache-2.0
import Storage
import Synchronization

extension GeoShape {
  /// The shape as it is stored: for each part its kind, the lengths of its rings and the positions, little-endian.
  package var bytes: [UInt8] {
    var out: [UInt8] = []
    func add(_ count: Int) { withUnsafeBytes(of: UInt32(count).littleEndian) { out += $0 } }
    func add(_ positions: [GeoPosition]) {
      add(positions.count)
      for position in positions {
        for value in [position.longitude, position.latitude] {
          withUnsafeBytes(of: value.bitPattern.littleEndian) { out += $0 }
        }
      }
    }
    for part in parts {
      switch part {
      case .point(let position):
        add(0)
        add([position])
      case .line(let positions):
        add(1)
        add(positions)
      case .polygon(let rings):
        add(1 + rings.count)
        rings.forEach(add)
      }
    }
    return out
  }

  /// From stored bytes; nil where they are no shape.
  package init?(bytes: [UInt8]) {
    var parts: [Part] = []
    var place = 0
    func count() -> Int? {
      guard place + 4 <= bytes.count else { return nil }
      defer { place += 4 }
      return bytes.withUnsafeBytes {
        Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
      }
    }
    func positions() -> [GeoPosition]? {
      guard let number = count(), number > 0, number <= (bytes.count - place) / 16 else { return nil }
      defer { place += 16 * number }
      return bytes.withUnsafeBytes { raw in
        (0..<number).map { index in
          let at = place + 16 * index
          let longitude = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
          let latitude = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self))
          return GeoPosition(Double(bitPattern: longitude), Double(bitPattern: latitude))
        }
      }
    }
    while place < bytes.count {
      guard let kind = count() else { return nil }
      if kind <= 1 {
        guard let found = positions() else { return nil }
        parts.append(kind == 0 ? .point(found[0]) : .line(found))
      } else {
        var rings: [[GeoPosition]] = []
        for _ in 1..<kind {
          guard let ring = positions() else { return nil }
          rings.append(ring)
        }
        parts.append(.polygon(rings))
      }
    }
    self.init(parts)
  }
}

/// The functions that the catalogue's statements call.
enum CatalogueFunctions {
  static let all: [SQLFunction] = [
    shapeFunction("shapes_meet") { $0.meets($1) },
    shapeFunction("shape_within") { $0.lies(within: $1) },
    SQLFunction("stac_time", argumentCount: 1) { arguments in
      guard let text = arguments[0].textValue else { return .null }
      return SQLValue(StacTime.milliseconds(text))
    },
    SQLFunction("only_number", argumentCount: 1) { $0[0].doubleValue == nil ? .null : $0[0] },
    SQLFunction("only_text", argumentCount: 1) { arguments in
      if case .text = arguments[0] { arguments[0] } else { .null }
    },
    SQLFunction("without_case", argumentCount: 1) { arguments in
      guard let text = arguments[0].textValue else { return .null }
      return .text(text.lowercased())
    },
  ]

  /// A question about two stored shapes. The second is mostly the same for all rows, and is kept unpacked.
  private static func shapeFunction(
    _ name: String, _ question: @escaping @Sendable (GeoShape, GeoShape) -> Bool
  ) -> SQLFunction {
    let last = Mutex<[([UInt8], GeoShape)]>([])
    @Sendable func unpacked(_ bytes: [UInt8]) -> GeoShape? {
      if let known = last.withLock({ $0.first { $0.0 == bytes }?.1 }) { return known }
      guard let shape = GeoShape(bytes: bytes) else { return nil }
      last.withLock { kept in
        if kept.count >= 4 { kept.removeFirst() }
        kept.append((bytes, shape))
      }
      return shape
    }
    return SQLFunction(name, argumentCount: 2) { arguments in
      guard let first = arguments[0].blobValue, let second = arguments[1].blobValue,
        let mine = GeoShape(bytes: first),
        let theirs = unpacked(second)
      else { return .null }
      return SQLValue(question(mine, theirs))
    }
  }
}
