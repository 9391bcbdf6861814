// SPDX-License-Identifier: Apache-2.0
import Deformation
import Foundation
import Grids
import Simulation
import Testing

@Suite("Errors of strain components")
struct StrainErrorTests {
  /// Draws gradients and offsets with a full covariance and compares spread with the propagated sigma.
  @Test("first-order sigmas agree with the spread of 20 000 draws within 3 %", arguments: [0.0, 77, 205])
  func monteCarlo(azimuth: Double) {
    // A lower-triangular factor gives the covariance L Lᵀ.
    let l: [[Double]] = [[3e-4, 0, 0, 0], [1e-4, 2e-4, 0, 0], [-5e-5, 1e-4, 4e-4, 0], [0, 5e-5, -1e-4, 3e-4]]
    var covariance = GradientCovariance()
    for i in 0..<4 {
      for j in i..<4 { covariance[i, j] = (0..<4).reduce(0) { $0 + l[i][$1] * l[j][$1] } }
    }
    let sigma = (x: 0.05, y: 0.08)
    let dx = 2 * sin(azimuth * .pi / 180), dy = -2 * cos(azimuth * .pi / 180)
    let truth: [Double] = [4e-3, -2e-3, 1.5e-3, -3e-3]
    let t = GeoTransform(
      originEast: 0, originNorth: 0, eastPerColumn: 9, northPerRow: -9, eastPerRow: 1, northPerColumn: 1)
    let analysis = StrainAnalysis(transform: t, separation: 20)
    func gradient(_ g: [Double]) -> DisplacementGradient {
      DisplacementGradient(dxPerColumn: g[0], dxPerRow: g[1], dyPerColumn: g[2], dyPerRow: g[3])
    }
    let motion = OffsetEstimate(dx: dx, dy: dy, dxVariance: sigma.x * sigma.x, dyVariance: sigma.y * sigma.y)
    let expected = analysis.rates(gradient: gradient(truth), covariance: covariance, motion: motion)
    var random = SeededRandom(seed: 4)
    var sums = [Double](repeating: 0, count: 12)
    let draws = 20_000
    for _ in 0..<draws {
      let (a, b) = random.normalPair(), (c, d) = random.normalPair(), (e, f) = random.normalPair()
      let z = [a, b, c, d]
      let noisy = (0..<4).map { i in truth[i] + (0...i).reduce(0) { $0 + l[i][$1] * z[$1] } }
      var moved = motion
      moved.dx += sigma.x * e
      moved.dy += sigma.y * f
      let rates = analysis.rates(gradient: gradient(noisy), covariance: covariance, motion: moved)
      for (lane, component) in StrainComponent.allCases.enumerated() {
        let error = rates[component].value - expected[component].value
        sums[lane] += error * error
      }
    }
    for (lane, component) in StrainComponent.allCases.enumerated() {
      let ratio = (sums[lane] / Double(draws)).squareRoot() / expected[component].sigma
      #expect(abs(ratio - 1) < 0.03, "\(component): spread over sigma is \(ratio)")
    }
  }

  @Test("a field gives the same numbers as its points, and NaN where a point is missing")
  func field() {
    let values: [Float] = [1e-3, 2e-3, .nan, 4e-3]
    let g = Grid(rows: 2, columns: 2, cells: values)
    let ones = Grid<Float>(rows: 2, columns: 2, filledWith: 1)
    let c = GradientCovariance(sigmas: SIMD4(1e-4, 2e-4, 3e-4, 4e-4))
    let field = StrainAnalysis(transform: northUp, separation: nil).rates(
      of: GradientField(
        dxPerColumn: g, dxPerRow: g, dyPerColumn: g, dyPerRow: g,
        covariance: Grid(rows: 2, columns: 2, filledWith: c)),
      motion: MotionField(dx: ones, dy: ones, dxSigma: ones.map { 0.1 * $0 }, dySigma: ones.map { 0.1 * $0 }))
    for index in 0..<4 {
      let v = Double(values[index]), variance = Double(Float(0.1)) * Double(Float(0.1))
      let point = StrainAnalysis(transform: northUp, separation: nil).rates(
        gradient: DisplacementGradient(dxPerColumn: v, dxPerRow: v, dyPerColumn: v, dyPerRow: v), covariance: c,
        motion: OffsetEstimate(dx: 1, dy: 1, dxVariance: variance, dyVariance: variance))
      for component in StrainComponent.allCases {
        let value = field[component].cells[index], sigma = field.sigma(of: component).cells[index]
        #expect(value == Float(point[component].value) || (value.isNaN && point[component].value.isNaN))
        #expect(sigma == Float(point[component].sigma) || (sigma.isNaN && point[component].sigma.isNaN))
        if index == 2 { #expect(value.isNaN) }
      }
    }
  }
}
