// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// A flag that asks a run to stop; long loops look at it between units of work.
public final class Cancellation: Sendable {
  private let isRequested = Atomic<Bool>(false)
  private let watchesSignals: Bool

  public convenience init() { self.init(watchesSignals: false) }

  private init(watchesSignals: Bool) { self.watchesSignals = watchesSignals }

  /// Asks the run to stop. May be called from any thread, any number of times.
  public func cancel() { isRequested.store(true, ordering: .releasing) }

  public var isCancelled: Bool {
    isRequested.load(ordering: .acquiring) || watchesSignals && signalCount.load(ordering: .acquiring) > 0
  }

  /// Throws when the run has been asked to stop.
  public func check() throws(RunCancelled) {
    if isCancelled { throw RunCancelled() }
  }
}

// MARK: - Signals

/// How many signals arrived since the watch began; and whether a person sees standard error.
private let signalCount = Atomic<Int>(0)
private let isAtTerminal = Atomic<Bool>(false)

extension Cancellation {
  /// A cancellation that SIGINT (Ctrl-C) and SIGTERM set too; the second signal ends the process at once, with code
  /// 128 + its number.
  ///
  /// Files are written under temporary names and renamed, so ending at once leaves nothing half-written either.
  ///
  /// A plain signal handler and not a Dispatch source: it sets the flag even when every thread is busy.
  public static func watchingSignals() -> Cancellation {
    signalCount.store(0, ordering: .releasing)
    isAtTerminal.store(isatty(STDERR_FILENO) == 1, ordering: .releasing)
    for number in [SIGINT, SIGTERM] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        // Only what POSIX allows inside a handler: atomics, write and _exit.
        if signalCount.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue > 0 { _exit(128 + number) }
        guard isAtTerminal.load(ordering: .acquiring) else { return }
        let text: StaticString = "\nstopping after the tiles at hand; once more to stop at once\n"
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
      }
      // A read or write that the signal meets goes on instead of failing.
      action.sa_flags = SA_RESTART
      sigaction(number, &action, nil)
    }
    // A parent that starts the tool from a worker thread (Swift's own do) passes on a mask that blocks both.
    var watched = sigset_t()
    sigemptyset(&watched)
    for number in [SIGINT, SIGTERM] { sigaddset(&watched, number) }
    pthread_sigmask(SIG_UNBLOCK, &watched, nil)
    return Cancellation(watchesSignals: true)
  }

  /// Gives both signals their default action back.
  public static func stopWatchingSignals() {
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    signalCount.store(0, ordering: .releasing)
  }
}
