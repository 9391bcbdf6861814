// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The season that ground seems to have though it stands still.
///
/// A line and a sine of the year are fitted to the pairs of each stable pixel and direction, once as they are and once less
/// the model that was learnt without the pixel's part of the scene.
struct FeignedSeason {
  /// m/yr.
  let rootMeanSquares: (before: Double, after: Double, noise: Double)

  /// Most pixels that are fitted.
  private static let most = 2000

  init(
    _ samples: StillGround, _ weights: [StillGround.Weights], _ times: PairTimes, _ changes: IlluminationChanges,
    _ fitted: IlluminationStudy.Fitted, _ shifts: [SIMD2<Double>]
  ) {
    let basis = (0..<times.count).map { Self.row(times.earlier[$0], times.later[$0]) }
    var sums = (before: 0.0, after: 0.0, noise: 0.0), count = 0.0
    let step = max(1, samples.pixels / Self.most)
    for pixel in stride(from: 0, to: samples.pixels, by: step) {
      let lengths = fitted.model.form.spread(fitted.folds[samples.blocks[pixel]] ?? [])
      for component in 0..<2 {
        var rows: [Int] = [], before: [Double] = [], after: [Double] = [], sigmas: [Double] = []
        for pair in 0..<samples.pairs {
          let weight = Double(weights[component].cells[pair * samples.pixels + pixel])
          guard weight > 0, changes.isKnown(pair) else { continue }
          let value = Double(samples.values(component)[pair * samples.pixels + pixel])
          let vectors = changes.terms(pair, pixel)
          let model = (lengths * (component == 0 ? vectors.east : vectors.north)).sum()
          rows.append(pair)
          before.append(value - weights[component].medians[pair])
          after.append(value - model - shifts[pair][component])
          sigmas.append(1 / weight.squareRoot())
        }
        let columns = (0..<3).map { column in rows.map { basis[$0][column] } }
        guard rows.count > 8, let old = WeightedFit(columns, values: before, sigmas: sigmas),
          let new = WeightedFit(columns, values: after, sigmas: sigmas)
        else { continue }
        func power(_ fit: WeightedFit) -> Double {
          fit.coefficients[1] * fit.coefficients[1] + fit.coefficients[2] * fit.coefficients[2]
        }
        sums.before += power(old)
        sums.after += power(new)
        sums.noise += new.chiSquared / Double(new.freedom) * (new.covariance[1][1] + new.covariance[2][2])
        count += 1
      }
    }
    func root(_ sum: Double) -> Double { count > 0 ? 2 * .pi * (sum / count).squareRoot() : .nan }
    rootMeanSquares = (root(sums.before), root(sums.after), root(sums.noise))
  }

  /// What a pair sees of a steady motion and of the two parts of a yearly one.
  private static func row(_ from: Double, _ to: Double) -> [Double] {
    let turn = 2 * Double.pi / daysPerYear
    return [(to - from) / daysPerYear, cos(turn * to) - cos(turn * from), sin(turn * to) - sin(turn * from)]
  }
}
