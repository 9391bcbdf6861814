// SPDX-License-Identifier: Apache-2.0
import Foundation
import RasterIO

/// Arrays of a NumPy `.npz` file: a zip of `.npy` members in C order.
struct NPZFile {
  /// What can't be read.
  enum Failure: Error { case noArray }

  let path: String

  /// Shape and values of an array of the given element type, which must be that of the file.
  func array<Element>(_ name: String, of type: Element.Type) throws -> (shape: [Int], values: [Element]) {
    // In braces, since the archive's name does not end in `.zip`.
    let member = try VirtualFile.read("/vsizip/{\(path)}/\(name).npy")
    guard member.count > 10 else { throw Failure.noArray }
    let start = 10 + Int(member[8]) + Int(member[9]) << 8
    let header = String(decoding: member[10..<start], as: UTF8.self)
    guard let shape = header.firstMatch(of: /'shape': \(([0-9, ]*)\)/), header.contains("'fortran_order': False")
    else {
      throw Failure.noArray
    }
    let values = member[start...].withUnsafeBytes { raw in
      (0..<raw.count / MemoryLayout<Element>.size).map {
        raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self)
      }
    }
    return (shape.1.split(separator: ",").compactMap { Int($0.filter(\.isNumber)) }, values)
  }
}
