// SPDX-License-Identifier: Apache-2.0
import Grids

/// Time from a day to a later one, days since 1970-01-01.
public struct DayInterval: Hashable, Sendable {
  public let from, to: Double

  public init(from: Double, to: Double) {
    precondition(to > from, "an interval has to last")
    self.from = from
    self.to = to
  }

  public var years: Double { (to - from) / daysPerYear }
}

/// A number that an inversion gives for every pixel. A component is a direction of motion, in the order of the data.
public enum MotionLayer: Hashable, Sendable {
  /// Since the first date, at one of the days, m.
  case displacement(component: Int, day: Int)
  case displacementSigma(component: Int, day: Int)
  /// Mean over one of the intervals, m/yr.
  case velocity(component: Int, interval: Int)
  case velocitySigma(component: Int, interval: Int)
  /// Part of a season's velocity, m/yr: factor of the cosine (`part` 0) and of the sine (1) of the harmonic's angle, which is
  /// 0 on 1970-01-01 and goes round in a year of 365.25 days, or in its fraction. What the data alone say of it, beside a
  /// walk as strong as it was found: the series itself holds less of a season that is not plain.
  case season(component: Int, harmonic: Int, part: Int)
  case seasonSigma(component: Int, harmonic: Int, part: Int)
  /// Scatter of the good pairs over what is stated; where nothing is stated, m.
  case noise(component: Int)
  /// What a year of random walk changes the velocity by, one sigma, m/yr; single seasons may walk more or less than that.
  case walk(component: Int)
  /// RMS of the pairs about the model, weighted by the probability that they are right, m.
  case misclosure(component: Int)
  /// Pairs that are there.
  case count
  /// Estimated share of pairs that are wrong, 0 to 1, and their standard deviation, m.
  case wrongShare
  case wrongSigma
  /// Groups of dates that the pixel's pairs connect; what a model without a motion of its own says of all but the first is
  /// missing, or a guess.
  case parts
  /// Probability that a pair is right, 0 to 1, and what it measured less what the series says, m.
  case trust(pair: Int)
  case residual(component: Int, pair: Int)
}

/// The motion of some pixels over time, with its uncertainty; NaN where no series could be found.
public struct MotionSeries: Sendable {
  /// What layers there are.
  public struct Shape: Hashable, Sendable {
    public let pixels: Int
    public let components: Int
    public let days: [Double]
    public let intervals: [DayInterval]
    public let harmonics: Int
    /// Pairs whose trust and residuals are kept; 0 when that was not asked for.
    public let pairs: Int
  }

  public let shape: Shape
  /// Layer after layer.
  var cells: [Float]

  /// - Parameter fill: gives every cell a value; memory is then touched once, which is most of what plain least squares costs.
  init(_ shape: Shape, fill: (SharedBuffer<Float>) -> Void) {
    self.shape = shape
    let size = shape.layerCount * shape.pixels
    cells = Array(unsafeUninitializedCapacity: size) { buffer, count in
      if let base = buffer.baseAddress {
        useLargePages(base, count: size)
        fill(SharedBuffer(base))
      }
      count = size
    }
  }

  /// The pixels of a layer, in their order.
  public subscript(_ layer: MotionLayer) -> ArraySlice<Float> {
    let place = shape.place(of: layer) * shape.pixels
    return cells[place..<place + shape.pixels]
  }

  /// Makes a direction's motion missing at a pixel; its misclosure stays and says why.
  mutating func erase(_ pixel: Int, component: Int) {
    let days = shape.days.indices, intervals = shape.intervals.indices
    let layers =
      days.flatMap {
        [MotionLayer.displacement(component: component, day: $0), .displacementSigma(component: component, day: $0)]
      }
      + intervals.flatMap {
        [.velocity(component: component, interval: $0), .velocitySigma(component: component, interval: $0)]
      }
    for layer in layers { cells[shape.place(of: layer) * shape.pixels + pixel] = .nan }
  }
}

extension MotionSeries.Shape {
  private var layersPerComponent: Int { 2 * (days.count + intervals.count + 2 * harmonics) + 3 }
  var layerCount: Int { components * layersPerComponent + 4 + (1 + components) * pairs }

  /// Number of a layer among those that are kept.
  func place(of layer: MotionLayer) -> Int {
    let own = layersPerComponent, shared = components * own
    let velocities = 2 * days.count, seasons = velocities + 2 * intervals.count, rest = seasons + 4 * harmonics
    switch layer {
    case .displacement(let c, let day): return c * own + day
    case .displacementSigma(let c, let day): return c * own + days.count + day
    case .velocity(let c, let interval): return c * own + velocities + interval
    case .velocitySigma(let c, let interval): return c * own + velocities + intervals.count + interval
    case .season(let c, let harmonic, let part): return c * own + seasons + 4 * harmonic + part
    case .seasonSigma(let c, let harmonic, let part): return c * own + seasons + 4 * harmonic + 2 + part
    case .noise(let c): return c * own + rest
    case .walk(let c): return c * own + rest + 1
    case .misclosure(let c): return c * own + rest + 2
    case .count: return shared
    case .wrongShare: return shared + 1
    case .wrongSigma: return shared + 2
    case .parts: return shared + 3
    case .trust(let pair): return shared + 4 + pair
    case .residual(let c, let pair): return shared + 4 + (1 + c) * pairs + pair
    }
  }
}
