// SPDX-License-Identifier: Apache-2.0

/// Finds the scenes of pairs that a user named.
struct NamedPairs {
  let scenes: [DatedScene]
  private let places: [String: Int]

  init(scenes: [DatedScene]) {
    self.scenes = scenes
    places = Dictionary(uniqueKeysWithValues: scenes.enumerated().map { ($1.id, $0) })
  }

  /// The pairs in the order of their dates, each once.
  func pairs(_ names: [String]) throws(TimeSeriesError) -> [ScenePair] {
    var pairs: Set<ScenePair> = []
    for name in names { pairs.insert(try pair(name)) }
    return Array(pairs)
  }

  private func pair(_ name: String) throws(TimeSeriesError) -> ScenePair {
    let (first, second) = try ends(name)
    guard first != second else {
      throw TimeSeriesError(.badPair, "the pair '\(name)' is one scene with itself; name two scenes")
    }
    let separation = scenes[second].date.days(since: scenes[first].date)
    guard separation != 0 else {
      throw TimeSeriesError(
        .badPair, "the scenes of the pair '\(name)' are both of \(scenes[first].date): no time lies between them")
    }
    return ScenePair(
      earlier: separation > 0 ? first : second, later: separation > 0 ? second : first, isBackward: separation < 0,
      separation: abs(separation))
  }

  /// The place of a scene.
  func scene(_ name: String) throws(TimeSeriesError) -> Int {
    if let place = places[name] { return place }
    throw TimeSeriesError(
      .unknownScene, "`leaveOutScenes` names the scene '\(name)', which is not among the \(scenes.count): \(known)")
  }

  /// A name may hold colons itself: every colon is tried as the one between the two scenes.
  func ends(_ name: String) throws(TimeSeriesError) -> (Int, Int) {
    let colons = name.indices.filter { name[$0] == ":" }
    guard let last = colons.last else {
      throw TimeSeriesError(.badPair, "the pair '\(name)' has no colon; write FIRST:SECOND")
    }
    for colon in colons {
      if let first = places[String(name[..<colon])], let second = places[String(name[name.index(after: colon)...])] {
        return (first, second)
      }
    }
    let parts = [String(name[..<last]), String(name[name.index(after: last)...])]
    let unknown = parts.first { places[$0] == nil } ?? name
    throw TimeSeriesError(
      .unknownScene,
      "the pair '\(name)' names the scene '\(unknown)', which is not among the \(scenes.count): \(known)")
  }

  /// The names that there are, some of them.
  private var known: String {
    scenes.prefix(5).map(\.id).joined(separator: ", ") + (scenes.count > 5 ? ", …" : "")
  }
}

/// What a user has taken out of a network by name.
struct RemovedPairs {
  let scenes: Set<Int>
  private let couples: Set<[Int]>

  /// - Throws: `TimeSeriesError` for names that no scene has.
  init(_ parameters: PairSelection.Parameters, _ names: NamedPairs) throws(TimeSeriesError) {
    var scenes: Set<Int> = [], couples: Set<[Int]> = []
    for name in parameters.leaveOutScenes { scenes.insert(try names.scene(name)) }
    for name in parameters.leaveOutPairs {
      let (first, second) = try names.ends(name)
      couples.insert([min(first, second), max(first, second)])
    }
    (self.scenes, self.couples) = (scenes, couples)
  }

  func contains(_ pair: ScenePair) -> Bool {
    couples.contains([min(pair.earlier, pair.later), max(pair.earlier, pair.later)])
  }
}
