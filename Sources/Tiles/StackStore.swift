// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// Prepared series, in a bounded number of bytes of the disk; the one not asked for longest goes first.
final class StackStore: Sendable {
  /// A stack, or its place while it is being made.
  private final class Slot: Sendable {
    let content = Mutex<LayerStack?>(nil)
  }

  private struct Entry {
    let slot: Slot
    var lastUse: Int
  }

  private struct State {
    var entries: [[RasterLayerFile]: Entry] = [:]
    var clock = 0
  }

  private let state = Mutex(State())
  private let folder: String
  private let byteLimit: Int

  init(folder: String, byteLimit: Int) { (self.folder, self.byteLimit) = (folder, byteLimit) }

  /// The stack of these layers when it is made and the files are still those that it was made from.
  func ready(_ files: [RasterLayerFile]) -> LayerStack? {
    let slot = state.withLock { state -> Slot? in
      state.clock += 1
      state.entries[files]?.lastUse = state.clock
      return state.entries[files]?.slot
    }
    guard let stack = slot?.content.withLockIfAvailable({ $0 }) ?? nil else { return nil }
    return stack.marks == files.map { FileMark($0.path) } ? stack : nil
  }

  /// Makes the stack of these layers unless it is there.
  ///
  /// - Returns: whether it is there now.
  func prepare(
    _ files: [RasterLayerFile], threads: Int, open: (RasterLayerFile) throws(TilesError) -> TiledRaster
  ) throws(TilesError) -> Bool {
    if ready(files) != nil { return true }
    let slot = state.withLock { state -> Slot in
      if let entry = state.entries[files] { return entry.slot }
      let slot = Slot()
      state.clock += 1
      state.entries[files] = Entry(slot: slot, lastUse: state.clock)
      return slot
    }
    let isMade = try slot.content.withLock { content throws(TilesError) -> Bool in
      // Another thread may have made it while this one waited.
      if let content, content.marks == files.map({ FileMark($0.path) }) { return true }
      content = nil
      var rasters: [TiledRaster] = []
      for file in files { rasters.append(try open(file)) }
      guard let bytes = LayerStack.bytes(of: rasters), bytes <= byteLimit else { return false }
      makeRoom(for: bytes, keeping: files)
      content = try LayerStack(rasters, folder: folder, threads: threads)
      return content != nil
    }
    if !isMade { state.withLock { $0.entries[files] = nil } }
    return isMade
  }

  private func makeRoom(for bytes: Int, keeping files: [RasterLayerFile]) {
    state.withLock { state in
      let others = state.entries.filter { $0.key != files }.sorted { $0.value.lastUse < $1.value.lastUse }
      // One that is being made cannot be looked into; it counts when it is done.
      let sizes = others.map { ($0.value.slot.content.withLockIfAvailable { $0?.bytes } ?? nil) ?? 0 }
      var total = bytes + sizes.reduce(0, +)
      for (other, size) in zip(others, sizes) where total > byteLimit && size > 0 {
        state.entries[other.key] = nil
        total -= size
      }
    }
  }
}

extension RasterTiles {
  /// Reads the layers of a series once, so that `values` and `series` over them take milliseconds at any place.
  ///
  /// To be called when a user opens a series, before the first click. Takes about as long as `values` at one place,
  /// and a few times as long for rasters of many blocks; 4 bytes of disk for each pixel of each layer, freed when
  /// other series need the room.
  ///
  /// - Returns: false when the layers lie on different lattices or are too many for the room: they are then read as
  ///   they are.
  /// - Throws: `TilesError` of kind `.missing` or `.unreadable`.
  public func prepareSeries(_ files: [RasterLayerFile]) throws(TilesError) -> Bool {
    try stacks.prepare(files, threads: ProcessInfo.processInfo.activeProcessorCount) { file throws(TilesError) in
      try rasters.raster(file)
    }
  }
}
