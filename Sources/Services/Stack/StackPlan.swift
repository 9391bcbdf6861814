// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Processing
import Products
import TimeSeries

/// Where a stack measures, in which tiles, and what is at hand for it.
struct StackPlan: Sendable {
  let grid: SceneGrid
  /// The measured points of the grid: every `spacing`-th pixel from `spacing / 2` on.
  let lattice: PointLattice
  /// Tiles of the points.
  let tiles: TilePlan
  /// Tiles of the pixels: what scenes are kept in.
  let sceneTiles: TilePlan

  /// - Parameters:
  ///   - side: of a tile, px; rounded to what points and matcher fit into.
  init(_ grid: SceneGrid, spacing: Int, side: Int, alignment: Int) {
    self.grid = grid
    lattice = Self.lattice(grid, spacing: spacing)
    let step = Self.leastCommonMultiple(spacing, alignment)
    let whole = max(1, side / step) * step
    tiles = TilePlan(
      rows: lattice.rows, columns: lattice.columns, tileRows: whole / spacing, tileColumns: whole / spacing)
    // The blocks of Sentinel-2's images: a block that two tiles share is decoded by each of their threads.
    sceneTiles = TilePlan(rows: grid.rows, columns: grid.columns, tileRows: 1024, tileColumns: 1024)
  }

  /// Every `spacing`-th pixel from `spacing / 2` on.
  static func lattice(_ grid: SceneGrid, spacing: Int) -> PointLattice {
    let first = spacing / 2
    func count(_ pixels: Int) -> Int { pixels > first ? (pixels - first - 1) / spacing + 1 : 0 }
    return PointLattice(
      row: first, column: first, spacing: spacing, rows: count(grid.rows), columns: count(grid.columns))
  }

  /// The pixels of a tile of points: it begins at a multiple of its side.
  func pixels(ofTile tile: Window) -> Window {
    Window(
      row: tile.row * lattice.spacing, column: tile.column * lattice.spacing, rows: tile.rows * lattice.spacing,
      columns: tile.columns * lattice.spacing
    ).intersection(grid.window)
  }

  /// Every how many points corrections look at one.
  var thinning: Int {
    var step = 1
    while (lattice.rows / step) * (lattice.columns / step) > Self.mostFitted { step += 1 }
    return step
  }

  /// Most points of a pair that corrections are fitted to.
  private static let mostFitted = 1_000_000

  private static func leastCommonMultiple(_ a: Int, _ b: Int) -> Int {
    var (x, y) = (a, b)
    while y > 0 { (x, y) = (y, x % y) }
    return a / x * b
  }
}

/// What the stages of a run have in common.
struct StackContext: Sendable {
  let parameters: MpicParameters
  let plan: StackPlan
  let folder: RunFolder
  let runner: StageRunner
  let matcher: any PairMatcher
  let ranges: PairRanges

  /// The matcher with the range that a pair needs.
  func matcher(of pair: ScenePair) -> any PairMatcher { matcher.searching(ranges.range(days: pair.separation)) }

  var store: UnitStore { runner.store }
  var threads: Int { runner.threads }
}

/// Something that failed by itself while the rest went on.
struct StackProblem: Sendable {
  /// The scene or pair, for people.
  let what: String
  let cause: String
}
