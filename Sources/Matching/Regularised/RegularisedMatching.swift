// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// An offset at every pixel from small windows that hold together.
///
/// A window of 7 × 7 px alone is good to a tenth or half of a pixel. Here every pixel's offset is tied to its
/// neighbours' by a penalty on what the mean slope of the field around does not explain, which grows at first and little
/// beyond a hundredth of a pixel: wide motion is averaged over many windows whether it is strained or not, faults and
/// small moving bodies keep their edges.
///
/// Two stages, from coarse to fine on a pyramid: dynamic programming along eight directions over whole-pixel offsets
/// with the cost of MicMac (`LabelCosts`, `LabelPaths`), then Gauss-Newton steps for all pixels together
/// (`FieldEquations`, `FieldSolver`), which start there and lock to no fraction of a pixel: the gradients are the
/// reference's, whose noise has nothing to do with that of the warped secondary.
///
/// Source: Pierrot-Deseilligny & Paparoditis 2006 (cost, directions, parameters); Hirschmüller 2008 (sum over paths);
/// Bruhn, Weickert & Schnörr 2005, IJCV 61(3) (windows with a smoothness term); Black & Anandan 1996, CVIU 63(1) (penalty
/// that lets go). Checked by: `RegularisedMatchingTests`.
public enum RegularisedMatching {
  /// Tiles begin and end at multiples of this many pixels of the image.
  public static let alignment = 64
  /// Memory that tiles use in turn; threads may share one.
  public final class Workspace: Sendable {
    let pool = BufferPool()

    public init() {}
  }

  /// Matches a whole pair in tiles.
  ///
  /// - Parameters:
  ///   - reference, secondary: images of one shape; NaN is missing.
  ///   - spacing: a result at every `spacing`-th pixel, from `spacing / 2` on.
  ///   - tile: side of the tiles, px, a multiple of `alignment`.
  ///   - start: whole-pixel offset around which is searched.
  /// - Returns: offsets at rows and columns `spacing / 2 + i · spacing`. The bits are the same for any number of threads.
  public static func match(
    reference: Grid<Float>, secondary: Grid<Float>, spacing: Int = 1, parameters: Parameters, tile: Int = 1024,
    threads: Int = 1, workspace: Workspace = Workspace(), start: (dx: Int, dy: Int) = (0, 0)
  ) -> RegularisedMatch {
    precondition(
      reference.rows == secondary.rows && reference.columns == secondary.columns, "the images must have one shape")
    precondition(tile > 0 && tile % alignment == 0, "tiles are multiples of \(alignment) px")
    precondition(spacing > 0, "points are at least a pixel apart")
    let first = spacing / 2
    func count(_ pixels: Int) -> Int { pixels > first ? (pixels - first - 1) / spacing + 1 : 0 }
    var out = RegularisedMatch(rows: count(reference.rows), columns: count(reference.columns))
    let across = (reference.columns + tile - 1) / tile, down = (reference.rows + tile - 1) / tile
    let parts = try? parallelMap(Array(0..<across * down), threads: threads) { index in
      let window = Window(row: index / across * tile, column: index % across * tile, rows: tile, columns: tile)
      let block = Block(
        reference: reference, secondary: secondary, window: window.intersection(reference.window), start: start,
        parameters: parameters)
      let lattice = points(in: block.window, spacing: spacing)
      return (lattice, match(block, points: lattice, parameters: parameters, workspace: workspace))
    }
    for (lattice, part) in parts ?? [] where lattice.rows > 0 && lattice.columns > 0 {
      out.insert(part, atRow: (lattice.row - first) / spacing, column: (lattice.column - first) / spacing)
    }
    return out
  }

  /// The points of every `spacing`-th pixel, from `spacing / 2` on, that lie inside a tile.
  public static func points(in window: Window, spacing: Int) -> PointLattice {
    let first = spacing / 2
    func begin(_ pixel: Int) -> Int { max(0, (pixel - first + spacing - 1) / spacing) }
    let row = begin(window.row), column = begin(window.column)
    return PointLattice(
      row: first + row * spacing, column: first + column * spacing, spacing: spacing,
      rows: begin(window.endRow) - row, columns: begin(window.endColumn) - column)
  }

  /// Matches one tile.
  ///
  /// - Parameter points: where results are wanted, in pixels of the image, inside the tile.
  public static func match(
    _ block: Block, points: PointLattice, parameters: Parameters, workspace: Workspace
  ) -> RegularisedMatch {
    let pool = workspace.pool
    let count = parameters.levels
    var references = [DenseImage(block.reference, scale: IntensityScale(block.reference), pool: pool)]
    var secondaries = [DenseImage(block.secondary, scale: IntensityScale(block.secondary), pool: pool)]
    for level in 1..<count {
      references.append(references[level - 1].halved(pool: pool))
      secondaries.append(secondaries[level - 1].halved(pool: pool))
    }
    var field: RegularisedLevel?
    for index in (0..<count).reversed() {
      // Images and the coarser level go as soon as they have been used: they would be a quarter of the memory.
      let level = RegularisedLevel(
        reference: references.removeLast(), secondary: secondaries.removeLast(), slack: parameters.slack >> index,
        parameters: parameters, pool: pool)
      if let field {
        level.begin(from: field)
      } else if parameters.startsFromSearch {
        level.begin(from: block, level: index)
      }
      field = nil
      // Between the coarsest level, which covers the range, and the finest, which finds what is too small for it, a
      // search would only add noise (measured).
      if index == 0 || index == count - 1 {
        level.search(reach: (min(parameters.searchRange, 2 << index) + (1 << index) - 1) >> index)
      }
      level.refine(
        scales: index == 0 ? RegularisedLevel.scales : RegularisedLevel.coarseScales,
        sweeps: index == 0 ? RegularisedLevel.sweeps : RegularisedLevel.coarseSweeps)
      field = level
    }
    guard let field else { return RegularisedMatch(rows: points.rows, columns: points.columns) }
    return RegularisedEvaluation(field).match(block, points: points, parameters: parameters)
  }
}

extension RegularisedMatching.Parameters {
  /// Sizes of the image. The coarsest level's two pixels cover eight, around the start.
  var levels: Int { 3 }

  /// Pixels of the secondary around a block: the range and what windows need, in whole pixels of the coarsest level.
  var slack: Int {
    let step = 8 << (levels - 1)
    return (searchRange + 8 + step - 1) / step * step
  }

  var costShape: LabelCosts.Shape {
    .init(minimumCorrelation: Float(decorrelationThreshold), exponent: Float(correlationExponent))
  }

  /// Pixels of offset beyond which a difference between neighbours costs no more in the search.
  private static let limit: Float = 3
  /// Cost of a pixel of difference in the search, over the regularisation. Measured on the simulated pair.
  private static let searchStrength = 3.0
  /// Strength of the smoothness term, over that of the regularisation. Measured on the simulated pair.
  private static let strength = 4500.0

  /// How much the fault's direction counts for a direction at an angle to it, as in MicMac: 1 along, 1/11 across.
  private func weight(_ angle: Double) -> Double {
    guard let faultDirection else { return 1 }
    var between = abs(angle - faultDirection).truncatingRemainder(dividingBy: 180)
    between = min(between, 180 - between)
    return 0.1 / (0.1 + between / 90)
  }

  var steps: LabelPaths.Steps {
    func step(_ angle: Double) -> Float { Float(Self.searchStrength * regularisation * weight(angle)) }
    return .init(across: step(0), down: step(90), downRight: step(135), downLeft: step(45), limit: Self.limit)
  }

  /// Weights of a difference to the next pixel in the row and in the column, for equations summed over a window.
  var strengths: (across: Float, down: Float) {
    let side = Double(2 * windowHalf + 1), full = Self.strength * regularisation * side * side
    return (Float(full * weight(0)), Float(full * weight(90)))
  }
}
