// SPDX-License-Identifier: Apache-2.0

/// Weighted sums over the stable ground from which models, their shifts of pairs and their held-out residuals follow, for
/// every fold by itself: one pass over the readings serves all.
struct IlluminationMoments {
  /// Sums of one pair, fold and component: weights, readings, terms and their products.
  struct Sums {
    var weight = 0.0, reading = 0.0, square = 0.0
    var terms = SIMD4<Double>.zero, readings = SIMD4<Double>.zero
    /// Columns, each the products of a term with all.
    private var columns = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)

    mutating func add(_ weight: Double, _ reading: Double, _ own: SIMD4<Double>) {
      let part = weight * own
      self.weight += weight
      self.reading += weight * reading
      square += weight * reading * reading
      terms += part
      readings += reading * part
      columns.0 += own[0] * part
      columns.1 += own[1] * part
      columns.2 += own[2] * part
      columns.3 += own[3] * part
    }

    mutating func add(_ other: Sums, factor: Double) {
      weight += factor * other.weight
      reading += factor * other.reading
      square += factor * other.square
      terms += factor * other.terms
      readings += factor * other.readings
      columns.0 += factor * other.columns.0
      columns.1 += factor * other.columns.1
      columns.2 += factor * other.columns.2
      columns.3 += factor * other.columns.3
    }

    func product(_ a: Int, _ b: Int) -> Double {
      switch a {
      case 0: columns.0[b]
      case 1: columns.1[b]
      case 2: columns.2[b]
      default: columns.3[b]
      }
    }

    /// The shift that leaves the smallest residuals when a model is taken off.
    func shift(_ places: [Int], _ coefficients: [Double]) -> Double {
      var rest = reading
      for (index, place) in places.enumerated() { rest -= coefficients[index] * terms[place] }
      return rest / weight
    }

    /// Σ weight · (reading − shift − model)².
    func squares(_ places: [Int], _ coefficients: [Double], shift: Double) -> Double {
      var out = square - 2 * shift * reading + shift * shift * weight
      for (i, a) in places.enumerated() {
        out += coefficients[i] * (2 * shift * terms[a] - 2 * readings[a])
        for (j, b) in places.enumerated() { out += coefficients[i] * coefficients[j] * product(a, b) }
      }
      return out
    }
  }

  /// Pair after pair; folds within, components innermost.
  private let cells: [Sums]
  /// The same over all folds.
  private let totals: [Sums]
  private let pairs: Int
  private static let folds = StillGround.folds

  /// - Parameter terms: of all forms, in the order of `IlluminationTerm.allCases`.
  init(_ samples: StillGround, _ weights: [StillGround.Weights], changes: IlluminationChanges) {
    precondition(IlluminationTerm.allCases.count == SIMD4<Double>.scalarCount, "sums are of four terms")
    pairs = samples.pairs
    var cells = Array(repeating: Sums(), count: samples.pairs * Self.folds * 2)
    let values = [samples.east, samples.north]
    for pair in 0..<samples.pairs where changes.isKnown(pair) {
      for pixel in 0..<samples.pixels where samples.rises[pixel].steepness.isFinite {
        let vectors = changes.terms(pair, pixel)
        for component in 0..<2 {
          let place = pair * samples.pixels + pixel
          let weight = Double(weights[component].cells[place])
          guard weight > 0 else { continue }
          let cell = (pair * Self.folds + samples.blocks[pixel]) * 2 + component
          cells[cell].add(weight, Double(values[component][place]), component == 0 ? vectors.east : vectors.north)
        }
      }
    }
    self.cells = cells
    totals = (0..<samples.pairs * 2).map { index in
      var sum = Sums()
      for fold in 0..<Self.folds { sum.add(cells[(index / 2 * Self.folds + fold) * 2 + index % 2], factor: 1) }
      return sum
    }
  }

  /// All of a pair but one fold.
  private func kept(_ pair: Int, _ component: Int, without fold: Int?) -> Sums {
    var sum = totals[pair * 2 + component]
    if let fold { sum.add(cells[(pair * Self.folds + fold) * 2 + component], factor: -1) }
    return sum
  }

  /// Folds that hold readings.
  var folds: [Int] {
    (0..<Self.folds).filter { fold in
      (0..<pairs * 2).contains { cells[($0 / 2 * Self.folds + fold) * 2 + $0 % 2].weight > 0 }
    }
  }

  /// Lengths of the terms by least squares with a free shift of each pair.
  ///
  /// - Parameter fold: left out.
  /// - Returns: nil where the ground does not tell the terms apart.
  func coefficients(_ form: IlluminationForm, without fold: Int? = nil) -> [Double]? {
    let places = form.places, count = places.count
    guard count > 0 else { return [] }
    var matrix = Array(repeating: Array(repeating: 0.0, count: count), count: count)
    var right = Array(repeating: 0.0, count: count)
    for pair in 0..<pairs {
      for component in 0..<2 {
        let sums = kept(pair, component, without: fold)
        guard sums.weight > 0 else { continue }
        for (i, a) in places.enumerated() {
          right[i] += sums.readings[a] - sums.terms[a] * sums.reading / sums.weight
          for (j, b) in places.enumerated() {
            matrix[j][i] += sums.product(a, b) - sums.terms[a] * sums.terms[b] / sums.weight
          }
        }
      }
    }
    return WeightedFit(matrix, values: right, sigmas: nil)?.coefficients
  }

  /// Σ of squared residuals of a fold, with shifts and lengths from the others, and Σ of weights.
  func heldOut(_ form: IlluminationForm, fold: Int, _ coefficients: [Double]) -> (squares: Double, weight: Double) {
    var out = (squares: 0.0, weight: 0.0)
    for pair in 0..<pairs {
      for component in 0..<2 {
        let own = cells[(pair * Self.folds + fold) * 2 + component]
        let rest = kept(pair, component, without: fold)
        // A pair that is seen in this fold alone has no shift from elsewhere.
        guard own.weight > 0, rest.weight > 1e-9 * own.weight else { continue }
        let shift = rest.shift(form.places, coefficients)
        out.squares += own.squares(form.places, coefficients, shift: shift)
        out.weight += own.weight
      }
    }
    return out
  }

  /// The shift of a pair, m, when a model is taken off; NaN where the pair was not seen.
  func shift(_ pair: Int, _ component: Int, _ model: IlluminationModel) -> Double {
    let sums = totals[pair * 2 + component]
    return sums.weight > 0 ? sums.shift(model.form.places, model.coefficients) : .nan
  }
}

extension IlluminationForm {
  /// Of the terms among all.
  var places: [Int] { terms.map { IlluminationTerm.allCases.firstIndex(of: $0)! } }

  /// Lengths of all terms, 0 for those that it lacks.
  func spread(_ lengths: [Double]) -> SIMD4<Double> {
    var out = SIMD4<Double>.zero
    for (place, length) in zip(places, lengths) { out[place] = length }
    return out
  }
}

/// By how much the vectors of all terms change over a pair.
struct IlluminationChanges {
  private let times: PairTimes
  private let suns: [ShadowVector?]
  private let pixels: Int
  /// Date after date, pixels within; the terms of one direction together.
  private let east, north: [SIMD4<Float>]

  /// - Parameters:
  ///   - suns: one a date; nil where the sun is not known or the pair is of a radar.
  init(_ times: PairTimes, _ suns: [ShadowVector?], _ rises: [GroundRise], steepest: Double) {
    self.times = times
    self.suns = suns
    pixels = rises.count
    // Ground of unknown slope has what is the same everywhere.
    let ground = rises.map { $0.steepness.isFinite ? $0.limited(to: steepest) : .zero }
    var east: [SIMD4<Float>] = [], north: [SIMD4<Float>] = []
    for sun in suns {
      for rise in ground {
        var own = (east: SIMD4<Float>.zero, north: SIMD4<Float>.zero)
        if let sun {
          for (place, term) in IlluminationTerm.allCases.enumerated() {
            let vector = SIMD2<Float>(term.vector(rise, sun.vector))
            (own.east[place], own.north[place]) = (vector.x, vector.y)
          }
        }
        east.append(own.east)
        north.append(own.north)
      }
    }
    (self.east, self.north) = (east, north)
  }

  func isKnown(_ pair: Int) -> Bool { suns[times.earlierDate[pair]] != nil && suns[times.laterDate[pair]] != nil }

  func terms(_ pair: Int, _ pixel: Int) -> (east: SIMD4<Double>, north: SIMD4<Double>) {
    let low = times.earlierDate[pair] * pixels + pixel, high = times.laterDate[pair] * pixels + pixel
    return (SIMD4<Double>(east[high] - east[low]), SIMD4<Double>(north[high] - north[low]))
  }

  /// What a model says that each reading owes to the sun, m; pair after pair.
  func feigned(_ form: IlluminationForm, _ lengths: [Double], pairs: Int) -> (east: [Float], north: [Float]) {
    var east = Array(repeating: Float(0), count: pairs * pixels), north = east
    let all = form.spread(lengths)
    for pair in 0..<pairs where isKnown(pair) {
      for pixel in 0..<pixels {
        let vectors = terms(pair, pixel)
        east[pair * pixels + pixel] = Float((all * vectors.east).sum())
        north[pair * pixels + pixel] = Float((all * vectors.north).sum())
      }
    }
    return (east, north)
  }
}
