// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite("The tool", .enabled(if: OgiveTool.isBuilt, "needs the built tool: swift build -c release"))
struct ToolTests {
  @Test("starts and ends with code 0")
  func starts() throws {
    let outcome = try OgiveTool.run()
    #expect(outcome.code == 0, "\(outcome)")
    #expect(outcome.output.contains("ogive"))
  }
}
