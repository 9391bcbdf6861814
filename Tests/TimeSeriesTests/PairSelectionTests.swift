// SPDX-License-Identifier: Apache-2.0
import Parameters
import Testing
import TimeSeries

/// Scenes `a`, `b`, … on days after 2020-01-01.
func scenes(onDays days: [Int], orbit: Int? = nil, from letter: Character = "a") -> [DatedScene] {
  let start = CalendarDate("2020-01-01")!.dayNumber
  return days.enumerated().map { index, day in
    let id = String(UnicodeScalar(letter.asciiValue! + UInt8(index)))
    return DatedScene(id: id, date: CalendarDate(dayNumber: start + day), relativeOrbit: orbit)
  }
}

/// The pairs as names, `ab` forward and `ba` backward.
func names(_ network: PairNetwork) -> [String] {
  network.pairs.map { pair in
    let ends = network.scenes[pair.earlier].id + network.scenes[pair.later].id
    return pair.isBackward ? String(ends.reversed()) : ends
  }
}

@Suite("Pair selection")
struct PairSelectionTests {
  private func network(_ scenes: [DatedScene], _ overrides: JSONObject = [:]) throws -> PairNetwork {
    try PairSelection(PairSelection.Parameters(overrides: overrides)).network(of: scenes)
  }

  private func message(_ scenes: [DatedScene], _ overrides: JSONObject = [:]) -> String {
    do {
      return "no error but \(names(try network(scenes, overrides)))"
    } catch {
      return "\(error)"
    }
  }

  @Test("the declarations are sound")
  func declarations() {
    #expect(PairSelection.Parameters.declarationProblems == [])
    #expect(BaselineAdvice.Parameters.declarationProblems == [])
    #expect(PairFusion.Parameters.declarationProblems == [])
  }

  @Test(
    "by acquisitions the count of pairs is Σ (N − k) over the ranges, as the services say",
    arguments: [(4, 1, 1), (10, 1, 5), (100, 1, 5), (10, 2, 3)])
  func acquisitionCount(count: Int, low: Int, high: Int) throws {
    let many = (0..<count).map { DatedScene(id: "s\($0)", date: CalendarDate(dayNumber: 18_000 + 7 * $0 * $0)) }
    let limits: JSONObject = ["minimumRange": .integer(low), "maximumRange": .integer(high)]
    let expected = (low...high).reduce(0) { $0 + count - $1 }
    #expect(try network(many.shuffled(), limits).pairs.count == expected)
    let both = try network(many, limits.merged(with: ["pairDirection": "both"]))
    #expect(both.pairs.count == 2 * expected && both.pairs.filter(\.isBackward).count == expected)
  }

  @Test("by days the limits belong to the range")
  func days() throws {
    let found = try network(
      scenes(onDays: [0, 10, 20, 45]), ["pairingMode": "days", "minimumRange": 20, "maximumRange": 35])
    #expect(names(found) == ["ac", "bd", "cd"])
    #expect(found.pairs.map(\.separation) == [20, 35, 25])
  }

  @Test("across a split date every earlier scene meets every later one, and the range is ignored")
  func split() throws {
    let found = try network(
      scenes(onDays: [0, 10, 20, 400]), ["splitDate": "2020-01-11", "minimumRange": 1, "maximumRange": 1])
    // The scene of the split date itself counts as after it.
    #expect(names(found) == ["ab", "ac", "ad"])
  }

  @Test("a pass laid together from tiles pairs with those that share one of them, in one row of acquisitions")
  func joinedTiles() throws {
    let tiles = ["T1+T2", "T1", "T2", "T1+T2"].enumerated().map { index, tile in
      DatedScene(id: ["a", "b", "c", "d"][index], date: CalendarDate(dayNumber: 18_000 + 5 * index), tile: tile)
    }
    #expect(names(try network(tiles)) == ["ab", "ac", "ad", "bd", "cd"])
    #expect(names(try network(tiles, ["maximumRange": 1])) == ["ab", "cd"])
  }

  @Test("pairs stay within tile and relative orbit, and a wrong orbit does not count as an acquisition")
  func orbits() throws {
    let first = scenes(onDays: [0, 10, 20], orbit: 7), second = scenes(onDays: [5, 15], orbit: 8, from: "x")
    #expect(names(try network(first + second, ["maximumRange": 1])) == ["ab", "xy", "bc"])
    let all = try network(first + second, ["maximumRange": 1, "sameRelativeOrbit": false])
    #expect(names(all) == ["ax", "xb", "by", "yc"])
    let tiles = ["T1", "T2", "T1", "T2"].enumerated().map {
      DatedScene(id: "\($0)", date: CalendarDate(dayNumber: 100 + $0), tile: $1)
    }
    #expect(names(try network(tiles)) == ["02", "13"])
  }

  @Test("pairs that are taken out by name, either way round, are kept apart; nothing else changes")
  func removedPairs() throws {
    let all = scenes(onDays: [0, 10, 20, 30])
    let found = try network(all, ["maximumRange": 2, "leaveOutPairs": ["b:a", "b:d"], "pairDirection": "both"])
    #expect(names(found) == ["ac", "ca", "bc", "cb", "cd", "dc"])
    #expect(found.removed.map { [$0.earlier, $0.later] } == [[0, 1], [0, 1], [1, 3], [1, 3]])
    #expect(found.remarks == ["4 of the pairs that the rules form were taken out by name."])
    let named = try network(all, ["pairs": ["a:b", "a:c"], "leaveOutPairs": ["a:c"]])
    #expect(names(named) == ["ab"])
    let bare = try network(all, ["maximumRange": 1, "leaveOutPairs": ["a:b"]])
    #expect(bare.leftOut.map(\.scene) == [0] && bare.leftOut.map(\.reason) == [.pairsRemoved])
  }

  @Test("without a scene that is taken out by name the network is that of the others")
  func removedScenes() throws {
    let all = scenes(onDays: [0, 10, 20, 30])
    let found = try network(all, ["maximumRange": 1, "leaveOutScenes": ["b"]])
    #expect(names(found) == ["ac", "cd"])
    #expect(found.leftOut.map(\.scene) == [1] && found.leftOut.map(\.reason) == [.removed] && found.removed.isEmpty)
    #expect(names(try network(all, ["pairs": ["a:b", "a:c"], "leaveOutScenes": ["b"]])) == ["ac"])
  }

  @Test("names that no scene has, and a network of which nothing is left, are told with a cure")
  func wrongRemoval() {
    let all = scenes(onDays: [0, 10])
    #expect(
      message(all, ["leaveOutScenes": ["z"]])
        == "`leaveOutScenes` names the scene 'z', which is not among the 2: a, b")
    #expect(
      message(all, ["leaveOutPairs": ["a:z"]])
        == "the pair 'a:z' names the scene 'z', which is not among the 2: a, b")
    #expect(message(all, ["leaveOutPairs": ["a:b"]]).hasPrefix("no pair is left: `leaveOutPairs`"))
  }

  @Test("the same season: whole years apart within the window, and short separations")
  func season() throws {
    let found = try network(scenes(onDays: [0, 20, 180, 360, 731]), ["seasonWindow": 21, "maximumRange": 9])
    // b to d are 340 days: 25 short of a year; b to e are 711: 19.5 short of two.
    #expect(names(found) == ["ab", "ad", "ae", "be", "de"])
  }

  @Test("cloudy scenes are left out with their share, unknown ones stay, and the range counts what is left")
  func clouds() throws {
    let shares: [Double?] = [0.1, 0.6, nil, 0.2]
    let cloudy = shares.enumerated().map {
      DatedScene(id: ["a", "b", "c", "d"][$0], date: CalendarDate(dayNumber: 10 * $0), cloudShare: $1)
    }
    let found = try network(cloudy, ["maximumRange": 1])
    #expect(names(found) == ["ac", "cd"])
    #expect(found.leftOut.map(\.text) == ["60 % of the area under cloud, above the limit of 20 %"])
    #expect(found.isolated == [1])
  }

  @Test("named pairs are taken as they are, in both directions, and the rest is left out")
  func namedPairs() throws {
    let found = try network(scenes(onDays: [0, 10, 20, 30]), ["pairs": ["a:c", "c:b", "a:c"], "maximumRange": 1])
    #expect(names(found) == ["ac", "cb"])
    #expect(found.leftOut.map(\.text) == ["the list of pairs does not name it"])
    let colons = [
      DatedScene(id: "x:1", date: CalendarDate(dayNumber: 0)),
      DatedScene(id: "y:2", date: CalendarDate(dayNumber: 9)),
    ]
    #expect(try network(colons, ["pairs": ["x:1:y:2"]]).pairs.count == 1)
  }

  @Test("scenes of one instant are one acquisition and no pair")
  func sameInstant() throws {
    #expect(names(try network(scenes(onDays: [0, 0, 10]), ["maximumRange": 1])) == ["ac", "bc"])
  }

  @Test("wrong input: each a clear message")
  func wrongInput() {
    #expect(message([]) == "a network needs two scenes or more, and none was given")
    #expect(message(scenes(onDays: [3])) == "a network needs two scenes or more, and only 'a' was given")
    #expect(
      message(scenes(onDays: [0, 1]) + scenes(onDays: [2]))
        == "two scenes are called 'a'; give each scene a name of its own, or leave one out")
    let three = scenes(onDays: [0, 10, 20])
    #expect(
      message(three, ["pairs": ["a:q"]]) == "the pair 'a:q' names the scene 'q', which is not among the 3: a, b, c")
    #expect(message(three, ["pairs": ["a-b"]]) == "the pair 'a-b' has no colon; write FIRST:SECOND")
    #expect(message(three, ["pairs": ["a:a"]]) == "the pair 'a:a' is one scene with itself; name two scenes")
    #expect(
      message(scenes(onDays: [0, 0]), ["pairs": ["a:b"]])
        == "the scenes of the pair 'a:b' are both of 2020-01-01: no time lies between them")
    #expect(
      message(three, ["minimumRange": 5, "maximumRange": 2])
        == "minimumRange is 5, above maximumRange (2); exchange them")
    #expect(message(three, ["maximumRange": 2.5]).hasPrefix("acquisitions are counted in whole numbers"))
    #expect(
      message(three, ["pairingMode": "days", "minimumRange": 50, "maximumRange": 60])
        == "no two of the 3 scenes can be paired: 0 are cloudier than 0.2, and no two of the others are 50 to 60 days "
        + "apart in one relative orbit; widen the choice")
    #expect(message(three, ["splitDate": "2021-01-01"]).contains("lie on both sides of the split date 2021-01-01"))
  }
}
