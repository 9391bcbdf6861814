// SPDX-License-Identifier: Apache-2.0

/// In which order waiting jobs begin.
///
/// The next one belongs to the user with the fewest running jobs; among equals to the one who has been served the
/// longest ago. A user's own jobs go by priority, then in the order in which they came. So nobody waits behind the whole
/// queue of another, and nobody is kept waiting for ever.
package struct FairQueue: Sendable {
  package struct Entry: Sendable, Equatable {
    package let id: String
    package let owner: String
    package let priority: Int
    package let number: Int
    /// Bytes that it needs on the disk besides those that it has there.
    package let bytes: Int

    package init(id: String, owner: String, priority: Int, number: Int, bytes: Int) {
      (self.id, self.owner, self.priority, self.number, self.bytes) = (id, owner, priority, number, bytes)
    }
  }

  private var waiting: [String: [Entry]]
  private var running: [String: Int]
  private var served: [String: Int]

  /// - Parameters:
  ///   - running: jobs of each user that run now.
  ///   - served: when each user's last job began, as a number that grows.
  package init(_ entries: [Entry], running: [String: Int], served: [String: Int]) {
    (self.running, self.served) = (running, served)
    waiting = Dictionary(grouping: entries, by: \.owner).mapValues { list in
      list.sorted { ($1.priority, $0.number) < ($0.priority, $1.number) }
    }
  }

  /// Takes the next job that may begin: one that `fits`, of a user who has fewer than the user's `limit` running.
  package mutating func next(limit: (String) -> Int?, fits: (Entry) -> Bool) -> Entry? {
    let owners = waiting.keys.filter { owner in limit(owner).map { running[owner, default: 0] < $0 } ?? true }
    let order = owners.sorted { left, right in
      let a = (running[left, default: 0], served[left, default: -1], waiting[left]?.first?.number ?? 0)
      return a < (running[right, default: 0], served[right, default: -1], waiting[right]?.first?.number ?? 0)
    }
    for owner in order {
      guard let place = waiting[owner]?.firstIndex(where: fits), let entry = waiting[owner]?.remove(at: place) else {
        continue
      }
      running[owner, default: 0] += 1
      served[owner] = (served.values.max() ?? 0) + 1
      return entry
    }
    return nil
  }
}
