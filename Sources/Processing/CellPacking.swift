// SPDX-License-Identifier: Apache-2.0
import Grids

/// How the cells of a floating grid lie in the file of a unit.
struct CellPacking {
  static let byteType = 1
  let type: Int
  /// Of what a number in the file counts, for the types that count steps.
  let step: Double

  init(_ precision: UnitArrays.Precision, for grid: Grid<Float>) {
    switch precision {
    case .full: (type, step) = (0, 0)
    case .half: (type, step) = (2, 0)
    case .steps(let finest):
      var largest: Float = 0
      for value in grid.cells where value.isFinite { largest = max(largest, abs(value)) }
      var step = Double(finest)
      while Double(largest) / step > Double(Int16.max) { step *= 2 }
      (type, self.step) = (3, step)
    case .byteSteps(let step): (type, self.step) = (4, Double(step))
    }
  }

  /// From a file; nil when it says what no file of ours does.
  init?(type: Int, stepBits: Int) {
    let step = Double(bitPattern: UInt64(UInt(bitPattern: stepBits)))
    guard (0...4).contains(type), type < 3 || step > 0 else { return nil }
    (self.type, self.step) = (type, step)
  }

  var bytes: Int { type == 0 ? 4 : type == 2 || type == 3 ? 2 : 1 }

  func append(_ cells: [Float], to out: inout [UInt8]) {
    let start = out.count
    out.append(contentsOf: repeatElement(0, count: cells.count * bytes))
    let inverse = step > 0 ? 1 / step : 0
    out.withUnsafeMutableBytes { all in
      let target = UnsafeMutableRawBufferPointer(rebasing: all[start...])
      for (index, value) in cells.enumerated() {
        switch type {
        case 0: target.storeBytes(of: value.bitPattern.littleEndian, toByteOffset: 4 * index, as: UInt32.self)
        case 2:
          target.storeBytes(of: Float16(value).bitPattern.littleEndian, toByteOffset: 2 * index, as: UInt16.self)
        case 3:
          let number = value.isFinite ? Int16((Double(value) * inverse).rounded()) : .min
          target.storeBytes(of: number.littleEndian, toByteOffset: 2 * index, as: Int16.self)
        default:
          let number = value.isFinite ? Int8(min(127, max(-127, (Double(value) * inverse).rounded()))) : .min
          target.storeBytes(of: number, toByteOffset: index, as: Int8.self)
        }
      }
    }
  }

  func floats(_ cells: UnsafeRawBufferPointer) -> [Float] {
    let count = cells.count / bytes
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      for i in 0..<count {
        let value: Float
        switch type {
        case 0:
          value = Float(
            bitPattern: UInt32(littleEndian: cells.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)))
        case 2:
          value = Float(
            Float16(bitPattern: UInt16(littleEndian: cells.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self))))
        case 3:
          let number = Int16(littleEndian: cells.loadUnaligned(fromByteOffset: 2 * i, as: Int16.self))
          value = number == .min ? .nan : Float(Double(number) * step)
        default:
          let number = cells.loadUnaligned(fromByteOffset: i, as: Int8.self)
          value = number == .min ? .nan : Float(Double(number) * step)
        }
        buffer.initializeElement(at: i, to: value)
      }
      initialized = count
    }
  }
}
