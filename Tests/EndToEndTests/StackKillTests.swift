// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Stack runs that are killed at random moments and resumed. `OGIVE_MEASURE=1` kills twenty times on a larger stack.
@Suite("Killing a stack run", .enabled(if: OgiveTool.hasCommand("mpic"), "needs a tool with the command 'mpic'"))
struct StackKillTests {
  private static let isMeasuring = ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil
  private static let threads = 2

  /// Moments as shares of the units of an undisturbed run, the same ones each time (a Weyl sequence of the golden ratio).
  private static let moments: [Double] = (1...(isMeasuring ? 20 : 3)).map {
    (Double($0) * 0.618_034).truncatingRemainder(dividingBy: 1)
  }

  @Test("after a kill at any moment, resume gives the bytes of an undisturbed run and redoes a unit a thread at most")
  func killed() throws {
    let scratch =
      Self.isMeasuring
      ? try StackScratch(days: [1, 6, 11, 16], rows: 128, columns: 256)
      : try StackScratch(days: [1, 6, 16], rows: 64, columns: 192)
    let more = ["--threads", "\(Self.threads)", "--quiet", "--out"]
    let whole = try scratch.run(more + ["whole"])
    #expect(whole.code == 0, "\(whole)")
    let expected = try scratch.products("whole"), units = scratch.begun("whole")
    #expect(expected.count > 18 && Set(units).count == units.count)
    var killed = 0, most = 0
    for (number, moment) in Self.moments.enumerated() {
      let out = "run\(number)"
      // By what has been begun and not by the clock: on a busy machine no two runs take the same time.
      let enough = Int(Double(units.count) * moment)
      let first = try scratch.run(more + [out], killWhen: { scratch.begun(out).count > enough })
      if first.code == SIGKILL { killed += 1 }
      // Before the run has written down what was asked for, there is nothing to resume.
      let hasBegun = scratch.folder.has("\(out)/.ogive/job.json")
      let second =
        hasBegun
        ? try OgiveTool.run(["resume", "\(scratch.folder.path)/\(out)"], in: "/") : try scratch.run(more + [out])
      #expect(second.code == 0, "\(moment): \(second)")
      let found = try scratch.products(out)
      #expect(found.keys.sorted() == expected.keys.sorted(), "\(moment)")
      for (name, bytes) in expected { #expect(found[name] == bytes, "\(moment): \(name)") }
      let begun = scratch.begun(out), twice = begun.count - Set(begun).count
      #expect(Set(begun) == Set(units) && twice <= Self.threads, "\(moment): \(twice) of \(units.count) units redone")
      most = max(most, twice)
    }
    #expect(killed * 2 >= Self.moments.count, "\(killed) of \(Self.moments.count) runs were killed")
    if Self.isMeasuring {
      print("killed \(killed) of \(Self.moments.count) runs of \(units.count) units; at most \(most) units redone")
    }
  }

  @Test("a full disk ends a run with its reason, and resume goes on to the same bytes", arguments: [4, 100])
  func cutOff(blocks: Int) throws {
    // The size of files is limited to blocks of 512 bytes: too small for a unit, and for a product.
    let scratch = try StackScratch(days: [1, 6], rows: 64, columns: 96)
    let whole = try scratch.run(["--quiet", "--out", "whole"])
    #expect(whole.code == 0, "\(whole)")
    let cut = try OgiveTool.run(
      scratch.arguments + ["--quiet", "--out", "out"], in: scratch.folder.path, after: "ulimit -f \(blocks) &&")
    #expect(cut.code == 1 && cut.errors.contains("File too large"), "\(cut)")
    #expect(!scratch.folder.has("out/config.lock.json"))
    let again = try OgiveTool.run(["resume", "out"], in: scratch.folder.path)
    #expect(again.code == 0, "\(again)")
    #expect(try scratch.products("out") == scratch.products("whole"))
  }
}
