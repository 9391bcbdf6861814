// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Synchronization

/// Runs `body` for each index below `count` on up to `threads` threads; each thread has one scratch value.
///
/// Indices are handed out one at a time, so a busy core delays nobody. Results are the same for any number of
/// threads as long as `body` writes only to places that belong to its index.
public func parallelFor<Scratch>(
  count: Int, threads: Int, scratch: @Sendable () -> Scratch, body: @Sendable (Int, inout Scratch) -> Void
) {
  let workers = max(1, min(threads, count))
  guard workers > 1 else {
    var own = scratch()
    for index in 0..<count { body(index, &own) }
    return
  }
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: workers) { _ in
    var own = scratch()
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      body(index, &own)
    }
  }
}

/// Runs `body` for each index below `count` on up to `threads` threads.
public func parallelFor(count: Int, threads: Int, body: @Sendable (Int) -> Void) {
  parallelFor(count: count, threads: threads, scratch: {}) { index, _ in body(index) }
}

/// Memory that several threads write to, each in its own places.
public struct SharedBuffer<Element>: @unchecked Sendable {
  public let base: UnsafeMutablePointer<Element>

  public init(_ base: UnsafeMutablePointer<Element>) { self.base = base }
}
