// SPDX-License-Identifier: Apache-2.0
import Foundation
import Simulation
import Testing
import TimeSeries

@Suite("Independent components")
struct IndependentComponentsTests {
  private static let side = 24, dates = 40

  /// Two patches with courses of their own: a steady slide and a season.
  private static func truth() -> (maps: [[Double]], courses: [[Double]]) {
    let pixels = (0..<side * side).map { (row: Double($0 / side), column: Double($0 % side)) }
    func patch(_ row: Double, _ column: Double, _ width: Double) -> [Double] {
      pixels.map { exp(-(pow($0.row - row, 2) + pow($0.column - column, 2)) / (2 * width * width)) }
    }
    let times = (0..<dates).map { Double($0) / 10 }
    return ([patch(7, 6, 3), patch(16, 17, 2.5)], [times.map { 1.5 * $0 }, times.map { 2 * sin(2 * .pi * $0) }])
  }

  private static func cube(noise sigma: Double) -> [Float] {
    let (maps, courses) = truth()
    var noise = SeriesNoise(4)
    return (0..<dates).flatMap { date in
      maps[0].indices.map { pixel in
        Float(maps[0][pixel] * courses[0][date] + maps[1][pixel] * courses[1][date] + sigma * noise.normal())
      }
    }
  }

  private func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let meanA = a.reduce(0, +) / Double(a.count), meanB = b.reduce(0, +) / Double(b.count)
    let x = a.map { $0 - meanA }, y = b.map { $0 - meanB }
    return dot(x, y) / (norm(x) * norm(y))
  }

  @Test("two sources are found with their maps and courses, correlation above 0.95, and all samples agree")
  func spatial() throws {
    var parameters = IndependentComponents.Parameters(), generator = SeededRandom(seed: 1)
    parameters.components = 2
    let pixels = Self.side * Self.side, truth = Self.truth()
    var cube = Self.cube(noise: 0.1)
    cube[5 * pixels + 3] = .nan
    let found = try #require(
      IndependentComponents(cube, pixels: pixels, dates: Self.dates, parameters: parameters, using: &generator))
    #expect(found.pixelCount == pixels - 1 && found.convergedStarts == 10)
    let maps = found.maps(cube)
    #expect(maps[0][3].isNaN && found.components[0].share > found.components[1].share)
    for (component, index) in zip(found.components, 0...1) {
      let kept = (0..<pixels).filter { $0 != 3 }
      let map = correlation(kept.map { Double(maps[index][$0]) }, kept.map { truth.maps[index][$0] })
      let course = correlation(component.course, truth.courses[index])
      #expect(map > 0.95 && abs(course) > 0.95 && component.stability > 0.95)
    }
    #expect((0.7...1).contains(found.share))
  }

  @Test("the same seed gives the same bits, map times course is in the data's unit")
  func repeatable() throws {
    let pixels = Self.side * Self.side, truth = Self.truth()
    func run() throws -> IndependentComponents {
      var parameters = IndependentComponents.Parameters(), generator = SeededRandom(seed: 7)
      parameters.components = 2
      parameters.mode = .temporal
      return try #require(
        IndependentComponents(
          Self.cube(noise: 0.05), pixels: pixels, dates: Self.dates, parameters: parameters, using: &generator))
    }
    let first = try run(), second = try run()
    #expect(first.components.map(\.course) == second.components.map(\.course))
    let top = 7 * Self.side + 6, maps = first.maps(Self.cube(noise: 0.05))
    let sum = (0..<Self.dates).map { date in
      zip(first.components, maps).reduce(0) { $0 + Double($1.1[top]) * $1.0.course[date] }
    }
    let mean = truth.courses[0].reduce(0, +) / Double(Self.dates)
    for (value, course) in zip(sum, truth.courses[0]) { #expect(abs(value - (course - mean)) < 0.3) }
  }

  @Test("moments merged part by part are those of the whole, and a third of the pixels finds the same two courses")
  func parts() throws {
    let pixels = Self.side * Self.side, cube = Self.cube(noise: 0.1)
    func part(_ chosen: [Int]) -> [Float] {
      (0..<Self.dates).flatMap { date in chosen.map { cube[date * pixels + $0] } }
    }
    var merged = SeriesMoments(dates: Self.dates, mode: .spatial)
    for start in stride(from: 0, to: pixels, by: 100) {
      let chosen = Array(start..<min(pixels, start + 100))
      var own = SeriesMoments(dates: Self.dates, mode: .spatial)
      own.add(part(chosen), pixels: chosen.count)
      merged.merge(own)
    }
    #expect(merged.count == pixels)
    var parameters = IndependentComponents.Parameters(), first = SeededRandom(seed: 1), second = first
    parameters.components = 2
    let sample = part(Array(stride(from: 0, to: pixels, by: 3)))
    let found = try #require(
      IndependentComponents([merged], samples: [sample], parameters: parameters, using: &first))
    let whole = try #require(
      IndependentComponents(cube, pixels: pixels, dates: Self.dates, parameters: parameters, using: &second))
    #expect(found.pixelCount == pixels && abs(found.share - whole.share) < 1e-9)
    for (one, other) in zip(found.components, whole.components) {
      #expect(abs(correlation(one.course, other.course)) > 0.99)
    }
    for (one, other) in zip(found.maps(cube), whole.maps(cube)) {
      #expect(abs(correlation(one.map(Double.init), other.map(Double.init))) > 0.95)
    }
    // The mean of each date is what the maps lack.
    let mean = (0..<pixels).reduce(0.0) { $0 + Double(cube[20 * pixels + $1]) } / Double(pixels)
    #expect(abs(found.means[0][20] - mean) < 1e-9)
  }

  @Test("normal noise alone has no stable components")
  func noise() throws {
    var noise = SeriesNoise(8), generator = SeededRandom(seed: 2)
    var parameters = IndependentComponents.Parameters()
    parameters.components = 4
    let cube = (0..<300 * 30).map { _ in Float(noise.normal()) }
    let found = try #require(
      IndependentComponents(cube, pixels: 300, dates: 30, parameters: parameters, using: &generator))
    #expect(found.components.map(\.stability).reduce(0, +) / 4 < 0.85 && found.share < 0.35)
  }

  @Test("too few pixels or dimensions: no components")
  func few() {
    var generator = SeededRandom(seed: 3)
    #expect(IndependentComponents([1, 2, 3, 4], pixels: 2, dates: 2, using: &generator) == nil)
    let flat = (0..<200).map { Float($0 % 20) }
    #expect(IndependentComponents(flat, pixels: 20, dates: 10, using: &generator) == nil)
  }

  @Test("eigenvectors of a symmetric matrix give it back within 1e-12")
  func eigen() {
    var noise = SeriesNoise(6)
    let n = 12, half = (0..<n * n).map { _ in noise.normal() }
    let matrix = (0..<n * n).map { half[$0] + half[$0 % n * n + $0 / n] }
    let found = SymmetricEigen(matrix, side: n)
    for i in 0..<n {
      for j in 0..<n {
        let sum = (0..<n).reduce(0) { $0 + found.values[$1] * found.vectors[$1][i] * found.vectors[$1][j] }
        #expect(abs(sum - matrix[i * n + j]) < 1e-12)
        #expect(abs(dot(found.vectors[i], found.vectors[j]) - (i == j ? 1 : 0)) < 1e-12)
      }
    }
    #expect(zip(found.values, found.values.dropFirst()).allSatisfy { $0 >= $1 })
  }
}
