// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// Affine least squares matching of every window at once.
///
/// The secondary image is warped with the field found so far; the normal equations of all windows then come from sums
/// over cells, so that the cost of a pixel does not depend on the size of the window. A pyramid brings the field near
/// enough for that. Where no window is asked for, three sizes at full and one at half resolution compete at every
/// point, and the one with the smallest predicted error wins. Needs a start within a few pixels.
///
/// Source: Debella-Gilo & Kääb 2012 (affine model, gain and offset); van Herk 1992 (sums); the warp of the whole image
/// is that of image deformation in particle image velocimetry (Scarano 2002). Checked by: `DenseMatchingTests`.
public enum DenseMatching {
  /// Blocks start and end at multiples of this many pixels of the scene.
  public static let alignment = 32
  /// Most levels of the pyramid.
  public static let levels = 4
  /// Multiples that `slack` must keep, so that all levels of the pyramid fit on each other.
  public static let slackStep = 1 << (levels - 1)

  /// Pixels around a block of points from which its result is made. Through several iterations it depends weakly on
  /// pixels beyond; what that changes at the border of two blocks is far below sigma.
  public static func margin(_ parameters: Parameters) -> Int {
    let half = parameters.halves[0], reach = parameters.windowWeights.shape(half: half).reach
    return (64 + half + reach + 1 + alignment - 1) / alignment * alignment
  }

  /// Memory that the blocks of one run use in turn; threads may share one. It is freed with the workspace.
  public final class Workspace: Sendable {
    let pool = BufferPool()

    public init() {}
  }

  /// One block of a pair.
  public struct Block: Sendable {
    /// Reference pixels of the block with its margin; NaN is missing.
    public var reference: Grid<Float>
    /// Secondary pixels: starts `slack` pixels up and left of where the block lies after the caller's whole-pixel
    /// shift, and ends as far beyond it.
    public var secondary: Grid<Float>
    public var slack: Int
    /// The part of the block that lies in the scene; windows beyond it are off the image.
    public var scene: Window
    /// The same for the secondary's array.
    public var secondaryScene: Window
    /// Halvings of the image to begin with: those at which the start is good to about a pixel. Beginning coarser than
    /// that would only give low frequencies, which light and snow change most, a chance to lead astray.
    public var coarsestLevel: Int

    public init(
      reference: Grid<Float>, secondary: Grid<Float>, slack: Int, scene: Window, secondaryScene: Window,
      coarsestLevel: Int
    ) {
      precondition(
        secondary.rows == reference.rows + 2 * slack && secondary.columns == reference.columns + 2 * slack,
        "the secondary must surround the reference by \(slack) px")
      precondition(slack % DenseMatching.slackStep == 0, "the slack is a multiple of \(DenseMatching.slackStep)")
      self.reference = reference
      self.secondary = secondary
      self.slack = slack
      self.scene = scene
      self.secondaryScene = secondaryScene
      self.coarsestLevel = coarsestLevel
    }
  }

  /// Matches the points of a lattice given in pixels of the block.
  ///
  /// - Parameters:
  ///   - workspace: give all blocks of a run the same.
  ///   - start: offset expected at (row, column) of the block, px, after the caller's shift.
  /// - Returns: offsets relative to the caller's shift. Points without a result have a flag: `offImage`, `masked` or
  ///   `noTexture` by what their window holds, `noConvergence` where the field still moved at the end.
  public static func match(
    _ block: Block, points: PointLattice, parameters: Parameters, workspace: Workspace = Workspace(),
    start: (_ row: Float, _ column: Float) -> (dx: Float, dy: Float)
  ) -> MatchLayers {
    let smallest = min(block.reference.rows, block.reference.columns)
    // A level needs a few windows' worth of pixels to say anything.
    var levels = min(Self.levels, block.coarsestLevel + 1)
    while levels > 1 && smallest >> (levels - 1) < 24 { levels -= 1 }
    let estimate = DenseBlock(
      halves: parameters.halves, weights: parameters.windowWeights, levels: levels, iterations: parameters.iterations,
      minimumValidShare: Float(parameters.minimumValidShare), pool: workspace.pool
    ).run(reference: block.reference, secondary: block.secondary, slack: block.slack, start: start)
    var out = MatchLayers(rows: points.rows, columns: points.columns, flag: .measured)
    let reader = EstimateReader(estimate)
    for row in 0..<points.rows {
      for column in 0..<points.columns {
        let y = points.row + row * points.spacing, x = points.column + column * points.spacing
        guard reader.read(row: y, column: x, into: &out, at: (row, column), slack: block.slack) else {
          out.flags[row, column] = reason(block, parameters, row: y, column: x, start(Float(y), Float(x)))
          continue
        }
      }
    }
    return out
  }

  /// Why the smallest window around a pixel could not be solved.
  private static func reason(
    _ block: Block, _ parameters: Parameters, row: Int, column: Int, _ start: (dx: Float, dy: Float)
  ) -> MatchFlag {
    let half = parameters.halves[parameters.halves.count - 1], step = max(1, half / 6)
    let shift = (row: Int(start.dy.rounded()) + block.slack, column: Int(start.dx.rounded()) + block.slack)
    var total = 0, inside = 0, valid = 0
    for y in stride(from: row - half, through: row + half, by: step) {
      for x in stride(from: column - half, through: column + half, by: step) {
        total += 1
        let isInScene =
          y >= block.scene.row && y < block.scene.endRow && x >= block.scene.column && x < block.scene.endColumn
        let other = (y + shift.row, x + shift.column)
        let target = block.secondaryScene
        guard isInScene, other.0 >= target.row, other.1 >= target.column, other.0 < target.endRow,
          other.1 < target.endColumn
        else { continue }
        inside += 1
        if block.reference[y, x].isFinite && block.secondary[other.0, other.1].isFinite { valid += 1 }
      }
    }
    let needed = parameters.minimumValidShare * Double(total)
    if Double(inside) < needed { return .offImage }
    // Gradients and splines lose a rim of pixels around what is missing.
    return Double(valid) < 1.3 * needed ? .masked : .noTexture
  }
}

/// Reads an estimate, which lies on every fourth pixel, at any pixel.
private struct EstimateReader {
  private let estimate: DenseEstimate
  private let pairs: [(DenseEstimate.Layer, MatchLayers.Layer)] = [
    (.dx, .dx), (.dy, .dy), (.dxPerColumn, .dxPerColumn), (.dxPerRow, .dxPerRow), (.dyPerColumn, .dyPerColumn),
    (.dyPerRow, .dyPerRow), (.ncc, .ncc), (.c10, .c10), (.c20, .c20), (.c21, .c21), (.c30, .c30), (.c31, .c31),
    (.c32, .c32),
  ]
  private let variances: [(noise: DenseEstimate.Layer, bias: DenseEstimate.Layer, MatchLayers.Layer)] = [
    (.c00, .dxPerColumnBias, .c00), (.c11, .dxPerRowBias, .c11), (.c22, .dyPerColumnBias, .c22),
    (.c33, .dyPerRowBias, .c33),
  ]

  init(_ estimate: DenseEstimate) { self.estimate = estimate }

  /// False where a lattice point around the pixel has no result.
  func read(row: Int, column: Int, into out: inout MatchLayers, at: (Int, Int), slack: Int) -> Bool {
    let step = 4
    let r0 = min(row / step, estimate.rows - 1), c0 = min(column / step, estimate.columns - 1)
    let t = Float(row - r0 * step) / Float(step), s = Float(column - c0 * step) / Float(step)
    let r1 = t > 0 ? min(r0 + 1, estimate.rows - 1) : r0, c1 = s > 0 ? min(c0 + 1, estimate.columns - 1) : c0
    let i = (
      r0 * estimate.stride + c0, r0 * estimate.stride + c1, r1 * estimate.stride + c0, r1 * estimate.stride + c1
    )
    let error = estimate.layer(.error)
    guard error[i.0] < .infinity, error[i.1] < .infinity, error[i.2] < .infinity, error[i.3] < .infinity else {
      return false
    }
    func value(_ layer: DenseEstimate.Layer) -> Float {
      let p = estimate.layer(layer)
      let top = p[i.0] + s * (p[i.1] - p[i.0]), bottom = p[i.2] + s * (p[i.3] - p[i.2])
      return top + t * (bottom - top)
    }
    for (source, target) in pairs { out.set(target, value(source), row: at.0, column: at.1) }
    for (noise, bias, target) in variances { out.set(target, value(noise) + value(bias), row: at.0, column: at.1) }
    out.set(.dxSigma, (value(.dxVariance) + value(.dxBias)).squareRoot(), row: at.0, column: at.1)
    out.set(.dySigma, (value(.dyVariance) + value(.dyBias)).squareRoot(), row: at.0, column: at.1)
    out.set(.window, estimate.layer(.window)[i.0], row: at.0, column: at.1)
    let ncc = value(.ncc)
    out.set(.snr, ncc > 0 ? (ncc / max(1 - ncc, 1e-6)).squareRoot() : 0, row: at.0, column: at.1)
    // A field that still moves, or that has run to the edge of what was read, has not found its place.
    let reach = Float(slack + 12)
    if value(.increment) > 0.5 || abs(value(.dx)) > reach || abs(value(.dy)) > reach {
      out.flags[at.0, at.1] = .noConvergence
    }
    return true
  }
}
