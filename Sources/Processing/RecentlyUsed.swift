// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Values that were asked for last, at most so many: the one that nobody has asked for the longest makes room.
package final class RecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct State {
    var entries: [Key: (value: Value, lastUse: Int)] = [:]
    var clock = 0
  }

  private let state = Mutex(State())
  private let most: Int

  /// - Parameter most: values that are kept.
  package init(most: Int) { self.most = max(1, most) }

  package subscript(_ key: Key) -> Value? {
    get {
      state.withLock { state in
        state.clock += 1
        state.entries[key]?.lastUse = state.clock
        return state.entries[key]?.value
      }
    }
    set {
      state.withLock { state in
        state.clock += 1
        state.entries[key] = newValue.map { ($0, state.clock) }
        guard state.entries.count > most else { return }
        if let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
          state.entries[oldest.key] = nil
        }
      }
    }
  }
}
