// SPDX-License-Identifier: Apache-2.0

/// A way through the network back to where it began, on which displacements must add up to nothing.
public struct ClosureLoop: Hashable, Sendable {
  /// Places of the pairs in `PairNetwork.pairs`, each once.
  public let pairs: [Int]
  /// +1 where the way goes from the earlier to the later scene of a pair, −1 where it goes back.
  public let signs: [Double]
}

extension PairNetwork {
  /// One loop for each pair that a spanning tree of its part leaves over: together they hold all that closure can
  /// check. The tree is grown breadth first, so loops are short. A backward pair counts as its forward twin.
  public var closureLoops: [ClosureLoop] {
    var edges: [Int] = []
    for (index, pair) in pairs.enumerated() {
      guard let last = edges.last, pairs[last].earlier == pair.earlier, pairs[last].later == pair.later else {
        edges.append(index)
        continue
      }
    }
    let tree = SpanningTree(scenes: scenes.count, pairs: pairs, edges: edges)
    return edges.filter { !tree.edges.contains($0) }.map { tree.loop(closedBy: $0, of: pairs) }
  }

  /// Groups of three scenes of which each two are a pair: the shortest loops, and the easiest to read.
  public var triplets: Int {
    var partners = Array(repeating: Set<Int>(), count: scenes.count)
    for pair in pairs { partners[pair.earlier].insert(pair.later) }
    return partners.reduce(0) { sum, later in
      sum + later.reduce(0) { $0 + partners[$1].intersection(later).count }
    }
  }
}

/// Breadth-first trees of all parts of a network.
private struct SpanningTree {
  private(set) var edges: Set<Int> = []
  /// The edge towards the root, and the distance from it, of each scene.
  private var towardRoot: [Int?]
  private var depth: [Int]

  init(scenes: Int, pairs: [ScenePair], edges all: [Int]) {
    towardRoot = Array(repeating: nil, count: scenes)
    depth = Array(repeating: -1, count: scenes)
    var touching = Array(repeating: [Int](), count: scenes)
    for edge in all {
      touching[pairs[edge].earlier].append(edge)
      touching[pairs[edge].later].append(edge)
    }
    for root in 0..<scenes where depth[root] < 0 {
      depth[root] = 0
      var queue = [root], next = 0
      while next < queue.count {
        let scene = queue[next]
        next += 1
        for edge in touching[scene] {
          let other = pairs[edge].earlier == scene ? pairs[edge].later : pairs[edge].earlier
          guard depth[other] < 0 else { continue }
          (depth[other], towardRoot[other]) = (depth[scene] + 1, edge)
          edges.insert(edge)
          queue.append(other)
        }
      }
    }
  }

  /// Along the edge, then from its later end to its earlier one through the tree.
  func loop(closedBy edge: Int, of pairs: [ScenePair]) -> ClosureLoop {
    var ahead: [(Int, Double)] = [(edge, 1)], behind: [(Int, Double)] = []
    var front = pairs[edge].later, back = pairs[edge].earlier
    func step(_ scene: inout Int) -> (edge: Int, sign: Double) {
      let edge = towardRoot[scene]!
      let isForward = pairs[edge].earlier == scene
      scene = isForward ? pairs[edge].later : pairs[edge].earlier
      return (edge, isForward ? 1 : -1)
    }
    while front != back {
      if depth[front] >= depth[back] {
        ahead.append(step(&front))
      } else {
        let taken = step(&back)
        behind.append((taken.edge, -taken.sign))  // walked from the meeting point towards the earlier end
      }
    }
    let way = ahead + behind.reversed()
    return ClosureLoop(pairs: way.map(\.0), signs: way.map(\.1))
  }
}
