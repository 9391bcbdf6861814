// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

extension LeastSquaresMatching {
  /// Matches points from a few starts: each measured point hands its affine model on to its neighbours, the best
  /// correlated first.
  ///
  /// Points are taken block by block of the image, and models do not cross from one block to another, so that the
  /// result depends neither on `threads` nor on how an image is cut, as long as tiles consist of whole blocks. Each
  /// block needs one start at least. Cost per point: one match, and two looks at the other points of its block.
  ///
  /// - Parameters:
  ///   - points: template centres, px.
  ///   - start: first guess where there is one. A point whose neighbour's model lands further than
  ///     `parameters.maximumMove` from its own guess, as across a fault, uses its own; so does one that fails from its
  ///     neighbour's.
  ///   - blockSide: side of a block, px: best 10 to 20 times the spacing of the points.
  ///   - origin: row and column of these images' first pixel in the whole image, which the blocks are counted from.
  /// - Returns: one match per point; `.noConvergence` where no model came by.
  ///
  /// Source: Pan 2009, Applied Optics 48(8) (reliability-guided order). Differs from it: blocks.
  public func matchSpreading(
    over points: [PixelPoint], start: [AffineOffset?], blockSide: Int = 256, origin: (row: Int, column: Int) = (0, 0),
    threads: Int = 1
  ) -> [LeastSquaresMatch] {
    precondition(points.count == start.count, "\(points.count) points need as many starts or nil, not \(start.count)")
    precondition(blockSide > 0, "a block has a side of at least 1 px, not \(blockSide)")
    let blocks = Self.blocks(points, side: Double(blockSide), origin: origin)
    var out = [LeastSquaresMatch](repeating: LeastSquaresMatch(flag: .noConvergence), count: points.count)
    out.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let results = buffer
      performBlocks(blocks.count, threads: threads) { index in
        withSolver { solver in
          var spreading = Spreading(blocks[index], points, start, furthest: parameters.maximumMove)
          while let next = spreading.next() {
            results[next.index] = spreading.match(next, &solver)
          }
        }
      }
    }
    return out
  }

  /// Numbers of the points of each block, in the order of the points.
  private static func blocks(_ points: [PixelPoint], side: Double, origin: (row: Int, column: Int)) -> [[Int]] {
    var numbers: [SIMD2<Int>: Int] = [:], blocks: [[Int]] = []
    for (index, point) in points.enumerated() {
      guard point.row.isFinite, point.column.isFinite, abs(point.row) < 1e9, abs(point.column) < 1e9 else { continue }
      let row = ((point.row + Double(origin.row)) / side).rounded(.down)
      let column = ((point.column + Double(origin.column)) / side).rounded(.down)
      let key = SIMD2(Int(row), Int(column))
      if let number = numbers[key] {
        blocks[number].append(index)
      } else {
        numbers[key] = blocks.count
        blocks.append([index])
      }
    }
    return blocks
  }
}

/// The order of one block: which point comes next, and from which neighbour.
private struct Spreading {
  private struct Candidate {
    let index: Int
    let point: PixelPoint
    let own: AffineOffset?
    var isDone = false
    /// The nearest measured neighbour's model, taken to this point, its distance squared and its correlation.
    var inherited: AffineOffset?
    var distance = Double.infinity
    var ncc = -Double.infinity
  }

  /// A point that is about to be matched.
  struct Next {
    let index: Int
    fileprivate let place: Int
    fileprivate let starts: [AffineOffset]
  }

  private var candidates: [Candidate]
  private let furthest: Double
  /// Own starts, the nearest to the block's middle first: where the spreading begins, and begins again.
  private var seeds: [Int]

  /// Neighbours further away than this, px, are not asked while there are nearer ones: 1.5 times the points' spacing.
  private let reach: Double

  init(_ block: [Int], _ points: [PixelPoint], _ start: [AffineOffset?], furthest: Double) {
    let list = block.map { Candidate(index: $0, point: points[$0], own: start[$0]) }
    let rows = list.map(\.point.row), columns = list.map(\.point.column), count = Double(max(1, block.count))
    let top = rows.min() ?? 0, left = columns.min() ?? 0
    let height = (rows.max() ?? 0) - top, width = (columns.max() ?? 0) - left
    reach = 1.5 * max((height * width / count).squareRoot(), max(height, width) / count)
    func distance(_ place: Int) -> Double {
      let y = rows[place] - top - height / 2, x = columns[place] - left - width / 2
      return x * x + y * y
    }
    seeds = list.indices.filter { list[$0].own != nil }
      .map { (place: $0, distance: distance($0)) }
      .sorted { $0.distance != $1.distance ? $0.distance > $1.distance : $0.place > $1.place }.map(\.place)
    candidates = list
    self.furthest = furthest
  }

  /// The point with the best correlated neighbour, else the point nearest to any, else one with a start of its own;
  /// nil when there is none left.
  mutating func next() -> Next? {
    var best = -1, nearest = -1
    for place in candidates.indices where !candidates[place].isDone && candidates[place].inherited != nil {
      let candidate = candidates[place]
      if candidate.distance <= reach * reach && (best < 0 || candidate.ncc > candidates[best].ncc) { best = place }
      if nearest < 0 || candidate.distance < candidates[nearest].distance { nearest = place }
    }
    if best < 0 { best = nearest }
    while best < 0, let seed = seeds.popLast() {
      if !candidates[seed].isDone { best = seed }
    }
    guard best >= 0 else { return nil }
    let candidate = candidates[best]
    var starts: [AffineOffset] = []
    if let inherited = candidate.inherited, !isContradicted(inherited, by: candidate.own) { starts.append(inherited) }
    if let own = candidate.own { starts.append(own) }
    return Next(index: candidate.index, place: best, starts: starts)
  }

  private func isContradicted(_ inherited: AffineOffset, by own: AffineOffset?) -> Bool {
    guard let own else { return false }
    let dx = inherited.dx - own.dx, dy = inherited.dy - own.dy
    return dx * dx + dy * dy > furthest * furthest
  }

  mutating func match(_ next: Next, _ solver: inout LeastSquaresSolver) -> LeastSquaresMatch {
    candidates[next.place].isDone = true
    var match = LeastSquaresMatch(flag: .noConvergence)
    for start in next.starts where match.flag != .measured {
      match = solver.match(candidates[next.place].point, start)
    }
    if match.flag == .measured { handOn(match, from: candidates[next.place].point) }
    return match
  }

  private mutating func handOn(_ match: LeastSquaresMatch, from point: PixelPoint) {
    for place in candidates.indices where !candidates[place].isDone {
      let x = candidates[place].point.column - point.column, y = candidates[place].point.row - point.row
      let distance = x * x + y * y
      let isBetter =
        distance < candidates[place].distance
        || distance == candidates[place].distance && match.ncc > candidates[place].ncc
      guard isBetter else { continue }
      candidates[place].inherited = match.offset.moved(x: x, y: y)
      candidates[place].distance = distance
      candidates[place].ncc = match.ncc
    }
  }
}
