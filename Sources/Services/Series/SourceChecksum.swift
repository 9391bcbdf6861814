// SPDX-License-Identifier: Apache-2.0
import Foundation
import Processing
import Products

extension ChecksumCache {
  /// One checksum of everything that a cube is read from: of the file, the store's files, or all rasters with their names,
  /// which hold the dates.
  func checksum(of cube: any PairCube, cancellation: Cancellation) throws -> Checksum {
    let sums = try cube.sources.map { try checksum(ofSource: $0, cancellation: cancellation) }
    guard sums.count != 1 else { return sums[0] }
    let lines = zip(cube.sources, sums).map { source, sum in
      "\(sum.hexadecimal) \(source.split(separator: "/").suffix(2).joined(separator: "/"))"
    }
    return SHA256.checksum(of: lines.joined(separator: "\n"))
  }

  /// The checksum of a file, all files of a store, or the address of something remote.
  func checksum(ofSource path: String, cancellation: Cancellation) throws -> Checksum {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return try checksum(ofInput: path, cancellation: cancellation)
    }
    let names = (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).sorted()
    var lines: [String] = []
    for name in names {
      let file = "\(path)/\(name)"
      var isInner: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file, isDirectory: &isInner), !isInner.boolValue else { continue }
      lines.append("\(try checksum(ofFile: file, cancellation: cancellation).hexadecimal) \(name)")
    }
    return SHA256.checksum(of: lines.joined(separator: "\n"))
  }
}
