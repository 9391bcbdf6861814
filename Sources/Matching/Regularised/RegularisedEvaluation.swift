// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// What is known about a finished field: correlation, standard deviations, and why a pixel has no value.
struct RegularisedEvaluation {
  /// An offset that a window of `momentHalf` could not fix better than this, px, rests on nothing but its surroundings.
  private static let largestWindowSigma: Float = 0.5

  private let level: RegularisedLevel
  private let ncc, growth: PaddedImage
  private let work: RegularisedLevel.Work

  init(_ level: RegularisedLevel) {
    self.level = level
    level.warp()
    ncc = level.plane()
    LabelCosts.correlation(level.images, half: level.parameters.windowHalf, into: ncc.view, pool: level.pool)
    (work, growth) = (RegularisedLevel.Work(level), level.plane())
    level.setUp(work, half: RegularisedLevel.momentHalf)
    level.varianceGrowth(work, into: growth)
    level.setEdges(work, scale: RegularisedLevel.scales[RegularisedLevel.scales.count - 1])
  }

  func match(
    _ block: RegularisedMatching.Block, points: PointLattice, parameters: RegularisedMatching.Parameters
  ) -> RegularisedMatch {
    var out = RegularisedMatch(rows: points.rows, columns: points.columns)
    let margin = block.margin
    for row in 0..<points.rows {
      for column in 0..<points.columns {
        let y = points.row + row * points.spacing, x = points.column + column * points.spacing
        let r = y - block.window.row + margin, c = x - block.window.column + margin
        let index = row * points.columns + column
        let dx = level.u.view.row(r)[c], dy = level.v.view.row(r)[c]
        out.ncc.cells[index] = ncc.view.row(r)[c]
        let (sigma, flag) = quality(r, c)
        if level.mask.view.row(r)[c] == 0 || level.joint.view.row(r)[c] == 0 {
          let targetRow = Float(y + block.start.dy) + dy, targetColumn = Float(x + block.start.dx) + dx
          let rim: Float = 4
          let isInside =
            targetRow >= rim && targetColumn >= rim && targetRow <= Float(block.image.rows - 1) - rim
            && targetColumn <= Float(block.image.columns - 1) - rim && y >= 2 && x >= 2 && y < block.image.rows - 2
            && x < block.image.columns - 2
          out.flags.cells[index] = isInside ? .masked : .offImage
          continue
        }
        let reach = Float(parameters.searchRange) + 1
        out.flags.cells[index] = abs(dx) > reach || abs(dy) > reach ? .noConvergence : flag
        guard out.flags.cells[index] == .measured else { continue }
        out.dx.cells[index] = dx + Float(block.start.dx)
        out.dy.cells[index] = dy + Float(block.start.dy)
        out.dxSigma.cells[index] = sigma.dx
        out.dySigma.cells[index] = sigma.dy
      }
    }
    return out
  }

  /// Standard deviations of the offset at a pixel.
  ///
  /// With information h a pixel and neighbours tied with strength κ the estimate is the data times
  /// h / (h + κ k²) at wave number k, and the variance, the integral of h / (h + κ k²)² over a disc of the area of all
  /// wave numbers, 1 / (h + 4 π κ), times the growth by what gradients do not tell.
  private func quality(_ r: Int, _ c: Int) -> (sigma: (dx: Float, dy: Float), flag: MatchFlag) {
    let e = work.equations
    let side = Float(2 * RegularisedLevel.momentHalf + 1), inverse = 1 / (side * side)
    let a = e.xx.row(r)[c], b = e.xy.row(r)[c], d = e.yy.row(r)[c]
    let mean = 0.5 * (a + d), half = (0.25 * (a - d) * (a - d) + b * b).squareRoot()
    let least = Self.largestWindowSigma
    guard (mean - half) * least * least > 1 else { return ((.nan, .nan), .noTexture) }
    let window = Float(2 * level.parameters.windowHalf + 1)
    let ties =
      0.25 / (window * window)
      * (work.right.view.row(r)[c] + work.right.view.row(r)[c - 1] + work.below.view.row(r)[c]
        + work.below.view.row(r - 1)[c])
    let p = a * inverse + 4 * .pi * ties, q = d * inverse + 4 * .pi * ties, s = b * inverse
    let factor = growth.view.row(r)[c] / (p * q - s * s)
    return (((q * factor).squareRoot(), (p * factor).squareRoot()), .measured)
  }
}
