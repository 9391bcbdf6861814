// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// How the level of a stripe is taken.
public enum StripeStatistic: String, ParameterChoice {
  case mean, median

  public var summary: String {
    switch self {
    case .mean: "mean of the values, far ones left out"
    case .median: "median of the values"
    }
  }
}

/// Takes one constant per detector out: the stripes along the track that misaligned detectors of a pushbroom leave.
///
/// Detectors come from the scene's grid of footprints or, without one, from jumps across the given track direction.
/// On known stable ground the level of a stripe is the statistic of its values. Elsewhere motion would be part of that
/// level, so only the jumps where two detectors meet are measured, between cells close together on either side, less
/// what the field changes by over the same distance beside them; the levels then follow from all jumps by least
/// squares.
/// The field's overall level does not change.
///
/// Source: the destriping of MPIC-OPT, mean or median per detector (Provost et al. 2022); the jumps are our own.
public struct StripeCorrection: FieldCorrection {
  public struct Parameters: ParameterSet {
    @Parameter("What the level of a stripe is")
    public var stripeStatistic: StripeStatistic = .mean

    @Parameter(
      "Distance across the track of cells that are compared where two detectors meet; above the width over which the "
        + "matching window blurs a jump", unit: "cells", in: 2...200, .absent("twice the window, 8 or more"))
    public var stripeReach: Int?

    @Parameter("Least width of a stripe that is found in the field itself", unit: "cells", in: 4...10_000)
    public var stripeWidth: Int = 40

    @Parameter("NMADs of the noise that a jump must exceed to be found", in: 2...100)
    public var stripeSignificance: Double = 6

    public init() {}
  }

  let parameters: Parameters
  public let name = "stripes"

  /// Cells between those that are compared, where nobody says.
  public static let leastReach = 8
  var reach: Int { parameters.stripeReach ?? Self.leastReach }

  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  public func model(
    of component: Component, in scene: CorrectionScene, half: FittingHalf
  ) throws(CorrectionRefusal) -> ComponentModel {
    var detector = scene.detector
    if detector == nil { detector = try found(component, in: scene) }
    guard let detector else { throw .noStripes }
    let levels =
      scene.isStable == nil
      ? try jumpLevels(component, scene, detector, half) : try valueLevels(component, scene, detector, half)
    let grid = detector.map { Float(levels[$0]?.level ?? 0) }
    let terms = levels.sorted { $0.key < $1.key }.map {
      ModelTerm(name: "detector \($0.key)", value: $0.value.level, unit: "")
    }
    return ComponentModel(terms: terms, grid: grid)
  }

  /// Level of a detector and the cells it rests on.
  private typealias Level = (level: Double, count: Int)

  // MARK: - On stable ground

  private func valueLevels(
    _ component: Component, _ scene: CorrectionScene, _ detector: Grid<Int32>, _ half: FittingHalf
  ) throws(CorrectionRefusal) -> [Int32: Level] {
    var values: [Int32: [Double]] = [:]
    scene.cells(half).forEach(scene.component(component)) { row, column, value in
      let number = detector[row, column]
      if number > 0 { values[number, default: []].append(value) }
    }
    let needed = scene.parameters.minimumCells
    let levels = values.filter { $0.value.count >= needed / 4 }.mapValues { (statistic($0), $0.count) }
    return try centred(levels, needed)
  }

  private func statistic(_ values: [Double]) -> Double {
    parameters.stripeStatistic == .mean ? robustMean(values) : median(values)
  }

  /// Levels about their mean, so that the whole field keeps its own.
  private func centred(_ levels: [Int32: Level], _ needed: Int) throws(CorrectionRefusal) -> [Int32: Level] {
    // Sums in the order of the numbers: that of a dictionary changes from run to run.
    let ordered = levels.sorted { $0.key < $1.key }
    let count = ordered.reduce(0) { $0 + $1.value.count }
    guard count >= needed else { throw .tooFewCells(count: count, needed: needed) }
    guard levels.count > 1 else { throw .noStripes }
    let mean = ordered.reduce(0) { $0 + $1.value.level * Double($1.value.count) } / Double(count)
    return levels.mapValues { ($0.level - mean, $0.count) }
  }

  // MARK: - From jumps

  private struct Meeting: Hashable {
    let from, to: Int32
  }

  private func jumpLevels(
    _ component: Component, _ scene: CorrectionScene, _ detector: Grid<Int32>, _ half: FittingHalf
  ) throws(CorrectionRefusal) -> [Int32: Level] {
    let values = scene.component(component)
    var jumps: [Meeting: [Double]] = [:], counts: [Int32: Int] = [:]
    let axes = TrackAxes(direction: scene.trackDirection ?? 0, rows: scene.rows, columns: scene.columns)
    let reach = Double(reach), step = axes.step(across: reach)
    let quarters = (axes.step(across: reach / 4), axes.step(across: 3 * reach / 4))
    /// Value and detector some steps across the track from a cell; nil where either is missing.
    func neighbour(_ row: Int, _ column: Int, _ steps: Int) -> (value: Double, detector: Int32)? {
      let r = row + steps * step.rows, c = column + steps * step.columns
      guard r >= 0, c >= 0, r < values.rows, c < values.columns, values[r, c].isFinite, detector[r, c] > 0 else {
        return nil
      }
      return (Double(values[r, c]), detector[r, c])
    }
    var everyCell = scene
    everyCell.parameters.maximumSamples = .max
    everyCell.cells(half).forEach(values) { row, column, value in
      let from = detector[row, column]
      guard from > 0 else { return }
      counts[from, default: 0] += 1
      // Cells next to the edge would see, through the matching window, what lies beyond it.
      guard let other = neighbour(row, column, 1), other.detector != from,
        detector[row + quarters.0.rows, column + quarters.0.columns] == from,
        detector[row + quarters.1.rows, column + quarters.1.columns] == other.detector
      else { return }
      // What the field changes by over the same distance beside them, where the stripes are wide enough to tell, is
      // motion or a ramp.
      var slopes: (sum: Double, count: Double) = (0, 0)
      if let before = neighbour(row, column, -1), before.detector == from {
        slopes = (value - before.value, 1)
      }
      if let after = neighbour(row, column, 2), after.detector == other.detector {
        slopes = (slopes.sum + after.value - other.value, slopes.count + 1)
      }
      jumps[Meeting(from: from, to: other.detector), default: []]
        .append(other.value - value - slopes.sum / max(1, slopes.count))
    }
    let numbers = counts.keys.sorted()
    let needed = scene.parameters.minimumCells
    guard numbers.count > 1 else { throw .noStripes }
    var regression = RobustRegression(terms: numbers.count)
    // The corner of a detector that meets no other on enough cells stays as it is.
    regression.ridge = 1e-6
    for (meeting, values) in jumps.sorted(by: { ($0.key.from, $0.key.to) < ($1.key.from, $1.key.to) })
    where values.count >= needed / 4 {
      var row = [Double](repeating: 0, count: numbers.count)
      row[numbers.firstIndex(of: meeting.to)!] = 1
      row[numbers.firstIndex(of: meeting.from)!] = -1
      regression.add(row, equals: statistic(values), weight: Double(values.count))
    }
    guard !regression.values.isEmpty else { throw .tooFewCells(count: 0, needed: needed) }
    // Levels are only known against each other: this one equation sets their mean.
    let total = Double(counts.values.reduce(0, +))
    regression.add(numbers.map { Double(counts[$0]!) / total }, equals: 0, weight: total)
    guard let levels = regression.leastSquaresSolution() else { throw .undetermined }
    return try centred(
      Dictionary(uniqueKeysWithValues: numbers.indices.map { (numbers[$0], (levels[$0], counts[numbers[$0]]!)) }),
      needed)
  }
}
