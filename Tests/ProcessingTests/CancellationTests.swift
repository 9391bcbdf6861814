// SPDX-License-Identifier: Apache-2.0
import Foundation
import Processing
import Testing

@Suite("Cancellation", .serialized)
struct CancellationTests {
  @Test("a check passes before and throws after the request")
  func check() throws {
    let cancellation = Cancellation()
    try cancellation.check()
    cancellation.cancel()
    let error = #expect(throws: RunCancelled.self) { try cancellation.check() }
    #expect(error?.kind == "run.cancelled")
  }

  @Test("the first termination signal of a watched process only asks it to stop", .timeLimit(.minutes(1)))
  func signal() {
    let cancellation = Cancellation()
    let watch = SignalWatch(cancellation)
    defer { watch.stop() }
    kill(getpid(), SIGTERM)
    for _ in 0..<1000 where !cancellation.isCancelled { usleep(1000) }
    #expect(cancellation.isCancelled)
  }
}
