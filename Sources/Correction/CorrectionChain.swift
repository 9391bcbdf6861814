// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// Filters and corrections in the order in which they are to be applied.
///
/// Artefacts look partly alike: stripes side by side lean like a ramp, and mountains rise along one direction.
/// Corrections that follow one another are therefore estimated in turns, each from the field less the others' latest
/// models, until the last pass. Same input, same bits.
///
/// Source: backfitting, Breiman & Friedman 1985.
public struct CorrectionChain: Sendable {
  public enum Step: Sendable {
    case correction(any FieldCorrection)
    case filter(any FieldFilter)
  }

  public struct Parameters: ParameterSet {
    @Parameter(
      "Times that corrections are estimated in turns; 1 takes each out before the next is looked at", in: 1...50)
    public var passes: Int = 4

    public init() {}
  }

  private let steps: [Step]
  private let parameters: Parameters

  public init(_ steps: [Step], parameters: Parameters = Parameters()) {
    self.steps = steps
    self.parameters = parameters
  }

  /// The corrected field with what each step did.
  public func applied(to scene: CorrectionScene) -> ChainResult {
    var scene = scene
    var reports: [StepReport] = []
    var model = OffsetGrids(dx: scene.field.dx.map { _ in 0 }, dy: scene.field.dx.map { _ in 0 })
    var index = 0
    while index < steps.count {
      if case .filter(let filter) = steps[index] {
        let result = filter.filtered(scene)
        scene.field = result.filtered
        reports.append(.filter(result))
        index += 1
        continue
      }
      var group: [any FieldCorrection] = []
      while index < steps.count, case .correction(let correction) = steps[index] {
        group.append(correction)
        index += 1
      }
      for result in backfitted(group, scene) {
        scene.field = result.corrected
        model = model.adding(result.model)
        reports.append(.correction(result))
      }
    }
    return ChainResult(field: scene.field, model: model, steps: reports)
  }

  /// The results of corrections that were estimated in turns, as if applied one after another.
  private func backfitted(_ group: [any FieldCorrection], _ scene: CorrectionScene) -> [CorrectionResult] {
    let zero = scene.field.dx.map { _ in Float(0) }
    var estimates = group.map { _ in
      Component.allCases.map { _ in Optional<Result<ComponentModel, CorrectionRefusal>>.none }
    }
    for _ in 0..<(group.count > 1 ? parameters.passes : 1) {
      for (own, correction) in group.enumerated() {
        var part = scene
        for (other, estimate) in estimates.enumerated() where other != own {
          part.field = part.field.subtracting(
            OffsetGrids(dx: estimate[0].grid ?? zero, dy: estimate[1].grid ?? zero))
        }
        estimates[own] = Component.allCases.map { correction.estimate($0, part) }
      }
    }
    var left = scene
    return group.indices.map { index in
      let result = group[index].result(left, estimates[index][0]!, estimates[index][1]!)
      left.field = result.corrected
      return result
    }
  }
}

extension Result<ComponentModel, CorrectionRefusal>? {
  fileprivate var grid: Grid<Float>? { (try? self?.get())?.grid }
}

/// A field after a chain.
public struct ChainResult: Sendable {
  public var field: OffsetGrids
  /// Sum of all that was subtracted, unit of the field.
  public var model: OffsetGrids
  public var steps: [StepReport]
}

/// What one step of a chain did.
public enum StepReport: Sendable {
  case correction(CorrectionResult)
  case filter(FilterResult)

  public var name: String {
    switch self {
    case .correction(let result): result.name
    case .filter(let result): result.name
    }
  }

  /// Stable ground before and after the step.
  public var before: GroundStatistics {
    switch self {
    case .correction(let result): result.before
    case .filter(let result): result.before
    }
  }

  public var after: GroundStatistics {
    switch self {
    case .correction(let result): result.after
    case .filter(let result): result.after
    }
  }
}

extension OffsetGrids {
  fileprivate func adding(_ other: OffsetGrids) -> OffsetGrids {
    var out = self
    for index in dx.cells.indices {
      out.dx.cells[index] += other.dx.cells[index]
      out.dy.cells[index] += other.dy.cells[index]
    }
    return out
  }
}
