// SPDX-License-Identifier: Apache-2.0
import Grids

extension StripeCorrection {
  /// Numbers the stripes that a field itself shows; nil where no jump stands out.
  ///
  /// For each line along the track the median difference of cells on either side of it is taken: a stripe's edge
  /// lifts it over a width of twice the reach, noise and motion that does not follow the track do not. Edges are the
  /// highest places, at least a stripe's width apart, of that profile averaged over the same width.
  func found(_ component: Component, in scene: CorrectionScene) throws(CorrectionRefusal) -> Grid<Int32>? {
    guard let direction = scene.trackDirection else {
      throw .missing("grid of detectors, nor a track direction by which to find them")
    }
    let axes = TrackAxes(direction: direction, rows: scene.rows, columns: scene.columns)
    let lines = axes.lines(axes.across)
    let profile = jumpProfile(scene.component(component), scene, axes, lines)
    let edges = edges(of: profile).sorted()
    guard !edges.isEmpty else { return nil }
    var out = Grid<Int32>(rows: scene.rows, columns: scene.columns, filledWith: 0)
    for row in 0..<out.rows {
      for column in 0..<out.columns {
        let line = axes.across(Double(row), Double(column)) - Double(lines.first)
        // An edge lies between two lines of cells.
        out[row, column] = Int32(1 + edges.prefix { Double($0) <= line }.count)
      }
    }
    return out
  }

  private func jumpProfile(
    _ values: Grid<Float>, _ scene: CorrectionScene, _ axes: TrackAxes, _ lines: (first: Int, count: Int)
  ) -> [Double] {
    let step = axes.step(across: Double(reach))
    var differences = [[Double]](repeating: [], count: lines.count)
    var everyCell = scene
    everyCell.parameters.maximumSamples = .max
    CellChoice(scene: everyCell).forEach(values) { row, column, value in
      let r = row + step.rows, c = column + step.columns
      guard r >= 0, c >= 0, r < values.rows, c < values.columns, values[r, c].isFinite else { return }
      let middle = axes.across(Double(row) + Double(step.rows) / 2, Double(column) + Double(step.columns) / 2)
      differences[min(lines.count - 1, max(0, Int(middle.rounded()) - lines.first))]
        .append(Double(values[r, c]) - value)
    }
    return differences.map { $0.count < 10 ? .nan : median($0) }
  }

  /// Lines before which the profile jumps.
  private func edges(of profile: [Double]) -> [Int] {
    let half = reach / 2, trend = median(profile)
    // The average over the width of the plateau is highest in the plateau's middle.
    let smooth = profile.indices.map { index -> Double in
      let near = profile[max(0, index - half)...min(profile.count - 1, index + half)].filter { !$0.isNaN }
      return near.isEmpty ? 0 : abs(near.reduce(0, +) / Double(near.count) - trend)
    }
    let limit = parameters.stripeSignificance * nmad(profile) / Double(2 * half + 1).squareRoot()
    var edges: [Int] = []
    for index in smooth.indices.sorted(by: { (smooth[$0], $1) > (smooth[$1], $0) }) {
      guard smooth[index] > max(limit, 1e-9) else { break }
      if edges.allSatisfy({ abs($0 - index) >= parameters.stripeWidth }) { edges.append(index) }
    }
    return edges
  }
}
