// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Processing
import RasterIO
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

  var plan: StackPlan { context.plan }
  var georeference: Georeference { input.grid.georeference }

  /// Whether all pairs span one event, whose displacement is what counts.
  var isEvent: Bool { context.parameters.network.splitDate != nil }

  /// Motion is in metres where a pixel's size is known.
  func unit(_ layer: FusedLayer) -> String { ground == nil ? layer.unit.replacing("m", with: "px") : layer.unit }

  /// One layer of the fusion, averaged down to what a page shows, with every how many points that is.
  func reduced(_ layer: FusedLayer) throws -> (grid: Grid<Float>, every: Int) {
    let lattice = plan.lattice
    let grid = try Quicklook.reduced(rows: lattice.rows, columns: lattice.columns) {
      try fused.layers.floats(
        [layer.rawValue], Window(row: $0.lowerBound, column: 0, rows: $0.count, columns: lattice.columns))[0]
    }
    return (grid, max(1, (max(lattice.rows, lattice.columns) + Quicklook.side - 1) / Quicklook.side))
  }
}
