// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Testing

@Suite("Reference pages")
struct ReferencePageTests {
  @Test("writes one page for each shown command and an index")
  func pages() throws {
    let pages = Recorder().tool().referencePages()
    #expect(pages.map(\.name) == ["README.md", "match.md", "info.md", "completion.md"])
    #expect(pages[0].text.contains("| [`match`](match.md) | Measure motion between two images |\n"))
    #expect(
      pages[2].text.contains("# ogive info\n\nDescribe an image.\n\n```\nogive info [flags]\n```\n\n## Exit codes\n"))
  }

  @Test(
    "has a row with default, unit, range and meaning for each parameter",
    arguments: [
      "| `REFERENCE` | required | – | a file | Earlier image |",
      "| `--out` | required | – | a folder | Folder for the results |",
      "| `--template-window` | automatic | px | 5…511 | Side of the square template; automatic when absent |",
      "| `--minimum-correlation` | `0.3` | – | -1…1 | Smallest peak correlation of a match (advanced) |",
      "| `--pixel-size` | automatic | m | > 0 | Size of a pixel |",
      "| `--coverage` | `0.5` | – | 0 … < 1 | Share of the image that must be covered |",
      "| `--bands` | empty | – | whole numbers from 1 to 99 | Bands, counted from 1 |",
      "| `--method` | dense | – | search, least-squares, dense | How offsets are measured |",
      "- `least-squares`: affine, point by point", "### Search", "### Limits",
      "| 3 | partly done: some results are missing; the messages say which |",
    ])
  func rows(row: String) throws {
    let page = Recorder().tool().referencePages()[1]
    #expect(page.text.split(separator: "\n").contains(Substring(row)))
  }

  @Test("writes the folder, and --check exits with 1 when a page differs")
  func command() throws {
    try withTemporaryFolder { folder in
      let out = folder.appending(path: "reference").path
      #expect(Recorder().run("reference --out \(out) --check") == .failed)
      #expect(Recorder().run("reference --out \(out)") == .done)
      #expect(Recorder().run("reference --out \(out) --check") == .done)
      try Data("x".utf8).write(to: URL(fileURLWithPath: out + "/match.md"))
      try Data("x".utf8).write(to: URL(fileURLWithPath: out + "/gone.md"))
      let recorder = Recorder()
      #expect(recorder.run("reference --out \(out) --check") == .failed)
      #expect(
        recorder.errors == """
          \(out)/match.md is not up to date; run ogive reference --out \(out)
          \(out)/gone.md belongs to no command; delete it

          """)
    }
  }
}
