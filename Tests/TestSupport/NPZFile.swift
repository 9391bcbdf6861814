// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Arrays of a NumPy `.npz` file: a zip of `.npy` members in C order.
public struct NPZFile {
  /// What can't be read.
  public enum Failure: Error { case noZip, noMember(String), noArray }

  private let bytes: [UInt8]
  private var members: [String: Int] = [:]

  public init(_ url: URL) throws {
    bytes = [UInt8](try Data(contentsOf: url))
    // The record at the end, without a comment, says where the directory is.
    let end = bytes.count - 22
    guard end >= 0, number(end, 4) == 0x0605_4b50 else { throw Failure.noZip }
    var entry = number(end + 16, 4)
    for _ in 0..<number(end + 10, 2) {
      let nameLength = number(entry + 28, 2)
      let name = String(decoding: bytes[entry + 46..<entry + 46 + nameLength], as: UTF8.self)
      members[name] = entry
      entry += 46 + nameLength + number(entry + 30, 2) + number(entry + 32, 2)
    }
  }

  /// Shape and values of an array of the given element type, which must be that of the file.
  public func array<Element>(_ name: String, of type: Element.Type) throws -> (shape: [Int], values: [Element]) {
    guard let entry = members[name + ".npy"] else { throw Failure.noMember(name) }
    let local = number(entry + 42, 4), packed = number(entry + 20, 4), size = number(entry + 24, 4)
    let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
    let content = Array(bytes[start..<start + packed])
    let member = number(entry + 10, 2) == 0 ? content : try Inflate.unpacked(content, size: size)
    let headerLength = Int(member[8]) + Int(member[9]) << 8
    let header = String(decoding: member[10..<10 + headerLength], as: UTF8.self)
    guard let shape = header.firstMatch(of: /'shape': \(([0-9, ]*)\)/), header.contains("'fortran_order': False")
    else {
      throw Failure.noArray
    }
    let values = member[(10 + headerLength)...].withUnsafeBytes { raw in
      (0..<raw.count / MemoryLayout<Element>.size).map {
        raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self)
      }
    }
    return (shape.1.split(separator: ",").compactMap { Int($0.filter(\.isNumber)) }, values)
  }

  private func number(_ place: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }
}
