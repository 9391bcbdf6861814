// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What came of pieces of work that several threads share.
final class SharedResults<Value: Sendable>: Sendable {
  private let results: Mutex<[Result<Value, TilesError>?]>

  init(count: Int) { results = Mutex(Array(repeating: nil, count: count)) }

  func set(_ index: Int, _ body: () throws(TilesError) -> Value) {
    let result = Result { () throws(TilesError) in try body() }
    results.withLock { $0[index] = result }
  }

  /// All values in their order.
  ///
  /// - Throws: the error of the first piece, in their order, that failed.
  func values() throws(TilesError) -> [Value] {
    var values: [Value] = []
    for case .some(let result) in results.withLock({ $0 }) { values.append(try result.get()) }
    return values
  }
}
