// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One band of a raster file, as tiles and readings are asked for.
public struct RasterLayerFile: Hashable, Sendable {
  public let path: String
  /// From 1; nil takes the first that is not alpha.
  public let band: Int?
  /// Whether values are names rather than amounts (flags, classes): they are picked, never averaged.
  public let isCategorical: Bool

  public init(_ path: String, band: Int? = nil, isCategorical: Bool = false) {
    (self.path, self.band, self.isCategorical) = (path, band, isCategorical)
  }
}

/// What tells whether a file is still the one that was opened: its place on the disk, its size and its times.
struct FileMark: Hashable, Sendable {
  private let inode: UInt
  private let size, changed, changedNanoseconds, state, stateNanoseconds: Int

  /// Nil for names that are no file of the disk (archives, the net): those count as unchanged.
  init?(_ path: String) {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    inode = info.st_ino
    size = Int(info.st_size)
    (changed, changedNanoseconds) = (info.st_mtim.tv_sec, info.st_mtim.tv_nsec)
    (state, stateNanoseconds) = (info.st_ctim.tv_sec, info.st_ctim.tv_nsec)
  }

  /// Whether neither the contents nor anything else has changed since.
  func changedBefore(_ date: Date) -> Bool { Double(max(changed, state) + 1) < date.timeIntervalSince1970 }

  /// The same as a text.
  var text: String { "\(inode) \(size) \(changed) \(changedNanoseconds) \(state) \(stateNanoseconds)" }
}
