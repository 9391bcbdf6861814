// SPDX-License-Identifier: Apache-2.0
import Grids
import TimeSeries

/// The stage `calibrate`: how large the errors of the pairs really are, from what the loops of the network do not close by.
///
/// Looks at points of some rows, the same ones each time; nothing is kept.
struct CalibrateStage {
  let context: StackContext
  let network: PairNetwork
  let corrected: CorrectStage.Outcome

  private static let sampledRows = 24
  private static let sampledPoints = 12_000

  /// Nil where it is not wanted, or no loop says anything.
  func run() throws -> PairSigmaModel? {
    let pairs = corrected.pairs, lattice = context.plan.lattice
    guard context.parameters.uncertainty.calibratesSigmas, !pairs.isEmpty else { return nil }
    let used = PairNetwork(
      scenes: network.scenes, pairs: pairs.map { network.pairs[$0.matched.place] }, leftOut: network.leftOut)
    guard !used.closureLoops.isEmpty else { return nil }
    var fit = PairSigmaFit(network: used)
    let reader = CorrectedOffsets(context, sigmas: nil), least = Float(context.parameters.fusion.minimumCorrelation)
    let rows = min(Self.sampledRows, lattice.rows)
    // Odd, so that it does not stay on the same columns of a pattern with an even period.
    let step = max(1, rows * lattice.columns / Self.sampledPoints) | 1
    for index in 0..<rows {
      try context.runner.cancellation.check()
      let row = (2 * index + 1) * lattice.rows / (2 * rows)
      let lines = try pairs.map {
        try reader.values($0, Window(row: row, column: 0, rows: 1, columns: lattice.columns))
      }
      for column in stride(from: index % step, to: lattice.columns, by: step) {
        fit.add(lines.map { Self.offset($0, column, least) })
      }
    }
    return fit.model()
  }

  private static func offset(
    _ line: CorrectedOffsets.Values, _ column: Int, _ least: Float
  ) -> PairSigmaFit.Offset? {
    let field = line.offsets, ncc = line.ncc.cells[column]
    guard ncc >= least, field.dx.cells[column].isFinite, let x = field.dxSigma?.cells[column],
      let y = field.dySigma?.cells[column]
    else { return nil }
    return .init(dx: field.dx.cells[column], dy: field.dy.cells[column], dxSigma: x, dySigma: y, ncc: ncc)
  }
}
