// SPDX-License-Identifier: Apache-2.0

/// Unpacks DEFLATE streams (RFC 1951), so that tests can read zipped data without any tool beside them.
public struct Inflate {
  /// What is wrong with a stream.
  public enum Failure: Error { case truncated, badCode, badBlock }

  private let input: [UInt8]
  private var position = 0
  private var held: UInt32 = 0
  private var heldBits = 0
  private var output: [UInt8] = []

  /// The bytes that a stream unpacks to; `size` is how many are expected.
  public static func unpacked(_ input: [UInt8], size: Int) throws -> [UInt8] {
    var inflate = Inflate(input: input)
    inflate.output.reserveCapacity(size)
    try inflate.run()
    return inflate.output
  }

  private init(input: [UInt8]) { self.input = input }

  private mutating func run() throws {
    var isLast = false
    while !isLast {
      isLast = try bits(1) == 1
      switch try bits(2) {
      case 0: try copyStored()
      case 1:
        let lengths = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
        try unpackBlock(HuffmanCode(lengths), HuffmanCode(Array(repeating: 5, count: 30)))
      case 2:
        let (literals, distances) = try codes()
        try unpackBlock(literals, distances)
      default: throw Failure.badBlock
      }
    }
  }

  private mutating func bits(_ count: Int) throws -> Int {
    while heldBits < count {
      guard position < input.count else { throw Failure.truncated }
      held |= UInt32(input[position]) << UInt32(heldBits)
      position += 1
      heldBits += 8
    }
    let value = held & ((1 << UInt32(count)) - 1)
    held >>= UInt32(count)
    heldBits -= count
    return Int(value)
  }

  private mutating func copyStored() throws {
    _ = try bits(heldBits % 8)
    let size = try bits(16)
    _ = try bits(16)
    for _ in 0..<size { output.append(UInt8(try bits(8))) }
  }

  private mutating func symbol(_ code: HuffmanCode) throws -> Int {
    var value = 0, first = 0, index = 0
    for length in 1..<code.counts.count {
      value |= try bits(1)
      let count = code.counts[length]
      if value - first < count { return code.symbols[index + value - first] }
      index += count
      first = (first + count) << 1
      value <<= 1
    }
    throw Failure.badCode
  }

  private mutating func codes() throws -> (HuffmanCode, HuffmanCode) {
    let literals = try bits(5) + 257, distances = try bits(5) + 1, used = try bits(4) + 4
    var lengths = [Int](repeating: 0, count: 19)
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    for place in order.prefix(used) { lengths[place] = try bits(3) }
    let code = HuffmanCode(lengths)
    lengths = []
    while lengths.count < literals + distances {
      switch try symbol(code) {
      case 16:
        guard let previous = lengths.last else { throw Failure.badCode }
        lengths += Array(repeating: previous, count: try bits(2) + 3)
      case 17: lengths += Array(repeating: 0, count: try bits(3) + 3)
      case 18: lengths += Array(repeating: 0, count: try bits(7) + 11)
      case let length: lengths.append(length)
      }
    }
    return (HuffmanCode(Array(lengths[..<literals])), HuffmanCode(Array(lengths[literals...])))
  }

  private static let lengthBases = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
  ]
  private static let distanceBases = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
    8193, 12289, 16385, 24577,
  ]

  private mutating func unpackBlock(_ literals: HuffmanCode, _ distances: HuffmanCode) throws {
    while true {
      let value = try symbol(literals)
      if value == 256 { return }
      if value < 256 {
        output.append(UInt8(value))
        continue
      }
      let place = value - 257
      guard place < Self.lengthBases.count else { throw Failure.badCode }
      let length = Self.lengthBases[place] + (try bits(place < 8 || place == 28 ? 0 : place / 4 - 1))
      let far = try symbol(distances)
      guard far < Self.distanceBases.count else { throw Failure.badCode }
      let distance = Self.distanceBases[far] + (try bits(far < 2 ? 0 : far / 2 - 1))
      guard distance <= output.count else { throw Failure.badCode }
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
  }
}

/// A canonical Huffman code: how many codes of each length, and their symbols in order.
private struct HuffmanCode {
  var counts = [Int](repeating: 0, count: 16)
  var symbols: [Int] = []

  init(_ lengths: [Int]) {
    for length in 1...15 {
      for (symbol, own) in lengths.enumerated() where own == length {
        counts[length] += 1
        symbols.append(symbol)
      }
    }
  }
}
