// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// Units of several runs side by side, so that one run takes what another has computed.
///
/// A unit stands here and in its run's folder as two names of one file (a copy where the two are on different file
/// systems). Nothing is ever changed in place, and a unit is checked by its own checksum when it is taken, so a result
/// from here is the one that would be computed. The units that nobody has asked for the longest go when there are more
/// bytes than allowed; runs that have taken them keep theirs.
public final class UnitCache: Sendable {
  public let folder: String
  /// Most bytes that are kept.
  public let limit: Int
  /// Bytes added since the folder was last looked through.
  private let added = Mutex(0)

  /// - Parameters:
  ///   - folder: created when absent.
  ///   - limit: most bytes that are kept.
  public init(folder: String, limit: Int) {
    (self.folder, self.limit) = (folder, limit)
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// The one that the environment names: `OGIVE_UNIT_CACHE`, a folder, and `OGIVE_UNIT_CACHE_BYTES`, 20 GB when not
  /// given; nil when it names none.
  public static let ofEnvironment: UnitCache? = {
    let environment = ProcessInfo.processInfo.environment
    guard let folder = environment["OGIVE_UNIT_CACHE"], !folder.isEmpty else { return nil }
    return UnitCache(folder: folder, limit: environment["OGIVE_UNIT_CACHE_BYTES"].flatMap(Int.init) ?? 20_000_000_000)
  }()

  /// Puts a unit under a name in a run's folder. Returns whether it was here.
  func take(_ name: String, to path: String) -> Bool {
    let source = place(of: name)
    guard Self.place(source, at: path) else { return false }
    // Asked for now: the last to go.
    utimensat(AT_FDCWD, source, nil, 0)
    return true
  }

  /// Keeps a unit of a run's folder. A cache that is full or broken costs speed, never a result.
  func keep(_ path: String, as name: String) {
    let target = place(of: name)
    guard access(target, F_OK) != 0 else { return }
    mkdir(URL(filePath: target).deletingLastPathComponent().path, 0o755)
    guard Self.place(path, at: target) else { return }
    var info = stat()
    guard stat(target, &info) == 0 else { return }
    let isDue = added.withLock { added in
      added += Int(info.st_size)
      guard added > limit / 16 else { return false }
      added = 0
      return true
    }
    if isDue { evict() }
  }

  func remove(_ name: String) { unlink(place(of: name)) }

  /// Removes the units asked for the longest ago until at most nine tenths of the limit are left, if there are more than
  /// the limit.
  ///
  /// - Returns: bytes that are left.
  @discardableResult
  public func evict() -> Int {
    struct Entry {
      let path: String
      let bytes: Int
      let asked: (Int, Int)
    }
    var entries: [Entry] = []
    let files = FileManager.default.enumerator(atPath: folder)
    while let name = files?.nextObject() as? String {
      var info = stat()
      guard name.hasSuffix(".unit") || name.hasSuffix(".part"), stat("\(folder)/\(name)", &info) == 0 else {
        continue
      }
      entries.append(
        Entry(
          path: "\(folder)/\(name)", bytes: Int(info.st_size),
          asked: (info.st_mtim.tv_sec, info.st_mtim.tv_nsec)))
    }
    var total = entries.reduce(0) { $0 + $1.bytes }
    guard total > limit else { return total }
    for entry in entries.sorted(by: { $0.asked < $1.asked }) where total > limit / 10 * 9 {
      if unlink(entry.path) == 0 { total -= entry.bytes }
    }
    return total
  }

  /// 256 folders: one with a million names is slow on some file systems.
  private func place(of name: String) -> String { "\(folder)/\(name.prefix(2))/\(name)" }

  private static func place(_ source: String, at target: String) -> Bool {
    if link(source, target) == 0 || errno == EEXIST { return true }
    // Another file system, or one without hard links.
    guard errno == EXDEV || errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP,
      let data = try? Data(contentsOf: URL(filePath: source), options: .alwaysMapped)
    else { return false }
    let partial = "\(target).\(UUID().uuidString).part"
    let isDone: Void? = data.withUnsafeBytes {
      try? AtomicFile.write($0, to: target, partial: partial, isDurable: false)
    }
    return isDone != nil
  }
}
