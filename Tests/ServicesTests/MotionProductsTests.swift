// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Services
import Testing

@Suite("Products of motion")
struct MotionProductsTests {
  private let fixture: PairFixture

  init() throws { fixture = try PairFixture() }

  /// Products of a field of one offset, on 2 m pixels with the top as north.
  private func products(
    dx: Float, dy: Float, separation: Double? = 73.05, change: (inout MatchLayers) -> Void = { _ in }
  ) throws -> [String: Product] {
    var p = try fixture.parameters(64, 64)
    p.pixelSize = 2
    p.spacing = 8
    let pair = try ImagePair(p)
    let plan = try MatchPlan(pair, p)
    var layers = MatchLayers.measured(plan.lattice.rows, plan.lattice.columns, dx: dx, dy: dy)
    change(&layers)
    let scale = MotionScale(
      ground: try GroundScale(pair, plan, pixelSize: 2), separation: separation, parameters: p, lattice: plan.lattice,
      survey: LayerSurvey(layers, isAsked: nil))
    let found = MotionProducts(layers, core: 2..<5, atRow: 2, scale).products
    for product in found { #expect(product.values.rows == 3 && product.values.columns == 8) }
    return Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0) })
  }

  private func value(_ products: [String: Product], _ name: String) -> Double {
    products[name].map { Double($0.values[1, 1]) } ?? .nan
  }

  @Test("3 px right and 4 px up on 2 m pixels are 6 m east, 8 m north, 10 m at 36.87°, within 1e-5")
  func displacement() throws {
    let found = try products(dx: 3, dy: -4)
    #expect(abs(value(found, "east") - 6) < 1e-5 && abs(value(found, "north") - 8) < 1e-5)
    #expect(abs(value(found, "displacement") - 10) < 1e-5)
    #expect(abs(value(found, "direction") - 36.869_898) < 1e-4)
    #expect(abs(value(found, "east_sigma") - 0.06) < 1e-6 && abs(value(found, "north_sigma") - 0.08) < 1e-6)
    // First-order errors: along the motion √((0.6 · 0.06)² + (0.8 · 0.08)²), across it over the length.
    #expect(abs(value(found, "displacement_sigma") - hypot(0.6 * 0.06, 0.8 * 0.08)) < 1e-6)
    let across = hypot(0.8 * 0.06, 0.6 * 0.08) / 10 * 180 / Double.pi
    #expect(abs(value(found, "direction_sigma") - across) < 1e-4)
  }

  @Test("73.05 days are a fifth of a year: velocities are five times the displacements, in m/yr")
  func velocity() throws {
    let found = try products(dx: 3, dy: -4)
    #expect(abs(value(found, "speed") - 50) < 1e-4 && abs(value(found, "east_velocity") - 30) < 1e-4)
    #expect(abs(value(found, "speed_sigma") / value(found, "displacement_sigma") - 5) < 1e-5)
    #expect(found["speed"]?.unit == "m/yr" && found["east"]?.unit == "m" && found["dx"]?.unit == "px")
    let undated = try products(dx: 3, dy: -4, separation: nil)
    #expect(undated["speed"] == nil && undated["strain_shear"]?.unit == "1" && found["strain_shear"]?.unit == "1/yr")
  }

  @Test(
    "directions run clockwise from north through all quadrants",
    arguments: [
      (1, -1, 45.0), (1, 1, 135), (-1, 1, 225), (-1, -1, 315), (0, -1, 0), (0, 1, 180),
    ] as [(Float, Float, Double)])
  func direction(_ dx: Float, _ dy: Float, _ degrees: Double) throws {
    #expect(abs(value(try products(dx: dx, dy: dy), "direction") - degrees) < 1e-4)
  }

  @Test("still ground has length 0 with the larger sigma, and a direction that means nothing")
  func still() throws {
    let found = try products(dx: 0, dy: 0)
    #expect(value(found, "displacement") == 0 && abs(value(found, "displacement_sigma") - 0.08) < 1e-6)
    #expect(value(found, "direction_sigma") == 180)
  }

  @Test("gradients and their sigmas are the layers' own; a missing point is missing everywhere")
  func gradients() throws {
    let found = try products(dx: 3, dy: -4) { layers in
      for layer in MatchLayers.Layer.allCases { layers[layer].cells[3 * 8 + 2] = .nan }
    }
    #expect(value(found, "dx_per_row") == Double(Float(-0.002)))
    #expect(abs(value(found, "dy_per_row_sigma") - 0.002) < 1e-8)
    // d(dx)/dx = 0.001, d(dy)/dy = 0.004 and the shear of −0.002 and 0.003 turn by (0.003 + 0.002) / 2, clockwise, px/px.
    #expect(abs(abs(value(found, "rotation")) - 0.0025 * 5) < 1e-6)
    for (name, product) in found { #expect(product.values[1, 2].isNaN, "\(name)") }
  }

  @Test("layers without gradients get strain from a gauge: a field of 1 % per pixel has that gradient within 1e-6")
  func gauge() throws {
    var p = try fixture.parameters(256, 256)
    p.spacing = 8
    let pair = try ImagePair(p)
    let plan = try MatchPlan(pair, p)
    var layers = MatchLayers(rows: plan.lattice.rows, columns: plan.lattice.columns, flag: .measured)
    layers[.dx] = layers[.dx].map { _ in 2 }
    layers[.dy] = layers[.dy].map { _ in 0 }
    for row in 0..<layers.rows {
      for column in 0..<layers.columns { layers[.dx][row, column] += 0.01 * 8 * Float(column) }
    }
    let scale = MotionScale(
      ground: nil, separation: nil, parameters: p, lattice: plan.lattice,
      survey: LayerSurvey(layers, isAsked: nil))
    let found = MotionProducts(layers, core: 0..<layers.rows, atRow: 0, scale).products
    let strain = try #require(found.first { $0.name == "strain_longitudinal" }?.values)
    for row in 6..<20 { for column in 6..<20 { #expect(abs(strain[row, column] - 0.01) < 1e-6) } }
    #expect(found.filter { $0.name.contains("_per_") }.isEmpty)
  }
}
