// SPDX-License-Identifier: Apache-2.0
import Figures
import Parameters
import TimeSeries

/// The stage `network`: which dates are matched with each other.
struct StackNetwork: Sendable {
  private(set) var network: PairNetwork
  /// Place in the input of each scene of the network.
  let dates: [Int]
  /// Pairs that are not matched, and why.
  private(set) var leftOutPairs: [StackProblem] = []

  /// - Throws: `TimeSeriesError` when no pair can be formed.
  init(
    _ input: StackInput, _ grid: GridStage.Outcome, _ clouds: CloudStage.Outcome, _ choices: PairSelection.Parameters
  )
    throws
  {
    var places: [String: Int] = [:]
    let scenes = input.dates.indices.compactMap { index -> DatedScene? in
      let pass = input.dates[index].pass
      guard grid.images[index] != nil, let date = CalendarDate(pass.date.iso8601) else { return nil }
      places[pass.id] = index
      return DatedScene(
        id: pass.id, date: date, relativeOrbit: pass.relativeOrbit, cloudShare: clouds.cloudShares[index],
        tile: pass.tile)
    }
    network = try PairSelection(
      Self.choices(choices, without: input.dates.map(\.pass.id).filter { places[$0] == nil })
    )
    .network(of: scenes)
    dates = network.scenes.map { places[$0.id] ?? 0 }
  }

  /// The choices without the names of scenes that turned out useless: nobody need put back what is gone by itself.
  private static func choices(
    _ choices: PairSelection.Parameters, without lost: [String]
  ) -> PairSelection.Parameters {
    var choices = choices
    choices.leaveOutScenes.removeAll { lost.contains($0) }
    choices.leaveOutPairs.removeAll { pair in
      lost.contains { pair.hasPrefix($0 + ":") || pair.hasSuffix(":" + $0) }
    }
    return choices
  }

  /// Leaves out pairs of which too much is masked, by their shares in the order of the pairs.
  ///
  /// - Throws: `ServiceError` where none is left.
  mutating func leaveOut(_ shares: [Double], above limit: Double) throws {
    let names = names(), pairs = network.pairs
    func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
    leftOutPairs = pairs.indices.filter { shares[$0] > limit }.map {
      StackProblem(
        what: names[$0],
        cause:
          "\(percent(shares[$0])) of the area masked, under cloud or without data, above the limit of \(percent(limit))"
      )
    }
    if leftOutPairs.count == pairs.count {
      throw ServiceError(
        .nothingMeasured,
        "no pair is left: of each more than \(percent(limit)) of the area is masked, under cloud or without data "
          + "(\(percent(shares.min() ?? 1)) of the clearest); raise --maximum-masked-share")
    }
    network = PairNetwork(
      scenes: network.scenes, pairs: pairs.indices.filter { shares[$0] <= limit }.map { pairs[$0] },
      leftOut: network.leftOut, removed: network.removed)
  }

  /// What the user should know about the network.
  var remarks: [String] {
    network.remarks + leftOutPairs.prefix(5).map { "Pair \($0.what) is left out: \($0.cause)." }
      + (leftOutPairs.count > 5 ? ["\(leftOutPairs.count - 5) more pairs are left out for the same reason."] : [])
  }

  /// The scene that the templates of a pair are taken from, and the other one, as places in the input.
  func images(of pair: ScenePair) -> (reference: Int, secondary: Int) {
    let earlier = dates[pair.earlier], later = dates[pair.later]
    return pair.isBackward ? (later, earlier) : (earlier, later)
  }

  /// A name that no other pair has: its dates, and more where these are not enough.
  func names() -> [String] {
    func day(_ scene: Int) -> String { String(network.scenes[scene].date.description.prefix(10)) }
    var seen: [String: Int] = [:]
    return network.pairs.map { pair in
      let dates = [day(pair.earlier), day(pair.later)]
      let name = (pair.isBackward ? dates.reversed() : dates).joined(separator: "_")
      seen[name, default: 0] += 1
      let count = seen[name, default: 1]
      return count == 1 ? name : "\(name)_\(count)"
    }
  }

  /// The network as a drawing.
  var figure: PairNetworkFigure {
    let first = network.scenes.map(\.date).min()
    let scenes = network.scenes.indices.map { index in
      let scene = network.scenes[index]
      return PairNetworkFigure.Scene(
        label: String(scene.date.description.prefix(10)), day: first.map { scene.date.days(since: $0) } ?? 0,
        part: network.components.firstIndex { $0.contains(index) })
    }
    return PairNetworkFigure(
      scenes: scenes,
      links: network.pairs.map { .init(earlier: $0.earlier, later: $0.later, isBackward: $0.isBackward) })
  }
}
