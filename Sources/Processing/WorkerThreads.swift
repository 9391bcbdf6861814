// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Runs `body` on so many threads of its own and waits until all have returned.
///
/// Swift's cooperative pool is no place for work that blocks on files, and gives `concurrentPerform` no second thread.
func runOnThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
  let finished = DispatchGroup()
  for _ in 0..<count {
    finished.enter()
    let thread = Thread {
      body()
      finished.leave()
    }
    // The default of secondary threads, 512 kB, is little for libraries that read files.
    thread.stackSize = 8 << 20
    thread.start()
  }
  finished.wait()
}
