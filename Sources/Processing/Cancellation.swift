// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Synchronization

/// A flag that asks a run to stop; long loops look at it between units of work.
public final class Cancellation: Sendable {
  private let requested = Atomic<Bool>(false)

  public init() {}

  /// Asks the run to stop. May be called from any thread, any number of times.
  public func cancel() { requested.store(true, ordering: .releasing) }

  public var isCancelled: Bool { requested.load(ordering: .acquiring) }

  /// Throws when the run has been asked to stop.
  public func check() throws(RunCancelled) {
    if isCancelled { throw RunCancelled() }
  }
}

/// Turns SIGINT (Ctrl-C) and SIGTERM into a cancellation; the second signal ends the process at once.
///
/// Files are written under temporary names and renamed, so ending at once leaves nothing half-written either.
public final class SignalWatch: Sendable {
  // Set once; Dispatch itself lets any thread cancel a source.
  nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

  /// Watches until the process ends or `stop()`.
  ///
  /// - Parameters:
  ///   - cancellation: set by the first signal.
  ///   - onFirst: called once with the signal's number, e.g. to say what a second one does.
  public init(_ cancellation: Cancellation, onFirst: @escaping @Sendable (Int32) -> Void = { _ in }) {
    let queue = DispatchQueue(label: "ogive.signals")
    sources = [SIGINT, SIGTERM].map { number in
      // The default action would end the process before the source sees the signal.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { @Sendable in
        if cancellation.isCancelled { _exit(128 + number) }
        cancellation.cancel()
        onFirst(number)
      }
      source.resume()
      return source
    }
  }

  /// Gives both signals their default action back.
  public func stop() {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }
}
