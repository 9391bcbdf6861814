// SPDX-License-Identifier: Apache-2.0
import Deformation
import Foundation
import Grids
import Simulation
import Testing

/// A north-up raster of square pixels.
let northUp = GeoTransform(originEast: 500_000, originNorth: 6_000_000, eastPerColumn: 10, northPerRow: -10)

/// The image-axes gradient of a displacement gradient given in the map axes of a north-up raster of square pixels.
func imageGradient(ee: Double, en: Double, ne: Double, nn: Double) -> DisplacementGradient {
  DisplacementGradient(dxPerColumn: ee, dxPerRow: -en, dyPerColumn: -ne, dyPerRow: nn)
}

@Suite("Strain analysis")
struct StrainAnalysisTests {
  let east = OffsetEstimate(dx: 5, dy: 0)

  func analyse(
    _ gradient: DisplacementGradient, motion: OffsetEstimate, transform: GeoTransform = northUp,
    covariance: GradientCovariance = .unknown, separation: Double? = nil, material: Material = .ice
  ) -> StrainRates {
    var parameters = StrainAnalysis.Parameters()
    parameters.material = material
    return StrainAnalysis(transform: transform, separation: separation, parameters: parameters)
      .rates(gradient: gradient, covariance: covariance, motion: motion)
  }

  @Test("rigid rotation gives no strain and its own angle, counter-clockwise positive, to 1e-15")
  func rigidRotation() {
    // (east, north) += ω (−north, east): a counter-clockwise turn seen from above.
    let rates = analyse(imageGradient(ee: 0, en: -1e-3, ne: 1e-3, nn: 0), motion: east)
    #expect(abs(rates[.rotation].value - 1e-3) < 1e-15)
    for component in [StrainComponent.east, .north, .eastNorth, .longitudinal, .transverse, .shear, .vertical] {
      #expect(abs(rates[component].value) < 1e-15)
    }
    #expect(abs(rates[.effective].value) < 1e-15)
  }

  @Test("pure shear 2e-3 of the engineering kind is a tensor shear of 1e-3 with principal strains ±1e-3 at 45°")
  func pureShear() {
    let rates = analyse(imageGradient(ee: 0, en: 2e-3, ne: 0, nn: 0), motion: east)
    #expect(abs(rates[.eastNorth].value - 1e-3) < 1e-15)
    #expect(abs(rates[.shear].value - 1e-3) < 1e-15)
    #expect(abs(rates[.rotation].value + 1e-3) < 1e-15)
    #expect(abs(rates[.principalLargest].value - 1e-3) < 1e-15)
    #expect(abs(rates[.principalSmallest].value + 1e-3) < 1e-15)
    #expect(abs(rates[.principalAzimuth].value - 45) < 1e-9)
    #expect(abs(rates[.effective].value - 1e-3) < 1e-15)
    #expect(abs(rates[.vertical].value) < 1e-15)
  }

  @Test("motion to the north makes the north strain longitudinal, and ice thins by the sum, to 1e-15")
  func motionToTheNorth() {
    let rates = analyse(
      imageGradient(ee: -1e-3, en: 0, ne: 0, nn: 3e-3), motion: OffsetEstimate(dx: 0, dy: -2))
    #expect(abs(rates[.longitudinal].value - 3e-3) < 1e-15)
    #expect(abs(rates[.transverse].value + 1e-3) < 1e-15)
    #expect(abs(rates[.vertical].value + 2e-3) < 1e-15)
    #expect(rates[.principalAzimuth].value.truncatingRemainder(dividingBy: 180) < 1e-9)
  }

  @Test("a year of 365.25 days: 36.525 days give ten times the strain")
  func rates() {
    let g = imageGradient(ee: 1e-3, en: 2e-4, ne: 3e-4, nn: -4e-4)
    let c = GradientCovariance(sigmas: SIMD4(1e-4, 1e-4, 1e-4, 1e-4))
    let strain = analyse(g, motion: east, covariance: c)
    let rate = analyse(g, motion: east, covariance: c, separation: 36.525)
    for component in StrainComponent.allCases {
      let factor = component == .principalAzimuth ? 1.0 : 10
      #expect(abs(rate[component].value - factor * strain[component].value) < 1e-9)
      #expect(abs(rate[component].sigma - factor * strain[component].sigma) < 1e-9)
    }
    #expect(StrainComponent.rotation.unit(isRate: true) == "rad/yr")
  }

  @Test("a landslide has no vertical strain, and its effective strain leaves it out")
  func landslide() {
    let rates = analyse(imageGradient(ee: 2e-3, en: 0, ne: 0, nn: 0), motion: east, material: .landslide)
    #expect(rates[.vertical].value.isNaN)
    #expect(abs(rates[.effective].value - 2e-3 / 2.0.squareRoot()) < 1e-15)
  }

  @Test(
    "turning the ground turns the tensor and leaves the flow components, rotation and invariants, to 1e-14",
    arguments: [0.0, 23, 69, 115, 161, 207, 253, 299, 345])
  func rotationInvariance(angle: Double) {
    let c = cos(angle * .pi / 180), s = sin(angle * .pi / 180)
    let g = [[1.3e-3, -7e-4], [2.1e-3, -4e-4]]
    // R G Rᵀ with R the counter-clockwise turn by `angle`.
    let r = [[c, -s], [s, c]]
    var turned = [[0.0, 0], [0, 0]]
    for i in 0..<2 {
      for j in 0..<2 {
        for k in 0..<2 { for l in 0..<2 { turned[i][j] += r[i][k] * g[k][l] * r[j][l] } }
      }
    }
    let d = (east: 3.0, north: 1.0)
    let moved = OffsetEstimate(dx: c * d.east - s * d.north, dy: -(s * d.east + c * d.north))
    let before = analyse(
      imageGradient(ee: g[0][0], en: g[0][1], ne: g[1][0], nn: g[1][1]), motion: OffsetEstimate(dx: 3, dy: -1))
    let after = analyse(
      imageGradient(ee: turned[0][0], en: turned[0][1], ne: turned[1][0], nn: turned[1][1]), motion: moved)
    for component in [
      StrainComponent.longitudinal, .transverse, .shear, .rotation, .vertical, .principalLargest,
      .principalSmallest, .effective,
    ] {
      #expect(abs(before[component].value - after[component].value) < 1e-14)
    }
    let expected = before[.principalAzimuth].value - angle
    let difference = after[.principalAzimuth].value - expected
    #expect(abs(difference - (difference / 180).rounded() * 180) < 1e-9)
  }

  @Test("a turned raster of oblong pixels gives the map tensor of the same ground, to 1e-14")
  func turnedRaster() {
    let t = GeoTransform(
      originEast: 0, originNorth: 0, eastPerColumn: 8, northPerRow: -5, eastPerRow: 2, northPerColumn: 3)
    // Image gradient A⁻¹ M A of a known map gradient M.
    let m = [[1e-3, 2e-3], [-5e-4, 4e-4]], a = [[8.0, 2], [3, -5]]
    let det = a[0][0] * a[1][1] - a[0][1] * a[1][0]
    let inv = [[a[1][1] / det, -a[0][1] / det], [-a[1][0] / det, a[0][0] / det]]
    var g = [[0.0, 0], [0, 0]]
    for i in 0..<2 {
      for j in 0..<2 {
        for k in 0..<2 { for l in 0..<2 { g[i][j] += inv[i][k] * m[k][l] * a[l][j] } }
      }
    }
    let rates = analyse(
      DisplacementGradient(dxPerColumn: g[0][0], dxPerRow: g[0][1], dyPerColumn: g[1][0], dyPerRow: g[1][1]),
      motion: east, transform: t)
    #expect(abs(rates[.east].value - 1e-3) < 1e-14)
    #expect(abs(rates[.north].value - 4e-4) < 1e-14)
    #expect(abs(rates[.eastNorth].value - 7.5e-4) < 1e-14)
    #expect(abs(rates[.rotation].value + 1.25e-3) < 1e-14)
  }

  @Test("components along the flow are missing where the motion is below three sigma, the others stay")
  func slowGround() {
    let g = imageGradient(ee: 1e-3, en: 0, ne: 0, nn: 0)
    let slow = analyse(g, motion: OffsetEstimate(dx: 0.2, dy: 0, dxVariance: 0.01, dyVariance: 0.01))
    #expect(slow[.longitudinal].value.isNaN && slow[.shear].sigma.isNaN)
    #expect(slow[.principalLargest].value == 1e-3)
    let fast = analyse(g, motion: OffsetEstimate(dx: 0.4, dy: 0, dxVariance: 0.01, dyVariance: 0.01))
    #expect(fast[.longitudinal].value == 1e-3)
    #expect(analyse(g, motion: OffsetEstimate(dx: 0, dy: 0))[.longitudinal].value.isNaN)
  }

  @Test("a missing gradient gives nothing, an unknown covariance gives values without sigmas")
  func missing() {
    let none = analyse(
      DisplacementGradient(dxPerColumn: .nan, dxPerRow: 0, dyPerColumn: 0, dyPerRow: 0), motion: east)
    let allMissing = StrainComponent.allCases.allSatisfy { none[$0].value.isNaN && none[$0].sigma.isNaN }
    #expect(allMissing)
    let some = analyse(imageGradient(ee: 1e-3, en: 0, ne: 0, nn: 0), motion: east)
    #expect(some[.east].value == 1e-3 && some[.east].sigma.isNaN)
  }
}
