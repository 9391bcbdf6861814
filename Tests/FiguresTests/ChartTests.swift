// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Testing

@Suite("Charts")
struct ChartTests {
  @Test("a histogram counts shares of finite values and tells what lies beyond")
  func histogram() {
    let chart = Histogram([0.5, 1.5, 1.6, 9, .nan], range: ValueRange(0, 2), classes: 2, name: "speed", unit: "m/yr")
    #expect(chart.shares == [0.25, 0.5])
    #expect(chart.shareBeyond == 0.25)
    #expect(chart.description.contains("25.0\u{202F}% of the points lie beyond"))
    #expect(TinyXML(chart.svg()).isWellFormed)
    let empty = Histogram([.nan], name: "speed", unit: "m/yr")
    #expect(empty.shares.allSatisfy { $0 == 0 } && TinyXML(empty.svg()).isWellFormed)
  }

  @Test("the last class of a histogram includes the upper end")
  func upperEnd() {
    #expect(Histogram([0, 1, 2], range: ValueRange(0, 2), classes: 2, name: "", unit: "").shares.last! > 0.6)
  }

  @Test(
    "motion to one side has that direction within 1e-4 degrees and steadiness 1",
    arguments: [(0.0, 1.0, 0.0), (1, 0, 90), (0, -1, 180), (-1, 0, 270), (1, 1, 45)])
  func rose(east: Double, north: Double, direction: Double) {
    let rose = DirectionRose(
      east: [Float(east), 0, .nan], north: [Float(north), 0, 1], weights: nil, sectors: 24, isGeographic: true)
    #expect(abs(rose.meanDirection - direction) < 1e-4)
    #expect(abs(rose.steadiness - 1) < 1e-9)
    #expect(rose.shares[Int(direction / 15)] == 1)
  }

  @Test("opposed motions cancel unless their weights differ")
  func weights() {
    let even = DirectionRose(east: [1, -1], north: [0, 0], weights: nil, isGeographic: true)
    #expect(even.steadiness < 1e-9 && even.meanDirection.isNaN)
    #expect(!even.svg().contains("pointer\"") && even.description.contains("none in common"))
    let uneven = DirectionRose(east: [1, -1], north: [0, 0], weights: [3, 1], isGeographic: true)
    #expect(abs(uneven.steadiness - 0.5) < 1e-9 && abs(uneven.meanDirection - 90) < 1e-9)
    #expect(uneven.shares[6] == 0.75 && uneven.svg().contains("pointer\""))
    let none = DirectionRose(east: [0], north: [0], weights: nil, isGeographic: false)
    #expect(none.meanDirection.isNaN && TinyXML(none.svg()).isWellFormed)
  }

  @Test("normal errors over their sigma: 68.3 % within one sigma and RMS 1, both within 1 %")
  func coverage() {
    var noise = SampleReport.Noise(state: 3)
    let plot = CoveragePlot(normalisedErrors: (0..<20_000).map { _ in Float(noise.normal()) })
    #expect(abs(plot.shareWithinSigma - 0.683) < 0.01)
    #expect(abs(plot.rootMeanSquare - 1) < 0.01)
    #expect(abs(CoveragePlot.normalShare - 0.682689492) < 1e-8)
  }

  @Test("sigmas half as large as the errors cover 38.3 % within 1 %, and the page warns")
  func tooSmall() {
    var noise = SampleReport.Noise(state: 4)
    let errors = (0..<20_000).map { _ in Float(2 * noise.normal()) }
    #expect(abs(CoveragePlot(normalisedErrors: errors).shareWithinSigma - 0.383) < 0.01)
  }

  @Test("coverage of no errors is NaN and still a chart")
  func noErrors() {
    let plot = CoveragePlot(normalisedErrors: [.nan])
    #expect(plot.shareWithinSigma.isNaN && plot.count == 0 && TinyXML(plot.svg()).isWellFormed)
  }

  @Test("a profile breaks its line where values are missing")
  func profile() {
    let chart = ProfileChart(
      distances: [0, 1, 2, 3, 4, 5], values: [1, 2, .nan, 3, 4, 5], sigmas: [1, 1, 1, 1, 1, 1], distanceUnit: "km",
      name: "speed", unit: "m/yr")
    let svg = chart.svg()
    #expect(svg.components(separatedBy: "class=\"curve\"").count == 3)
    #expect(svg.components(separatedBy: "class=\"band\"").count == 3)
    #expect(TinyXML(svg).isWellFormed && !svg.contains("nan"))
  }

  @Test("bars carry counts and shares of the whole")
  func bars() {
    let bars = [BarChart.Bar(name: "masked", count: 250, colour: Colour(hex: 0x56B4E9))]
    let svg = BarChart(bars, total: 1000, description: "why").svg()
    #expect(svg.contains(">250 (25.0\u{202F}%)<") && svg.contains("#56b4e9"))
  }
}

@Suite("Stable ground")
struct StableGroundTests {
  private static func cloud(count: Int, east: Double, north: Double, sigma: (Double, Double)) -> ([Float], [Float]) {
    var noise = SampleReport.Noise(state: 11)
    var a: [Float] = [], b: [Float] = []
    for _ in 0..<count {
      a.append(Float(east + sigma.0 * noise.normal()))
      b.append(Float(north + sigma.1 * noise.normal()))
    }
    return (a, b)
  }

  @Test("a normal cloud: bias within 0.1 sigma, spread 2 sigma within 8 %, 13.5 % outliers within 2 %")
  func normal() throws {
    let (east, north) = Self.cloud(count: 20_000, east: 0.3, north: -1.2, sigma: (0.5, 0.2))
    let stable = try #require(StableGround(east: east, north: north, unit: "m/yr"))
    #expect(abs(stable.biasEast - 0.3) < 0.05 && abs(stable.biasNorth + 1.2) < 0.02)
    #expect(abs(stable.spreadEast - 1.0) < 0.08 && abs(stable.spreadNorth - 0.4) < 0.032)
    #expect(abs(stable.outlierShare - 0.135) < 0.02)
    #expect(abs(stable.nmadEast - 0.5) < 0.02)
  }

  @Test("one tenth of wild points moves the bias by less than 0.1 sigma and counts as outliers")
  func outliers() throws {
    var (east, north) = Self.cloud(count: 9000, east: 0, north: 0, sigma: (1, 1))
    var noise = SampleReport.Noise(state: 5)
    for _ in 0..<1000 {
      east.append(Float(100 * noise.uniform() + 20))
      north.append(Float(100 * noise.uniform() + 20))
    }
    let stable = try #require(StableGround(east: east, north: north, unit: "px"))
    #expect(abs(stable.biasEast) < 0.15 && abs(stable.biasNorth) < 0.15)
    #expect(stable.outlierShare > 0.2 && stable.outlierShare < 0.27)
  }

  @Test("fewer than ten points, or none, give no statistics; equal points give a spread near zero")
  func few() throws {
    #expect(StableGround(east: [1, 2, .nan], north: [1, 2, 3], unit: "px") == nil)
    let same = [Float](repeating: 0.5, count: 50)
    let stable = try #require(StableGround(east: same, north: same, unit: "px"))
    #expect(abs(stable.biasEast - 0.5) < 1e-6 && stable.spreadEast < 1e-6)
    let svg = try stable.svg(encodePNG: StoredPNG.encode)
    #expect(TinyXML(svg).isWellFormed && !svg.contains("nan"))
  }
}
