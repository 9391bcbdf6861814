// SPDX-License-Identifier: Apache-2.0
import Simulation
import Testing
import Tiles

@Suite("Series against a reference")
struct ReferenceSeriesTests {
  private func series(_ name: String, _ values: [Float], sigma: Float = 0.3) -> PointSeries {
    let steps = values.enumerated().map {
      PointSeries.Step(from: Double($0), to: Double($0), value: $1, sigma: sigma)
    }
    return PointSeries(name: name, title: name, unit: "m", steps: steps)
  }

  @Test("against one place the values are subtracted and the errors added as independent ones")
  func onePlace() {
    let ground = ReferenceSeries([[series("east-displacement", [1, 2, .nan], sigma: 0.4)]])
    let found = ground.relative([series("east-displacement", [5, 5, 5])])[0]
    #expect(found.isRelative && found.steps.map(\.value).prefix(2) == [4, 3] && found.steps[2].value.isNaN)
    #expect(abs(found.steps[0].sigma - 0.5) < 1e-6)
  }

  @Test("of an area the median counts, with the standard error of a median from its scatter or its own errors")
  func area() {
    let places = [-1, 0, 1, 0, 90].map { [series("north-displacement", [2 + Float($0), 7], sigma: 0.1)] }
    let found = ReferenceSeries(places).relative([series("north-displacement", [2, 7], sigma: 0)])[0]
    #expect(found.steps.map(\.value) == [0, 0])
    // Distances from the median 2 are 1, 0, 1, 0, 90: their median is 1.
    #expect(abs(found.steps[0].sigma - 1.2533 * 1.4826 / Float(5).squareRoot()) < 1e-5)
    // Without scatter the places' own errors hold.
    #expect(abs(found.steps[1].sigma - 1.2533 * 0.1 / Float(5).squareRoot()) < 1e-6)
  }

  @Test("where neighbours share their errors, the error of a median is as large as that", arguments: [0, 1, 2])
  func correlated(radius: Int) {
    let side = 10, dates = 40
    let places = (0..<side * side).map { Place.pixel(row: Double($0 / side * 3), column: Double($0 % side * 3)) }
    var stated: [Float] = [], errors: [Float] = []
    for area in 0..<12 {
      var noise = SmoothedNoise(seed: UInt64(area + 1), radius: radius)
      let fields = (0..<dates).map { _ in noise.field(side) }
      let readings = places.indices.map { place in [series("vx", fields.map { $0[place] }, sigma: 0)] }
      let ground = ReferenceSeries(readings, at: places)
      let found = ground.relative([series("vx", [Float](repeating: 0, count: dates), sigma: 0)])[0].steps
      errors += found.map(\.value)
      stated += found.map(\.sigma)
    }
    // As the root of the mean square, over 480 medians.
    func root(_ values: [Float]) -> Float { (values.map { $0 * $0 }.reduce(0, +) / Float(values.count)).squareRoot() }
    let ratio = root(errors) / root(stated)
    #expect(0.75 < ratio && ratio < 1.3, "true error over stated \(ratio)")
  }

  @Test("quantities without a sign stay as they are, and a series that is longer than the reference ends with it")
  func others() {
    let ground = ReferenceSeries([[series("years/speed", [1]), series("vx", [1])]])
    let found = ground.relative([series("years/speed", [5]), series("vx", [5, 6])])
    #expect(!found[0].isRelative && found[0].steps[0].value == 5)
    #expect(found[1].steps[0].value == 4 && found[1].steps[1].value.isNaN)
    #expect(ReferenceSeries.canBeRelative("dates/east-displacement") && !ReferenceSeries.canBeRelative("count"))
  }

  @Test("a table names what is relative and what it is relative to")
  func table() {
    let ground = ReferenceSeries([[series("vx", [1])]])
    let one = ground.relative([series("vx", [5], sigma: 0)])
    let table = ReadingTable(
      series: [one], at: [.pixel(row: 1, column: 2)], names: ["point 1"], reference: "the pixel at 3, 4")
    #expect(table.columns == ["place", "date", "vx_relative_m", "vx_sigma_relative_m", "relative_to"])
    #expect(table.csv.contains(",point 1,1970-01-01,4.0,0.3,\"the pixel at 3, 4\"\n"))
  }
}

/// Normal noise, averaged over squares of neighbours on a lattice, with the deviation 1.
private struct SmoothedNoise {
  private var generator: SeededRandom
  private let radius: Int

  init(seed: UInt64, radius: Int) { (generator, self.radius) = (SeededRandom(seed: seed), radius) }

  mutating func field(_ side: Int) -> [Float] {
    let wide = side + 2 * radius, window = 2 * radius + 1
    let noise = (0..<wide * wide).map { _ in generator.normalPair().0 }
    return (0..<side * side).map { place in
      let row = place / side, column = place % side
      var sum = 0.0
      for down in 0..<window { for right in 0..<window { sum += noise[(row + down) * wide + column + right] } }
      return Float(sum / Double(window))
    }
  }
}
