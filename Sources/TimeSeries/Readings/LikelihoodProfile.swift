// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How well a model fits for each value of the one quantity that does not enter it linearly, all else being its best.
struct LikelihoodProfile {
  /// Rising.
  let places: [Double]
  /// Chi-squared of the best fit at each place; infinite where there is none.
  let chiSquared: [Double]

  /// One more term beside those of a fit, whose course depends on the place.
  ///
  /// - Returns: the profile, and the length of the curve that the term draws among the directions that the fit leaves, radians.
  static func search(
    _ places: [Double], beside fit: WeightedFit, sigmas: [Double]?, term: (Double) -> [Double]
  ) -> (profile: LikelihoodProfile, pathLength: Double) {
    var chiSquared: [Double] = [], path = 0.0
    var previous: [Double]?
    for place in places {
      guard let direction = fit.direction(of: term(place), sigmas: sigmas) else {
        chiSquared.append(.infinity)
        continue
      }
      // What the term takes off a fit that it is at right angles to.
      let share = dot(direction, fit.residuals)
      chiSquared.append(fit.chiSquared - share * share)
      if let previous { path += TailProbability.angle(previous, direction) }
      previous = direction
    }
    return (LikelihoodProfile(places: places, chiSquared: chiSquared), path)
  }

  /// Place in the list of the best fit.
  var best: Int { chiSquared.indices.min { chiSquared[$0] < chiSquared[$1] } ?? 0 }

  /// The best place, by a parabola through the best fit and its neighbours.
  var bestPlace: Double {
    let i = best
    guard i > 0, i < places.count - 1, chiSquared[i - 1].isFinite, chiSquared[i + 1].isFinite else {
      return places[i]
    }
    let left = places[i - 1] - places[i], right = places[i + 1] - places[i]
    let rise = (chiSquared[i - 1] - chiSquared[i], chiSquared[i + 1] - chiSquared[i])
    let curvature = (rise.0 / left - rise.1 / right) / (left - right)
    guard curvature > 0 else { return places[i] }
    let vertex = -(rise.0 / left - curvature * left) / (2 * curvature)
    return places[i] + min(max(vertex, left / 2), right / 2)
  }

  /// From the first to the last place whose chi-squared is at most this much above the best; nil where that is an end of
  /// the list, so that the data set no bound.
  ///
  /// Source: Wilks 1938: twice the logarithm of the likelihood ratio of one quantity follows chi-squared of one degree.
  func interval(within rise: Double) -> (from: Double?, to: Double?) {
    let limit = chiSquared[best] + rise
    let inside = chiSquared.indices.filter { chiSquared[$0] <= limit }
    guard let first = inside.first, let last = inside.last else { return (nil, nil) }
    func crossing(_ inner: Int, _ outer: Int) -> Double {
      guard chiSquared[outer].isFinite, chiSquared[outer] > chiSquared[inner] else { return places[inner] }
      let share = (limit - chiSquared[inner]) / (chiSquared[outer] - chiSquared[inner])
      return places[inner] + share * (places[outer] - places[inner])
    }
    return (
      first == 0 ? nil : crossing(first, first - 1), last == places.count - 1 ? nil : crossing(last, last + 1)
    )
  }

  /// Rise of chi-squared that one quantity's interval of this probability ends at, with variances scaled as told.
  static func rise(probability: Double, _ scale: ErrorScale) -> Double {
    let t = TailProbability.student(exceededWith: 1 - probability, freedom: scale.freedom)
    return t * t * scale.factor
  }
}

/// How far each of several models is supported by the data, all together 1.
enum AkaikeWeights {
  /// - Parameter models: chi-squared and number of unknowns of each; an infinite chi-squared has weight 0.
  ///
  /// Source: Akaike 1978; small samples after Hurvich & Tsai 1989, Biometrika 76, 297.
  static func of(_ models: [(chiSquared: Double, unknowns: Int)], count: Int, scale: ErrorScale) -> [Double] {
    let criteria = models.map { model in
      let k = Double(model.unknowns), rest = Double(count) - k - 1
      return model.chiSquared / scale.factor + 2 * k + (rest > 0 ? 2 * k * (k + 1) / rest : .infinity)
    }
    guard let least = criteria.min(), least.isFinite else { return models.map { _ in .nan } }
    let raw = criteria.map { exp(-($0 - least) / 2) }
    let total = raw.reduce(0, +)
    return raw.map { $0 / total }
  }
}
