// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Synchronization

/// Runs `body` for every block number below `count` on at most `threads` threads, each taking the next free block.
///
/// `body` must write to its own block only: then the result does not depend on `threads`.
package func performBlocks(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
  guard threads > 1, count > 1 else {
    for block in 0..<count { body(block) }
    return
  }
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
    while true {
      let block = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if block >= count { return }
      body(block)
    }
  }
}
