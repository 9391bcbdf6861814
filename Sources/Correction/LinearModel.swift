// SPDX-License-Identifier: Apache-2.0
import Grids

/// An artefact that is a sum of known patterns, whose strengths are fitted.
struct LinearModel: Sendable {
  var names: [String]
  var units: [String]
  /// The patterns at a cell; NaN where unknown. A constant is not among them.
  var patterns: @Sendable (_ row: Int, _ column: Int) -> [Double]
}

extension LinearModel {
  /// Fits the patterns robustly.
  ///
  /// On known stable ground the values are fitted, with a constant that belongs to the model. Elsewhere the
  /// differences of cells some way apart are: motion changes them only where it varies within that distance, at margins
  /// and faults, and those pairs are outliers of the fit; local medians are compared, so that a small step stands out of the noise.
  /// The constant then stays in the field.
  func fitted(
    to component: Component, in scene: CorrectionScene, half: FittingHalf
  ) throws(CorrectionRefusal) -> ComponentModel {
    let usesValues = scene.isStable != nil
    let values = scene.component(component), cells = scene.cells(half), lag = scene.differenceLag
    let sigmas = component == .x ? scene.field.dxSigma : scene.field.dySigma
    let scale = sigmas.map { Double(median($0.cells)) } ?? 1
    func weight(_ row: Int, _ column: Int) -> Double {
      guard let sigma = sigmas?[row, column] else { return 1 }
      // Cells that claim to be far better than most are not believed altogether.
      return sigma.isFinite ? 1 / (Double(sigma * sigma) + scale * scale) : 0
    }
    var regression = RobustRegression(terms: names.count + (usesValues ? 1 : 0)), used = 0
    cells.forEach(values) { row, column, value in
      used += 1
      let here = patterns(row, column), level = usesValues ? value : values.level(row, column)
      if usesValues {
        regression.add([1] + here, equals: value, weight: weight(row, column))
        return
      }
      for (r, c) in [(row + lag, column), (row, column + lag)] where r < values.rows && c < values.columns {
        let there = patterns(r, c)
        regression.add(
          zip(there, here).map { $0 - $1 }, equals: values.level(r, c) - level,
          weight: min(weight(row, column), weight(r, c)))
      }
    }
    let needed = scene.parameters.minimumCells
    guard used >= needed else { throw .tooFewCells(count: used, needed: needed) }
    guard let solution = regression.solved() else { throw .undetermined }
    let constant = usesValues ? solution[0] : 0
    let strengths = Array(solution.suffix(names.count))
    var terms = names.indices.map { ModelTerm(name: names[$0], value: strengths[$0], unit: units[$0]) }
    if usesValues { terms.insert(ModelTerm(name: "constant", value: constant, unit: ""), at: 0) }
    return ComponentModel(terms: terms, grid: grid(constant, strengths, like: values))
  }

  private func grid(_ constant: Double, _ strengths: [Double], like values: Grid<Float>) -> Grid<Float> {
    var out = Grid<Float>(rows: values.rows, columns: values.columns, filledWith: 0)
    for row in 0..<out.rows {
      for column in 0..<out.columns {
        let patterns = patterns(row, column)
        var sum = constant
        for index in strengths.indices { sum += strengths[index] * patterns[index] }
        // Where a pattern is unknown nothing is.
        out[row, column] = sum.isFinite ? Float(sum) : 0
      }
    }
    return out
  }
}

extension Grid<Float> {
  /// Cells to each side that a level is taken over.
  private static var levelReach: Int { 2 }

  /// Median of a cell and its neighbours; NaN where fewer than a third of them have a value.
  func level(_ row: Int, _ column: Int) -> Double {
    let reach = Self.levelReach
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: (2 * reach + 1) * (2 * reach + 1)) { near in
      var count = 0
      for r in max(0, row - reach)...min(rows - 1, row + reach) {
        for c in max(0, column - reach)...min(columns - 1, column + reach) where self[r, c].isFinite {
          var place = count
          let value = self[r, c]
          while place > 0, near[place - 1] > value {
            near[place] = near[place - 1]
            place -= 1
          }
          near[place] = value
          count += 1
        }
      }
      return 3 * count < near.count ? .nan : Double(near[count / 2] + near[(count - 1) / 2]) / 2
    }
  }
}
