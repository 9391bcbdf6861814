// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// A bucket of tokens for each key: so many requests per second on average, and a burst at once.
final class RateLimiter: Sendable {
  private struct Bucket {
    var tokens: Double
    var time: Double
  }

  private let perSecond, burst: Double
  private let buckets = Mutex<[String: Bucket]>([:])
  private let now: @Sendable () -> Double

  init(
    perSecond: Double, burst: Double,
    now: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime }
  ) {
    (self.perSecond, self.burst, self.now) = (perSecond, burst, now)
  }

  /// Takes one token; where there is none: how long until there is.
  func secondsToWait(for key: String) -> Double? {
    let time = now()
    return buckets.withLock { buckets in
      // Full buckets say nothing that a missing one does not.
      if buckets.count > 10_000 {
        buckets = buckets.filter { $0.value.tokens + (time - $0.value.time) * perSecond < burst }
      }
      var bucket = buckets[key] ?? Bucket(tokens: burst, time: time)
      bucket.tokens = min(burst, bucket.tokens + (time - bucket.time) * perSecond)
      bucket.time = time
      defer { buckets[key] = bucket }
      guard bucket.tokens >= 1 else { return (1 - bucket.tokens) / perSecond }
      bucket.tokens -= 1
      return nil
    }
  }
}
