// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

extension LeastSquaresMatching {
  /// Matches points from a few starts: each measured point hands its affine model on to its neighbours, the best
  /// correlated first.
  ///
  /// Points are taken block by block of the image, and models do not cross from one block to another, so that the
  /// result depends neither on `threads` nor on how an image is cut, as long as tiles consist of whole blocks. Each
  /// block needs one start at least. Cost per point: one match, and a look at the points on the rim of what is measured.
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
            results[next.index] = spreading.match(next, points, &solver)
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
