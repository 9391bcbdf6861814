// SPDX-License-Identifier: Apache-2.0
import Grids
import TimeSeries

/// Leaves the pairs of a stack as they were matched where the corrections would take the motion itself off.
///
/// Without stable ground a pair is corrected by what moves like most of it. One pair can't tell whether that is the
/// satellite's error or a glacier that fills the picture; all pairs together can (`CommonDrift`).
struct MotionGuard {
  let network: PairNetwork
  /// Points of a model that its mean is taken of.
  private static let mostPoints = 10_000

  init(_ network: PairNetwork) { self.network = network }

  func checked(_ outcome: CorrectStage.Outcome) throws -> (outcome: CorrectStage.Outcome, notice: String?) {
    let asked = outcome.pairs.filter { !$0.report.steps.isEmpty }
    let corrected = asked.filter { !$0.report.isGroundless }
    if !corrected.isEmpty, 2 * corrected.count < asked.count {
      // The few are the shortest pairs, whose motion is too small to look like one.
      return leftAlone(outcome, "most pairs show no ground that agrees, so what the others show is no ground either")
    }
    let shifts = try corrected.map(shift)
    let dates = Set(
      outcome.pairs.flatMap { pair -> [Int] in
        let own = network.pairs[pair.matched.place]
        return [own.earlier, own.later]
      }
    ).count
    guard let drift = CommonDrift(shifts, dates: dates) else { return (outcome, nil) }
    let speed = (drift.dx * drift.dx + drift.dy * drift.dy).squareRoot()
    let what = "what most of each picture moves by grows with the time between the dates, \(short(speed)) px a day: "
    return leftAlone(outcome, what + "that is motion, not an error of the satellite")
  }

  private func leftAlone(
    _ outcome: CorrectStage.Outcome, _ reason: String
  ) -> (outcome: CorrectStage.Outcome, notice: String?) {
    var left = outcome
    left.pairs = outcome.pairs.map { $0.leftAlone(because: reason) }
    return (
      left,
      "No pair is corrected: \(reason). Give --stable-terrain or --moving, or say --deshift=false --deramp=false."
    )
  }

  /// What the corrections take off a pair in the mean.
  private func shift(_ pair: CorrectStage.Pair) throws -> CommonDrift.Shift {
    let own = network.pairs[pair.matched.place]
    let days = own.isBackward ? -own.separation : own.separation
    guard let model = pair.model else { return .init(dx: .nan, dy: .nan, days: days) }
    let grids = try model.floats(
      ["model-dx", "model-dy"], Window(row: 0, column: 0, rows: model.plan.rows, columns: model.plan.columns))
    func mean(_ grid: Grid<Float>) -> Double {
      let step = max(1, grid.cells.count / Self.mostPoints)
      let values = stride(from: 0, to: grid.cells.count, by: step).map { Double(grid.cells[$0]) }.filter(\.isFinite)
      return values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
    }
    return .init(dx: mean(grids[0]), dy: mean(grids[1]), days: days)
  }

  private func short(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}

extension CorrectStage.Pair {
  /// The pair as it was matched; its report says why.
  func leftAlone(because reason: String) -> Self {
    var out = self
    out.model = nil
    out.report = report.refused(because: reason)
    out.stable = ([], [])
    return out
  }
}
