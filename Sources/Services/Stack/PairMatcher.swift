// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Parameters

/// A tile of a pair with what lies around it; missing pixels and those off the grid are NaN.
struct TilePair: Sendable {
  /// Both images on the same pixels.
  let reference, secondary: Grid<Float>
  /// The place of these pixels in the common grid.
  let block: Window
  /// The tile, without its margin, in the common grid.
  let window: Window
  /// All of the common grid.
  let scene: Window
  /// Where results are wanted, in pixels of the common grid, inside the tile.
  let points: PointLattice
}

/// What a matcher says about the points of a tile: offsets, px, + right and + down, their standard deviations, the
/// correlation, and why a point has no value.
struct PairTile: Sendable {
  var offsets: OffsetGrids
  var ncc: Grid<Float>
  var flags: Grid<MatchFlag>
}

/// One way to measure a pair, tile by tile. A tile's result depends on nothing but its pixels and those of its margin.
protocol PairMatcher: Sendable {
  /// Stable name and version: a change of results changes the version.
  var name: String { get }
  var version: Int { get }
  /// Canonical parameters that the results depend on.
  var parameters: JSONObject { get }
  /// Pixels around a tile that are read.
  var margin: Int { get }
  /// Tiles begin and end at multiples of this many pixels.
  var alignment: Int { get }
  /// Memory for a pixel of a tile with its margin, bytes.
  var bytesPerPixel: Double { get }
  func match(_ tile: TilePair) -> PairTile
  /// The same matcher with motion of up to so many pixels in its reach.
  func searching(_ range: Int) -> any PairMatcher
}

/// How the pairs of a stack are matched.
public enum StackMatcher: String, ParameterChoice {
  case regularised, dense, flow

  public var summary: String {
    switch self {
    case .regularised: "small windows that hold together, as MicMac: the most accurate for small features"
    case .dense: "least squares matching of all windows at once: the most precise for wide motion"
    case .flow: "optical flow on ranks, as GeFolki: also between radar and optical images"
    }
  }
}

// MARK: - Regularised

struct RegularisedPairMatcher: PairMatcher {
  private(set) var choices: RegularisedMatching.Parameters
  private let workspace = RegularisedMatching.Workspace()

  init(_ choices: RegularisedMatching.Parameters) { self.choices = choices }

  let name = "regularised"
  let version = 5
  var parameters: JSONObject { choices.json }
  let alignment = RegularisedMatching.alignment
  let bytesPerPixel = 500.0

  func searching(_ range: Int) -> any PairMatcher {
    var other = self
    other.choices.searchRange = range
    return other
  }

  /// The matcher's own margin, and the range around it in whole pixels of its coarsest level.
  var margin: Int { choices.margin + (choices.searchRange + 8 + 63) / 64 * 64 }

  func match(_ tile: TilePair) -> PairTile {
    let block = RegularisedMatching.Block(
      window: tile.window, image: tile.scene, start: (0, 0), parameters: choices,
      reference: { tile.reference.cropped(to: $0.moved(to: tile.block)) },
      secondary: { tile.secondary.cropped(to: $0.moved(to: tile.block)) })
    let found = RegularisedMatching.match(
      block, points: tile.points, parameters: choices, workspace: workspace)
    return PairTile(offsets: found.offsets, ncc: found.ncc, flags: found.flags)
  }
}

// MARK: - Dense

struct DensePairMatcher: PairMatcher {
  let choices: DenseMatching.Parameters
  /// Largest offset that is searched, px.
  private(set) var searchRange: Int
  private let workspace = DenseMatching.Workspace()

  init(_ choices: DenseMatching.Parameters, searchRange: Int) {
    (self.choices, self.searchRange) = (choices, searchRange)
  }

  let name = "dense"
  let version = 2
  var parameters: JSONObject { choices.json.merged(with: ["searchRange": .integer(searchRange)]) }
  let alignment = DenseMatching.alignment
  let bytesPerPixel = 150.0

  func searching(_ range: Int) -> any PairMatcher {
    var other = self
    other.searchRange = range
    return other
  }

  private var slack: Int { (searchRange + 16 + 31) / 32 * 32 }
  var margin: Int { DenseMatching.margin(choices) + slack }

  func match(_ tile: TilePair) -> PairTile {
    // The start must be good to a few pixels: the tile's own coarse search.
    var search = CoarseSearch.Parameters()
    search.largestOffset = max(1, searchRange)
    let coarse = CoarseSearch.run(reference: tile.reference, secondary: tile.secondary, parameters: search)
    let inner = Window(
      row: slack, column: slack, rows: tile.block.rows - 2 * slack, columns: tile.block.columns - 2 * slack)
    let scene = tile.scene.moved(to: tile.block)
    let shift = slack
    let found = DenseMatching.match(
      DenseMatching.Block(
        reference: tile.reference.cropped(to: inner), secondary: tile.secondary, slack: slack,
        scene: scene.moved(to: inner).intersection(
          Window(row: 0, column: 0, rows: inner.rows, columns: inner.columns)),
        secondaryScene: scene.intersection(tile.secondary.window), coarsestLevel: search.finestLevel),
      points: tile.points.seen(from: tile.block).seen(from: inner), parameters: choices, workspace: workspace
    ) { row, column in
      let start = coarse.offset(atRow: Double(row) + Double(shift), column: Double(column) + Double(shift))
      return (Float(start.dx), Float(start.dy))
    }
    var layers = found
    layers.clearUnmeasured()
    return PairTile(offsets: layers.offsets, ncc: layers[.ncc], flags: layers.flags)
  }
}

// MARK: - Flow

struct FlowPairMatcher: PairMatcher {
  private(set) var choices: RankFlow.Parameters
  private let workspace = RankFlow.Workspace()

  init(_ choices: RankFlow.Parameters) { self.choices = choices }

  let name = "flow"
  let version = 2
  var parameters: JSONObject { choices.json }
  var alignment: Int { RankFlow.alignment(choices) }
  var margin: Int { RankFlow.margin(choices) }
  let bytesPerPixel = 250.0

  /// With n resolutions motion up to about 2ⁿ px is found.
  func searching(_ range: Int) -> any PairMatcher {
    var other = self
    while 1 << other.choices.levels < range { other.choices.levels += 1 }
    return other
  }

  func match(_ tile: TilePair) -> PairTile {
    let field = RankFlow.match(
      reference: tile.reference, secondary: tile.secondary, parameters: choices, workspace: workspace)
    let points = tile.points.seen(from: tile.block)
    func thinned<Cell>(_ grid: Grid<Cell>) -> Grid<Cell> {
      var cells: [Cell] = []
      cells.reserveCapacity(points.rows * points.columns)
      for row in 0..<points.rows {
        for column in 0..<points.columns {
          cells.append(grid[points.row + row * points.spacing, points.column + column * points.spacing])
        }
      }
      return Grid(rows: points.rows, columns: points.columns, cells: cells)
    }
    return PairTile(
      offsets: OffsetGrids(
        dx: thinned(field.dx), dy: thinned(field.dy), dxSigma: thinned(field.dxSigma), dySigma: thinned(field.dySigma)
      ),
      ncc: thinned(field.ncc), flags: thinned(field.flags))
  }
}

// MARK: - Places

extension Window {
  /// The same pixels, counted from the first one of `other`.
  func moved(to other: Window) -> Window {
    Window(row: row - other.row, column: column - other.column, rows: rows, columns: columns)
  }
}

extension PointLattice {
  /// The same points, counted from the first pixel of a window.
  func seen(from window: Window) -> PointLattice {
    PointLattice(
      row: row - window.row, column: column - window.column, spacing: spacing, rows: rows, columns: columns)
  }
}
