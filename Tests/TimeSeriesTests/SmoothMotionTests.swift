// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import TimeSeries

@Suite("Smooth motion")
struct SmoothMotionTests {
  private struct Score {
    var error = 0.0, oneSigma = 0.0, twoSigma = 0.0
  }

  /// Months of a cube, against the truth.
  private func months(_ cube: SimulatedCube, _ pairs: [SimulatedCube.Pair]) -> [DayInterval] {
    let last = pairs.map(\.later).max()!
    return stride(from: SimulatedCube.start + 30, to: last - 60, by: 30).map { DayInterval(from: $0, to: $0 + 30) }
  }

  /// - Parameter lies: which intervals count.
  private func score(
    _ cube: SimulatedCube, _ series: MotionSeries, where lies: (DayInterval) -> Bool = { _ in true }
  ) -> Score {
    var squares = 0.0, one = 0, two = 0, count = 0
    for component in 0..<series.shape.components {
      for (index, interval) in series.shape.intervals.enumerated() where lies(interval) {
        let values = Array(series[.velocity(component: component, interval: index)])
        let sigmas = Array(series[.velocitySigma(component: component, interval: index)])
        for pixel in 0..<cube.pixels {
          let truth =
            cube.truth(interval.to, pixel, component: component)
            - cube.truth(interval.from, pixel, component: component)
          let error = Double(values[pixel]) - truth / interval.years
          squares += error * error
          one += abs(error) <= Double(sigmas[pixel]) ? 1 : 0
          two += abs(error) <= 1.96 * Double(sigmas[pixel]) ? 1 : 0
          count += 1
        }
      }
    }
    let n = Double(count)
    return Score(error: (squares / n).squareRoot(), oneSigma: Double(one) / n, twoSigma: Double(two) / n)
  }

  private func invert(_ cube: SimulatedCube, stated: Bool = true) throws -> MotionSeries {
    let pairs = cube.pairs()
    let motion = try SmoothMotion(SimulatedCube.times(pairs), intervals: months(cube, pairs))
    return try motion.invert(cube.block(pairs, stated: stated), threads: 2)
  }

  @Test("a seasonal glacier, 5 % of the pairs wrong: months within 1.5 m/yr RMS of 120, 60 to 76 % within one sigma")
  func season() throws {
    let cube = SimulatedCube()
    let score = score(cube, try invert(cube))
    #expect(score.error < 1.5, "\(score)")
    #expect((0.60...0.76).contains(score.oneSigma) && (0.90...0.98).contains(score.twoSigma), "\(score)")
  }

  @Test("a surge to three times the speed needs no other setting: months within 4 m/yr RMS")
  func surge() throws {
    var cube = SimulatedCube()
    cube.surge = 2
    let score = score(cube, try invert(cube))
    #expect(score.error < 4, "\(score)")
    #expect((0.60...0.80).contains(score.oneSigma), "\(score)")
  }

  @Test("what a surge shakes up stays within its season: the years before err at most half more than without one")
  func quietYears() throws {
    var cube = SimulatedCube()
    let surgeDay = SimulatedCube.start + 0.55 * cube.years * 365.25
    let before = { (interval: DayInterval) in interval.to < surgeDay - 270 }
    let quiet = score(cube, try invert(cube), where: before)
    cube.surge = 4
    let series = try invert(cube)
    let surging = score(cube, series, where: before)
    #expect(surging.error < 1.5 * quiet.error, "\(surging) \(quiet)")
    #expect((0.60...0.82).contains(surging.oneSigma), "\(surging)")
    #expect(score(cube, series).error < 4, "\(score(cube, series))")
  }

  @Test("the first date is 0 by definition and has no error")
  func firstDate() throws {
    let series = try invert(SimulatedCube(pixels: 8))
    #expect(Array(series[.displacement(component: 0, day: 0)]) == Array(repeating: 0, count: 8))
    #expect(Array(series[.displacementSigma(component: 1, day: 0)]) == Array(repeating: 0, count: 8))
  }

  @Test("ground that stands still: months within 1 m/yr RMS, its walk goes to nothing")
  func still() throws {
    var cube = SimulatedCube()
    cube.speed = 0
    let series = try invert(cube)
    #expect(score(cube, series).error < 1)
    #expect(median(series[.walk(component: 0)]) < 0.5)
  }

  @Test("without stated sigmas the scatter of the pairs is found within 15 %, and the share of wrong ones within 2 %")
  func unknownSigmas() throws {
    var cube = SimulatedCube()
    cube.noise = 1.5
    let series = try invert(cube, stated: false)
    // Three sensors of 1.2, 1.8 and 2.16 m.
    #expect((1.2...2.16).contains(median(series[.noise(component: 0)])))
    #expect(abs(median(series[.wrongShare]) - 0.05) < 0.02)
    #expect(abs(median(series[.misclosure(component: 0)]) / median(series[.noise(component: 0)]) - 1) < 0.15)
  }

  @Test("wrong pairs are told from right ones: 98 % of each")
  func trust() throws {
    var cube = SimulatedCube(wrongShare: 0.15)
    cube.missingShare = 0
    let pairs = cube.pairs()
    let series = try SmoothMotion(SimulatedCube.times(pairs)).invert(cube.block(pairs), keepsPairs: true)
    var clean = cube
    clean.noise = 0
    clean.wrongShare = 0
    let (measured, true_) = (try cube.block(pairs), try clean.block(pairs))
    var right = 0, total = 0
    for pair in pairs.indices {
      let trust = Array(series[.trust(pair: pair)])
      for pixel in 0..<cube.pixels {
        let place = pair * cube.pixels + pixel
        let errors = (0..<2).map { abs(measured.components[$0].values[place] - true_.components[$0].values[place]) }
        let isWrong = max(errors[0], errors[1]) > 6 * Float(pairs[pair].sigma)
        let isRight = max(errors[0], errors[1]) < 2.5 * Float(pairs[pair].sigma)
        guard isWrong || isRight else { continue }
        total += 1
        right += (trust[pixel] > 0.5) == isRight ? 1 : 0
      }
    }
    #expect(Double(right) / Double(total) > 0.98, "\(right) of \(total)")
  }

  @Test("a pixel's series has the same bits in any block, beside any other pixel, on any number of threads")
  func bits() throws {
    var cube = SimulatedCube(pixels: 21)
    cube.mostPairs = 200
    let pairs = cube.pairs()
    let motion = try SmoothMotion(SimulatedCube.times(pairs), intervals: months(cube, pairs))
    let block = try cube.block(pairs)
    let whole = try motion.invert(block, threads: 3)
    let chosen = [20, 3, 7, 8, 11]
    let part = try PairDisplacements(
      pairs: pairs.count, pixels: chosen.count,
      components: block.components.map { component in
        .init(
          values: pairs.indices.flatMap { pair in chosen.map { component.values[pair * cube.pixels + $0] } },
          sigmas: component.sigmas)
      })
    let alone = try motion.invert(part)
    for (place, pixel) in chosen.enumerated() {
      for layer in [
        MotionLayer.velocity(component: 1, interval: 7), .velocitySigma(component: 0, interval: 3),
        .displacement(component: 0, day: 60), .noise(component: 1), .season(component: 0, harmonic: 0, part: 1),
      ] {
        #expect(Array(alone[layer])[place].bitPattern == Array(whole[layer])[pixel].bitPattern, "\(layer)")
      }
    }
  }

  @Test("a season's amplitude and phase come back within three sigmas")
  func seasonParts() throws {
    let cube = SimulatedCube()
    let series = try invert(cube)
    let peak = { (pixel: Int) in 0.45 + 0.15 * Double(pixel) / Double(cube.pixels) }
    // The velocity has cos(2 pi (t - peak)), t in years since 2016.
    let shift = SimulatedCube.start / 365.25
    for pixel in 0..<cube.pixels {
      let angle = 2 * Double.pi * (peak(pixel) + shift), amplitude = cube.speed * cube.season
      for (part, truth) in [amplitude * cos(angle), amplitude * sin(angle)].enumerated() {
        let value = Array(series[.season(component: 0, harmonic: 0, part: part)])[pixel]
        let sigma = Array(series[.seasonSigma(component: 0, harmonic: 0, part: part)])[pixel]
        #expect(
          abs(Double(value) - truth) < 3.5 * Double(sigma) + 1, "\(pixel) \(part): \(value) ± \(sigma), \(truth)")
      }
    }
  }

  @Test("pixels with fewer pairs than asked for are missing, their count is told, and the others are not touched")
  func fewPairs() throws {
    let cube = SimulatedCube(pixels: 9)
    let pairs = cube.pairs(), block = try cube.block(pairs)
    let holed = block.components.map { component -> PairDisplacements.Component in
      var values = component.values
      for pair in pairs.indices where pair > 2 { values[pair * 9 + 4] = .nan }
      for pair in pairs.indices { values[pair * 9 + 5] = .nan }
      return .init(values: values, sigmas: component.sigmas)
    }
    let motion = try SmoothMotion(SimulatedCube.times(pairs))
    let series = try motion.invert(PairDisplacements(pairs: pairs.count, pixels: 9, components: holed))
    let intact = try motion.invert(block)
    let layer = MotionLayer.displacement(component: 0, day: motion.days.count - 1)
    #expect(Array(series[layer]).indices.filter { Array(series[layer])[$0].isNaN } == [4, 5])
    #expect(Array(series[.count])[5] == 0 && Array(series[.count])[4] <= 3)
    #expect(Array(series[layer])[3] == Array(intact[layer])[3])
  }

  @Test("one direction alone")
  func oneDirection() throws {
    let cube = SimulatedCube()
    let pairs = cube.pairs(), block = try cube.block(pairs)
    let one = try PairDisplacements(pairs: pairs.count, pixels: cube.pixels, components: [block.components[0]])
    let series = try SmoothMotion(SimulatedCube.times(pairs), intervals: months(cube, pairs)).invert(one)
    #expect(score(cube, series).error < 2)
  }

  @Test("three dates and three pairs give a straight line")
  func threePairs() throws {
    let times = try PairTimes(earlier: [0, 0, 10], later: [10, 20, 20])
    let motion = try SmoothMotion(times, minimumPairs: 3)
    let block = try PairDisplacements(
      pairs: 3, pixels: 1, components: [.init(values: [1, 2, 1], sigmas: .perPair([0.1, 0.1, 0.1]))])
    let series = try motion.invert(block)
    for (day, value) in [0, 1, 2].enumerated() {
      #expect(abs(Array(series[.displacement(component: 0, day: day)])[0] - Float(value)) < 0.02)
    }
    #expect((0.03...0.3).contains(Array(series[.displacementSigma(component: 0, day: 2)])[0]))
  }

  @Test("days beyond the pairs and blocks of other pairs are refused")
  func refused() throws {
    let times = try PairTimes(earlier: [0, 10], later: [10, 20])
    #expect(throws: TimeSeriesError.self) { try SmoothMotion(times, days: [25]) }
    #expect(throws: TimeSeriesError.self) { try PairTimes(earlier: [0], later: [0]) }
    #expect(throws: TimeSeriesError.self) { try PairTimes(earlier: [], later: []) }
    let block = try PairDisplacements(pairs: 1, pixels: 1, components: [.init(values: [1])])
    #expect(throws: TimeSeriesError.self) { try SmoothMotion(times).invert(block) }
  }

  private func median(_ values: ArraySlice<Float>) -> Double {
    let sorted = values.sorted()
    return Double(sorted[sorted.count / 2])
  }
}
