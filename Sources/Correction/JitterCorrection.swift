// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters

/// Takes out the waves that a satellite's trembling leaves: every line across the track is shifted as a whole.
///
/// For each line one cell wide the robust mean of its values on stable ground is taken; where stable ground is not
/// known, that of the differences from the line some way ahead, which motion changes only where it varies within that
/// distance. A sum of waves between the two wavelengths is fitted to these means and removed, so that what is
/// longer, such as most motion, and what is shorter, such as noise, stays. Undulations of Sentinel-2 are about 2 km long.
///
/// Motion that follows lines across the track at these wavelengths over most of their length can't be told from
/// jitter and is removed with it: services leave this correction off for glaciers and landslides.
///
/// Source: the jitter filter of MPIC-OPT (Provost et al. 2022) by its purpose; the method is our own.
public struct JitterCorrection: FieldCorrection {
  public struct Parameters: ParameterSet {
    @Parameter("Shortest wave along the track that is removed", unit: "m", in: 1...1_000_000)
    public var shortestWave: Double = 1000

    @Parameter("Longest wave along the track that is removed", unit: "m", in: 1...10_000_000)
    public var longestWave: Double = 4000

    @Parameter("Least number of cells of a line", in: 3...100_000)
    public var lineCells: Int = 20

    public init() {}
  }

  private let parameters: Parameters
  public let name = "jitter"

  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  public func model(
    of component: Component, in scene: CorrectionScene, half: FittingHalf
  ) throws(CorrectionRefusal) -> ComponentModel {
    guard let direction = scene.trackDirection else { throw .missing("track direction") }
    let axes = TrackAxes(direction: direction, rows: scene.rows, columns: scene.columns)
    let lines = axes.lines(axes.along)
    let shortest = parameters.shortestWave / scene.cellSize, longest = parameters.longestWave / scene.cellSize
    let waves = waveNumbers(lines.count, shortest, longest)
    guard !waves.isEmpty else { throw .undetermined }
    // Half of the shortest wave ahead, that wave is seen twofold and one four times as long still at 0.8.
    let step = scene.isStable == nil ? axes.step(along: max(1, shortest / 2)) : nil
    let profile = lineLevels(component, scene, half, axes, lines, step)
    let lag = step.map { axes.along(Double($0.rows), Double($0.columns)) }
    var regression = RobustRegression(terms: 2 * waves.count + 2)
    regression.ridge = 1e-5
    for line in profile {
      var row = patterns(line.place, waves)
      if let lag { row = zip(patterns(line.place + lag, waves), row).map { $0 - $1 } }
      // A level and a trend of the means stay in the field.
      regression.add(row + [1, line.place / Double(lines.count)], equals: line.level, weight: Double(line.count))
    }
    let needed = 2 * (2 * waves.count + 2)
    guard profile.count >= needed else { throw .tooFewCells(count: profile.count, needed: needed) }
    guard let solution = regression.solved() else { throw .undetermined }
    return waveModel(solution, waves, axes, lines, scene)
  }

  /// Radians per cell of the waves, twice as close as the length of the field would need, so that a wave which does
  /// not fit into it a whole number of times is followed too.
  private func waveNumbers(_ length: Int, _ shortest: Double, _ longest: Double) -> [Double] {
    let spacing = 1 / (2 * Double(length))
    let first = Int((max(1 / longest, 1 / Double(length)) / spacing).rounded(.up))
    let last = Int((min(1 / shortest, 0.25) / spacing).rounded(.down))
    guard first <= last else { return [] }
    return (first...last).map { 2 * .pi * Double($0) * spacing }
  }

  private func patterns(_ place: Double, _ waves: [Double]) -> [Double] {
    waves.map { cos($0 * place) } + waves.map { sin($0 * place) }
  }

  /// Robust mean of the cells of one line, with its place along the track from the first line.
  private struct Line {
    let place: Double
    let level: Double
    let count: Int
  }

  private func lineLevels(
    _ component: Component, _ scene: CorrectionScene, _ half: FittingHalf, _ axes: TrackAxes,
    _ lines: (first: Int, count: Int), _ step: (rows: Int, columns: Int)?
  ) -> [Line] {
    let values = scene.component(component)
    var found = [[Double]](repeating: [], count: lines.count)
    var everyCell = scene
    everyCell.parameters.maximumSamples = max(
      scene.parameters.maximumSamples, (step == nil ? 500 : 100) * lines.count)
    everyCell.cells(half).forEach(values) { row, column, value in
      let line = Int(axes.along(Double(row), Double(column)).rounded()) - lines.first
      guard let step else {
        found[line].append(value)
        return
      }
      let r = row + step.rows, c = column + step.columns
      guard r >= 0, c >= 0, r < values.rows, c < values.columns, values[r, c].isFinite else { return }
      let difference = values.level(r, c) - values.level(row, column)
      if difference.isFinite { found[line].append(difference) }
    }
    return found.indices.filter { found[$0].count >= parameters.lineCells }.map {
      Line(place: Double($0), level: robustMean(found[$0]), count: found[$0].count)
    }
  }

  private func waveModel(
    _ solution: [Double], _ waves: [Double], _ axes: TrackAxes, _ lines: (first: Int, count: Int),
    _ scene: CorrectionScene
  ) -> ComponentModel {
    // Tenths of a cell are far below what a wave changes in.
    let fine = 10
    let samples = (0...lines.count * fine).map { index -> Float in
      let factors = patterns(Double(index) / Double(fine), waves)
      return Float(zip(factors, solution).reduce(0) { $0 + $1.0 * $1.1 })
    }
    var grid = Grid<Float>(rows: scene.rows, columns: scene.columns, filledWith: 0)
    for row in 0..<grid.rows {
      for column in 0..<grid.columns {
        let place = (axes.along(Double(row), Double(column)) - Double(lines.first)) * Double(fine)
        grid[row, column] = samples[min(samples.count - 1, max(0, Int(place.rounded())))]
      }
    }
    let terms = waves.indices.map { index -> ModelTerm in
      let amplitude = hypot(solution[index], solution[waves.count + index])
      let length = 2 * .pi / waves[index] * scene.cellSize
      return ModelTerm(name: "amplitude of the wave of \(Int(length.rounded())) m", value: amplitude, unit: "")
    }
    return ComponentModel(terms: terms, grid: grid)
  }
}
