// SPDX-License-Identifier: Apache-2.0
import Grids
import Processing
import TimeSeries

/// What says whether the vectors of a pair can be trusted, besides themselves.
struct PairTrust: Sendable {
  /// Places of both dates in the input, that of the templates first.
  let dates: [Int]
  /// Whether offsets run back in time.
  let isBackward: Bool
  /// The same dates matched in the opposite direction; nil where they were not.
  let opposite: MatchStage.Pair?
  private let terrain: Terrain?

  init(_ pair: MatchStage.Pair, among pairs: [MatchStage.Pair], in network: StackNetwork, _ terrain: Terrain?) {
    let links = network.network.pairs, own = links[pair.place]
    let images = network.images(of: own)
    (dates, isBackward) = ([images.reference, images.secondary], own.isBackward)
    opposite = pairs.first {
      let other = links[$0.place]
      return (other.earlier, other.later) == (own.earlier, own.later) && other.isBackward != own.isBackward
    }
    self.terrain = terrain
  }

  /// True where the terrain leaves no trust in the pair; nil where it leaves nothing out.
  func isOut(_ window: Window) throws -> Mask? {
    guard let terrain, terrain.leavesOut(dates) else { return nil }
    return try terrain.isOut(dates, window)
  }

  /// Rise of the ground as the pair's own offsets see it: against time, down is up.
  func rises(_ window: Window) throws -> (right: Grid<Float>, down: Grid<Float>)? {
    guard let rises = try terrain?.rises(window) else { return nil }
    return isBackward ? (rises.right.map { -$0 }, rises.down.map { -$0 }) : rises
  }
}
