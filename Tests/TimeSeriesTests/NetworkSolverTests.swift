// SPDX-License-Identifier: Apache-2.0
import Simulation
import Testing
import TimeSeries

@Suite("Network solver")
struct NetworkSolverTests {
  private let dates = (0..<12).map { Double(12 * $0 + ($0 * 7) % 5) }

  /// All pairs up to some dates apart.
  private func times(reach: Int = 3) throws -> PairTimes {
    let links = dates.indices.flatMap { a in (a + 1..<min(dates.count, a + 1 + reach)).map { (a, $0) } }
    return try PairTimes(earlier: links.map { dates[$0.0] }, later: links.map { dates[$0.1] })
  }

  private func solver(_ times: PairTimes, _ change: (inout NetworkSolver.Parameters) -> Void = { _ in }) throws
    -> NetworkSolver
  {
    var parameters = NetworkSolver.Parameters()
    parameters.norm = .leastSquares
    change(&parameters)
    return try NetworkSolver(times, parameters: parameters)
  }

  /// Displacement at a date; anything but a line.
  private func truth(_ date: Int, _ pixel: Int) -> Double {
    Double(date * date) * 0.3 - Double(pixel % 7) * Double(date)
  }

  private func values(_ times: PairTimes, _ pixels: Int, noise: Double, seed: UInt64 = 1) -> [Float] {
    var random = SeededRandom(seed: seed)
    return (0..<times.count).flatMap { pair in
      (0..<pixels).map { pixel in
        Float(
          truth(times.laterDate[pair], pixel) - truth(times.earlierDate[pair], pixel) + noise * random.normalPair().0)
      }
    }
  }

  private func value(_ series: MotionSeries, _ layer: MotionLayer, _ pixel: Int) -> Double {
    let cells = series[layer]
    return Double(cells[cells.startIndex + pixel])
  }

  @Test(
    "pairs without errors give the displacements within 1e-5 m, whichever the norm", arguments: InversionNorm.allCases
  )
  func exact(norm: InversionNorm) throws {
    let times = try times(), pixels = 300
    let series = try solver(times) { $0.norm = norm }.invert(
      PairDisplacements(
        pairs: times.count, pixels: pixels, components: [.init(values: values(times, pixels, noise: 0))]))
    for date in dates.indices {
      for pixel in [0, 5, 255, 256, 299] {
        #expect(abs(value(series, .displacement(component: 0, day: date), pixel) - truth(date, pixel)) < 2e-5)
      }
    }
    #expect(value(series, .parts, 7) == 1)
  }

  @Test("with gaps and sigmas of its own for each pixel the result is that of dense normal equations within 1e-5")
  func dense() throws {
    let times = try times(), pixels = 11
    var random = SeededRandom(seed: 5)
    var data = values(times, pixels, noise: 1)
    let sigmas = data.indices.map { _ in Float(0.5 + random.uniform()) }
    for place in data.indices where random.uniform() < 0.15 { data[place] = .nan }
    let series = try solver(times).invert(
      PairDisplacements(
        pairs: times.count, pixels: pixels, components: [.init(values: data, sigmas: .perPixel(sigmas))]))
    for pixel in 0..<pixels where value(series, .parts, pixel) == 1 {
      let order = dates.count - 1
      var matrix = Array(repeating: Array(repeating: 0.0, count: order + 1), count: order)
      for pair in 0..<times.count where data[pair * pixels + pixel].isFinite {
        let place = pair * pixels + pixel, weight = 1 / Double(sigmas[place] * sigmas[place])
        let (a, b) = (times.earlierDate[pair] - 1, times.laterDate[pair] - 1)
        matrix[b][b] += weight
        matrix[b][order] += weight * Double(data[place])
        guard a >= 0 else { continue }
        matrix[a][a] += weight
        matrix[a][b] -= weight
        matrix[b][a] -= weight
        matrix[a][order] -= weight * Double(data[place])
      }
      let expected = eliminated(matrix)
      for unknown in 0..<order {
        #expect(abs(value(series, .displacement(component: 0, day: unknown + 1), pixel) - expected[unknown]) < 2e-5)
      }
    }
  }

  private func eliminated(_ matrix: [[Double]]) -> [Double] {
    var a = matrix
    let n = a.count
    for column in 0..<n {
      for row in 0..<n where row != column {
        let factor = a[row][column] / a[column][column]
        for k in column...n { a[row][k] -= factor * a[column][k] }
      }
    }
    return (0..<n).map { a[$0][n] / a[$0][$0] }
  }

  @Test("a chain of pairs: sigma grows with the root of the number of pairs")
  func chain() throws {
    let times = try times(reach: 1)
    let block = try PairDisplacements(
      pairs: times.count, pixels: 1,
      components: [
        .init(values: values(times, 1, noise: 0), sigmas: .perPair(Array(repeating: 0.2, count: times.count)))
      ])
    let series = try solver(times).invert(block)
    for date in dates.indices {
      let sigma = value(series, .displacementSigma(component: 0, day: date), 0)
      // Nothing is redundant: the stated sigma is all there is.
      #expect(abs(sigma - 0.2 * Double(date).squareRoot()) < 1e-6, "\(date): \(sigma)")
    }
  }

  @Test(
    "error over sigma is 1 within 6 %, with stated sigmas and without, also where a fifth is missing",
    arguments: [true, false], [0, 0.2])
  func calibrated(stated: Bool, missing: Double) throws {
    let times = try times(), pixels = 2000
    var random = SeededRandom(seed: 9), data = values(times, pixels, noise: 0.4)
    for place in data.indices where random.uniform() < missing { data[place] = .nan }
    let sigmas: PairDisplacements.Sigmas = stated ? .perPair(Array(repeating: 0.4, count: times.count)) : .unknown
    let series = try solver(times).invert(
      PairDisplacements(pairs: times.count, pixels: pixels, components: [.init(values: data, sigmas: sigmas)]),
      threads: 2)
    var squares = 0.0, count = 0.0
    for pixel in 0..<pixels {
      for date in 1..<dates.count {
        let error = value(series, .displacement(component: 0, day: date), pixel) - truth(date, pixel)
        let ratio = error / value(series, .displacementSigma(component: 0, day: date), pixel)
        guard ratio.isFinite else { continue }
        // Student's tails without stated sigmas: compare what is within one sigma.
        squares += abs(ratio) < 1 ? 1 : 0
        count += 1
      }
    }
    #expect(abs(squares / count - 0.683) < 0.04, "\(squares / count)")
  }

  @Test("one pair in eight is wrong by up to 50 m: robust norms err like clean data, least squares does not")
  func robust() throws {
    let times = try times(reach: 5), pixels = 400
    var random = SeededRandom(seed: 2), data = values(times, pixels, noise: 0.3)
    for place in data.indices where random.uniform() < 0.125 { data[place] += Float(100 * (random.uniform() - 0.5)) }
    func error(_ norm: InversionNorm) throws -> Double {
      let series = try solver(times) { $0.norm = norm }.invert(
        PairDisplacements(
          pairs: times.count, pixels: pixels,
          components: [.init(values: data, sigmas: .perPair(Array(repeating: 0.3, count: times.count)))]))
      var errors: [Double] = []
      for date in 1..<dates.count {
        for pixel in 0..<pixels {
          errors.append(abs(value(series, .displacement(component: 0, day: date), pixel) - truth(date, pixel)))
        }
      }
      return errors.sorted()[errors.count * 9 / 10]
    }
    #expect(try error(.tukey) < 1)
    #expect(try error(.leastAbsolute) < 1.2)
    #expect(try error(.leastSquares) > 5)
  }

  @Test("all pixels with one factor, or each by itself: the same within rounding, and the same bits in any block")
  func together() throws {
    let times = try times(), pixels = 531
    let data = values(times, pixels, noise: 0.5)
    let perPair = Array(repeating: Float(0.5), count: times.count)
    let one = try PairDisplacements(
      pairs: times.count, pixels: pixels, components: [.init(values: data, sigmas: .perPair(perPair))])
    let own = try PairDisplacements(
      pairs: times.count, pixels: pixels,
      components: [.init(values: data, sigmas: .perPixel(Array(repeating: 0.5, count: data.count)))])
    let solver = try solver(times)
    let together = try solver.invert(one, threads: 2), apart = try solver.invert(own)
    for layer in [
      MotionLayer.displacement(component: 0, day: 6), .displacementSigma(component: 0, day: 11),
      .velocity(component: 0, interval: 4), .velocitySigma(component: 0, interval: 9), .misclosure(component: 0),
      .noise(component: 0),
    ] {
      for pixel in 0..<pixels {
        #expect(
          abs(value(together, layer, pixel) - value(apart, layer, pixel)) < 1e-4
            * max(1, abs(value(apart, layer, pixel))))
      }
    }
    // A missing value in a neighbour leaves a pixel's bits alone.
    var holed = data
    holed[3 * pixels + 100] = .nan
    let part = try solver.invert(
      PairDisplacements(
        pairs: times.count, pixels: pixels, components: [.init(values: holed, sigmas: .perPair(perPair))]))
    let layer = MotionLayer.displacement(component: 0, day: 8)
    for pixel in 0..<pixels where pixel != 100 {
      #expect(value(part, layer, pixel) == value(together, layer, pixel))
    }
    #expect(value(part, .count, 100) == Double(times.count - 1))
    #expect(abs(value(part, layer, 100) - value(together, layer, 100)) < 2)
  }

  @Test(
    "a gap that no pair spans: what lies beyond is missing, or bridged by the mean velocity with a sigma that says so"
  )
  func gap() throws {
    let links = [(0, 1), (0, 2), (1, 2), (2, 3), (5, 6), (5, 7), (6, 7)]
    let times = try PairTimes(
      earlier: links.map { Double($0.0 * 10) }, later: links.map { Double($0.1 * 10) })
    let data = links.map { Float($0.1 - $0.0) }
    let block = try PairDisplacements(
      pairs: links.count, pixels: 1,
      components: [.init(values: data, sigmas: .perPair(Array(repeating: 0.1, count: 7)))])
    let strict = try solver(times).invert(block)
    #expect(value(strict, .parts, 0) == 2)
    let last = times.dates.count - 1
    #expect(value(strict, .displacement(component: 0, day: 3), 0).isFinite)
    #expect(value(strict, .displacement(component: 0, day: last), 0).isNaN)
    #expect(value(strict, .velocity(component: 0, interval: 3), 0).isNaN)
    let bridged = try solver(times) { $0.bridgesGaps = true }.invert(block)
    #expect(abs(value(bridged, .displacement(component: 0, day: last), 0) - 7) < 1e-3)
    #expect(value(bridged, .displacementSigma(component: 0, day: last), 0) > 10)
    #expect(value(bridged, .displacementSigma(component: 0, day: 3), 0) < 0.2)
  }

  @Test("TIO: the shortest four pairs of each date; noise is smoothed a little, wrong pairs beyond 5 m are left out")
  func tio() throws {
    let times = try times(reach: 6), pixels = 16
    let tio = try TIOInversion(times)
    #expect(tio.pairs.count == 4 * 8 + 3 + 2 + 1)
    var data = values(times, pixels, noise: 0.05)
    for pixel in 0..<pixels { data[tio.pairs[pixel] * pixels + pixel] += 30 }
    let series = try tio.invert(
      PairDisplacements(pairs: times.count, pixels: pixels, components: [.init(values: data)]))
    for pixel in 0..<pixels {
      for date in dates.indices {
        #expect(
          abs(value(series, .displacement(component: 0, day: date), pixel) - truth(date, pixel)) < 1.5,
          "\(pixel) \(date)")
      }
    }
  }
}
