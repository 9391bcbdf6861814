// SPDX-License-Identifier: Apache-2.0
import Jobs
import Parameters
import Processing
import Testing

@Suite("Parts of a stage")
struct JobPartTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func stage(_ works: [Int]) -> WideStage {
    WideStage(
      stage: "match", unit: "pixels",
      units: works.enumerated().map { index, work in
        WideStage.Unit(key: SHA256.checksum(of: "\(index)"), name: "unit \(index)", work: work)
      }, coreSecondsPerWork: 0.5, failed: [SHA256.checksum(of: "gone")])
  }

  @Test("a part is read from STAGE:K/N and from nothing else")
  func words() {
    #expect(JobPart("match:1/8") == JobPart(stage: "match", index: 1, count: 8))
    #expect(JobPart("a:b c:0/1")?.description == "a:b c:0/1")
    for text in ["match", "match:8/8", "match:-1/8", ":0/1", "match:0/0", "match:1", "match:a/b", "match:0/8/9"] {
      #expect(JobPart(text) == nil, "\(text)")
    }
  }

  @Test("every unit belongs to one part, and no part has more than twice its share", arguments: [1, 3, 7, 40])
  func shares(count: Int) {
    let stage = stage((0..<101).map { 1 + $0 % 5 })
    let shares = (0..<count).map { stage.share($0, of: count) }
    #expect(shares.flatMap { $0 } == stage.units)
    let whole = stage.units.reduce(0) { $0 + $1.work }
    for share in shares { #expect(share.reduce(0) { $0 + $1.work } <= max(5, 2 * whole / count)) }
  }

  @Test("a lead whose units are long leaves a stage after the first ones: no thread begins a second one")
  func handOver() async throws {
    let attempt = try scratch.job("units", ["count": 8, "seconds": 0.5, "threads": 2])
    let said = try await CommandOutput.of(
      Scratch.program.path, ["work", attempt.folder.path, "--until-wide", "0.5"], within: 60)
    #expect(said.code == 0 && attempt.folder.exit()?.isWide == true)
    let stage = try #require(attempt.folder.wideStage())
    #expect(stage.stage == "first" && stage.units.count == 6)
    #expect(
      try attempt.begun() == ["first unit 0", "first unit 1"] || attempt.begun() == ["first unit 1", "first unit 0"])
    #expect(
      stage.coreSecondsPerWork >= 0.5 && stage.coreSecondsPerWork < 5, "\(stage.coreSecondsPerWork) s for each unit")
  }

  @Test("a wide stage is the same after it was written and read")
  func json() throws {
    let stage = stage([1, 2, 3])
    #expect(WideStage(json: try JSONValue(parsing: stage.json.text(.pretty))) == stage)
    #expect(stage.coreSeconds == 3)
  }
}
