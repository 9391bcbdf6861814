// SPDX-License-Identifier: Apache-2.0

/// The order of one block of points: which comes next, and from which neighbour.
///
/// A point inherits from the nearest measured one, of equally near ones from the better correlated. Only neighbours
/// within `reach` are kept up to date; where none of the points left has one, all distances are, from then on.
struct Spreading {
  /// A point that is about to be matched.
  struct Next {
    let index: Int
    fileprivate let place: Int
    fileprivate let starts: [AffineOffset]
  }

  /// What a point knows of its nearest measured neighbour.
  private struct Neighbour {
    var place = -1
    var distance = Double.infinity
    var ncc = -Double.infinity

    func isWorse(than other: Neighbour) -> Bool {
      other.distance < distance || other.distance == distance && other.ncc > ncc
    }
  }

  private struct Found {
    let offset: AffineOffset
    let ncc: Double
  }

  private let indices: [Int]
  private let x, y: [Double]
  private let own: [AffineOffset?]
  private let furthest: Double
  private var isDone: [Bool]
  private var neighbours: [Neighbour]
  /// What was found at the measured points.
  private var found: [Found?]
  /// Points with a measured neighbour within reach; some may be done already.
  private var rim: [Int] = []
  private var looksFar = false
  /// Own starts, the nearest to the block's middle first: where the spreading begins, and begins again.
  private var seeds: [Int]
  /// Neighbours further away than this, px, are not asked while there are nearer ones: 1.5 times the points' spacing.
  private let reach: Double
  private let cells: PointCells

  /// - Parameters:
  ///   - block: numbers of the block's points.
  ///   - furthest: see `LeastSquaresMatching.matchSpreading`.
  init(_ block: [Int], _ points: [PixelPoint], _ start: [AffineOffset?], furthest: Double) {
    indices = block
    let y = block.map { points[$0].row }, x = block.map { points[$0].column }, count = Double(max(1, block.count))
    let top = y.min() ?? 0, left = x.min() ?? 0
    let height = (y.max() ?? 0) - top, width = (x.max() ?? 0) - left
    reach = 1.5 * max((height * width / count).squareRoot(), max(height, width) / count)
    func distance(_ place: Int) -> Double {
      let v = y[place] - top - height / 2, u = x[place] - left - width / 2
      return u * u + v * v
    }
    own = block.map { start[$0] }
    seeds = block.indices.filter { start[block[$0]] != nil }
      .map { (place: $0, distance: distance($0)) }
      .sorted { $0.distance != $1.distance ? $0.distance > $1.distance : $0.place > $1.place }.map(\.place)
    // Points on one place have no extent: any side does.
    cells = PointCells(x: x, y: y, side: reach > 0 ? reach : 1)
    (self.x, self.y, self.furthest) = (x, y, furthest)
    isDone = Array(repeating: false, count: block.count)
    neighbours = Array(repeating: Neighbour(), count: block.count)
    found = Array(repeating: nil, count: block.count)
  }

  /// The point with the best correlated neighbour, else the point nearest to any, else one with a start of its own;
  /// nil when there is none left.
  mutating func next() -> Next? {
    var best = bestOfRim() ?? nearest() ?? -1
    while best < 0, let seed = seeds.popLast() {
      if !isDone[seed] { best = seed }
    }
    guard best >= 0 else { return nil }
    var starts: [AffineOffset] = []
    let from = neighbours[best].place
    if from >= 0, let model = found[from]?.offset {
      let inherited = model.moved(x: x[best] - x[from], y: y[best] - y[from])
      if !isContradicted(inherited, by: own[best]) { starts.append(inherited) }
    }
    if let own = own[best] { starts.append(own) }
    return Next(index: indices[best], place: best, starts: starts)
  }

  private mutating func bestOfRim() -> Int? {
    var best = -1, at = 0
    while at < rim.count {
      let place = rim[at]
      if isDone[place] {
        rim[at] = rim[rim.count - 1]
        rim.removeLast()
        continue
      }
      let isBetter =
        best < 0 || neighbours[place].ncc > neighbours[best].ncc
        || neighbours[place].ncc == neighbours[best].ncc && place < best
      if isBetter { best = place }
      at += 1
    }
    return best < 0 ? nil : best
  }

  /// The point nearest to any measured one, with nothing measured within reach.
  private mutating func nearest() -> Int? {
    guard isDone.contains(false), found.contains(where: { $0 != nil }) else { return nil }
    if !looksFar {
      looksFar = true
      for place in found.indices where found[place] != nil {
        for other in found.indices { handOn(from: place, to: other) }
      }
    }
    var best = -1
    for place in isDone.indices where !isDone[place] && neighbours[place].place >= 0 {
      if best < 0 || neighbours[place].distance < neighbours[best].distance { best = place }
    }
    return best < 0 ? nil : best
  }

  private func isContradicted(_ inherited: AffineOffset, by own: AffineOffset?) -> Bool {
    guard let own else { return false }
    let dx = inherited.dx - own.dx, dy = inherited.dy - own.dy
    return dx * dx + dy * dy > furthest * furthest
  }

  /// Matches the point from its starts, the first that succeeds.
  mutating func match(_ next: Next, _ points: [PixelPoint], _ solver: inout LeastSquaresSolver) -> LeastSquaresMatch {
    isDone[next.place] = true
    var match = LeastSquaresMatch(flag: .noConvergence)
    for start in next.starts where match.flag != .measured { match = solver.match(points[next.index], start) }
    guard match.flag == .measured else { return match }
    found[next.place] = Found(offset: match.offset, ncc: match.ncc)
    if looksFar {
      for place in isDone.indices { handOn(from: next.place, to: place) }
    } else {
      let cells = cells
      cells.forEach(around: next.place) { handOn(from: next.place, to: $0) }
    }
    return match
  }

  private mutating func handOn(from: Int, to place: Int) {
    if isDone[place] { return }
    let u = x[place] - x[from], v = y[place] - y[from]
    let new = Neighbour(place: from, distance: u * u + v * v, ncc: found[from]?.ncc ?? -.infinity)
    let isNear = new.distance <= reach * reach
    guard isNear || looksFar, neighbours[place].isWorse(than: new) else { return }
    if isNear && neighbours[place].distance > reach * reach { rim.append(place) }
    neighbours[place] = new
  }
}

/// Points by square cells, to find those near another.
private struct PointCells {
  private let columns: Int
  private let cellOf: [Int]
  /// Numbers of the points of each cell.
  private let members: [[Int]]

  init(x: [Double], y: [Double], side: Double) {
    let left = x.min() ?? 0, top = y.min() ?? 0
    let columns = 1 + Int(((x.max() ?? 0) - left) / side), rows = 1 + Int(((y.max() ?? 0) - top) / side)
    var members = [[Int]](repeating: [], count: rows * columns)
    cellOf = x.indices.map { Int((y[$0] - top) / side) * columns + Int((x[$0] - left) / side) }
    for (place, cell) in cellOf.enumerated() { members[cell].append(place) }
    (self.columns, self.members) = (columns, members)
  }

  /// The points in the cell of `place` and the eight around it.
  func forEach(around place: Int, _ body: (Int) -> Void) {
    let row = cellOf[place] / columns, column = cellOf[place] % columns
    for r in max(0, row - 1)...min(members.count / columns - 1, row + 1) {
      for c in max(0, column - 1)...min(columns - 1, column + 1) { members[r * columns + c].forEach(body) }
    }
  }
}
