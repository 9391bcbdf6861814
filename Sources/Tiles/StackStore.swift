// SPDX-License-Identifier: Apache-2.0
import Foundation
import Processing
import Synchronization

/// Prepared series, in a bounded number of bytes of a folder; the one not asked for longest goes first.
///
/// A file is named by the layers and what they are on the disk, so that one of another state is never taken for it, and
/// the next process finds what this one has made.
final class StackStore: Sendable {
  typealias Opening = (RasterLayerFile) throws(TilesError) -> TiledRaster

  /// A stack that is open, or its place.
  private final class Slot: Sendable {
    let content = Mutex<LayerStack?>(nil)
  }

  private struct Entry {
    let slot = Slot()
    var bytes: Int
    var lastUse: Int
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var clock = 0
  }

  private let state = Mutex(State())
  private let folder: String
  private let isTemporary: Bool
  private let byteLimit: Int

  /// - Parameter folder: made when it is absent; nil takes one of its own that is removed in the end.
  init(folder: String?, byteLimit: Int) {
    isTemporary = folder == nil
    self.byteLimit = byteLimit
    self.folder =
      folder ?? FileManager.default.temporaryDirectory.appending(path: "ogive-series-\(UUID().uuidString)").path
    find()
  }

  deinit { if isTemporary { try? FileManager.default.removeItem(atPath: folder) } }

  /// Takes note of what an earlier process has left.
  private func find() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var found: [(name: String, bytes: Int, time: Int)] = []
    for name in names {
      var information = stat()
      if name.hasSuffix(".part") {
        unlink("\(folder)/\(name)")
      } else if name.hasSuffix(Self.ending), stat("\(folder)/\(name)", &information) == 0 {
        found.append((name, Int(information.st_size), information.st_mtim.tv_sec))
      }
    }
    state.withLock { state in
      for file in found.sorted(by: { $0.time < $1.time }) {
        state.clock += 1
        state.entries[file.name] = Entry(bytes: file.bytes, lastUse: state.clock)
      }
    }
  }

  private static let ending = ".stack"

  private static func name(of files: [RasterLayerFile]) -> String {
    let lines = files.map { "\($0.path) \($0.band ?? 0) \(FileMark($0.path)?.text ?? "")" }
    return SHA256.checksum(of: lines.joined(separator: "\n")).hexadecimal + ending
  }

  /// The stack of these layers when it is made and the files are still those that it was made from.
  func ready(_ files: [RasterLayerFile], open: Opening) -> LayerStack? {
    guard state.withLock({ !$0.entries.isEmpty }) else { return nil }
    let name = Self.name(of: files)
    guard let slot = slot(name) else { return nil }
    return slot.content.withLockIfAvailable { content -> LayerStack? in
      if content == nil, let first = files.first, let raster = try? open(first) {
        content = LayerStack("\(folder)/\(name)", place: raster.place, layers: files.count)
      }
      return content
    } ?? nil
  }

  private func slot(_ name: String) -> Slot? {
    state.withLock { state in
      state.clock += 1
      state.entries[name]?.lastUse = state.clock
      return state.entries[name]?.slot
    }
  }

  /// Makes the stack of these layers unless it is there.
  ///
  /// - Returns: whether it is there now.
  func prepare(_ files: [RasterLayerFile], threads: Int, open: Opening) throws(TilesError) -> Bool {
    if ready(files, open: open) != nil { return true }
    let name = Self.name(of: files), path = "\(folder)/\(name)"
    let slot = state.withLock { state -> Slot in
      if let entry = state.entries[name] { return entry.slot }
      state.clock += 1
      let entry = Entry(bytes: 0, lastUse: state.clock)
      state.entries[name] = entry
      return entry.slot
    }
    var bytes = 0
    let isMade = try slot.content.withLock { content throws(TilesError) -> Bool in
      // Another thread may have made it while this one waited.
      if let content {
        bytes = content.bytes
        return true
      }
      var rasters: [TiledRaster] = []
      for file in files { rasters.append(try open(file)) }
      guard let needed = LayerStack.bytes(of: rasters), makeRoom(for: needed, keeping: name) else { return false }
      try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      content = try LayerStack(rasters, path: path, threads: threads)
      bytes = needed
      return content != nil
    }
    state.withLock { state in
      if isMade { state.entries[name]?.bytes = bytes } else { state.entries[name] = nil }
    }
    return isMade
  }

  /// Removes others until there is room.
  ///
  /// - Returns: whether there is.
  private func makeRoom(for bytes: Int, keeping name: String) -> Bool {
    guard bytes <= byteLimit else { return false }
    state.withLock { state in
      let others = state.entries.filter { $0.key != name }.sorted { $0.value.lastUse < $1.value.lastUse }
      var total = bytes + others.reduce(0) { $0 + $1.value.bytes }
      // One of no bytes is being made; it counts when it is done.
      for (other, entry) in others where total > byteLimit && entry.bytes > 0 {
        state.entries[other] = nil
        total -= entry.bytes
        // Who reads it goes on doing so.
        unlink("\(folder)/\(other)")
      }
    }
    return RunFolder.freeBytes(at: folder).map { $0 > 2 * bytes } ?? true
  }
}

extension RasterTiles {
  /// Reads the layers of a series once, so that `values` and `series` over them take milliseconds at any place.
  ///
  /// To be called when there is a new series, or when a user opens one, before the first click. Takes about as long as
  /// `values` at one place, and a few times as long for rasters of many blocks; 4 bytes of disk for each pixel of each
  /// layer, freed when other series need the room.
  ///
  /// - Parameter threads: that read; nil takes all processors.
  /// - Returns: false when the layers lie on different lattices or are too many for the room: they are then read as
  ///   they are.
  /// - Throws: `TilesError` of kind `.missing` or `.unreadable`.
  public func prepareSeries(_ files: [RasterLayerFile], threads: Int? = nil) throws(TilesError) -> Bool {
    let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    return try stacks.prepare(files, threads: threads, open: rasters.raster)
  }
}
