// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Storage
import Synchronization

/// A store in a folder of its own, with a clock that tests set.
final class AccountBench: Sendable {
  let store: AccountStore
  private let time: TestClock
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "accounts-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let database = try Database(path: folder.appending(path: "test.sqlite").path, [AccountStore.schema])
    let time = TestClock()
    store = AccountStore(database, now: { time.milliseconds })
    self.time = time
  }

  func pass(days: Double) { time.advance(by: Int(days * 86_400_000)) }

  deinit { try? FileManager.default.removeItem(at: folder) }
}

final class TestClock: Sendable {
  private let value = Mutex<Int>(1_700_000_000_000)
  var milliseconds: Int { value.withLock { $0 } }
  func advance(by milliseconds: Int) { value.withLock { $0 += milliseconds } }
}
