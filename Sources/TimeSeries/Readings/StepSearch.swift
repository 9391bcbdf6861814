// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The search for one more step in a series, and for how long it took.
struct StepSearch {
  let series: DatedSeries
  /// Columns of trend and season.
  let terms: [[Double]]

  /// From 0 at one date to 1 at a later one, along a straight line.
  struct Rise: Hashable {
    /// Places of these dates.
    let first, last: Int

    var isStep: Bool { last == first + 1 }

    /// Whether another lies within this one, or no further from it than it is long.
    func isBeside(_ other: Rise) -> Bool {
      let length = last - first
      return other.last > first - length && other.first < last + length
    }
  }

  init(_ series: DatedSeries, hasSeason: Bool) {
    self.series = series
    let first = series.days.first ?? 0
    let years = series.days.map { ($0 - first) / daysPerYear }
    let season = hasSeason ? [years.map { cos(2 * .pi * $0) }, years.map { sin(2 * .pi * $0) }] : []
    terms = [years.map { _ in 1 }, years] + season
  }

  private func column(_ rise: Rise) -> [Double] {
    let from = series.days[rise.first], to = series.days[rise.last]
    return series.days.map { min(1, max(0, ($0 - from) / (to - from))) }
  }

  func fit(_ rises: [Rise]) -> WeightedFit? {
    WeightedFit(terms + rises.map(column), values: series.values, sigmas: series.sigmas)
  }

  /// One after another, each with the chance of a step there.
  func rises(_ parameters: StepDetection.Parameters, allowsPhases: Bool) -> [(rise: Rise, chance: Double)] {
    var out: [(rise: Rise, chance: Double)] = []
    while out.count < parameters.mostSteps, series.count > terms.count + out.count + 4,
      let found = best(beside: out.map(\.rise), falseAlarms: parameters.falseAlarms)
    {
      let step = Rise(first: found.place, last: found.place + 1), known = out.map(\.rise)
      let rise = allowsPhases ? widened(found.place, beside: known, lostSteps: parameters.lostSteps) : step
      out.append((rise, found.chance))
    }
    return out
  }

  /// Which of two lists of rises has more support: 0 or 1; nil where neither can be fitted.
  ///
  /// Source: Schwarz 1978, Annals of Statistics 6, 461; a step has two unknowns, a longer rise three.
  func better(_ first: [Rise], _ second: [Rise]) -> Int? {
    if first == second { return fit(first) == nil ? nil : 0 }
    let fits = [first, second].map(fit)
    guard let one = fits[0] else { return fits[1] == nil ? nil : 1 }
    guard let other = fits[1] else { return 0 }
    let factor = [one, other].map { ErrorScale($0, isStated: series.sigmas != nil).factor }.min() ?? 1
    func criterion(_ fit: WeightedFit, _ rises: [Rise]) -> Double {
      let unknowns = rises.reduce(0) { $0 + ($1.isStep ? 2 : 3) }
      return fit.chiSquared / factor + Double(unknowns) * log(Double(series.count))
    }
    return criterion(one, first) <= criterion(other, second) ? 0 : 1
  }

  /// The step that helps most beside those that are known, with the chance of it; nil where chance would do as well.
  func best(beside known: [Rise], falseAlarms: Double) -> (place: Int, chance: Double)? {
    guard let base = fit(known) else { return nil }
    // No step gains more than all that is left, and enlarged sigmas only make it less.
    if series.sigmas != nil,
      TailProbability.ofStudent(base.chiSquared.squareRoot(), freedom: .infinity) > falseAlarms
    {
      return nil
    }
    var best: (place: Int, gain: Double)?, path = 0.0, count = 0
    var previous: [Double]?
    for place in 0..<series.count - 1 where !known.contains(Rise(first: place, last: place + 1)) {
      guard
        let direction = base.direction(of: column(Rise(first: place, last: place + 1)), sigmas: series.sigmas)
      else { continue }
      if let previous { path += TailProbability.angle(previous, direction) }
      previous = direction
      count += 1
      let share = dot(direction, base.residuals)
      if share * share > best?.gain ?? 0 { best = (place, share * share) }
    }
    guard let best, let with = fit(known + [Rise(first: best.place, last: best.place + 1)]) else { return nil }
    let scale = ErrorScale(with, isStated: series.sigmas != nil, extraTerms: 1)
    let chance = TailProbability.ofLargest(
      (best.gain / scale.factor).squareRoot(), freedom: scale.freedom, pathLength: path, places: count)
    return chance <= falseAlarms ? (best.place, chance) : nil
  }

  /// The step behind a date, or the rise over more dates around it that the series asks for instead.
  ///
  /// A step is the shortest rise: as its first and last date are found together, twice the logarithm of their likelihood
  /// ratio follows chi-squared of two degrees, whose tail is exp(−x / 2).
  func widened(_ place: Int, beside known: [Rise], lostSteps: Double) -> Rise {
    let step = Rise(first: place, last: place + 1)
    guard let base = fit(known), let stepGain = gain(of: step, beside: base) else { return step }
    var best = (rise: step, gain: stepGain)
    func attempt(_ first: Int, _ last: Int) {
      let rise = Rise(first: max(0, first), last: min(series.count - 1, last))
      guard rise.first <= place, rise.last > place, rise != best.rise, !known.contains(rise),
        let gain = gain(of: rise, beside: base), gain > best.gain
      else { return }
      best = (rise, gain)
    }
    for width in widths {
      // The step lies anywhere in the rise.
      for back in stride(from: 0, to: width, by: max(1, width / 6)) { attempt(place - back, place - back + width) }
    }
    var stride = max(1, (best.rise.last - best.rise.first) / 4)
    while stride > 0 {
      let before = best.rise
      for (first, last) in [(stride, 0), (-stride, 0), (0, stride), (0, -stride)] {
        if before.last + last > before.first + first { attempt(before.first + first, before.last + last) }
      }
      if best.rise == before { stride /= 2 }
    }
    guard !best.rise.isStep, let fit = fit(known + [best.rise]) else { return step }
    let scale = ErrorScale(fit, isStated: series.sigmas != nil, extraTerms: 2)
    return best.gain - stepGain > -2 * log(lostSteps) * scale.factor ? best.rise : step
  }

  /// Each rise anew beside the others: what the first of them seemed to be while the others were not known may change.
  func settled(_ rises: [Rise], lostSteps: Double) -> [Rise] {
    var out = rises
    for _ in 0..<2 where rises.count > 1 {
      for index in out.indices {
        let others = out.indices.filter { $0 != index }.map { out[$0] }
        guard let base = fit(others) else { continue }
        let steps = (out[index].first..<out[index].last).map { Rise(first: $0, last: $0 + 1) }
        let gains = steps.map { others.contains($0) ? 0 : gain(of: $0, beside: base) ?? 0 }
        guard let place = gains.indices.max(by: { gains[$0] < gains[$1] }) else { continue }
        out[index] = widened(steps[place].first, beside: others, lostSteps: lostSteps)
      }
    }
    return out
  }

  /// Steps of one sign in neighbouring intervals belong together: a jump is over within one. All else stands alone.
  ///
  /// - Parameters:
  ///   - order: places of the rises in the order of time.
  static func chains(_ order: [Int], _ rises: [Rise], sizes: [Double]) -> [[Int]] {
    var out: [[Int]] = []
    for index in order {
      if let last = out.last?.last, rises[last].isStep, rises[index].isStep,
        rises[last].last == rises[index].first, sizes[last] * sizes[index] > 0
      {
        out[out.count - 1].append(index)
      } else {
        out.append([index])
      }
    }
    return out
  }

  /// Dates on either side that say how a motion goes on beside a step.
  private static let reach = 8

  /// Whether a step is more than the curvature of the motion there: significant beside a cubic of the dates around it.
  func standsOut(_ step: Rise, among rises: [Rise], chance: Double) -> Bool {
    let from = max(0, step.last - Self.reach), to = min(series.count, step.last + Self.reach)
    let near = series.between(series.days[from], series.days[to - 1])
    let middle = series.days[step.last], span = max(near.span, 1)
    let cubic = (0...3).map { power in near.days.map { pow(($0 - middle) / span, Double(power)) } }
    let others = rises.filter { $0.isStep && $0 != step && $0.first >= from && $0.last < to }
    let jumps = ([step] + others).map { rise in near.days.map { $0 > series.days[rise.first] ? 1.0 : 0 } }
    // Too few dates to tell.
    guard let fit = WeightedFit(cubic + jumps, values: near.values, sigmas: near.sigmas), fit.freedom > 1 else {
      return true
    }
    let scale = ErrorScale(fit, isStated: series.sigmas != nil)
    let t = fit.coefficients[4] / (fit.sigma(4) * scale.factor.squareRoot())
    return TailProbability.ofStudent(t, freedom: scale.freedom) <= chance
  }

  /// Numbers of intervals that rises are tried over, up to the whole series.
  private var widths: [Int] {
    var out: [Int] = [], width = 2.0
    while Int(width) < series.count {
      out.append(Int(width))
      width = max(width + 1, width * 1.35)
    }
    return out
  }

  private func gain(of rise: Rise, beside base: WeightedFit) -> Double? {
    guard let direction = base.direction(of: column(rise), sigmas: series.sigmas) else { return nil }
    let share = dot(direction, base.residuals)
    return share * share
  }
}
