// SPDX-License-Identifier: Apache-2.0
import Foundation
import Processing
import Testing

@Suite("Cancellation")
struct CancellationTests {
  @Test("a check passes before and throws after the request")
  func check() throws {
    let cancellation = Cancellation()
    try cancellation.check()
    cancellation.cancel()
    let error = #expect(throws: RunCancelled.self) { try cancellation.check() }
    #expect(error?.kind == "run.cancelled")
  }

  @Test("the first termination signal of a watched process only asks it to stop")
  func signal() {
    let cancellation = Cancellation.watchingSignals(), other = Cancellation()
    defer { Cancellation.stopWatchingSignals() }
    #expect(!cancellation.isCancelled)
    // To the process, not to this thread, which like all threads of Dispatch takes no signals.
    kill(getpid(), SIGTERM)
    for _ in 0..<5000 where !cancellation.isCancelled { usleep(1000) }
    #expect(cancellation.isCancelled)
    #expect(!other.isCancelled)
  }
}
