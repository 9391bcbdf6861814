// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Processing
import RasterIO
import Synchronization
import TimeSeries

/// All that a stack run has found out, for those who write it.
struct StackResult: Sendable {
  let context: StackContext
  let input: StackInput
  let images: GridStage.Outcome
  let clouds: CloudStage.Outcome
  let network: StackNetwork
  let corrected: CorrectStage.Outcome
  let fused: FuseStage.Outcome
  /// How large the errors of pairs are by their loops; nil where these did not tell.
  let sigmas: PairSigmaModel?
  let ground: GroundScale?
  /// How the stable ground was chosen.
  let stableSource: String
  /// What the user should know about the inputs.
  let notices: [String]
  /// What failed by itself, in the order of the stages.
  var problems: [StackProblem]
  /// What was said to the command.
  let asked: any StackService
  /// Parameters that the user has set.
  let given: Set<String>
  let version: String
  /// Files or addresses that the chain was given besides the scenes, such as elevation models and outlines.
  let givenFiles: [String]
  /// Where each date's detectors looked: files, by the place of the date in the input.
  let detectorFiles: [[String]]
  let pages = ReducedLayers()

  var plan: StackPlan { context.plan }
  var georeference: Georeference { input.grid.georeference }

  /// Whether all pairs span one event, whose displacement is what counts.
  var isEvent: Bool { context.parameters.network.splitDate != nil }

  /// Motion is in metres where a pixel's size is known.
  func unit(_ layer: FusedLayer) -> String { ground == nil ? layer.unit.replacing("m", with: "px") : layer.unit }

  /// Rows of the fusion that are in memory at a time.
  private static let bandRows = 512

  /// One layer of the fusion, averaged down to what a page shows, with every how many points that is.
  func reduced(_ layer: FusedLayer) throws -> (grid: Grid<Float>, every: Int) {
    let lattice = plan.lattice,
      every = max(1, (max(lattice.rows, lattice.columns) + Quicklook.side - 1) / Quicklook.side)
    if let known = pages.grid(of: layer) { return (known, every) }
    // A few rows are asked for at a time; opening the units for each took longer than matching on a whole tile.
    var first = 0, band = Grid<Float>(rows: 0, columns: lattice.columns, filledWith: .nan)
    let grid = try Quicklook.reduced(rows: lattice.rows, columns: lattice.columns) { rows in
      if rows.lowerBound < first || rows.upperBound > first + band.rows {
        first = rows.lowerBound
        let count = min(max(rows.count, Self.bandRows), lattice.rows - first)
        let window = Window(row: first, column: 0, rows: count, columns: lattice.columns)
        band = try fused.layers.floats([layer.rawValue], window)[0]
      }
      return band.cropped(
        to: Window(row: rows.lowerBound - first, column: 0, rows: rows.count, columns: lattice.columns))
    }
    pages.keep(grid, of: layer)
    return (grid, every)
  }
}

/// Layers averaged down to what a page shows: styles, maps, pictures and numbers all ask for them, and each time the whole
/// fusion would be read again.
final class ReducedLayers: Sendable {
  private let known = Mutex<[FusedLayer: Grid<Float>]>([:])

  func grid(of layer: FusedLayer) -> Grid<Float>? { known.withLock { $0[layer] } }

  func keep(_ grid: Grid<Float>, of layer: FusedLayer) { known.withLock { $0[layer] = grid } }
}
