// SPDX-License-Identifier: Apache-2.0
import Storage

/// One line of the log of who did what.
public struct AuditEntry: Sendable, Equatable {
  public let id: Int
  /// Milliseconds since 1970.
  public let time: Int
  /// Name of the user, or `anonymous`.
  public let actor: String
  /// What was done, as in `token.create`, `login.refused`, `job.dismiss`.
  public let action: String
  /// To what: the id of a job, a user, a token.
  public let subject: String
  public let detail: String
  /// Address that the request came from.
  public let peer: String
}

extension AccountStore {
  /// Writes down what somebody did; secrets never belong into `detail`.
  public func record(
    _ action: String, by actor: String, on subject: String = "", detail: String = "", from peer: String = ""
  ) throws {
    let values: [SQLValue] = [
      .integer(now()), .text(actor), .text(action), .text(subject), .text(String(detail.prefix(500))), .text(peer),
    ]
    _ = try database.write {
      try $0.run("INSERT INTO audit (time, actor, action, subject, detail, peer) VALUES (?, ?, ?, ?, ?, ?)", values)
    }
  }

  /// The newest entries first.
  ///
  /// - Parameters:
  ///   - before: only entries with a smaller id, for the next page.
  ///   - text: only entries in which this stands, in any case.
  public func auditLog(limit: Int, before: Int? = nil, containing text: String? = nil) throws -> [AuditEntry] {
    try database.read { connection in
      try connection.rows(
        """
        SELECT * FROM audit WHERE id < ? AND instr(lower(actor || ' ' || action || ' ' || subject || ' ' || detail), ?)
        ORDER BY id DESC LIMIT ?
        """, [.integer(before ?? Int.max), .text((text ?? "").lowercased()), .integer(limit)]
      ).map {
        AuditEntry(
          id: $0.int("id"), time: $0.int("time"), actor: $0.text("actor"), action: $0.text("action"),
          subject: $0.text("subject"), detail: $0.text("detail"), peer: $0.text("peer"))
      }
    }
  }
}
