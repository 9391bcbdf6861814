// SPDX-License-Identifier: Apache-2.0
import Parameters
import Testing
import TimeSeries

@Suite("Pair network")
struct PairNetworkTests {
  private func network(_ days: [Int], _ ends: [(Int, Int)]) -> PairNetwork {
    let dated = scenes(onDays: days)
    return PairNetwork(
      scenes: dated,
      pairs: ends.map { ScenePair(earlier: $0.0, later: $0.1, separation: Double(days[$0.1] - days[$0.0])) })
  }

  @Test("parts are named by their dates, isolated scenes and gaps are found, pairs are counted")
  func parts() {
    let net = network([0, 10, 20, 40, 50, 90], [(0, 1), (0, 2), (1, 2), (3, 4)])
    #expect(net.components == [[0, 1, 2], [3, 4]])
    #expect(net.name(ofComponent: 1) == "2020-02-10 to 2020-02-20 (2 scenes)")
    #expect(net.isolated == [5])
    #expect(net.pairsPerScene == [2, 2, 2, 1, 1, 0])
    #expect(net.intervals.map(\.pairs) == [2, 2, 0, 1])
    #expect(
      net.remarks == [
        "The network falls into 2 parts that no pair connects: 2020-01-01 to 2020-01-21 (3 scenes); 2020-02-10 to "
          + "2020-02-20 (2 scenes)."
      ])
  }

  @Test("two parts may overlap in time: no gap, still two parts")
  func overlapping() {
    let net = network([0, 10, 20, 30], [(0, 2), (1, 3)])
    #expect(net.components.count == 2 && net.intervals.map(\.pairs) == [1, 2, 1])
  }

  @Test("as many loops as pairs beyond a tree, each closes exactly, backward twins count once")
  func loops() throws {
    let parameters = try PairSelection.Parameters(overrides: ["maximumRange": 3, "pairDirection": "both"])
    let net = try PairSelection(parameters).network(of: scenes(onDays: [0, 3, 9, 11, 30, 42, 43]))
    let loops = net.closureLoops
    #expect(loops.count == net.pairs.count / 2 - 7 + 1)
    let positions = [0.3, 1.7, -4, 8, 2.5, 0, 11]
    for loop in loops {
      let sum = zip(loop.pairs, loop.signs).reduce(0.0) { sum, step in
        sum + step.1 * (positions[net.pairs[step.0].later] - positions[net.pairs[step.0].earlier])
      }
      #expect(abs(sum) < 1e-12)
      #expect(Set(loop.pairs).count == loop.pairs.count && loop.pairs.allSatisfy { !net.pairs[$0].isBackward })
      #expect((3...5).contains(loop.pairs.count))
    }
  }

  @Test("triplets: all of three in a full network, none across a split, whose loops have four pairs")
  func triplets() throws {
    let full = network([0, 1, 2, 3], [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])
    #expect(full.triplets == 4)
    let split = network([0, 1, 2, 3], [(0, 2), (0, 3), (1, 2), (1, 3)])
    #expect(split.triplets == 0 && split.closureLoops.map(\.pairs.count) == [4])
    #expect(network([0, 1, 2], [(0, 1), (1, 2)]).closureLoops.isEmpty)
  }
}

@Suite("Baseline advice")
struct BaselineAdviceTests {
  @Test("T = s p / v: 0.1 px of 10 m at 1 cm to 1 m per day is 100 to 1 days, as the services' guide says")
  func guide() throws {
    let advice = try BaselineAdvice(
      BaselineAdvice.Parameters(overrides: ["slowestSpeed": 3.6525, "fastestSpeed": 365.25]))
    #expect(abs(advice.shortestSeparation(forSpeed: 3.6525) - 100) < 1e-9)
    #expect(abs(advice.shortestSeparation(forSpeed: 365.25) - 1) < 1e-9)
    #expect(advice.longestSeparation(forSpeed: 365.25) == .infinity)
    #expect(abs(advice.velocitySigma(separation: 100) - 3.6525) < 1e-9)
    let limited = try BaselineAdvice(
      BaselineAdvice.Parameters(overrides: ["slowestSpeed": 3.6525, "fastestSpeed": 36.525, "searchRange": 2]))
    let range = try #require(limited.suitableSeparations)
    #expect(abs(range.lowerBound - 100) < 1e-9 && abs(range.upperBound - 200) < 1e-9)
  }

  @Test("speeds too far apart for one range, pairs too short and too long, and a lack of loops are said")
  func review() throws {
    let advice = try BaselineAdvice(
      BaselineAdvice.Parameters(overrides: ["slowestSpeed": 3.6525, "fastestSpeed": 365.25, "searchRange": 2]))
    #expect(advice.suitableSeparations == nil)
    let chain = PairNetwork(
      scenes: scenes(onDays: [0, 10, 120]),
      pairs: [ScenePair(earlier: 0, later: 1, separation: 10), ScenePair(earlier: 1, later: 2, separation: 110)])
    let review = advice.review(chain)
    #expect(review.tooShort == 1 && review.tooLong == 1 && review.all == 2)
    #expect(
      review.hints[0]
        == "No separation suits all speeds: the slowest needs at least 100 d, the fastest at most 20 d. "
        + "Use two networks, a larger search range or a more precise match.")
    #expect(review.hints[1].hasPrefix("1 of 2 pairs are shorter than 100 d: motion of 3.65 m/yr"))
    #expect(review.hints[3].hasPrefix("No loop closes in this network"))
    #expect(
      review.hints[4].contains("2 intervals are spanned by a single pair (the first: 2020-01-01 to 2020-01-11)"))
  }

  @Test("a network with short loops and long enough pairs needs no hint; exchanged speeds are refused")
  func quiet() throws {
    let net = try PairSelection().network(of: scenes(onDays: [0, 200, 400, 600]))
    let advice = try BaselineAdvice(BaselineAdvice.Parameters(overrides: ["slowestSpeed": 2, "fastestSpeed": 50]))
    #expect(advice.review(net).hints == [])
    #expect(throws: ParameterError.self) {
      try BaselineAdvice.Parameters(overrides: ["slowestSpeed": 20, "fastestSpeed": 5])
    }
  }
}
