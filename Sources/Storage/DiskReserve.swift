// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// Room on the disk that is held by an empty file, and given up when the disk is full: so that a database can still
/// write down that it is.
final class DiskReserve: Sendable {
  private enum State {
    case held
    /// Since when, so that it is not sought at every writing.
    case given(ContinuousClock.Instant)
  }

  private let path: String
  private let bytes: Int
  private let state: Mutex<State>

  private static let pause = Duration.seconds(10)

  /// - Parameters:
  ///   - path: of the file that holds the room.
  ///   - bytes: how much; 0 holds nothing.
  init(_ path: String, bytes: Int) {
    (self.path, self.bytes) = (path, bytes)
    state = Mutex(.given(.now - Self.pause))
    hold()
  }

  /// Takes the room unless it is held already, or there is little left.
  func hold() {
    guard bytes > 0 else { return }
    state.withLock { state in
      guard case .given(let since) = state, ContinuousClock.now - since >= Self.pause else { return }
      state = take() ? .held : .given(.now)
    }
  }

  /// Gives the room up.
  ///
  /// - Returns: whether there was some.
  func release() -> Bool {
    state.withLock { state in
      guard case .held = state else { return false }
      state = .given(.now)
      return unlink(path) == 0
    }
  }

  private func take() -> Bool {
    var information = statvfs()
    guard statvfs((path as NSString).deletingLastPathComponent, &information) == 0,
      Int(clamping: information.f_bavail) * Int(clamping: information.f_frsize) > 4 * bytes
    else { return false }
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return false }
    defer { close(file) }
    guard posix_fallocate(file, 0, off_t(bytes)) == 0 else {
      unlink(path)
      return false
    }
    return true
  }
}
