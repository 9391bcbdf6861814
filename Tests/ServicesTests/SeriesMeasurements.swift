// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Products
import Testing
import TimeSeries

/// Measures the figures of docs/results/series.md. `OGIVE_CUBES` names cubes of pairs, separated by commas.
@Suite(
  "Series measurements", .serialized,
  .enabled(
    if: ProcessInfo.processInfo.environment["OGIVE_CUBES"] != nil, "measures only when OGIVE_CUBES names cubes"))
struct SeriesMeasurements {
  private static var cubes: [String] {
    (ProcessInfo.processInfo.environment["OGIVE_CUBES"] ?? "").split(separator: ",").map(String.init)
  }

  private func block(_ cube: any PairCube, _ pairs: [Int]) throws -> PairDisplacements {
    let all = try cube.read(cube.window), pixels = all.pixels
    func component(_ values: [Float], _ sigmas: CubeSigma) -> PairDisplacements.Component {
      let own = pairs.flatMap { values[$0 * pixels..<($0 + 1) * pixels] }
      return switch sigmas {
      case .perPair(let s): .init(values: own, sigmas: .perPair(pairs.map { s[$0] }))
      case .perPixel(let s):
        .init(values: own, sigmas: .perPixel(pairs.flatMap { s[$0 * pixels..<($0 + 1) * pixels] }))
      }
    }
    return try PairDisplacements(
      pairs: pairs.count, pixels: pixels,
      components: [component(all.east, all.eastSigma), component(all.north, all.northSigma)])
  }

  private func times(_ cube: any PairCube, _ pairs: [Int]) throws -> PairTimes {
    try PairTimes(earlier: pairs.map { cube.pairs[$0].earlier }, later: pairs.map { cube.pairs[$0].later })
  }

  /// Every tenth pair is held back, ten times in turn; each time the others predict it.
  @Test("pairs held back lie within the intervals that were predicted for them", arguments: cubes)
  func heldBack(path: String) throws {
    let cube = try PairCubes.open(path)
    var inside68 = 0, inside95 = 0, count = 0
    for turn in 0..<10 {
      let kept = cube.pairs.indices.filter { $0 % 10 != turn }
      let times = try times(cube, kept)
      let held = cube.pairs.indices.filter { index in
        index % 10 == turn
          && (times.dates[0]...times.dates[times.dates.count - 1]).contains(cube.pairs[index].earlier)
          && cube.pairs[index].later <= times.dates[times.dates.count - 1]
      }
      let spans = held.map { DayInterval(from: cube.pairs[$0].earlier, to: cube.pairs[$0].later) }
      let model = try SmoothMotion(times, days: [], intervals: spans)
      let series = try model.invert(block(cube, kept), threads: 2)
      let truth = try block(cube, held)
      let share = Array(series[.wrongShare]), wrong = Array(series[.wrongSigma])
      for component in 0..<2 {
        let noise = Array(series[.noise(component: component)])
        for (place, span) in spans.enumerated() {
          let value = Array(series[.velocity(component: component, interval: place)])
          let sigma = Array(series[.velocitySigma(component: component, interval: place)])
          for pixel in 0..<truth.pixels {
            let measured = Double(truth.components[component].values[place * truth.pixels + pixel])
            let stated: Double =
              switch truth.components[component].sigmas {
              case .perPair(let s): Double(s[place])
              case .perPixel(let s): Double(s[place * truth.pixels + pixel])
              case .unknown: 1
              }
            let prediction = PairPrediction(
              value: Double(value[pixel]) * span.years, modelSigma: Double(sigma[pixel]) * span.years,
              goodSigma: stated * Double(noise[pixel]), wrongSigma: Double(wrong[pixel]),
              wrongShare: Double(share[pixel]))
            let error = abs(measured - prediction.value)
            guard error.isFinite, prediction.value.isFinite else { continue }
            count += 1
            if error <= prediction.halfWidth(probability: 0.68) { inside68 += 1 }
            if error <= prediction.halfWidth(probability: 0.95) { inside95 += 1 }
          }
        }
      }
    }
    func percent(_ part: Int) -> String { String(format: "%.1f %%", 100 * Double(part) / Double(max(1, count))) }
    print("| \(path) | \(count) | \(percent(inside68)) | \(percent(inside95)) |")
    #expect(count > 0)
  }

  @Test("speed of the smooth motion, one thread", arguments: cubes)
  func speed(path: String) throws {
    let cube = try PairCubes.open(path), all = Array(cube.pairs.indices)
    let times = try times(cube, all), data = try block(cube, all)
    let first = times.dates[0], last = times.dates[times.dates.count - 1]
    let days = Array(stride(from: first, to: last, by: 30))
    let model = try SmoothMotion(
      times, days: days, intervals: zip(days, days.dropFirst()).map { DayInterval(from: $0, to: $1) })
    var best = Double.infinity
    for _ in 0..<3 {
      let begin = Self.processorSeconds()
      _ = try model.invert(data)
      best = min(best, Self.processorSeconds() - begin)
    }
    let each = best / Double(data.pixels * data.components.count) * 1000
    print("| \(path) | \(times.count) pairs, \(times.dates.count) dates | \(String(format: "%.3f", each)) ms |")
  }

  @Test("plain weighted least squares: 100 dates, 485 pairs, a million pixels")
  func plain() throws {
    let links = (0..<100).flatMap { a in (a + 1..<min(100, a + 6)).map { (a, $0) } }
    let times = try PairTimes(earlier: links.map { Double($0.0) * 12 }, later: links.map { Double($0.1) * 12 })
    #expect(times.count == 485)
    let pixels = 1 << 20
    var values = [Float](repeating: 0, count: pixels * times.count)
    for pair in 0..<times.count {
      let span = Float(times.separation(pair))
      for pixel in 0..<pixels { values[pair * pixels + pixel] = span * Float(pixel % 1000) * 1e-3 }
    }
    let sigmas = (0..<times.count).map { Float(0.5 + 0.001 * Double($0)) }
    let block = try PairDisplacements(
      pairs: times.count, pixels: pixels, components: [.init(values: values, sigmas: .perPair(sigmas))])
    var parameters = NetworkSolver.Parameters()
    parameters.norm = .leastSquares
    let solver = try NetworkSolver(times, parameters: parameters)
    for threads in [1, 2] {
      var best = Double.infinity, floor = Double.infinity
      for _ in 0..<3 {
        let begin = Date()
        let series = try solver.invert(block, threads: threads)
        best = min(best, Date().timeIntervalSince(begin))
        withExtendedLifetime(series) {}
        floor = min(floor, Self.floor(values, writes: pixels * (2 * 100 + 2 * 99 + 6), threads: threads))
      }
      print("| \(threads) threads | \(String(format: "%.2f", best)) s | floor \(String(format: "%.2f", floor)) s |")
    }
  }

  /// Reads the data once and writes as many values as the result has: what memory alone takes.
  private static func floor(_ values: [Float], writes: Int, threads: Int) -> Double {
    let begin = Date()
    let out = UnsafeMutablePointer<Float>.allocate(capacity: writes)
    let target = SharedBuffer(out), parts = 64
    let sums = UnsafeMutablePointer<Float>.allocate(capacity: parts)
    let results = SharedBuffer(sums)
    let count = values.count
    values.withUnsafeBufferPointer { buffer in
      let source = SharedBuffer(UnsafeMutablePointer(mutating: buffer.baseAddress!))
      parallelFor(count: parts, threads: threads) { part in
        var sum = SIMD16<Float>(repeating: 0)
        let from = count / parts * part, to = count / parts * (part + 1)
        for place in stride(from: from, to: to - 16, by: 16) {
          sum += UnsafeRawPointer(source.base + place).loadUnaligned(as: SIMD16<Float>.self)
        }
        results.base[part] = sum[0]
        (target.base + writes / parts * part).update(repeating: 1, count: writes / parts)
      }
    }
    let seconds = Date().timeIntervalSince(begin)
    out.deallocate()
    sums.deallocate()
    return seconds
  }

  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
