// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How a variable is laid out in the blocks of a Zarr store.
struct ZarrArray {
  let variable: NetCDFVariable
  let sizes: [Int]
  /// Sides of the blocks; blocks at the end are filled up.
  let sides: [Int]
  /// Bytes of a value.
  let width: Int

  /// A block: its file, its first place and the places of it that lie inside the array.
  struct Block {
    let name: String
    let origin: [Int]
    let places: Int
  }

  init(_ variable: NetCDFVariable, _ layout: NetCDFLayout) {
    self.variable = variable
    sizes = layout.sizes(of: variable)
    sides = variable.chunk ?? sizes
    width = variable.textLength.map { 4 * $0 } ?? variable.type.bytes
  }

  /// A block in which nothing is written.
  var empty: [UInt8] {
    let places = sides.reduce(1, *)
    guard variable.textLength == nil, let missing = variable.missing else {
      return Array(repeating: 0, count: places * width)
    }
    return variable.type.stored(Array(repeating: Float(missing), count: places), RasterDataType.float32.gdal)
  }

  /// The blocks that a box touches.
  func blocks(start: [Int], count: [Int]) -> [Block] {
    var places = [[Int]()]
    for axis in sizes.indices {
      let numbers = start[axis] / sides[axis]...(start[axis] + count[axis] - 1) / sides[axis]
      places = places.flatMap { place in numbers.map { place + [$0] } }
    }
    return places.map { numbers in
      let origin = zip(numbers, sides).map { $0 * $1 }
      let inside = zip(zip(origin, sides), sizes).map { min($0.1, $1 - $0.0) }
      let name = numbers.isEmpty ? "0" : numbers.map(String.init).joined(separator: ".")
      return Block(name: "\(variable.name)/\(name)", origin: origin, places: inside.reduce(1, *))
    }
  }

  /// Copies what a box and a block have in common; returns how many values that are.
  func copy(_ box: [UInt8], _ start: [Int], _ count: [Int], into block: inout [UInt8], of place: Block) -> Int {
    guard let last = sizes.indices.last else {
      block = box
      return 1
    }
    let from = sizes.indices.map { max(start[$0], place.origin[$0]) }
    let to = sizes.indices.map { min(start[$0] + count[$0], place.origin[$0] + sides[$0]) }
    let run = to[last] - from[last]
    var at = from, copied = 0
    while true {
      var source = 0, target = 0
      for axis in sizes.indices {
        source = source * count[axis] + at[axis] - start[axis]
        target = target * sides[axis] + at[axis] - place.origin[axis]
      }
      block.replaceSubrange(
        target * width..<(target + run) * width, with: box[source * width..<(source + run) * width])
      copied += run
      // The next run: the last axis but one goes fastest.
      var axis = last - 1
      while axis >= 0 {
        at[axis] += 1
        if at[axis] < to[axis] { break }
        at[axis] = from[axis]
        axis -= 1
      }
      if axis < 0 { return copied }
    }
  }

  /// The contents of `.zarray`.
  var json: [String: Any] {
    let names: [RasterLayout.SampleType: String] = [
      .uint8: "|u1", .uint16: "<u2", .int16: "<i2", .int32: "<i4", .float32: "<f4", .float64: "<f8",
    ]
    var fill: Any = NSNull()
    if let missing = variable.missing {
      if missing.isNaN {
        fill = "NaN"
      } else if variable.type.isFloating {
        fill = missing
      } else {
        fill = Int(missing)
      }
    }
    return [
      "zarr_format": 2, "shape": sizes, "chunks": sides, "order": "C", "filters": NSNull(),
      "dtype": variable.textLength.map { "<U\($0)" } ?? names[variable.type]!,
      "compressor": ["id": "zlib", "level": 2], "fill_value": fill,
    ]
  }
}
