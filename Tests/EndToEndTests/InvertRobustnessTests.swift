// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Inversions that are killed, run out of room, meet in one folder, or get pairs that are not as they should be.
@Suite(
  "Robustness of an inversion", .serialized, .enabled(if: OgiveTool.hasCommand("invert"), "needs the built tool"))
struct InvertRobustnessTests {
  @Test("killed at any moment and resumed, a run of several tiles gives the bytes of one that nothing disturbed")
  func killed() throws {
    let scratch = try PairScratch(rows: 64, columns: 96), words = ["--memory", "1", "--cube", "both"]
    #expect(try scratch.invert(words, out: "whole").code == 0)
    let units = Double(scratch.folder.unitsBegun("whole").count)
    let expected = try scratch.results("whole")
    #expect(expected.count > 60)
    var killed = 0
    for (number, moment) in [0.3, 0.55, 0.8, 0.93].enumerated() {
      let out = "run\(number)"
      // By what has been begun and not by the clock: on a busy machine no two runs take the same time.
      let enough = Int(units * moment)
      let first = try scratch.invert(words, out: out, killWhen: { scratch.folder.unitsBegun(out).count > enough })
      if first.code == SIGKILL { killed += 1 }
      let hasBegun = scratch.folder.has("\(out)/.ogive/job.json")
      let again =
        hasBegun ? try OgiveTool.run(["resume", out], in: scratch.folder.path) : try scratch.invert(words, out: out)
      #expect(again.code == 0, "\(moment): \(again)")
      let found = try scratch.results(out)
      #expect(found.keys.sorted() == expected.keys.sorted(), "\(moment)")
      for (name, bytes) in expected { #expect(found[name] == bytes, "\(moment): \(name)") }
      #expect(scratch.folder.has("\(out)/series.zarr/.zmetadata"))
    }
    #expect(killed >= 2, "\(killed) of 4 runs were killed")
  }

  @Test("a full disk ends a run with its reason, and resume goes on to the same bytes", arguments: [1, 8, 60])
  func cutOff(blocks: Int) throws {
    // The size of files is limited to blocks of 512 bytes: too small for a unit, a raster or the cube.
    let scratch = try PairScratch(rows: 24, columns: 36)
    #expect(try scratch.invert(out: "whole").code == 0)
    let cut = try OgiveTool.run(
      ["invert", "pairs", "--out", "out", "--quiet"], in: scratch.folder.path, after: "ulimit -f \(blocks) &&")
    #expect(cut.code == 1, "\(cut)")
    #expect(["File too large", "could not be written", "disk"].contains { cut.errors.contains($0) }, "\(cut)")
    #expect(!scratch.folder.has("out/config.lock.json"))
    let again =
      scratch.folder.has("out/.ogive/job.json")
      ? try OgiveTool.run(["resume", "out"], in: scratch.folder.path) : try scratch.invert()
    #expect(again.code == 0, "\(again)")
    #expect(try scratch.results("out") == scratch.results("whole"))
  }

  @Test("a folder that another process writes to is refused and left as it is, and free again after it")
  func twoJobs() throws {
    let scratch = try PairScratch()
    #expect(try scratch.invert().code == 0)
    let before = try scratch.results("out")
    let lock = open("\(scratch.folder.path)/out/.ogive/lock", O_RDWR)
    #expect(lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
    let second = try scratch.invert(["--minimum-pairs", "3"])
    #expect(second.code == 1 && second.errors.contains("is writing to"), "\(second)")
    #expect(try scratch.results("out") == before)
    close(lock)
    #expect(try scratch.invert(["--minimum-pairs", "3"]).code == 0)
  }

  // MARK: - Pairs that are not as they should be

  /// Notices of the run, which stand in its summary and report.
  private func notices(_ scratch: PairScratch) throws -> [String] {
    try scratch.object("out/summary.json")["notices"] as? [String] ?? []
  }

  @Test("pairs twice and with the later date first are told and used; a pair of one date is refused")
  func doubles() throws {
    let scratch = try PairScratch()
    for (component, value) in [("vx", PairScratch.speed), ("vy", -PairScratch.speed / 2)] {
      try scratch.raster("pairs/again/20200101_20200113_\(component).tif", value)
      try scratch.raster("pairs/back/20200313_20200101_\(component).tif", value)
    }
    #expect(try scratch.invert().code == 0)
    #expect(scratch.table("out/pairs.csv").count == 17)
    #expect(try notices(scratch).contains { $0.hasPrefix("1 of 17 pairs repeat the dates") })
    #expect(try notices(scratch).contains { $0.hasPrefix("1 of 17 pairs name the later date first") })
    for value in try scratch.values("out/products/east-velocity.tif") { #expect(abs(value - 60) < 2) }
    for component in ["vx", "vy"] { try scratch.raster("pairs/20200301_20200301_\(component).tif", 1) }
    let refused = try scratch.invert(out: "other")
    #expect(refused.code == 1 && refused.errors.contains("has the same date twice, 2020-03-01"), "\(refused)")
    #expect(!scratch.folder.has("other"))
  }

  @Test("dates of a network in pieces are missing beyond the first, and smooth goes across with more sigma")
  func pieces() throws {
    let scratch = try PairScratch { first, second in second < 4 || first >= 4 }
    let network = try scratch.invert(["--method", "network", "--minimum-pairs", "2"])
    #expect(network.code == 0, "\(network)")
    #expect(
      try notices(scratch).contains {
        $0.contains("no pair connects these parts of the network: 2020-01-01 to 2020-02-06; 2020-02-18 to 2020-03-13")
      })
    #expect(try scratch.values("out/products/parts.tif").allSatisfy { $0 == 2 })
    #expect(try scratch.values("out/products/dates/east-displacement-2020-02-06.tif").allSatisfy(\.isFinite))
    #expect(try scratch.values("out/products/dates/east-displacement-2020-03-13.tif").allSatisfy(\.isNaN))
    #expect(try scratch.values("out/products/dates/east-displacement-sigma-2020-03-13.tif").allSatisfy(\.isNaN))
    #expect(try scratch.invert(["--minimum-pairs", "4"], out: "smooth").code == 0)
    let whole = try PairScratch()
    #expect(try whole.invert().code == 0)
    let name = "products/dates/east-displacement-sigma-2020-03-13.tif"
    let across = try scratch.values("smooth/" + name)[20], tied = try whole.values("out/" + name)[20]
    #expect(across > tied && across.isFinite, "\(across) \(tied)")
  }

  @Test("a pixel with one pair has no series, and its count says why; none at all is an error")
  func onePair() throws {
    let scratch = try PairScratch()
    for first in PairScratch.dates.indices {
      for second in PairScratch.dates.indices.dropFirst(first + 1)
      where PairScratch.isWhole(first, second) && second > 1 {
        for component in ["vx", "vy"] {
          try scratch.raster(
            PairScratch.name(first, second, component), noise: (first, second),
            component == "vx" ? PairScratch.speed : -PairScratch.speed / 2
          ) { $0 == 13 }
        }
      }
    }
    for more in [[], ["--method", "network", "--minimum-pairs", "2"]] {
      #expect(try scratch.invert(more).code == 0)
      for name in ["east-velocity", "east-sigma", "speed", "dates/north-displacement-2020-03-13"] {
        let isMissing = try scratch.values("out/products/\(name).tif").map(\.isNaN)
        #expect(isMissing.enumerated().allSatisfy { $0.element == ($0.offset == 13) }, "\(name) \(more)")
      }
      #expect(try scratch.values("out/products/count.tif")[13] == 1)
    }
    let none = try scratch.invert(["--minimum-pairs", "16"], out: "none")
    #expect(none.code == 1 && none.errors.contains("no pixel has a series: 16 pairs are asked for"), "\(none)")
    #expect(none.errors.contains("the most that one has is 15"), "\(none)")
  }

  @Test("pairs without a value are told, and change nothing; without a coordinate system the result has none")
  func empty() throws {
    let scratch = try PairScratch(),
      expected = try PairScratch { first, second in
        PairScratch.isWhole(first, second) && (first, second) != (1, 3)
      }
    for component in ["vx", "vy"] {
      try scratch.raster(PairScratch.name(1, 3, component), 0) { _ in true }
    }
    #expect(try scratch.invert().code == 0 && expected.invert().code == 0)
    #expect(
      try notices(scratch).contains("1 of 15 pairs have no value where there is a series: 2020-01-13 to 2020-02-06"))
    let row = try #require(scratch.table("out/pairs.csv").first { $0[0] == "2020-01-13" && $0[1] == "2020-02-06" })
    #expect(row[6] == "" && row[7] == "")
    let ours = try scratch.values("out/products/speed.tif"), theirs = try expected.values("out/products/speed.tif")
    for (a, b) in zip(ours, theirs) { #expect(abs(a - b) < 1e-3) }
  }

  @Test("a folder without a coordinate system and one in other units: told, converted or refused")
  func placesAndUnits() throws {
    let scratch = try PairScratch()
    func all(_ body: (Int, Int, String) throws -> Void) throws {
      for first in PairScratch.dates.indices {
        for second in PairScratch.dates.indices.dropFirst(first + 1) where PairScratch.isWhole(first, second) {
          for component in ["vx", "vy"] { try body(first, second, component) }
        }
      }
    }
    try all { first, second, component in
      try scratch.raster(
        PairScratch.name(first, second, component), noise: (first, second), component == "vx" ? 60 : -30, crs: nil)
    }
    #expect(try scratch.invert().code == 0)
    #expect(try notices(scratch).contains { $0.contains("does not say in which coordinate reference system") })
    let east = try scratch.values("out/products/east-velocity.tif")
    #expect(east.allSatisfy { abs($0 - 60) < 3 })
    // Metres a day, 60 / 365.25 of the number.
    try all { first, second, component in
      try scratch.raster(
        "daily/" + PairScratch.name(first, second, component), component == "vx" ? 60 / 365.25 : -30 / 365.25,
        unit: "m/d")
    }
    #expect(try scratch.invert(from: "daily/pairs", out: "daily-out").code == 0)
    for value in try scratch.values("daily-out/products/east-velocity.tif") { #expect(abs(value - 60) < 0.01) }
    try all { first, second, component in
      try scratch.raster("odd/" + PairScratch.name(first, second, component), 1, unit: "furlong")
    }
    let odd = try scratch.invert(from: "odd/pairs", out: "odd-out")
    #expect(odd.code == 1 && odd.errors.contains("is in \"furlong\", which is none of"), "\(odd)")
    #expect(!scratch.folder.has("odd-out"))
  }
}
