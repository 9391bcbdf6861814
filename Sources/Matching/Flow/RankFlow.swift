// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// Optical flow on rank-transformed images: an offset at every pixel of the reference.
///
/// Around every pixel, motion within a square window is found by least squares (Lucas & Kanade 1981) in the form of FOLKI:
/// the secondary is warped with the field found so far, and the new field is the gradient-weighted mean of the motion over
/// the window. Windows of several sizes run one after the other, at several resolutions from coarse to fine. Ranks in place
/// of intensities make it indifferent to changes of light, and where contrast may invert, as between radar and optical
/// images, each pixel takes the sign that fits a few pixels around it better. Cost per pixel grows with the number of
/// iterations × radii and the logarithm of the radii.
///
/// Source: Le Besnerais & Champagnat 2005; Plyer, Le Besnerais & Champagnat 2016 (FOLKI, EFolki); Brigot et al. 2016
/// (GeFolki). Differs from them: ties count half in a rank, which runs from −1 to 1, so that inversion is a change of sign;
/// quintic splines; missing pixels; standard deviations. Checked by: `RankFlowTests`.
public enum RankFlow {
  /// What was found at every pixel of the reference; NaN where it was not measured.
  public struct Field: Sendable {
    /// Offsets, px, + right and + down, and their standard deviations.
    public var dx, dy, dxSigma, dySigma: Grid<Float>
    /// Correlation of the ranks over the last window, after inversion where the contrast was inverted, −1…1.
    public var ncc: Grid<Float>
    /// Where the secondary was taken with inverted contrast.
    public var isInverted: Mask
    public var flags: Grid<MatchFlag>

    init(rows: Int, columns: Int) {
      let empty = Grid<Float>(rows: rows, columns: columns, filledWith: .nan)
      (dx, dy, dxSigma, dySigma, ncc) = (empty, empty, empty, empty, empty)
      isInverted = Mask(rows: rows, columns: columns, filledWith: false)
      flags = Grid(rows: rows, columns: columns, filledWith: .masked)
    }

    public var offsets: OffsetGrids { OffsetGrids(dx: dx, dy: dy, dxSigma: dxSigma, dySigma: dySigma) }

    func cropped(to window: Window) -> Field {
      var out = Field(rows: 0, columns: 0)
      (out.dx, out.dy) = (dx.cropped(to: window), dy.cropped(to: window))
      (out.dxSigma, out.dySigma) = (dxSigma.cropped(to: window), dySigma.cropped(to: window))
      (out.ncc, out.isInverted) = (ncc.cropped(to: window), isInverted.cropped(to: window))
      out.flags = flags.cropped(to: window)
      return out
    }

    mutating func insert(_ part: Field, atRow row: Int, column: Int) {
      dx.insert(part.dx, atRow: row, column: column)
      dy.insert(part.dy, atRow: row, column: column)
      dxSigma.insert(part.dxSigma, atRow: row, column: column)
      dySigma.insert(part.dySigma, atRow: row, column: column)
      ncc.insert(part.ncc, atRow: row, column: column)
      isInverted.insert(part.isInverted, atRow: row, column: column)
      flags.insert(part.flags, atRow: row, column: column)
    }
  }

  /// Threads and memory of a run. Tiles use the memory in turn; it is freed with the workspace.
  public final class Workspace: Sendable {
    /// Most threads that work at a time; results have the same bits for any number.
    public let threads: Int
    /// Side of the tiles that a pair is worked through in, a multiple of `alignment`; the whole image at once when absent.
    public let tile: Int?
    let pool = BufferPool()

    public init(threads: Int = 1, tile: Int? = nil) { (self.threads, self.tile) = (threads, tile) }
  }

  /// Tiles start at multiples of this many pixels of the scene, so that all levels of the pyramid fit on each other.
  public static func alignment(_ parameters: Parameters) -> Int { 8 << (parameters.levels - 1) }

  /// Offsets of all pixels of a pair, in about 250 bytes of memory for a pixel of a tile with its margin.
  ///
  /// - Parameters:
  ///   - reference: earlier image, rows × columns, any radiometric unit; NaN is missing.
  ///   - secondary: later image of the same shape.
  /// - Returns: a field of the shape of the images.
  public static func match(
    reference: Grid<Float>, secondary: Grid<Float>, parameters: Parameters, workspace: Workspace = Workspace()
  ) -> Field {
    precondition(
      reference.rows == secondary.rows && reference.columns == secondary.columns,
      "the images must have one shape: \(reference.rows) × \(reference.columns), \(secondary.rows) × \(secondary.columns)"
    )
    let pair = prepared(reference, secondary, parameters)
    guard let tile = workspace.tile, tile < max(reference.rows, reference.columns) else {
      return match(pair, parameters: parameters, workspace: workspace)
    }
    let step = alignment(parameters)
    precondition(tile > 0 && tile % step == 0, "the side of tiles is \(tile) px: it must be a multiple of \(step)")
    var out = Field(rows: reference.rows, columns: reference.columns)
    for row in stride(from: 0, to: reference.rows, by: tile) {
      for column in stride(from: 0, to: reference.columns, by: tile) {
        let inner = Window(row: row, column: column, rows: tile, columns: tile).intersection(reference.window)
        let outer = inner.grown(by: margin(parameters)).intersection(reference.window)
        let field = match(pair.cropped(to: outer), parameters: parameters, workspace: workspace)
        let part = Window(
          row: inner.row - outer.row, column: inner.column - outer.column, rows: inner.rows, columns: inner.columns)
        out.insert(field.cropped(to: part), atRow: row, column: column)
      }
    }
    return out
  }

  /// Pixels around a tile from which its result is made. Iterations make it depend on pixels beyond, ever more weakly;
  /// what that changes is far below sigma.
  public static func margin(_ parameters: Parameters) -> Int {
    let scale = 1 << (parameters.levels - 1), reach = (parameters.radii.max() ?? 1) + parameters.rankRadius + 12
    return (reach * scale + alignment(parameters) - 1) / alignment(parameters) * alignment(parameters)
  }

  /// Images ready for the pyramid, with the scale of the whole scene.
  struct Pair {
    var reference, secondary: Grid<Float>
    var referenceScale, secondaryScale: IntensityScale

    func cropped(to window: Window) -> Pair {
      Pair(
        reference: reference.cropped(to: window), secondary: secondary.cropped(to: window),
        referenceScale: referenceScale, secondaryScale: secondaryScale)
    }
  }

  static func prepared(_ reference: Grid<Float>, _ secondary: Grid<Float>, _ parameters: Parameters) -> Pair {
    var (reference, secondary) = (reference, secondary)
    if parameters.equalisation {
      let equalisation = AdaptiveEqualisation(cell: parameters.equalisationCell, limit: parameters.equalisationLimit)
      (reference, secondary) = (equalisation.run(reference), equalisation.run(secondary))
    }
    return Pair(
      reference: reference, secondary: secondary, referenceScale: IntensityScale(reference),
      secondaryScale: IntensityScale(secondary))
  }

  private static func match(_ pair: Pair, parameters: Parameters, workspace: Workspace) -> Field {
    let pool = workspace.pool
    guard let last = parameters.radii.last, !pair.reference.cells.isEmpty else {
      return Field(rows: pair.reference.rows, columns: pair.reference.columns)
    }
    var references = [DenseImage(pair.reference, scale: pair.referenceScale, pool: pool)]
    var secondaries = [DenseImage(pair.secondary, scale: pair.secondaryScale, pool: pool)]
    // An image of a few pixels says nothing.
    let smallest = min(pair.reference.rows, pair.reference.columns)
    while references.count < parameters.levels && smallest >> references.count >= 16 {
      references.append(references[references.count - 1].halved(pool: pool))
      secondaries.append(secondaries[secondaries.count - 1].halved(pool: pool))
    }
    var coarser: FlowLevel?
    while let reference = references.popLast(), let secondary = secondaries.popLast() {
      let level = FlowLevel(
        reference: reference, secondary: secondary, parameters: parameters, threads: workspace.threads, pool: pool)
      if let coarser { level.start(from: coarser) } else { level.start() }
      for radius in parameters.radii { level.refine(radius: radius, iterations: parameters.iterations) }
      coarser = level
    }
    guard let finest = coarser else { preconditionFailure("a pyramid has at least one level") }
    finest.evaluate(radii: parameters.radii, cell: min(last / 2, parameters.rankRadius + 2))
    return field(finest, pair, last, parameters)
  }
}

// MARK: - Reading the result

extension RankFlow {
  private static func field(_ level: FlowLevel, _ pair: Pair, _ radius: Int, _ parameters: Parameters) -> Field {
    var out = Field(rows: level.rows, columns: level.columns)
    let side = Float(2 * radius + 1), least = Float(parameters.minimumValidShare) * side * side
    for y in 0..<level.rows {
      for x in 0..<level.columns {
        let u = level.u.view.row(y)[x], v = level.v.view.row(y)[x]
        let flag = flag(level, pair, (y, x), (u, v), least: least)
        out.flags[y, x] = flag
        guard flag == .measured else { continue }
        out.dx[y, x] = u
        out.dy[y, x] = v
        out.dxSigma[y, x] = level.dxSigma.view.row(y)[x]
        out.dySigma[y, x] = level.dySigma.view.row(y)[x]
        out.ncc[y, x] = level.ncc.view.row(y)[x]
        if let sign = level.sign { out.isInverted[y, x] = sign.view.row(y)[x] < 0 }
      }
    }
    return out
  }

  private static func flag(
    _ level: FlowLevel, _ pair: Pair, _ pixel: (row: Int, column: Int), _ offset: (u: Float, v: Float), least: Float
  ) -> MatchFlag {
    // Without the pixel itself there is nothing to follow, whatever its neighbours do.
    if !pair.reference[pixel.row, pixel.column].isFinite { return .masked }
    let row = pixel.row + Int((offset.v + 0.5).rounded(.down))
    let column = pixel.column + Int((offset.u + 0.5).rounded(.down))
    if row < 0 || column < 0 || row >= level.rows || column >= level.columns { return .offImage }
    if !pair.secondary[row, column].isFinite { return .masked }
    if level.isSolved(pixel.row, pixel.column) { return .measured }
    return level.count.view.row(pixel.row)[pixel.column] < least ? .masked : .noTexture
  }
}
