// SPDX-License-Identifier: Apache-2.0
import Processing
import Testing

@Suite("Values that were asked for last")
struct RecentlyUsedTests {
  @Test("what nobody has asked for the longest makes room")
  func room() {
    let known = RecentlyUsed<String, Int>(most: 2)
    (known["a"], known["b"]) = (1, 2)
    #expect(known["a"] == 1)
    known["c"] = 3
    #expect(known["b"] == nil && known["a"] == 1 && known["c"] == 3)
    known["a"] = nil
    known["d"] = 4
    #expect(known["a"] == nil && known["c"] == 3 && known["d"] == 4)
  }
}
