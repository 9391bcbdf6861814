// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What happens to a job, for those who watch it.
public enum JobEvent: Sendable {
  /// The record is another one now.
  case changed(Job)
  /// New lines of its log.
  case log(id: String, JobLogPage)
  /// The record is gone.
  case deleted(id: String)

  public var jobID: String {
    switch self {
    case .changed(let job): job.id
    case .log(let id, _), .deleted(let id): id
    }
  }
}

/// Those who watch jobs.
struct JobWatchers {
  private var watchers: [Int: (job: String?, continuation: AsyncStream<JobEvent>.Continuation)] = [:]
  private var count = 0

  /// Somebody who does not keep up loses the oldest events, and can read log and record at any time.
  private static let backlog = 256

  mutating func add(_ job: String?, onEnd: @escaping @Sendable (Int) -> Void) -> AsyncStream<JobEvent> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: JobEvent.self, bufferingPolicy: .bufferingNewest(Self.backlog))
    let number = count
    count += 1
    watchers[number] = (job, continuation)
    continuation.onTermination = { _ in onEnd(number) }
    return stream
  }

  mutating func remove(_ number: Int) { watchers[number] = nil }

  func tell(_ event: JobEvent) {
    for watcher in watchers.values where watcher.job == nil || watcher.job == event.jobID {
      watcher.continuation.yield(event)
    }
  }

  mutating func finish() {
    for watcher in watchers.values { watcher.continuation.finish() }
    watchers = [:]
  }
}
