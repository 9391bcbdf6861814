// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Jobs
import Parameters
import Processing
import Testing

@Suite("Job store")
struct JobStoreTests {
  private let scratch: Scratch
  private let platform: Platform

  init() throws {
    scratch = try Scratch()
    platform = try Platform(scratch)
  }

  @Test("a job is seen by its owner and by whom it is shared with, and changed by its owner only")
  func sharing() async throws {
    let job = try await platform.submit("echo", title: "Glacier d'Argentière")
    let store = platform.store
    let ben = Viewer(userID: "ben", groups: ["ice"]), ada = Viewer(userID: "ada")
    func sees(_ viewer: Viewer) throws -> Bool { try store.search(JobFilter(), for: viewer).matched == 1 }
    #expect(try sees(ada) && !sees(ben) && !sees(.anonymous) && sees(.local))
    #expect { try store.job(job.id, for: ben) } throws: { ($0 as? JobsError)?.kind == .notFound }
    try store.update(job.id, visibility: .group("ice"))
    #expect(try sees(ben) && !sees(.anonymous))
    #expect { try store.ownJob(job.id, of: ben) } throws: { ($0 as? JobsError)?.kind == .forbidden }
    try store.update(job.id, title: "Bossons", visibility: .public)
    #expect(try sees(.anonymous))
    #expect(try store.job(job.id, for: .anonymous).title == "Bossons")
    try store.update(job.id, visibility: .link)
    #expect(try !sees(.anonymous))
    #expect(try store.job(job.id, for: .anonymous, hasLink: true).id == job.id)
  }

  @Test("lists are sorted by title, state and size, either way, page by page, the latest first among equals")
  func order() async throws {
    for title in ["b", "A", "c", "a", "B"] { _ = try await platform.submit("echo", title: title) }
    let store = platform.store
    func titles(_ order: String, limit: Int) throws -> [String] {
      var filter = JobFilter(), seen: [String] = []
      filter.order = try #require(JobOrder(order))
      filter.limit = limit
      repeat {
        let page = try store.search(filter, for: .local)
        seen += page.jobs.map(\.title)
        filter.token = page.next
      } while filter.token != nil
      return seen
    }
    for limit in [1, 2, 5] {
      #expect(try titles("title", limit: limit) == ["a", "A", "B", "b", "c"])
      #expect(try titles("-title", limit: limit) == ["c", "B", "b", "a", "A"])
      #expect(try titles("created", limit: limit) == ["b", "A", "c", "a", "B"])
      #expect(try titles("-created", limit: limit) == ["B", "a", "c", "A", "b"])
      // All wait, and none has anything on disk.
      for equal in ["state", "-size", "time"] {
        #expect(try titles(equal, limit: limit) == ["B", "a", "c", "A", "b"])
      }
    }
    #expect(JobOrder("owner") == nil)
  }

  @Test("lists are filtered by process, state, words and time, and paged without a job lost or twice")
  func search() async throws {
    for index in 0..<7 { _ = try await platform.submit("echo", title: "echo \(index)") }
    let other = try await platform.submit("wait", title: "50 % of \"that\"")
    let store = platform.store
    func count(_ change: (inout JobFilter) -> Void) throws -> Int {
      var filter = JobFilter()
      change(&filter)
      return try store.search(filter, for: .local).matched
    }
    #expect(try count { $0.processes = ["wait"] } == 1)
    #expect(try count { $0.processes = ["wait", "echo"] } == 8)
    #expect(try count { $0.states = [.running] } == 0)
    #expect(try count { $0.text = "ECHO" } == 7)
    #expect(try count { $0.text = "% of \"" } == 1)
    #expect(try count { $0.text = other.id } == 1)
    #expect(try count { $0.owner = "ben" } == 0)
    #expect(try count { $0.createdTo = Date(timeIntervalSince1970: 0) } == 0)
    #expect(try count { $0.createdFrom = Date(timeIntervalSince1970: 0) } == 8)
    #expect(try count { $0.minimumSeconds = 0 } == 0)
    var filter = JobFilter(), seen: [Int] = []
    filter.limit = 3
    repeat {
      let page = try store.search(filter, for: .local)
      seen += page.jobs.map(\.number)
      #expect(page.matched == 8)
      filter.token = page.next
    } while filter.token != nil
    #expect(seen == (1...8).reversed())
  }

  @Test("files go when their time is over, but for those that are kept; the record stays")
  func retention() async throws {
    var policy = JobPolicy()
    policy.retention = [.successful: 1_000]
    let scratch = try Scratch()
    let platform = try Platform(scratch, policy: policy)
    defer { withExtendedLifetime(scratch) {} }
    let first = try await platform.submit("echo"), kept = try await platform.submit("echo")
    for id in [first.id, kept.id] { try await platform.until(id, .successful) }
    try platform.store.update(kept.id, isKept: true)
    #expect(try platform.store.expiring(by: platform.time.now).isEmpty)
    platform.time.advance(1_100)
    #expect(try platform.store.expiring(by: platform.time.now).map(\.id) == [first.id])
    await platform.scheduler.step()
    #expect(try platform.job(first.id).isRemoved && !platform.job(kept.id).isRemoved)
    #expect(!FileManager.default.fileExists(atPath: platform.store.folder(of: first.id).path))
    #expect(FileManager.default.fileExists(atPath: platform.store.folder(of: kept.id).path))
    // It can be run again all the same.
    try await platform.scheduler.retry(first.id)
    #expect(try await platform.until(first.id, .successful, .failed).state == .successful)
  }

  @Test("a job that is over is removed with its files, one that is not is refused")
  func delete() async throws {
    let job = try await platform.submit("echo")
    await #expect { try await platform.scheduler.delete(job.id) } throws: { ($0 as? JobsError)?.kind == .wrongState }
    try await platform.until(job.id, .successful)
    try await platform.scheduler.delete(job.id)
    #expect(try platform.store.job(job.id) == nil)
    #expect(!FileManager.default.fileExists(atPath: platform.store.folder(of: job.id).path))
  }

  @Test("a repeated job has the same inputs, knows its parent, and is private to somebody else")
  func repeated() async throws {
    let job = try await platform.submit("units", ["count": 2])
    try platform.store.update(job.id, visibility: .public)
    let request = try platform.job(job.id).repeated(by: "ben")
    let copy = try await platform.scheduler.submit(request)
    #expect(copy.inputs == job.inputs && copy.parent == job.id)
    #expect(copy.sharing == Sharing(ownerID: "ben"))
  }

  @Test("the feed is well-formed whatever titles hold")
  func feed() async throws {
    _ = try await platform.submit("echo", title: "<b>&\"'\u{0}\u{FFFF} é")
    let feed = JobFeed(
      title: "Jobs", address: "http://localhost:8080", selfAddress: "http://localhost:8080/api/jobs.atom")
    let text = feed.document(try platform.store.search(JobFilter(), for: .local).jobs)
    #expect(text.contains("<title>&lt;b&gt;&amp;&quot;&#39;\u{FFFD}\u{FFFD} é: accepted</title>"))
    #expect(text.hasPrefix("<?xml") && text.hasSuffix("</feed>\n"))
  }

  @Test("folders that no record has are removed once they are old")
  func strays() async throws {
    let job = try await platform.submit("echo")
    for (name, age) in [("old", 3_600.0), ("young", 0)] {
      let folder = platform.store.folder(of: name)
      try folder.create(JobFile(process: "echo", inputs: [:]))
      try FileManager.default.setAttributes(
        [.modificationDate: Date().addingTimeInterval(-age)], ofItemAtPath: folder.jobPath)
    }
    #expect(try platform.store.removeStrays() == ["old"])
    #expect(try platform.store.folder(of: job.id).job().process == "echo")
  }
}
