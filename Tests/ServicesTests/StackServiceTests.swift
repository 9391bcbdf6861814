// SPDX-License-Identifier: Apache-2.0
import Parameters
import Services
import Testing

@Suite("Services' parameters")
struct StackServiceTests {
  private func names<S: StackService>(_ set: S) -> Set<String> { Set(set.fields.map(\.name)) }

  @Test("the declarations of all services are sound")
  func declarations() {
    #expect(IceParameters.declarationProblems == [])
    #expect(SlideParameters.declarationProblems == [])
    #expect(QuakeParameters.declarationProblems == [])
    #expect(SurveyParameters.declarationProblems == [])
  }

  @Test("each is a part of what mpic has, under the same names")
  func partOfMpic() {
    let all = names(MpicParameters())
    for own in [
      names(IceParameters()), names(SlideParameters()), names(QuakeParameters()), names(SurveyParameters()),
    ] {
      #expect(own.subtracting(all).isSubset(of: ["preset"]) && own.count < 3 * all.count / 4, "\(own.count)")
    }
  }

  @Test("defaults and values reach the chain")
  func chain() throws {
    let ice = try IceParameters(overrides: ["scenes": ["a"], "out": "b", "windowHalf": 5])
    #expect(ice.chain.corrections.movingBuffer == 1000 && ice.chain.matching.regularised.windowHalf == 5)
    let quake = try QuakeParameters(overrides: ["scenes": ["a"], "out": "b", "splitDate": "2020-01-08"])
    #expect(quake.chain.network.splitDate == CalendarDate("2020-01-08") && quake.chain.corrections.dejitter)
    #expect(quake.chain.scenes.map(\.path) == ["a"] && quake.chain.out.path == "b")
  }

  @Test("presets give values that are allowed and yield to what was given")
  func presets() throws {
    for preset in IcePreset.allCases {
      _ = try IceParameters(overrides: ["scenes": ["a"], "out": "b", "preset": .string(preset.rawValue)])
    }
    for preset in SurveyPreset.allCases {
      _ = try SurveyParameters(overrides: ["scenes": ["a"], "out": "b", "preset": .string(preset.rawValue)])
    }
    for preset in SlidePreset.allCases where preset != .failure {
      _ = try SlideParameters(overrides: ["scenes": ["a"], "out": "b", "preset": .string(preset.rawValue)])
    }
    let slow = try IceParameters(
      overrides: ["scenes": ["a"], "out": "b", "preset": "slow-ice", "maximumRange": 400])
    #expect(slow.stack.network.minimumRange == 300 && slow.stack.network.maximumRange == 400)
  }

  @Test("a fastest speed lifts the default limit of lengths, but not one that was given")
  func speed() throws {
    let fast = try IceParameters(overrides: ["scenes": ["a"], "out": "b", "fastestSpeed": 900])
    #expect(fast.stack.filters.maximumAmplitude == nil && fast.chain.matching.fastestSpeed == 900)
    let both = try IceParameters(
      overrides: ["scenes": ["a"], "out": "b", "fastestSpeed": 900, "maximumAmplitude": 7, "preset": "outlet"])
    #expect(both.stack.filters.maximumAmplitude == 7 && both.stack.matching.regularised.searchRange == 12)
  }

  @Test("each pair is searched as far as the fastest motion goes, at least by the range, at most by 64 px")
  func ranges() throws {
    // 365.25 m/yr are 0.1 px a day.
    let ranges = try PairRanges(least: 4, fastestSpeed: 365.25, metresPerPixel: 10)
    #expect([10, 30, 90, 91, 1000].map { ranges.range(days: $0) } == [4, 4, 10, 11, 64])
    let plain = try PairRanges(least: 4, fastestSpeed: nil, metresPerPixel: nil)
    #expect(plain.range(days: 1000) == 4)
    #expect(throws: ParameterError.self) { try PairRanges(least: 4, fastestSpeed: 1, metresPerPixel: nil) }
  }
}
