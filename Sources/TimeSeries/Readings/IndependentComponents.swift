// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What a cube of displacement series is made of: patterns in space, each with its course in time.
///
/// Centred, whitened to a few eigenvectors, rotated to independence from ten random starts; the most independent result
/// counts. Every start first sees a sample of the data drawn with repetition; each component's stability says whether the
/// samples have it too, which components of noise don't. Pixels that miss a date are left out.
/// O(pixels × dates² + dates³ + starts × iterations × samples × components²).
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
    /// One for each pixel; NaN for those left out. Variance 1 in spatial mode, else in the unit of the data.
    public let map: [Float]
    /// One for each date. Variance 1 in temporal mode, else in the unit of the data. Map times course is the component.
    public let course: [Double]
    /// Of the variance of the centred data, 0 to 1.
    public let share: Double
    /// Mean of the best |correlation| with the components of the other starts' samples: 1 where all have it.
    public let stability: Double
  }

  /// By falling share. The independent side of each leans to positive values (positive third moment).
  public let components: [Component]
  /// Pixels that were used.
  public let pixelCount: Int
  /// Share of the variance that all components hold together.
  public var share: Double { components.reduce(0) { $0 + $1.share } }
  /// Starts that converged.
  public let convergedStarts: Int

  /// - Parameters:
  ///   - displacements: date after date, all pixels of each.
  ///   - generator: of the random starts; the same generator gives the same result.
  /// - Returns: nil where fewer pixels or dates than components + 1 are complete, or the data have fewer dimensions.
  public init?(
    _ displacements: [Float], pixels: Int, dates: Int, parameters: Parameters = Parameters(),
    using generator: inout some RandomNumberGenerator
  ) {
    precondition(displacements.count == pixels * dates, "a cube has pixels × dates displacements")
    let k = parameters.components, isSpatial = parameters.mode == .spatial
    precondition((1...10).contains(k) && parameters.starts > 0, "one to ten components, from at least one start")
    let used = (0..<pixels).filter { pixel in (0..<dates).allSatisfy { displacements[$0 * pixels + pixel].isFinite } }
    guard used.count > k, dates > k else { return nil }
    var rows = (0..<dates).map { date in used.map { Double(displacements[date * pixels + $0]) } }
    isSpatial ? Self.centre(&rows) : Self.centreColumns(&rows)
    guard let reduced = Reduced(rows, k) else { return nil }
    let samples = Double(isSpatial ? used.count : dates).squareRoot()
    let ica = FixedPointICA(whitened: (isSpatial ? reduced.maps : reduced.courses).map { $0.map { $0 * samples } })
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
      let source = solutions[best].sources[index]
      let sign: Double = source.reduce(0) { $0 + $1 * $1 * $1 } < 0 ? -1 : 1
      let other = reduced.mixed(solutions[best].rotation[index], isSpatial: isSpatial).map { sign * $0 / samples }
      var map = Array(repeating: Float.nan, count: pixels)
      for (pixel, value) in zip(used, isSpatial ? source.map { sign * $0 } : other) { map[pixel] = Float(value) }
      return Component(
        map: map, course: isSpatial ? other : source.map { sign * $0 },
        share: dot(other, other) * samples * samples / reduced.variance,
        stability: Self.stability(source, sampled.indices.filter { $0 != best }.map { sampled[$0] }))
    }.sorted { $0.share > $1.share }
    pixelCount = used.count
    convergedStarts = solutions.filter(\.hasConverged).count
  }

  private static func stability(_ source: [Double], _ others: [[[Double]]]) -> Double {
    guard !others.isEmpty else { return .nan }
    let count = Double(source.count)
    let best = others.map { sources in sources.map { abs(dot($0, source)) / count }.max() ?? 0 }
    return min(1, best.reduce(0, +) / Double(others.count))
  }

  private static func centre(_ rows: inout [[Double]]) {
    for index in rows.indices {
      let mean = rows[index].reduce(0, +) / Double(rows[index].count)
      rows[index] = rows[index].map { $0 - mean }
    }
  }

  private static func centreColumns(_ rows: inout [[Double]]) {
    var mean = Array(repeating: 0.0, count: rows[0].count)
    for row in rows { subtract(row, -1 / Double(rows.count), from: &mean) }
    for index in rows.indices { subtract(mean, 1, from: &rows[index]) }
  }

  private static func normal(using generator: inout some RandomNumberGenerator) -> Double {
    let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &generator))).squareRoot()
    return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &generator))
  }
}

/// The strongest directions of the data, dates × pixels.
private struct Reduced {
  /// k × dates and k × pixels, each of length 1; strengths are the singular values.
  let courses, maps: [[Double]]
  let strengths: [Double]
  /// Sum of all squares.
  let variance: Double

  init?(_ rows: [[Double]], _ k: Int) {
    var gram = Array(repeating: 0.0, count: rows.count * rows.count)
    for i in rows.indices {
      for j in 0...i {
        let product = dot(rows[i], rows[j])
        gram[i * rows.count + j] = product
        gram[j * rows.count + i] = product
      }
    }
    let eigen = SymmetricEigen(gram, side: rows.count)
    variance = eigen.values.reduce(0, +)
    guard variance > 0, eigen.values[k - 1] > 1e-12 * eigen.values[0] else { return nil }
    let strengths = eigen.values.prefix(k).map { $0.squareRoot() }
    self.strengths = strengths
    courses = Array(eigen.vectors.prefix(k))
    maps = zip(eigen.vectors, strengths).map { course, strength in
      var map = Array(repeating: 0.0, count: rows[0].count)
      for (row, factor) in zip(rows, course) { subtract(row, -factor / strength, from: &map) }
      return map
    }
  }

  /// The side that is not made independent, for a direction of the whitened space.
  func mixed(_ direction: [Double], isSpatial: Bool) -> [Double] {
    let sides = isSpatial ? courses : maps
    var out = Array(repeating: 0.0, count: sides[0].count)
    for (index, side) in sides.enumerated() { subtract(side, -direction[index] * strengths[index], from: &out) }
    return out
  }
}
