// SPDX-License-Identifier: Apache-2.0
import Parameters

/// A scene that no pair uses.
public struct LeftOutScene: Hashable, Sendable {
  /// Why no pair uses a scene.
  public enum Reason: Hashable, Sendable {
    /// More of the area is under cloud than allowed.
    case cloudy(share: Double, limit: Double)
    /// No other scene of its tile and orbit lies within the range (or beyond the split date, or in the season).
    case noPartner
    /// The list of pairs does not name it.
    case notNamed
    /// It was taken out by name.
    case removed
    /// All its pairs were taken out by name.
    case pairsRemoved

    var isCloud: Bool {
      if case .cloudy = self { true } else { false }
    }
  }

  /// Place in `PairNetwork.scenes`.
  public let scene: Int
  public let reason: Reason

  /// The reason as a clause.
  public var text: String {
    switch reason {
    case .cloudy(let share, let limit):
      "\(Int((share * 100).rounded())) % of the area under cloud, above the limit of \(Int((limit * 100).rounded())) %"
    case .noPartner: "no other scene of its tile and orbit fits the range"
    case .notNamed: "the list of pairs does not name it"
    case .removed: "it was taken out"
    case .pairsRemoved: "all its pairs were taken out"
    }
  }
}

/// The scenes of a stack and which of them are matched with each other.
public struct PairNetwork: Sendable {
  /// By date, then by name; also those that no pair uses.
  public let scenes: [DatedScene]
  /// By the earlier, then the later scene, forward before backward.
  public let pairs: [ScenePair]
  public let leftOut: [LeftOutScene]
  /// Pairs that the rules form and that were taken out by name, in the order of `pairs`.
  public let removed: [ScenePair]
  /// Groups of scenes that pairs connect, each in order of date, groups in the order of their first scene; scenes that
  /// no pair uses are in none. More than one: motion in one part can't be tied to that in another.
  public let components: [[Int]]

  /// A network of pairs that were chosen elsewhere; `PairSelection` makes one from rules.
  public init(scenes: [DatedScene], pairs: [ScenePair], leftOut: [LeftOutScene] = [], removed: [ScenePair] = []) {
    precondition(
      pairs.allSatisfy { scenes.indices.contains($0.earlier) && scenes.indices.contains($0.later) },
      "a pair names a scene beyond the list")
    self.scenes = scenes
    self.pairs = Self.sorted(pairs)
    self.removed = Self.sorted(removed)
    self.leftOut = leftOut
    components = Self.components(scenes.count, pairs)
  }

  private static func sorted(_ pairs: [ScenePair]) -> [ScenePair] {
    pairs.sorted { ($0.earlier, $0.later, $0.isBackward ? 1 : 0) < ($1.earlier, $1.later, $1.isBackward ? 1 : 0) }
  }

  /// Scenes of each part, by union of the pairs' ends.
  private static func components(_ count: Int, _ pairs: [ScenePair]) -> [[Int]] {
    var root = Array(0..<count)
    func find(_ scene: Int) -> Int {
      var at = scene
      while root[at] != at { at = root[at] }
      return at
    }
    for pair in pairs {
      let a = find(pair.earlier), b = find(pair.later)
      root[max(a, b)] = min(a, b)
    }
    let used = Set(pairs.flatMap { [$0.earlier, $0.later] })
    let groups = Dictionary(grouping: used.sorted()) { find($0) }
    return groups.keys.sorted().compactMap { groups[$0] }
  }
}

// MARK: - Redundancy

extension PairNetwork {
  /// Time between two instants with scenes that follow each other, and how many pairs span it.
  public struct Interval: Hashable, Sendable {
    public let from, to: CalendarDate
    /// Matches that see the motion between the two, backward ones included.
    public let pairs: Int
  }

  /// Count of pairs of each scene, in the order of `scenes`.
  public var pairsPerScene: [Int] {
    var counts = Array(repeating: 0, count: scenes.count)
    for pair in pairs {
      counts[pair.earlier] += 1
      counts[pair.later] += 1
    }
    return counts
  }

  /// Scenes without any pair, by place.
  public var isolated: [Int] { pairsPerScene.indices.filter { pairsPerScene[$0] == 0 } }

  /// The time axis from scene to scene (those that pairs use) with the pairs that span each part; 0 is a gap.
  public var intervals: [Interval] {
    let counts = pairsPerScene
    let used = scenes.indices.filter { counts[$0] > 0 }
    return zip(used, used.dropFirst()).compactMap { a, b in
      let from = scenes[a].date, to = scenes[b].date
      guard to.days(since: from) > 0 else { return nil }
      let spanning = pairs.filter {
        scenes[$0.earlier].date.days(since: from) <= 0 && scenes[$0.later].date.days(since: to) >= 0
      }
      return Interval(from: from, to: to, pairs: spanning.count)
    }
  }

  /// What tells a part from the others: its first and last date, and its count of scenes.
  public func name(ofComponent index: Int) -> String {
    let part = components[index]
    let dates = (scenes[part[0]].date, scenes[part[part.count - 1]].date)
    return "\(dates.0) to \(dates.1) (\(part.count) scenes)"
  }

  /// One sentence each on parts that hang together, isolated dates and scenes left out; empty when all are connected.
  public var remarks: [String] {
    var remarks: [String] = []
    if components.count > 1 {
      let names = components.indices.map { name(ofComponent: $0) }.joined(separator: "; ")
      remarks.append("The network falls into \(components.count) parts that no pair connects: \(names).")
    }
    for left in leftOut {
      remarks.append("Scene \(scenes[left.scene].id) of \(scenes[left.scene].date) is left out: \(left.text).")
    }
    if !removed.isEmpty {
      remarks.append("\(removed.count) of the pairs that the rules form were taken out by name.")
    }
    return remarks
  }
}
