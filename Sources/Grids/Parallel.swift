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

/// The results of `body` for each element, in their order, from up to `threads` threads.
///
/// - Throws: the error of the first element, in their order, of those that failed; others may then not have been tried.
public func parallelMap<Element: Sendable, Result: Sendable>(
  _ elements: [Element], threads: Int, body: @Sendable (Element) throws -> Result
) throws -> [Result] {
  let outcomes = Mutex<[Swift.Result<Result, any Error>?]>(Array(repeating: nil, count: elements.count))
  let hasFailed = Atomic<Bool>(false)
  parallelFor(count: elements.count, threads: threads) { index in
    guard !hasFailed.load(ordering: .relaxed) else { return }
    let outcome = Swift.Result { try body(elements[index]) }
    if case .failure = outcome { hasFailed.store(true, ordering: .relaxed) }
    outcomes.withLock { $0[index] = outcome }
  }
  // Without a failure there is an outcome for each element.
  return try outcomes.withLock { $0 }.compactMap { try $0?.get() }
}

/// Memory that several threads write to, each in its own places.
public struct SharedBuffer<Element>: @unchecked Sendable {
  public let base: UnsafeMutablePointer<Element>

  public init(_ base: UnsafeMutablePointer<Element>) { self.base = base }
}
