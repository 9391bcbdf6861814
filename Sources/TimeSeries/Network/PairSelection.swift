// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Chooses which scenes of a stack are matched with each other.
///
/// Scenes are grouped by tile and, unless told otherwise, by relative orbit; scenes without a known tile or orbit are a
/// group of their own. Passes that were put together from tiles (`T32TLS+T32TLT`) are of one group with every pass that
/// has a tile in common with one of it, and form pairs with those that have one in common with them. Inside a group a pair is taken when its range, counted in acquisitions (distinct instants among
/// the scenes that are not too cloudy) or in days, lies between the two limits; with a split date, when the split lies
/// between the scenes (a scene at the instant of the split counts as after it), whatever the range. O(scenes²).
///
/// Source: the parameters of MPIC-OPT and GDM-OPT. Differs from them: cloud on the area, same season, explicit pairs, and
/// pairs and scenes that are taken out by name.
/// Checked by: `PairSelectionTests`.
public struct PairSelection: Sendable {
  public let parameters: Parameters

  public init(_ parameters: Parameters = Parameters()) { self.parameters = parameters }

  /// The network of a stack.
  ///
  /// - Parameter scenes: in any order; the network has them by date, then by name.
  /// - Throws: `ParameterError` for choices that contradict each other; `TimeSeriesError` for fewer than two scenes,
  ///   for a repeated name, for a named pair that can't be, and when no pair is left.
  public func network(of scenes: [DatedScene]) throws -> PairNetwork {
    try parameters.check()
    let sorted = scenes.sorted { ($0.date, $0.id) < ($1.date, $1.id) }
    try Self.check(sorted)
    let names = NamedPairs(scenes: sorted)
    let removed = try RemovedPairs(parameters, names)
    var reasons: [Int: LeftOutScene.Reason] = [:]
    var pairs: [ScenePair] = []
    if parameters.pairs.isEmpty {
      for index in sorted.indices {
        guard let share = sorted[index].cloudShare, share > parameters.maximumCloudShare else { continue }
        reasons[index] = .cloudy(share: share, limit: parameters.maximumCloudShare)
      }
      for index in removed.scenes { reasons[index] = .removed }
      for group in groups(sorted, without: Set(reasons.keys)) { pairs += self.pairs(in: group, of: sorted) }
    } else {
      for index in removed.scenes { reasons[index] = .removed }
      pairs = try names.pairs(parameters.pairs).filter {
        !removed.scenes.contains($0.earlier) && !removed.scenes.contains($0.later)
      }
    }
    let network = Self.network(
      sorted, pairs, removed, reasons, else: parameters.pairs.isEmpty ? .noPartner : .notNamed)
    guard !network.pairs.isEmpty else { throw noPairs(network) }
    return network
  }

  private static func check(_ scenes: [DatedScene]) throws {
    guard scenes.count >= 2 else {
      let found = scenes.isEmpty ? "none was given" : "only '\(scenes[0].id)' was given"
      throw TimeSeriesError(.tooFewScenes, "a network needs two scenes or more, and \(found)")
    }
    var seen: Set<String> = []
    for scene in scenes where !seen.insert(scene.id).inserted {
      throw TimeSeriesError(
        .repeatedScene, "two scenes are called '\(scene.id)'; give each scene a name of its own, or leave one out")
    }
  }

  private static func network(
    _ scenes: [DatedScene], _ pairs: [ScenePair], _ removed: RemovedPairs, _ reasons: [Int: LeftOutScene.Reason],
    else usual: LeftOutScene.Reason
  ) -> PairNetwork {
    let kept = pairs.filter { !removed.contains($0) }, gone = pairs.filter(removed.contains)
    let used = Set(kept.flatMap { [$0.earlier, $0.later] }), bare = Set(gone.flatMap { [$0.earlier, $0.later] })
    let leftOut = scenes.indices.filter { !used.contains($0) }.map { index in
      LeftOutScene(scene: index, reason: reasons[index] ?? (bare.contains(index) ? .pairsRemoved : usual))
    }
    return PairNetwork(scenes: scenes, pairs: kept, leftOut: leftOut, removed: gone)
  }

  private func noPairs(_ network: PairNetwork) -> TimeSeriesError {
    guard network.removed.isEmpty, parameters.pairs.isEmpty else {
      return TimeSeriesError(
        .noPairs,
        "no pair is left: `leaveOutPairs` and `leaveOutScenes` take away all that could be formed; take some names "
          + "out of them")
    }
    let cloudy = network.leftOut.filter { $0.reason.isCloud }.count
    let rule =
      parameters.splitDate.map { "lie on both sides of the split date \($0)" }
      ?? "are \(short(parameters.minimumRange)) to \(short(parameters.maximumRange)) \(parameters.pairingMode.rawValue) apart"
    return TimeSeriesError(
      .noPairs,
      "no two of the \(network.scenes.count) scenes can be paired: \(cloudy) are cloudier than "
        + "\(short(parameters.maximumCloudShare)), and no two of the others \(rule)"
        + (parameters.sameRelativeOrbit ? " in one relative orbit" : "")
        + (parameters.seasonWindow.map { " within \(short($0)) d of the same season" } ?? "") + "; widen the choice"
        + (cloudy > 0 ? ", or raise maximumCloudShare" : ""))
  }
}

// MARK: - Groups and ranges

extension PairSelection {
  /// Places of the scenes of each group, by date, groups in the order of their first scenes.
  private func groups(_ scenes: [DatedScene], without cloudy: Set<Int>) -> [[Int]] {
    var groups: [[Int]] = []
    for index in scenes.indices where !cloudy.contains(index) {
      // A pass may join groups that had no tile in common before it.
      let joined = groups.indices.filter { groups[$0].contains { isAlike(scenes[$0], scenes[index]) } }
      guard let first = joined.first else {
        groups.append([index])
        continue
      }
      groups[first] = joined.flatMap { groups[$0] }.sorted() + [index]
      for other in joined.dropFirst().reversed() { groups.remove(at: other) }
    }
    return groups
  }

  /// Whether two scenes show the same ground from the same orbit.
  private func isAlike(_ a: DatedScene, _ b: DatedScene) -> Bool {
    (!parameters.sameRelativeOrbit || a.relativeOrbit == b.relativeOrbit) && a.sharesTile(with: b)
  }

  private func pairs(in group: [Int], of scenes: [DatedScene]) -> [ScenePair] {
    var ranks: [Int] = []
    for (place, index) in group.enumerated() {
      let isNew = place > 0 && scenes[index].date.days(since: scenes[group[place - 1]].date) > 0
      ranks.append((ranks.last ?? 0) + (isNew ? 1 : 0))
    }
    var pairs: [ScenePair] = []
    for a in group.indices {
      for b in group[a...].indices.dropFirst() {
        let separation = scenes[group[b]].date.days(since: scenes[group[a]].date)
        let range = parameters.pairingMode == .days ? separation : Double(ranks[b] - ranks[a])
        guard separation > 0, isSameSeason(separation), scenes[group[a]].sharesTile(with: scenes[group[b]]),
          isWanted(from: scenes[group[a]].date, to: scenes[group[b]].date, range: range)
        else { continue }
        pairs.append(ScenePair(earlier: group[a], later: group[b], separation: separation))
        guard parameters.pairDirection == .both else { continue }
        pairs.append(ScenePair(earlier: group[a], later: group[b], isBackward: true, separation: separation))
      }
    }
    return pairs
  }

  private func isWanted(from earlier: CalendarDate, to later: CalendarDate, range: Double) -> Bool {
    if let split = parameters.splitDate { return earlier.days(since: split) < 0 && later.days(since: split) >= 0 }
    return range >= parameters.minimumRange && range <= parameters.maximumRange
  }

  /// Whole years apart, give or take the window: a mean year, so that leap years need no care.
  private func isSameSeason(_ separation: Double) -> Bool {
    guard let window = parameters.seasonWindow else { return true }
    let rest = separation.truncatingRemainder(dividingBy: daysPerYear)
    return min(rest, daysPerYear - rest) <= window
  }
}

/// Days of a Julian year, by which velocities per year are counted.
let daysPerYear = 365.25
