// SPDX-License-Identifier: Apache-2.0
import Grids
import Synchronization

/// Decoded blocks of rasters in a bounded number of bytes; the ones not asked for longest go first.
///
/// Whoever asks for a block that another thread is decoding waits for it instead of decoding it again: neighbouring
/// tiles, which a map asks for at the same moment, share most of their blocks.
final class BlockCache: Sendable {
  struct Key: Hashable, Sendable {
    let file: RasterLayerFile
    let mark: FileMark?
    /// Index among the levels of the pyramid.
    let level: Int
    let row, column: Int
  }

  /// A block, or its place while it is being decoded.
  private final class Slot: Sendable {
    let content = Mutex<Grid<Float>?>(nil)
  }

  private struct Entry {
    let slot: Slot
    var bytes: Int
    var lastUse: Int
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var bytes = 0
    var clock = 0
  }

  private let state = Mutex(State())
  let byteLimit: Int

  init(byteLimit: Int) { self.byteLimit = byteLimit }

  /// Bytes of the blocks held now.
  var bytes: Int { state.withLock { $0.bytes } }

  /// A block, decoded by `decode` when it is not there.
  ///
  /// - Throws: what `decode` throws; nothing is kept then.
  func block(_ key: Key, decode: () throws(TilesError) -> Grid<Float>) throws(TilesError) -> Grid<Float> {
    let slot = state.withLock { state -> Slot in
      state.clock += 1
      if let entry = state.entries[key] {
        state.entries[key]?.lastUse = state.clock
        return entry.slot
      }
      let slot = Slot()
      state.entries[key] = Entry(slot: slot, bytes: 0, lastUse: state.clock)
      return slot
    }
    var isNew = false
    let grid = try slot.content.withLock { content throws(TilesError) -> Grid<Float> in
      if let content { return content }
      let grid = try decode()
      content = grid
      isNew = true
      return grid
    }
    if isNew { account(for: grid, of: key, in: slot) }
    return grid
  }

  /// The block when it is there and decoded.
  func present(_ key: Key) -> Grid<Float>? {
    let slot = state.withLock { state -> Slot? in
      guard let entry = state.entries[key], entry.bytes > 0 else { return nil }
      state.clock += 1
      state.entries[key]?.lastUse = state.clock
      return entry.slot
    }
    return slot?.content.withLock { $0 }
  }

  private func account(for grid: Grid<Float>, of key: Key, in slot: Slot) {
    let size = 4 * grid.cells.count + 256  // the cells, and about what the entry takes
    state.withLock { state in
      // Meanwhile it may have been dropped, or dropped and begun again by another.
      guard let entry = state.entries[key], entry.slot === slot, entry.bytes == 0 else { return }
      state.entries[key]?.bytes = size
      state.bytes += size
      if state.bytes > byteLimit { shrink(&state) }
    }
  }

  /// Drops a tenth more than it must, so that the search for the oldest is rare.
  private func shrink(_ state: inout State) {
    for (key, entry) in state.entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
      if state.bytes <= byteLimit / 10 * 9 { break }
      // What is being decoded has no size yet and is left alone; so is a failed one, which holds nothing.
      if entry.bytes == 0, entry.lastUse > state.clock - 10_000 { continue }
      state.entries[key] = nil
      state.bytes -= entry.bytes
    }
  }
}
