// SPDX-License-Identifier: Apache-2.0
import Grids

extension PixelFusion {
  /// Writes all layers of a point that has been gathered.
  ///
  /// - Parameters:
  ///   - model: what the errors of the whole raster are like.
  ///   - medians: room for the velocities of all pairs.
  ///   - put: takes a value of a layer.
  mutating func layers(
    model: ErrorModel, medians: UnsafeMutableBufferPointer<Float>, put: (FusedLayer, Double) -> Void
  ) {
    put(.count, Double(samples.count))
    if hasCorrelations { put(.qualityIndex, Double(aboveThreshold) / Double(network.pairs.count)) }
    guard samples.count >= parameters.minimumPairs else { return }
    let moments = moments(of: .velocity)
    let velocity = moments.mean, sigma = sigma(of: moments, model: model)
    put(.eastVelocity, velocity.x)
    put(.northVelocity, velocity.y)
    put(.speed, (velocity * velocity).sum().squareRoot())
    put(.eastSigma, sigma.x)
    put(.northSigma, sigma.y)
    put(.speedSigma, VectorLength.sigma(velocity.x, velocity.y, sigma.x, sigma.y))
    put(.eastMedian, median(medians, 0))
    put(.northMedian, median(medians, 1))
    means(about: velocity, put: put)
    if isEvent {
      let event = self.moments(of: .displacement)
      let sigma = self.sigma(of: event, model: model)
      put(.displacement, (event.mean * event.mean).sum().squareRoot())
      put(.eastDisplacementSigma, sigma.x)
      put(.northDisplacementSigma, sigma.y)
      put(.displacementSigma, VectorLength.sigma(event.mean.x, event.mean.y, sigma.x, sigma.y))
    }
  }

  /// The layers that are plain sums over the pairs.
  private func means(about velocity: Components, put: (FusedLayer, Double) -> Void) {
    var weights = Components.zero, squares = Components.zero, displacement = Components.zero
    var deviation = Components.zero, absolute = Components.zero, vectors = Components.zero, units = Components.zero
    var lengths = 0.0, speeds = 0.0, moving = 0.0
    for sample in samples {
      let v = sample.displacement / sample.pair.years, w = sample.weight
      let speed = (v * v).sum().squareRoot()
      weights += w
      squares += w * w
      displacement += w * sample.displacement
      deviation += w * (v - velocity) * (v - velocity)
      absolute += Components(abs(v.x), abs(v.y))
      lengths += speed * sample.pair.years
      vectors += v
      speeds += speed
      if speed > 0 {
        units += v / speed
        moving += 1
      }
    }
    let count = Double(samples.count)
    displacement /= weights
    put(.eastDisplacement, displacement.x)
    put(.northDisplacement, displacement.y)
    put(.meanDisplacement, lengths / count)
    put(.eastMeanAbsolute, absolute.x / count)
    put(.northMeanAbsolute, absolute.y / count)
    // Unbiased for independent pairs of equal spread; one pair alone has none.
    let freedom = weights - squares / weights
    if samples.count > 1 {
      put(.eastSpread, (deviation.x / freedom.x).squareRoot())
      put(.northSpread, (deviation.y / freedom.y).squareRoot())
    }
    if moving > 0 {
      put(.vectorCoherence, (vectors * vectors).sum().squareRoot() / speeds)
      put(.unitVectorCoherence, (units * units).sum().squareRoot() / moving)
    }
  }

  private func median(_ room: UnsafeMutableBufferPointer<Float>, _ component: Int) -> Double {
    for (place, sample) in samples.enumerated() {
      room[place] = Float(sample.displacement[component] / sample.pair.years)
    }
    return Double(medianInPlace(UnsafeMutableBufferPointer(rebasing: room[..<samples.count])))
  }

  // MARK: Sigma

  /// Standard deviation of the mean, m/yr or m; NaN where neither sigmas nor scatter tell it.
  func sigma(of moments: FusionMoments, model: ErrorModel) -> Components {
    // The variance before scaling is linear in the share: where that is not known, its largest value is at an end.
    var sigma = Components(repeating: .nan)
    for known in model.cases {
      let share = known.share
      let variance = (1 - share) * moments.ownVariance + share * moments.sceneVariance
      let expected = (1 - share) * moments.ownScatter + share * moments.sceneScatter
      let freedom =
        known.freedomScale * FusionMoments.freedom(couples: moments.couples, scenes: moments.scenes, share: share)
      for component in 0..<2 {
        let scale = scale(moments.scatter[component], expected[component], freedom, known)
        sigma[component] = larger(sigma[component], (variance[component] * scale).squareRoot())
      }
    }
    return sigma
  }

  /// The factor on the variance that the scatter asks for.
  ///
  /// Combined: the stated variances, times the factor of the whole raster, count as `sigmaTrust` deviations that are
  /// just as large as they should be (the mean of a scaled inverse chi-squared prior), so that few pairs can't make the
  /// sigma jump.
  private func scale(_ scatter: Double, _ expected: Double, _ freedom: Double, _ known: ErrorModel.Case) -> Double {
    // Below a thousandth of one deviation the scatter is rounding.
    let found = freedom > 0.01 && expected > 1e-3 ? scatter / expected : .nan
    switch parameters.sigmaSource {
    case .pairs: return hasSigmas ? 1 : .nan
    case .scatter: return found
    case .combined:
      guard let prior = hasSigmas ? known.statedFactor ?? 1 : known.unstatedFactor else { return found }
      guard !found.isNaN else { return prior }
      return (parameters.sigmaTrust * prior + freedom * found) / (parameters.sigmaTrust + freedom)
    case .larger: return hasSigmas ? larger(1, found) : found
    }
  }

  private func larger(_ a: Double, _ b: Double) -> Double { a.isNaN ? b : b.isNaN ? a : max(a, b) }
}
