// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite("The tool", .enabled(if: OgiveTool.isBuilt, "needs the built tool: swift build -c release"))
struct ToolTests {
  @Test("says its name and version, and ends with code 0")
  func version() throws {
    let outcome = try OgiveTool.run(["--version"])
    #expect(outcome.code == 0, "\(outcome)")
    #expect(outcome.output.hasPrefix("ogive "))
  }

  @Test("without a command is wrong use: it lists the commands and ends with code 2")
  func bare() throws {
    let outcome = try OgiveTool.run()
    #expect(outcome.code == 2, "\(outcome)")
    for command in ["match", "simulate", "evaluate", "info"] {
      #expect((outcome.output + outcome.errors).contains(command))
    }
  }
}
