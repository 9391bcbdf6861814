// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Jobs
import Storage

/// Which images of the catalogue jobs are made of, and what their licences mean for the result.
///
/// A measured motion is its maker's to share. A report shows the motion over one of the images: where that image is
/// restricted, the report is for those who may have the image.
struct JobLineage: Sendable {
  private let database: Database
  private let catalogue: Catalogue

  static let schema = Schema(
    "lineage",
    [
      """
      CREATE TABLE job_items (
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE, collection TEXT NOT NULL, item TEXT NOT NULL,
        was_restricted INTEGER NOT NULL, PRIMARY KEY (job, collection, item)) WITHOUT ROWID;
      """
    ])

  init(_ database: Database, _ catalogue: Catalogue) { (self.database, self.catalogue) = (database, catalogue) }

  /// Writes down what a job reads: items, results of other jobs with all that those were made of, and files that are
  /// those of restricted items.
  func note(_ trace: InputTrace, of job: String) throws {
    let items = Array(Set(trace.items + (try catalogue.restrictedItems(naming: trace.files))))
    guard !items.isEmpty || !trace.jobs.isEmpty else { return }
    let access = try catalogue.fileAccess(to: items, for: .anonymous)
    try database.write { connection in
      for (item, access) in zip(items, access) {
        try connection.run(
          "INSERT OR IGNORE INTO job_items VALUES (?, ?, ?, ?)",
          [.text(job), .text(item.collection), .text(item.id), SQLValue(access == .refused)])
      }
      for source in trace.jobs {
        try connection.run(
          "INSERT OR IGNORE INTO job_items SELECT ?, collection, item, was_restricted FROM job_items WHERE job = ?",
          [.text(job), .text(source)])
      }
    }
  }

  /// Whether a result that shows images may be shown to a viewer: to all where no image of it is restricted.
  func allowsImages(of job: String, sharing: Sharing, viewer: Viewer) throws -> Bool {
    if sharing.canBeChanged(by: viewer) { return true }
    let rows = try database.read {
      try $0.rows("SELECT collection, item, was_restricted FROM job_items WHERE job = ?", [.text(job)])
    }
    let items = rows.map { ItemReference(collection: $0.text("collection"), id: $0.text("item")) }
    let access = try catalogue.fileAccess(to: items, for: viewer)
    // An item that was taken out of the catalogue keeps the licence that it had.
    return zip(rows, access).allSatisfy { row, access in access.map { $0 != .refused } ?? !row.bool("was_restricted")
    }
  }

  /// Whether somebody else may not see all that the result shows.
  func isRestricted(_ job: String) throws -> Bool {
    try !allowsImages(of: job, sharing: Sharing(ownerID: ""), viewer: .anonymous)
  }

  /// Whether a file of a result shows an image.
  static func showsImages(_ path: String) -> Bool { path == "report.html" || path.hasSuffix("/report.html") }
}

/// What the inputs of a job lead to; gathered while they are resolved.
final class InputTrace {
  var items: [ItemReference] = []
  /// Ids of jobs whose results are read.
  var jobs: [String] = []
  /// Files and folders that were named by their path.
  var files: [String] = []
}

extension Platform {
  /// Whether a file of a job's result is kept from a viewer who may see the job.
  func isWithheld(_ path: String, of job: Job, from viewer: Viewer) throws -> Bool {
    try JobLineage.showsImages(path)
      && !lineage.allowsImages(of: job.id, sharing: job.sharing, viewer: viewer)
  }
}
