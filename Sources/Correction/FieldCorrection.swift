// SPDX-License-Identifier: Apache-2.0
import Grids

/// An artefact that can be estimated from a field and taken out of it.
public protocol FieldCorrection: Sendable {
  /// What it is called in reports.
  var name: String { get }

  /// Whether the artefact shows in values even where nobody knows stable ground; false where only differences of
  /// nearby cells can tell it from motion.
  var showsInValues: Bool { get }

  /// The model of one component, from the chosen cells.
  ///
  /// - Throws: `CorrectionRefusal` where it cannot be estimated.
  func model(of component: Component, in scene: CorrectionScene, half: FittingHalf) throws(CorrectionRefusal)
    -> ComponentModel
}

/// The cells that a model is fitted to: half of them when the other half is to judge it.
public enum FittingHalf: Sendable {
  case all, even, odd
}

extension CorrectionScene {
  func cells(_ half: FittingHalf) -> CellChoice { CellChoice(scene: self, half: half) }
}

/// One number of a model.
public struct ModelTerm: Hashable, Sendable {
  public var name: String
  public var value: Double
  public var unit: String
}

/// The estimated artefact in one component.
public struct ComponentModel: Sendable {
  public var terms: [ModelTerm]
  /// What is to be subtracted, unit of the field; zero where nothing is known.
  public var grid: Grid<Float>
}

/// Why a correction was not made.
public enum CorrectionRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// Fewer cells than a fit needs.
  case tooFewCells(count: Int, needed: Int)
  /// The scene lacks something.
  case missing(String)
  /// The cells do not determine the model.
  case undetermined
  /// No stripes stand out of the noise.
  case noStripes
  /// Cells that the model was not fitted to would be no better for it: robust RMS before and after, unit of the field.
  case notLowered(before: Double, after: Double)

  public var description: String {
    switch self {
    case .tooFewCells(let count, let needed): "only \(count) cells could be used, and a fit needs \(needed)"
    case .missing(let what): "there is no \(what)"
    case .undetermined: "the cells do not determine the model"
    case .noStripes: "no stripes stand out of the noise"
    case .notLowered(let before, let after):
      "it would not lower the residual (\(Self.rounded(before)) before, \(Self.rounded(after)) after)"
    }
  }

  private static func rounded(_ value: Double) -> String { "\((value * 1e5).rounded() / 1e5)" }
}

/// What became of a correction in one component.
public enum CorrectionOutcome: Hashable, Sendable {
  case applied
  case refused(CorrectionRefusal)

  public var isApplied: Bool { self == .applied }
}

/// A correction with its model and what it did to stable ground.
public struct CorrectionResult: Sendable {
  public var name: String
  public var x, y: CorrectionOutcome
  /// The numbers of the models; empty where refused.
  public var xTerms, yTerms: [ModelTerm]
  /// What was subtracted, unit of the field; zero where refused.
  public var model: OffsetGrids
  public var corrected: OffsetGrids
  public var before, after: GroundStatistics
}

extension FieldCorrection {
  public var showsInValues: Bool { false }

  /// Estimates the artefact, checks on cells that were kept out of the fit that its removal helps, and removes it.
  ///
  /// Each component is judged on its own. Half of the cells, in squares that take turns, judge a model fitted to the
  /// other half, and the other way round; a correction that does not lower their residual by the least gain is
  /// refused and its model is zero. What is removed in the end is fitted to all cells.
  ///
  /// On stable ground that was given the residual is the value itself; without, it is the difference of nearby cells,
  /// because then only the change of a smooth or striped artefact can be told from motion.
  public func corrected(_ scene: CorrectionScene) -> CorrectionResult {
    let x = estimate(.x, scene), y = estimate(.y, scene)
    return result(scene, x, y)
  }

  func estimate(_ component: Component, _ scene: CorrectionScene) -> Result<ComponentModel, CorrectionRefusal> {
    Result { () throws(CorrectionRefusal) in
      let all = try model(of: component, in: scene, half: .all)
      let odd = try model(of: component, in: scene, half: .even)
      let even = try model(of: component, in: scene, half: .odd)
      let judge = ResidualJudge(scene, component, usesValues: scene.isStable != nil || showsInValues)
      let losses = judge.losses(oddModel: odd.grid, evenModel: even.grid)
      guard losses.after < losses.before * (1 - scene.parameters.leastGain) else {
        throw .notLowered(before: losses.before.squareRoot(), after: losses.after.squareRoot())
      }
      return all
    }
  }

  func result(
    _ scene: CorrectionScene, _ x: Result<ComponentModel, CorrectionRefusal>,
    _ y: Result<ComponentModel, CorrectionRefusal>
  ) -> CorrectionResult {
    let zero = Grid<Float>(rows: scene.rows, columns: scene.columns, filledWith: 0)
    func unpacked(_ result: Result<ComponentModel, CorrectionRefusal>) -> (CorrectionOutcome, ComponentModel) {
      switch result {
      case .success(let model): (.applied, model)
      case .failure(let refusal): (.refused(refusal), ComponentModel(terms: [], grid: zero))
      }
    }
    let (xOutcome, xModel) = unpacked(x), (yOutcome, yModel) = unpacked(y)
    let model = OffsetGrids(dx: xModel.grid, dy: yModel.grid)
    let corrected = scene.field.subtracting(model)
    // Without known ground, what is near the most common vector after the correction is closest to it.
    let ground = scene.isStable ?? StableGround.found(in: corrected)
    return CorrectionResult(
      name: name, x: xOutcome, y: yOutcome, xTerms: xModel.terms, yTerms: yModel.terms, model: model,
      corrected: corrected, before: scene.statistics(of: scene.field, ground: ground),
      after: scene.statistics(of: corrected, ground: ground))
  }
}

extension OffsetGrids {
  /// The field less another; sigmas stay, as a model's own error is far below that of a cell.
  package func subtracting(_ model: OffsetGrids) -> OffsetGrids {
    var out = self
    for index in dx.cells.indices {
      out.dx.cells[index] -= model.dx.cells[index]
      out.dy.cells[index] -= model.dy.cells[index]
    }
    return out
  }
}

/// The mean bounded loss of residuals: Tukey's with one scale, so that moving ground and wrong matches count the same
/// before and after.
struct ResidualJudge {
  private let scene: CorrectionScene
  private let values: Grid<Float>
  private let usesValues: Bool

  init(_ scene: CorrectionScene, _ component: Component, usesValues: Bool) {
    self.scene = scene
    self.usesValues = usesValues
    values = scene.component(component)
  }

  /// Mean loss of each half with nothing and with the other half's model subtracted, unit of the field squared.
  ///
  /// Of differences, those of the distance at which the model helps most: a ramp shows between distant cells, a jump
  /// between near ones.
  func losses(oddModel: Grid<Float>, evenModel: Grid<Float>) -> (before: Double, after: Double) {
    let lag = scene.differenceLag
    let lags: [Int?] = usesValues ? [nil] : [max(2, lag / 4), lag, 4 * lag]
    let pairs = lags.map { losses(oddModel, evenModel, lag: $0) }
    return pairs.min { $0.after / $0.before < $1.after / $1.before }!
  }

  private func losses(_ oddModel: Grid<Float>, _ evenModel: Grid<Float>, lag: Int?) -> (before: Double, after: Double)
  {
    var before: [Double] = [], after: [Double] = []
    for (half, model) in [(FittingHalf.odd, oddModel), (.even, evenModel)] {
      scene.cells(half).forEach(values) { row, column, value in
        guard let lag else {
          before.append(value)
          after.append(value - Double(model[row, column]))
          return
        }
        let level = values.level(row, column)
        for (r, c) in [(row, column + lag), (row + lag, column)] where r < values.rows && c < values.columns {
          let difference = values.level(r, c) - level
          guard difference.isFinite else { continue }
          before.append(difference)
          after.append(difference - Double(model[r, c]) + Double(model[row, column]))
        }
      }
    }
    // The lesser scale, so that a step, which an artefact may happen to lessen, counts the same with it and without.
    let scale = min(median(before.map(abs)), median(after.map(abs)))
    let limit = RobustRegression.tukeyLimit * max(1.4826 * scale, 1e-9)
    func mean(_ residuals: [Double]) -> Double {
      residuals.reduce(0) {
        let t = min(1, ($1 / limit) * ($1 / limit))
        return $0 + limit * limit / 3 * (1 - (1 - t) * (1 - t) * (1 - t))
      } / Double(max(1, residuals.count))
    }
    return (mean(before), mean(after))
  }
}
