// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// One client's connection: what it is waited for, so that one that takes too long can be cut.
final class Connection: Sendable {
  private enum Phase {
    /// Since when a head is expected.
    case head(since: ContinuousClock.Instant)
    case body(since: ContinuousClock.Instant, count: Int)
    case busy
  }

  private struct State {
    var isOpen = true
    var requests = 0
    var phase: Phase
  }

  let descriptor: Int32
  let peer: String
  private let state: Mutex<State>

  init(descriptor: Int32, peer: String) {
    self.descriptor = descriptor
    self.peer = peer
    state = Mutex(State(phase: .head(since: .now)))
  }

  /// A head was read: a body follows.
  func beginBody() {
    state.withLock {
      $0.requests += 1
      $0.phase = .body(since: .now, count: 0)
    }
  }

  func receive(_ count: Int) {
    state.withLock {
      if case .body(let since, let before) = $0.phase { $0.phase = .body(since: since, count: before + count) }
    }
  }

  /// The request is here; the rest is up to us.
  func beginAnswer() { state.withLock { $0.phase = .busy } }

  /// The answer went out; another request may come.
  func endAnswer() { state.withLock { $0.phase = .head(since: .now) } }

  /// The descriptor will be closed, and may soon belong to another.
  func close() { state.withLock { $0.isOpen = false } }

  /// Breaks the connection off; the library closes it.
  func cut() { state.withLock { if $0.isOpen { shutdown(descriptor, Int32(SHUT_RDWR)) } } }

  /// Whether an answer is being worked out or sent, which is when a client's leaving would go unnoticed.
  var isBusy: Bool { state.withLock { if case .busy = $0.phase { $0.isOpen } else { false } } }

  /// Cuts the connection when the client dawdles.
  func cutIfLate(at now: ContinuousClock.Instant, _ configuration: HTTPConfiguration) {
    state.withLock { state in
      guard state.isOpen else { return }
      let isLate =
        switch state.phase {
        case .busy: false
        case .head(let since):
          // Between two requests nothing at all may come for a while; the library's own timer sees to that.
          since.duration(to: now)
            > .seconds(
              configuration.headSeconds + (state.requests > 0 ? Double(configuration.idleSeconds) : 0))
        case .body(let since, let count):
          since.duration(to: now)
            > .seconds(
              configuration.headSeconds + Double(count) / max(configuration.slowestBody, 1))
        }
      if isLate { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }
}
