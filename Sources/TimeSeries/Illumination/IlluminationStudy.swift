// SPDX-License-Identifier: Apache-2.0
import Grids

/// What stable ground says about motion that the sun feigns, and whether a model of it holds on ground that it has not seen.
///
/// The readings of a pair on ground that stands still are its shift plus the change of `IlluminationModel.bias` between its
/// dates. The scene is cut in ten parts of many rectangles; each is judged by the model and the shifts of the other nine. A
/// form counts when it lowers the squared residuals of the held-out parts, against the simpler one, by more than twice the
/// standard error of that gain; otherwise it is refused, and nothing is taken off when all are.
///
/// Readings are weighted by the inverse variance of their pair and by Tukey's biweight: about the pair's median where forms are
/// judged, about their own model where their lengths are found, so that slopes of much bias do not pass for outliers.
/// O(pairs × stable pixels).
///
/// Source: ours, after the physics in `IlluminationTerm`; leaving parts out in turn: Stone 1974; jackknife over them: Efron 1982.
/// Checked by: `IlluminationStudyTests`.
public struct IlluminationStudy: Sendable {
  /// A form beside the simpler one that was best before it.
  public struct Trial: Sendable {
    public let form: IlluminationForm
    /// Root of the weighted mean square of held-out readings about shift and model, m; without it and with it.
    public let before, after: Double
    /// Mean gain of squared residuals over its standard error; NaN where the ground cannot tell.
    public let certainty: Double
    public let isAccepted: Bool
    public let model: IlluminationModel
  }

  /// Pairs' shifts as a multiple of the change of the sun's shadow vector.
  public struct Uniform: Sendable {
    /// m, and its standard deviation.
    public let length, sigma: Double
    /// Root mean square of held-out shifts without and with it, m.
    public let before, after: Double
    public let certainty: Double
    public let isAccepted: Bool
  }

  public let trials: [Trial]
  /// The last form that held, or nothing.
  public let model: IlluminationModel
  /// Nil with too few shifts to tell.
  public let uniform: Uniform?
  /// Median shift of each pair, m, with the model taken off; NaN where the pair was not seen.
  public let shifts: [SIMD2<Double>]
  /// Half the yearly swing of what stable ground seems to move by, m/yr, RMS over its pixels and both directions: without the
  /// model, with one learnt elsewhere, and what noise alone would leave.
  public let season: (before: Double, after: Double, noise: Double)
  public let pixels: Int
  /// Pairs that were seen on stable ground under known suns.
  public let pairs: Int

  /// Standard errors that a gain has to exceed.
  static let certaintyNeeded = 2.0
  /// Share of the stable ground that is no steeper than `IlluminationModel.steepest`.
  static let steepShare = 0.99

  /// - Parameters:
  ///   - samples: readings on stable ground; unknown slopes leave the form `none`.
  ///   - times: of the same pairs.
  ///   - suns: one for each of `times.dates`; nil where unknown.
  public init(_ samples: StillGround, _ times: PairTimes, suns: [ShadowVector?]) {
    precondition(samples.pairs == times.count && suns.count == times.dates.count, "pairs and dates belong together")
    let weights = [samples.weights(0), samples.weights(1)]
    let steepness = samples.rises.map(\.steepness).filter(\.isFinite)
    let steepest = steepness.isEmpty ? 0 : quantiles(steepness, at: [Self.steepShare])[0]
    let changes = IlluminationChanges(times, suns, samples.rises, steepest: steepest)
    let moments = IlluminationMoments(samples, weights, changes: changes)
    var best = Fitted(moments), trials: [Trial] = []
    for form in IlluminationForm.allCases where form != .none && !steepness.isEmpty {
      guard let own = Fitted(form, moments, samples, changes, steepest: steepest) else { continue }
      let trial = Self.trial(own, against: best, moments)
      trials.append(trial)
      if trial.isAccepted { best = own }
    }
    self.trials = trials
    model = best.model
    let model = best.model
    let fitted = best
    shifts = (0..<samples.pairs).map { pair in
      let ofModel = SIMD2(fitted.moments.shift(pair, 0, model), fitted.moments.shift(pair, 1, model))
      // Without a model the median is the shift; with one, pairs under unknown suns keep theirs.
      guard model.form != .none, ofModel.x.isFinite, ofModel.y.isFinite else {
        return SIMD2(weights[0].medians[pair], weights[1].medians[pair])
      }
      return ofModel
    }
    pixels = samples.pixels
    pairs = (0..<samples.pairs).filter { changes.isKnown($0) && weights[0].scatters[$0].isFinite }.count
    uniform = Uniform(shifts, times, suns)
    season = FeignedSeason(samples, weights, times, changes, fitted, shifts).rootMeanSquares
  }

  private static func trial(_ own: Fitted, against best: Fitted, _ moments: IlluminationMoments) -> Trial {
    var gains: [Double] = [], weights: [Double] = [], before = 0.0, after = 0.0
    for fold in moments.folds {
      guard let mine = own.folds[fold] else { continue }
      let old = moments.heldOut(best.model.form, fold: fold, best.folds[fold] ?? [])
      let new = moments.heldOut(own.model.form, fold: fold, mine)
      guard old.weight > 0 else { continue }
      gains.append(old.squares - new.squares)
      weights.append(old.weight)
      before += old.squares
      after += new.squares
    }
    let weight = weights.reduce(0, +), certainty = Certainty(gains).value
    return Trial(
      form: own.model.form, before: (before / weight).squareRoot(), after: (after / weight).squareRoot(),
      certainty: certainty, isAccepted: certainty > certaintyNeeded, model: own.model)
  }

  /// A model and, for each fold, the lengths that the others give.
  struct Fitted {
    let model: IlluminationModel
    /// About the model.
    let moments: IlluminationMoments
    let folds: [Int: [Double]]

    /// Nothing.
    init(_ moments: IlluminationMoments) { (model, folds, self.moments) = (.nothing, [:], moments) }

    /// Times that the readings are weighted anew about what the lengths leave.
    private static let rounds = 3

    init?(
      _ form: IlluminationForm, _ start: IlluminationMoments, _ ground: StillGround, _ changes: IlluminationChanges,
      steepest: Double
    ) {
      guard var all = start.coefficients(form) else { return nil }
      var moments = start
      for _ in 0..<Self.rounds {
        let feigned = changes.feigned(form, all, pairs: ground.pairs)
        moments = IlluminationMoments(
          ground, [ground.weights(0, less: feigned.east), ground.weights(1, less: feigned.north)], changes: changes)
        guard let next = moments.coefficients(form) else { return nil }
        all = next
      }
      var folds: [Int: [Double]] = [:]
      for fold in moments.folds {
        guard let own = moments.coefficients(form, without: fold) else { return nil }
        folds[fold] = own
      }
      let sets = folds.keys.sorted().map { folds[$0]! }, count = Double(sets.count)
      guard count > 1 else { return nil }
      let mean = all.indices.map { term in sets.reduce(0) { $0 + $1[term] } / count }
      let covariance = all.indices.map { a in
        all.indices.map { b in
          (count - 1) / count * sets.reduce(0) { $0 + ($1[a] - mean[a]) * ($1[b] - mean[b]) }
        }
      }
      model = IlluminationModel(form: form, coefficients: all, covariance: covariance, steepest: steepest)
      self.folds = folds
      self.moments = moments
    }
  }
}

/// Mean of gains over its standard error.
struct Certainty {
  let value: Double

  /// Fewer parts than this tell nothing.
  private static let fewest = 4

  init(_ gains: [Double]) {
    guard gains.count >= Self.fewest else {
      value = .nan
      return
    }
    let n = Double(gains.count), mean = gains.reduce(0, +) / n
    let variance = gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    value = variance > 0 ? mean / (variance / n).squareRoot() : mean > 0 ? .infinity : 0
  }
}
