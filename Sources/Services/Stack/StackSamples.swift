// SPDX-License-Identifier: Apache-2.0
import Correction
import Figures
import Grids
import Matching
import Processing

/// What became of a point of a pair.
enum PointFate: UInt8, CaseIterable, Sendable {
  case used = 0
  /// No data, or masked, in one of the images.
  case unseen = 1
  /// Under a cloud in one of the images: it counts little or nothing.
  case cloudy = 2
  /// Not found again, or with too low a correlation.
  case decorrelated = 3
  /// Taken out by a filter.
  case filtered = 4
}

/// Pairs on a coarse grid of points, before and after corrections and filters: what the maps of the report are made from.
struct StackSamples: Sendable {
  struct Pair: Sendable {
    /// Place among the corrected pairs.
    let place: Int
    /// Offsets as measured and what was taken off them, px.
    let measured, model: OffsetGrids
    /// Ground that corrections were fitted to; nil where there was none.
    let isStable: Mask?
    let fates: Grid<UInt8>

    var corrected: OffsetGrids { measured.subtracting(model) }
  }

  let pairs: [Pair]
  /// Points of the lattice between those of the grid.
  let step: Int

  /// Longest side of the grid, and pairs that are looked at besides those that are asked for.
  static let side = 180, mostPairs = 40

  /// - Parameter wanted: pairs that must be among them.
  init(_ result: StackResult, wanted: [Int]) throws {
    let all = result.corrected.pairs, thinning = Sampling(result.plan).step, lattice = result.plan.lattice
    let longest = max(lattice.rows, lattice.columns)
    step = thinning * max(1, (longest + thinning * Self.side - 1) / (thinning * Self.side))
    let every = max(1, (all.count + Self.mostPairs - 1) / Self.mostPairs)
    let places = Set(wanted).union(stride(from: 0, to: all.count, by: every)).sorted()
    let reader = Reader(result, step: step)
    pairs = try parallelMap(places, threads: result.context.threads) { try reader.pair($0) }
  }

  /// Where the grid lies on the reference image.
  func placement(_ plan: StackPlan) -> GridPlacement {
    GridPlacement(
      row: Double(plan.lattice.row), column: Double(plan.lattice.column), spacing: Double(step * plan.lattice.spacing)
    )
  }

  /// Share of the pairs that were lost to a cause, of those that have data in both images; NaN where none has.
  func lost(to fate: PointFate) -> Grid<Float> {
    guard let first = pairs.first else { return Grid(rows: 0, columns: 0, filledWith: .nan) }
    var out = first.fates.map { _ in Float.nan }
    for cell in out.cells.indices {
      var all = 0, lost = 0
      for pair in pairs where pair.fates.cells[cell] != PointFate.unseen.rawValue {
        all += 1
        if pair.fates.cells[cell] == fate.rawValue { lost += 1 }
      }
      if all > 0 { out.cells[cell] = Float(lost) / Float(all) }
    }
    return out
  }

  /// Points of all pairs by their fate.
  var counts: [PointFate: Int] {
    var out: [PointFate: Int] = [:]
    for pair in pairs {
      for fate in pair.fates.cells { out[PointFate(rawValue: fate) ?? .unseen, default: 0] += 1 }
    }
    return out
  }
}

// MARK: - Reading

private struct Reader: Sendable {
  let result: StackResult
  let step, rows, columns: Int
  private let offsets: CorrectedOffsets
  private let least: Float

  /// Weight of a date, of 255, below which a pixel counts as cloud.
  private static let cloud = 64

  init(_ result: StackResult, step: Int) {
    (self.result, self.step) = (result, step)
    rows = (result.plan.lattice.rows + step - 1) / step
    columns = (result.plan.lattice.columns + step - 1) / step
    offsets = CorrectedOffsets(result.context, sigmas: result.sigmas)
    least = Float(result.context.parameters.fusion.minimumCorrelation)
  }

  func pair(_ place: Int) throws -> StackSamples.Pair {
    let pair = result.corrected.pairs[place], missing = Grid<Float>(rows: rows, columns: columns, filledWith: .nan)
    var measured = OffsetGrids(dx: missing, dy: missing), fates = missing.map { _ in PointFate.used.rawValue }
    for row in 0..<rows {
      let window = Window(row: row * step, column: 0, rows: 1, columns: result.plan.lattice.columns)
      let raw = try pair.matched.offsets.floats(["dx", "dy", "ncc"], window)
      let flags = try pair.matched.offsets.bytes("flags", window, outside: MatchFlag.offImage.rawValue)
      let kept = try offsets.values(pair, window).offsets, clouds = try isCloudy(pair, window)
      for column in 0..<columns {
        let at = column * step, flag = MatchFlag(rawValue: flags.cells[at])
        (measured.dx[row, column], measured.dy[row, column]) = (raw[0].cells[at], raw[1].cells[at])
        let isFound = raw[0].cells[at].isFinite && raw[2].cells[at] >= least
        if !raw[0].cells[at].isFinite, flag == .masked || flag == .offImage {
          fates[row, column] = PointFate.unseen.rawValue
        } else if clouds[at] {
          fates[row, column] = PointFate.cloudy.rawValue
        } else if !isFound {
          fates[row, column] = PointFate.decorrelated.rawValue
        } else if !kept.dx.cells[at].isFinite {
          fates[row, column] = PointFate.filtered.rawValue
        }
        if !isFound { (measured.dx[row, column], measured.dy[row, column]) = (.nan, .nan) }
      }
    }
    let model = try model(pair)
    return StackSamples.Pair(
      place: place, measured: measured, model: model, isStable: stable(pair, measured.subtracting(model)),
      fates: fates)
  }

  /// What is taken off, as it is kept: at every n-th point, of which the grid has every m-th.
  private func model(_ pair: CorrectStage.Pair) throws -> OffsetGrids {
    let zero = Grid<Float>(rows: rows, columns: columns, filledWith: 0)
    guard let model = pair.model else { return OffsetGrids(dx: zero, dy: zero) }
    let all = try model.floats(
      ["model-dx", "model-dy"], Window(row: 0, column: 0, rows: model.plan.rows, columns: model.plan.columns))
    let thinned = all.map { thin($0, by: step / Sampling(result.plan).step) }
    return OffsetGrids(dx: thinned[0], dy: thinned[1])
  }

  private func thin<Cell>(_ grid: Grid<Cell>, by step: Int) -> Grid<Cell> {
    var cells: [Cell] = []
    cells.reserveCapacity(rows * columns)
    for row in 0..<rows {
      for column in 0..<columns { cells.append(grid[row * step, column * step]) }
    }
    return Grid(rows: rows, columns: columns, cells: cells)
  }

  private func stable(_ pair: CorrectStage.Pair, _ field: OffsetGrids) -> Mask? {
    guard let ground = pair.report.after, ground.count > 0 else { return nil }
    if let given = result.corrected.givenGround { return thin(given, by: step / Sampling(result.plan).step) }
    return StableGround.found(in: field)
  }

  /// Where either date of a pair has hardly any weight, though it has data.
  private func isCloudy(_ pair: CorrectStage.Pair, _ window: Window) throws -> [Bool] {
    var out = [Bool](repeating: false, count: window.columns)
    guard let weights = result.clouds.weights else { return out }
    let link = result.network.network.pairs[pair.matched.place], lattice = result.plan.lattice
    let pixels = lattice.part(window).pixels
    for date in [link.earlier, link.later].map({ result.network.dates[$0] }) {
      let bytes = try weights.bytes(CloudStage.field(date), pixels, outside: .max)
      for column in out.indices {
        let weight = bytes.cells[column * lattice.spacing]
        if weight != CloudStage.missing, weight < Self.cloud { out[column] = true }
      }
    }
    return out
  }
}
