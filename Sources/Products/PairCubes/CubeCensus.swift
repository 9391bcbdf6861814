// SPDX-License-Identifier: Apache-2.0

/// Counts what each pair of a cube measured while its windows are read, so that pairs without any value can be told.
public struct CubeCensus: Hashable, Sendable {
  /// Pixels with a value, a count for each pair.
  public private(set) var measured: [Int]

  public init(pairs: Int) { measured = Array(repeating: 0, count: pairs) }

  /// Counts a block. A pixel counts when it has a value in every component.
  public mutating func add(_ block: CubeBlock) {
    let pixels = block.pixels, hasNorth = !block.north.isEmpty
    precondition(block.east.count == measured.count * pixels, "a block of another cube")
    for pair in measured.indices {
      var count = 0
      for index in pair * pixels..<(pair + 1) * pixels
      where !block.east[index].isNaN && !(hasNorth && block.north[index].isNaN) { count += 1 }
      measured[pair] += count
    }
  }

  /// Takes over what was counted in other windows.
  public mutating func add(_ other: CubeCensus) {
    precondition(other.measured.count == measured.count, "a census of another cube")
    for pair in measured.indices { measured[pair] += other.measured[pair] }
  }

  /// Places of the pairs without any value.
  public var empty: [Int] { measured.indices.filter { measured[$0] == 0 } }

  /// What the user should know of pairs without any value; nil when there are none.
  public func notice(_ pairs: [CubePair]) -> String? {
    let empty = empty
    if empty.isEmpty { return nil }
    let names = empty.prefix(3).map { "\(pairs[$0])" }.joined(separator: ", ")
    return "\(empty.count) of \(pairs.count) pairs have no value at all: \(names)\(empty.count > 3 ? ", …" : "")"
  }
}

extension PairCube {
  /// Reads the whole cube once and counts.
  ///
  /// - Parameter bytes: of memory for one tile.
  public func census(memory bytes: Int = 256 << 20) throws -> CubeCensus {
    var census = CubeCensus(pairs: pairs.count)
    for window in tiling(memory: bytes).windows { census.add(try read(window)) }
    return census
  }
}
