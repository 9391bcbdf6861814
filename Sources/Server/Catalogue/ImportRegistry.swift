// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Parameters
import Synchronization

/// The imports and downloads since the server began; what they brought in is in the catalogue.
final class ImportRegistry: Sendable {
  private struct Entry {
    let owner: String
    var state = "running"
    var read = 0
    var added = 0
    var replaced = 0
    var problems: [String] = []
    var message = ""
  }

  private let entries = Mutex<[String: Entry]>([:])

  /// Begins one in the background.
  ///
  /// - Parameter work: is given a function that takes how many items or files it has read.
  /// - Returns: the id under which it can be asked for.
  func start(
    owner: String,
    _ work: @escaping @Sendable (_ note: @escaping @Sendable (Int) -> Void) async throws -> ItemAdditions
  ) throws -> String {
    let id = try Secret.random(bytes: 9)
    entries.withLock { $0[id] = Entry(owner: owner) }
    Task {
      do {
        end(id, try await work { read in self.entries.withLock { $0[id]?.read = read } })
      } catch {
        fail(id, Problem(error).detail)
      }
    }
    return id
  }

  private func end(_ id: String, _ result: ItemAdditions) {
    entries.withLock { entries in
      entries[id]?.state = "done"
      let total = result.added + result.replaced + result.problems.count
      let read = entries[id]?.read ?? 0
      entries[id]?.read = max(read, total)
      entries[id]?.added = result.added
      entries[id]?.replaced = result.replaced
      entries[id]?.problems = Array(result.problems.prefix(100))
    }
  }

  private func fail(_ id: String, _ message: String) {
    entries.withLock {
      $0[id]?.state = "failed"
      $0[id]?.message = message
    }
  }

  func document(_ id: String, for viewer: Viewer) throws(Problem) -> JSONObject {
    guard let entry = entries.withLock({ $0[id] }), viewer.isAdmin || viewer.userID == entry.owner else {
      throw Problem(.notFound, "there is no import '\(id)' since the server began")
    }
    return [
      "id": .string(id), "state": .string(entry.state), "read": .integer(entry.read), "added": .integer(entry.added),
      "replaced": .integer(entry.replaced), "skipped": .integer(entry.problems.count),
      "problems": .array(entry.problems.map(JSONValue.string)), "message": .string(entry.message),
    ]
  }
}
