// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What a cube of displacement series is made of: patterns in space, each with its course in time.
///
/// Centred, whitened to a few eigenvectors, rotated to independence from ten random starts; the most independent result
/// counts. Every start first sees a sample of the data drawn with repetition; each component's stability says whether the
/// samples have it too, which components of noise don't. Pixels that miss a date are left out.
///
/// The eigenvectors follow from the moments of all pixels, the rotation from a sample of them, the maps, part by part, from a
/// filter over the dates: a cube of any size takes the memory of the sample. Several directions of motion count as more
/// pixels that share the courses. O(pixels × dates² + dates³ + starts × iterations × samples × components²).
///
/// Source: Hyvärinen & Oja 2000, Neural Networks 13, 411; restarts after Himberg et al. 2004, NeuroImage 22, 1214 (Icasso), with the
/// mean best correlation in place of clusters. Checked by: `IndependentComponentsTests`.
public struct IndependentComponents: Sendable {
  public enum Mode: String, Hashable, Sendable {
    /// The maps are independent of each other; each date has its mean over the pixels taken out.
    case spatial
    /// The courses in time are; each pixel has its mean over the dates taken out.
    case temporal
  }

  public struct Parameters: Hashable, Sendable {
    /// At most ten.
    public var components = 3
    public var mode = Mode.spatial
    public var starts = 10
    public var iterations = 1000
    public var tolerance = 1e-8

    public init() {}
  }

  public struct Component: Sendable {
    /// One for each date. Variance 1 in temporal mode, else in the unit of the data. Map times course is the component.
    public let course: [Double]
    /// What the dates of a pixel count for in its value on the map.
    let filter: [Double]
    /// Of the variance of the centred data, 0 to 1.
    public let share: Double
    /// Mean of the best |correlation| with the components of the other starts' samples: 1 where all have it.
    public let stability: Double
  }

  /// By falling share. The independent side of each leans to positive values (positive third moment).
  public let components: [Component]
  /// Pixels that were used, those of all directions.
  public let pixelCount: Int
  /// Share of the variance that all components hold together.
  public var share: Double { components.reduce(0) { $0 + $1.share } }
  /// Starts that converged.
  public let convergedStarts: Int
  /// What was taken out of all pixels of each direction before, one for each date: their mean in spatial mode, 0 in the other.
  public let means: [[Double]]

  /// - Parameters:
  ///   - displacements: date after date, all pixels of each.
  ///   - generator: of the random starts; the same generator gives the same result.
  /// - Returns: nil where fewer pixels or dates than components + 1 are complete, or the data have fewer dimensions.
  public init?(
    _ displacements: [Float], pixels: Int, dates: Int, parameters: Parameters = Parameters(),
    using generator: inout some RandomNumberGenerator
  ) {
    var moments = SeriesMoments(dates: dates, mode: parameters.mode)
    moments.add(displacements, pixels: pixels)
    self.init([moments], samples: [displacements], parameters: parameters, using: &generator)
  }

  /// - Parameters:
  ///   - moments: of each direction of motion, over all pixels.
  ///   - samples: some pixels of each direction, date after date.
  public init?(
    _ moments: [SeriesMoments], samples: [[Float]], parameters: Parameters = Parameters(),
    using generator: inout some RandomNumberGenerator
  ) {
    let k = parameters.components, isSpatial = parameters.mode == .spatial
    precondition((1...10).contains(k) && parameters.starts > 0, "one to ten components, from at least one start")
    precondition(!moments.isEmpty && moments.count == samples.count, "each direction has moments and a sample")
    let count = moments.reduce(0) { $0 + $1.count }, dates = moments[0].dates
    let directions = moments.map { Direction($0) }
    guard count > k, dates > k, let reduced = Reduced(moments, k) else { return nil }
    // Independent are the pixels of the sample, or the dates.
    let scale = Double(isSpatial ? count : dates).squareRoot()
    var whitened = reduced.courses.map { $0.map { $0 * scale } }
    if isSpatial {
      let filters = zip(reduced.courses, reduced.strengths).map { course, strength in
        course.map { $0 * scale / strength }
      }
      let maps = zip(directions, samples).map { $0.maps($1, filters) }
      whitened = (0..<k).map { index in maps.flatMap { $0[index] }.filter(\.isFinite).map(Double.init) }
      guard whitened[0].count > k else { return nil }
    }
    let ica = FixedPointICA(whitened: whitened)
    var solutions: [FixedPointICA.Solution] = [], sampled: [[[Double]]] = []
    for _ in 0..<parameters.starts {
      let sample = ica.resampled(using: &generator).solve(
        startingAt: (0..<k).map { _ in (0..<k).map { _ in Self.normal(using: &generator) } },
        iterations: parameters.iterations, tolerance: parameters.tolerance)
      sampled.append(sample.rotation.map(ica.source))
      solutions.append(
        ica.solve(
          startingAt: sample.rotation, iterations: parameters.iterations, tolerance: parameters.tolerance))
    }
    let best = solutions.indices.max { solutions[$0].independence < solutions[$1].independence }!
    components = (0..<k).map { index in
      let source = solutions[best].sources[index], rotation = solutions[best].rotation[index]
      let sign: Double = source.reduce(0) { $0 + $1 * $1 * $1 } < 0 ? -1 : 1
      return Component(
        course: isSpatial ? reduced.mixed(rotation) { $0 * sign / scale } : source.map { sign * $0 },
        filter: reduced.mixed(rotation) { isSpatial ? sign * scale / $0 : sign / scale },
        share: zip(rotation, reduced.strengths).reduce(0) { $0 + pow($1.0 * $1.1, 2) } / reduced.variance,
        stability: Self.stability(source, sampled.indices.filter { $0 != best }.map { sampled[$0] }))
    }.sorted { $0.share > $1.share }
    pixelCount = count
    convergedStarts = solutions.filter(\.hasConverged).count
    means = directions.map(\.centre)
  }

  /// The maps of all components over some pixels of a direction, one value for each pixel: variance 1 over all pixels in
  /// spatial mode, else in the unit of the data; NaN where a date is missing.
  public func maps(_ displacements: [Float], direction: Int = 0) -> [[Float]] {
    Direction(centre: means[direction]).maps(displacements, components.map(\.filter))
  }

  private static func stability(_ source: [Double], _ others: [[[Double]]]) -> Double {
    guard !others.isEmpty else { return .nan }
    let count = Double(source.count)
    let best = others.map { sources in sources.map { abs(dot($0, source)) / count }.max() ?? 0 }
    return min(1, best.reduce(0, +) / Double(others.count))
  }

  private static func normal(using generator: inout some RandomNumberGenerator) -> Double {
    let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &generator))).squareRoot()
    return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &generator))
  }
}

/// One direction of motion: what is taken out of its series before they are weighed.
private struct Direction {
  let centre: [Double]

  init(centre: [Double]) { self.centre = centre }
  init(_ moments: SeriesMoments) { centre = moments.centre }

  /// What each filter makes of each pixel; NaN where a date is missing.
  func maps(_ displacements: [Float], _ filters: [[Double]]) -> [[Float]] {
    let dates = centre.count, pixels = displacements.count / max(1, dates)
    precondition(displacements.count == pixels * dates, "a cube has pixels × dates displacements")
    var out = filters.map { _ in Array(repeating: Float.nan, count: pixels) }
    var series = Array(repeating: 0.0, count: dates)
    for pixel in 0..<pixels where SeriesMoments.gather(displacements, pixel, pixels, &series) {
      subtract(centre, 1, from: &series)
      for (index, filter) in filters.enumerated() { out[index][pixel] = Float(dot(filter, series)) }
    }
    return out
  }
}

/// The strongest directions of the data.
private struct Reduced {
  /// k × dates, each of length 1, and what they are multiplied by in the data (singular values).
  let courses: [[Double]]
  let strengths: [Double]
  /// Sum of all squares.
  let variance: Double

  init?(_ moments: [SeriesMoments], _ k: Int) {
    var spread = moments[0].spread
    for other in moments.dropFirst() {
      for (index, value) in other.spread.enumerated() { spread[index] += value }
    }
    let eigen = SymmetricEigen(spread, side: moments[0].dates)
    variance = eigen.values.reduce(0, +)
    guard variance > 0, eigen.values[k - 1] > 1e-12 * eigen.values[0] else { return nil }
    strengths = eigen.values.prefix(k).map { $0.squareRoot() }
    courses = Array(eigen.vectors.prefix(k))
  }

  /// The courses mixed by a direction of the whitened space, each times a factor of its strength.
  func mixed(_ rotation: [Double], _ factor: (Double) -> Double) -> [Double] {
    var out = Array(repeating: 0.0, count: courses[0].count)
    for (index, course) in courses.enumerated() {
      subtract(course, -rotation[index] * factor(strengths[index]), from: &out)
    }
    return out
  }
}
