// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Lets each of many callers do something so often, by one bucket of tokens for each.
///
/// A bucket holds `burst` tokens and fills by `perSecond`; what is done takes one or more, and waits for nothing: when
/// there are too few, the caller is told how long to wait. Callers who have been quiet long enough for a full bucket
/// are forgotten, so that the memory is bounded by those who were busy lately.
public final class RateLimiter: Sendable {
  private struct Bucket {
    var tokens: Double
    var filled: ContinuousClock.Instant
  }

  private struct State {
    var buckets: [String: Bucket] = [:]
    var swept: ContinuousClock.Instant?
  }

  private let perSecond: Double
  private let burst: Double
  private let state = Mutex(State())

  /// - Parameters:
  ///   - perSecond: tokens that come in a second, above 0.
  ///   - burst: tokens that a quiet caller has, at least 1.
  public init(perSecond: Double, burst: Double) {
    precondition(perSecond > 0 && burst >= 1, "a bucket that never fills or holds nothing lets nobody through")
    self.perSecond = perSecond
    self.burst = burst
  }

  /// Takes tokens of a caller, who is anything that tells one from another: a user, a token, an address.
  ///
  /// - Parameter cost: tokens that this takes, e.g. more for what is dear; at most `burst` are counted.
  /// - Returns: 0 when it may be done; else how long to wait, s, and nothing was taken.
  public func take(_ caller: String, cost: Double = 1, at now: ContinuousClock.Instant = .now) -> Double {
    let cost = min(cost, burst)
    return state.withLock { state in
      sweep(&state, now)
      var bucket = state.buckets[caller] ?? Bucket(tokens: burst, filled: now)
      bucket.tokens = tokens(of: bucket, now)
      bucket.filled = max(bucket.filled, now)
      defer { state.buckets[caller] = bucket }
      guard bucket.tokens >= cost else { return (cost - bucket.tokens) / perSecond }
      bucket.tokens -= cost
      return 0
    }
  }

  /// Callers that are remembered.
  public var callerCount: Int { state.withLock { $0.buckets.count } }

  /// The answer for who has to wait so many seconds.
  public static func response(waiting seconds: Double) -> HTTPResponse {
    let whole = max(1, Int(seconds.rounded(.up)))
    return .problem(
      429, kind: "http.too-many-requests", detail: "too many requests from you: try again in \(whole) s"
    ).with("Retry-After", String(whole))
  }

  private func tokens(of bucket: Bucket, _ now: ContinuousClock.Instant) -> Double {
    min(burst, bucket.tokens + max(0, bucket.filled.duration(to: now).seconds) * perSecond)
  }

  /// Forgets full buckets once in a while: as often as an empty one needs to fill.
  private func sweep(_ state: inout State, _ now: ContinuousClock.Instant) {
    guard let swept = state.swept else { return state.swept = now }
    guard swept.duration(to: now).seconds > max(1, burst / perSecond) else { return }
    state.swept = now
    state.buckets = state.buckets.filter { tokens(of: $0.value, now) < burst }
  }
}
