// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Testing

@Suite("Help")
struct HelpTests {
  @Test("shows arguments, groups, units, ranges, defaults and choices, aligned and wrapped to 80 columns")
  func help() {
    let recorder = Recorder()
    let tool = recorder.tool()
    let code = tool.run(["match", "--help"], console: recorder.console(width: 80))
    #expect(code == .done)
    #expect(recorder.output == Self.expected + "\n")
    #expect(recorder.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test(
    "is the same by help COMMAND, -h and --help anywhere, even in a wrong call",
    arguments: [
      "help match", "match -h", "match --quux --help", "match a b c -h",
    ])
  func ways(line: String) {
    let recorder = Recorder()
    let other = Recorder()
    #expect(recorder.run(line) == .done)
    other.run("match --help")
    #expect(recorder.output == other.output)
    #expect(recorder.errors == "")
  }

  @Test("shows advanced flags only by --help-all")
  func advanced() {
    let short = Recorder()
    let long = Recorder()
    short.run("match --help")
    long.run("match --help-all")
    #expect(!short.output.contains("--minimum-correlation"))
    #expect(short.output.contains("--help-all             Print this help with 1 more flag for experts"))
    #expect(long.output.contains("--minimum-correlation X"))
  }

  @Test("lists the commands without hidden ones; no command at all is wrong use")
  func overview() {
    let recorder = Recorder()
    #expect(recorder.run("--help") == .done)
    #expect(recorder.output.contains("\n  match       Measure motion between two images\n"))
    #expect(!recorder.output.contains("reference"))
    let empty = Recorder()
    #expect(empty.run("") == .wrongUse)
    #expect(empty.errors == recorder.output)
  }

  static let expected = """
    ogive match: Measure motion between two images

    Usage: ogive match REFERENCE SECONDARY --out FOLDER [flags]

    Both images must show the same ground.

    Arguments:
      REFERENCE              Earlier image
      SECONDARY              Later image

    Flags:
      --out FOLDER           Folder for the results (required)
      --method NAME          How offsets are measured (default dense)
                               search: whole pixels by correlation
                               least-squares: affine, point by point
                               dense: affine on a grid
      --preset NAME          Defaults for a kind of ground (default none)
                               none: no preset
                               glacier: large, smooth motion
      --pixel-size X         Size of a pixel (> 0 m; default automatic)
      --bbox X,X,X,X         Edges of the box that is measured (default none)
      --stages TEXT,…        Stages that run (default search,refine)
      --bands N,…            Bands, counted from 1 (1…99)
      --reference-date DATE  Day of the earlier image (default from the file name)
      --stable-terrain FILE  Polygons of ground that is known to be still (may be
                             repeated)
      --area FILE|W,S,E,N    Part that is measured (default none)
      --[no-]report          Write a report (default on)
      --overwrite            Overwrite results that are there
      --seed N               Seed of the noise (≥ 0; default 1)
      --note TEXT            Note that is kept with the results (default none)

    Search:
      --template-window N    Side of the square template; automatic when absent
                             (5…511 px; default automatic)
      --search-radius N      Largest offset tried around the prior (≥ 0 px; default
                             16)

    Limits:
      --coverage X           Share of the image that must be covered (0 … < 1;
                             default 0.5)

    General:
      --config FILE          Job file (JSON) of the same parameters; flags override
                             it
      --json-errors          Print errors as JSON lines (also: OGIVE_LOG=json)
      -h, --help             Print this help
      --help-all             Print this help with 1 more flag for experts

    Examples:
      ogive match a.tif b.tif --out result
    """
}
