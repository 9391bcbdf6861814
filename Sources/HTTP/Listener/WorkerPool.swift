// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// Threads on which answers are worked out.
///
/// Swift's own threads are as many as the cores and must never block; an answer that reads a database or a raster does.
/// Threads start when all others are busy and stay.
final class WorkerPool: TaskExecutor {
  static let shared = WorkerPool(limit: max(24, 4 * ProcessInfo.processInfo.activeProcessorCount))

  private struct State {
    var jobs: [UnownedJob] = []
    var next = 0
    var idle = 0
    var threads = 0
  }

  private let limit: Int
  private let state = Mutex(State())
  private let ready = DispatchSemaphore(value: 0)

  init(limit: Int) { self.limit = limit }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let needsThread = state.withLock { state in
      state.jobs.append(job)
      guard state.jobs.count - state.next > state.idle, state.threads < limit else { return false }
      state.threads += 1
      return true
    }
    if needsThread {
      let thread = Thread { [self] in work() }
      thread.name = "answers"
      thread.stackSize = 2 << 20
      thread.start()
    }
    ready.signal()
  }

  private func work() {
    while true {
      state.withLock { $0.idle += 1 }
      ready.wait()
      let job = state.withLock { state in
        state.idle -= 1
        let job = state.jobs[state.next]
        state.next += 1
        // Taken jobs are dropped together, so that taking one does not move all others.
        if state.next > 64 && state.next * 2 > state.jobs.count {
          state.jobs.removeFirst(state.next)
          state.next = 0
        }
        return job
      }
      job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }
}
