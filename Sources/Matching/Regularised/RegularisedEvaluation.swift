// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// What is known about a finished field: correlation, standard deviations, and why a pixel has no value.
struct RegularisedEvaluation {
  /// An offset that a window of `momentHalf` could not fix better than this, px, rests on nothing but its surroundings.
  private static let largestWindowSigma: Float = 0.5

  private let level: RegularisedLevel
  private let ncc, growth, hold, steps: PaddedImage
  private let work: RegularisedLevel.Work

  init(_ level: RegularisedLevel) {
    self.level = level
    level.warp()
    ncc = level.plane()
    LabelCosts.correlation(level.images, half: level.parameters.windowHalf, into: ncc.view, pool: level.pool)
    (work, growth, steps) = (RegularisedLevel.Work(level), level.plane(), level.plane())
    level.setUp(work, half: RegularisedLevel.momentHalf)
    level.varianceGrowth(work, into: growth)
    level.setEdges(work, scale: RegularisedLevel.scales[RegularisedLevel.scales.count - 1])
    level.findSlopes(work)
    hold = work.moments[0]
    level.steps(work, into: steps)
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
  /// Noise: what the estimate leaves of it (`variance`) along both axes of the matrix, times the growth by what gradients
  /// do not tell, and more where neighbours are missing: at a straight rim half of them are, and slopes go on from one
  /// side. Steps of the field nearby come on top.
  private func quality(_ r: Int, _ c: Int) -> (sigma: (dx: Float, dy: Float), flag: MatchFlag) {
    let e = work.equations
    let side = Float(2 * RegularisedLevel.momentHalf + 1), inverse = 1 / (side * side)
    let a = e.xx.row(r)[c], b = e.xy.row(r)[c], d = e.yy.row(r)[c]
    let mean = 0.5 * (a + d), half = (0.25 * (a - d) * (a - d) + b * b).squareRoot()
    let least = Self.largestWindowSigma
    guard (mean - half) * least * least > 1 else { return ((.nan, .nan), .noTexture) }
    let strong = variance(inverse * (mean + half)), weak = variance(inverse * (mean - half))
    // Share of the strong axis in x.
    let share = half > 0 ? 0.5 + 0.25 * (a - d) / half : 0.5
    let held = max(Self.leastHold, hold.view.row(r)[c])
    let factor = growth.view.row(r)[c] / (held * held * held.squareRoot()), step = steps.view.row(r)[c]
    let dx = factor * (share * strong + (1 - share) * weak) + step
    let dy = factor * (share * weak + (1 - share) * strong) + step
    return ((dx.squareRoot(), dy.squareRoot()), .measured)
  }

  /// Variance of the estimate from information h a pixel and neighbours tied with strength κ after their mean slope, px².
  ///
  /// At wave number k the estimate is the data times t = h / (h + κ k² (1 − B)), with B the transfer of the three boxes of
  /// `FieldSlopes`, and the variance, the integral of t² / h over all wave numbers. To a twentieth it is 1 / 4πκ, that of
  /// ties alone, times 1 + 0.083 / (√q (1 + 24 √q)) with q = h / κ, fitted for q from 10⁻⁴ to 10⁻¹.
  private func variance(_ information: Float) -> Float {
    let root = (information / tie).squareRoot()
    return (1 + 0.083 / (root * (1 + 24 * root))) / (4 * .pi * tie)
  }

  /// Strength of the ties of a pixel.
  private var tie: Float {
    let (across, down) = level.parameters.strengths, side = Float(2 * level.parameters.windowHalf + 1)
    return (across * down).squareRoot() / (side * side)
  }
  private static let leastHold: Float = 0.05
}
