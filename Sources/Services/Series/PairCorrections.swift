// SPDX-License-Identifier: Apache-2.0
import Grids
import Processing
import TimeSeries

/// What is taken off the pairs before they are inverted.
struct PairCorrections: Sendable {
  /// Of whole pairs; nil where no stable ground was given.
  var shifts: [PairShift]?
  /// What the sun feigns; nil where nobody asked, or nothing held.
  var sun: SunBias?

  static let none = PairCorrections()

  /// What units that were made with it depend on.
  var checksum: Checksum? {
    guard let shifts else { return nil }
    let lines = shifts.map { "\($0.east) \($0.north)" } + (sun?.identity ?? [])
    return SHA256.checksum(of: lines.joined(separator: "\n"))
  }
}

/// What the sun feigns, by the slopes of the ground and the dates of the pairs.
struct SunBias: Sendable {
  let model: IlluminationModel
  let sun: SeriesSun
  let terrain: SeriesTerrain
  let times: PairTimes
  /// Of the files with the heights.
  let files: [Checksum]

  var identity: [String] {
    ["sun", model.form.rawValue, "\(model.steepest)"] + model.coefficients.map { "\($0)" }
      + sun.shadows.map { $0.map { "\($0.east) \($0.north)" } ?? "" } + files.map(\.hexadecimal)
  }

  /// The displacements that the sun feigns in a part of the grid.
  func block(_ part: Window) throws -> SunBlock { SunBlock(self, rises: try terrain.rises(part)) }
}

/// What the sun feigns at some pixels.
struct SunBlock: Sendable {
  /// Half the yearly swing of the velocity, m/yr, one a pixel.
  let swings: [Float]
  /// Pixels that are steeper than the ground that was learnt from, and those of known slope.
  let steeper, known: Int
  private let times: PairTimes
  private let isSeen: [Bool]
  private let pixels: Int
  /// Date after date, pixels within, m.
  private let biases: [SIMD2<Float>]

  init(_ bias: SunBias, rises: [GroundRise]) {
    times = bias.times
    pixels = rises.count
    isSeen = bias.sun.shadows.map { $0 != nil }
    biases = bias.sun.shadows.flatMap { sun in
      rises.map { rise in sun.map { SIMD2<Float>(bias.model.bias(rise, under: $0)) } ?? .zero }
    }
    swings = rises.map {
      $0.steepness.isFinite ? Float(bias.model.yearlySwing($0, over: bias.sun.year)) : .nan
    }
    steeper = rises.filter { $0.steepness > bias.model.steepest }.count
    known = rises.filter { $0.steepness.isFinite }.count
  }

  /// East and north, m; 0 for a pair of which a sun is not known.
  func change(_ pair: Int, _ pixel: Int) -> SIMD2<Float> {
    let earlier = times.earlierDate[pair], later = times.laterDate[pair]
    guard isSeen[earlier], isSeen[later] else { return .zero }
    return biases[later * pixels + pixel] - biases[earlier * pixels + pixel]
  }
}

/// How large what was taken off is, over the pixels of a tile or of all.
struct SunTally: Sendable {
  /// Of each pair: Σ of squared lengths and the greatest length, m.
  var squares: [Double], largest: [Double]
  /// Of the yearly swings: Σ of squares and the greatest, m/yr.
  var swingSquares = 0.0, largestSwing = 0.0
  var pixels = 0.0, known = 0.0, steeper = 0.0

  init(pairs: Int) {
    squares = Array(repeating: 0, count: pairs)
    largest = squares
  }

  init(_ block: SunBlock, pairs: Int) {
    self.init(pairs: pairs)
    pixels = Double(block.swings.count)
    known = Double(block.known)
    steeper = Double(block.steeper)
    for pair in 0..<pairs {
      for pixel in block.swings.indices {
        let change = block.change(pair, pixel), square = Double((change * change).sum())
        squares[pair] += square
        largest[pair] = max(largest[pair], square.squareRoot())
      }
    }
    for swing in block.swings where swing.isFinite {
      swingSquares += Double(swing * swing)
      largestSwing = max(largestSwing, Double(swing))
    }
  }

  /// m, over all pixels of known slope.
  func rootMeanSquare(_ pair: Int) -> Double { known > 0 ? (squares[pair] / known).squareRoot() : .nan }
  var swing: Double { known > 0 ? (swingSquares / known).squareRoot() : .nan }

  // MARK: - In units

  var numbers: [Double] { [swingSquares, largestSwing, pixels, known, steeper] + squares + largest }

  /// Adds what a unit holds.
  mutating func add(_ numbers: [Double]) {
    let pairs = squares.count
    guard numbers.count == 5 + 2 * pairs else { return }
    swingSquares += numbers[0]
    largestSwing = max(largestSwing, numbers[1])
    pixels += numbers[2]
    known += numbers[3]
    steeper += numbers[4]
    for pair in 0..<pairs {
      squares[pair] += numbers[5 + pair]
      largest[pair] = max(largest[pair], numbers[5 + pairs + pair])
    }
  }
}
