// SPDX-License-Identifier: Apache-2.0
import Accounts
import Jobs

extension JobStore {
  /// How many jobs of a search are in each state, whatever states the search asks for.
  func counts(_ filter: JobFilter, for viewer: Viewer) throws -> [(state: JobState, count: Int)] {
    var filter = filter
    (filter.limit, filter.token) = (1, nil)
    return try JobState.allCases.map { state in
      filter.states = [state]
      return (state, try search(filter, for: viewer).matched)
    }
  }

  /// Bytes of all jobs of a user.
  func diskUse(of userID: String) throws -> Int {
    try database.read {
      try $0.row("SELECT total(disk) AS bytes FROM jobs WHERE owner = ? AND NOT is_removed", [.text(userID)])
        .map { Int($0.double("bytes")) } ?? 0
    }
  }
}

extension JobScheduler {
  /// Waits until a job is over.
  func finished(_ id: String) async throws -> Job {
    let events = try events(of: id)
    if let job = try store.job(id), job.state.isOver { return job }
    for await _ in events {
      if let job = try store.job(id), job.state.isOver { return job }
    }
    throw Problem(503, "server.stopping", "the server is stopping; the job \(id) goes on, ask for it later")
  }
}
