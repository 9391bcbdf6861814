// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import ProductFixtures
import Products
import RasterIO
import TestSupport
import Testing

@Suite("Clouds of a stack on the common grid")
struct StackCloudsTests {
  private let scratch = Scratch()

  /// Six dates of one ground in grey values of 8 bits, the third half under a cloud.
  private func stack() throws -> StackClouds {
    let texture = GroundTexture(shortest: 90)
    let transform = northUp(400_000, 5_000_000, side: 10)
    let ground = texture.grid(120, 130, transform).map { 60 + ($0 - 5000) / 60 }
    for date in 1...6 {
      var image = ground.map { ($0 + Float(date)).rounded() }
      if date == 3 {
        for row in 0..<120 {
          for column in 0..<65 { image[row, column] = Float(180 + (row * 31 + column * 17) % 23) }
        }
      }
      try scratch.tiff("2020010\(date).tif", image, at: transform, type: .uint8)
    }
    let scenes = try (1...6).map { try scratch.scene("2020010\($0).tif") }
    let stack = try SceneStack(scenes, band: .grey)
    return try StackClouds(stack.passes, bands: StackClouds.bands(of: stack.passes, matched: .grey), grid: stack.grid)
  }

  @Test("a cloud takes the weight of its date and of its place alone")
  func cloud() throws {
    let clouds = try stack()
    #expect(clouds.bands == [.grey])
    let weights = try clouds.read(clouds.grid.window, threads: 2)
    for date in 0..<6 {
      for column in [10, 40, 60, 70, 100] {
        let weight = weights[date][50, column]
        #expect(date == 2 && column < 64 ? weight < 0.05 : weight > 0.95)
      }
    }
    let means = try clouds.means(side: 50)
    #expect(abs((means[2] ?? 0) - 0.5) < 0.03 && means[0].map { $0 > 0.99 } == true)
  }

  @Test("a part has the weights of the whole within 1e-5, and NaN outside")
  func parts() throws {
    let clouds = try stack()
    let whole = try clouds.read(clouds.grid.window)
    let part = Window(row: 31, column: 50, rows: 40, columns: 90)
    for (date, weights) in try clouds.read(part).enumerated() {
      let expected = GridSource(whole[date]).read(part)
      #expect(zip(weights.cells, expected.cells).allSatisfy { abs($0 - $1) < 1e-5 || ($0.isNaN && $1.isNaN) })
    }
  }

  @Test(
    "Perito Moreno: cloudy dates lose weight by themselves, clear ones keep it on the glacier",
    .enabled(if: SharedData.file("perito_moreno_s2") != nil))
  func peritoMoreno() throws {
    let folder = try #require(SharedData.file("perito_moreno_s2")).path
    var options = SceneFinder.Options()
    options.bandNames = [.nir, .red, .green]
    let scenes = SceneFinder(options).find([folder]).scenes
    let area = SceneArea.box(Extent(west: 700, south: 400, east: 899, north: 549), crs: nil)
    let stack = try SceneStack(scenes, band: .red, area: area)
    #expect(stack.passes.count == 15)
    let clouds = try StackClouds(
      stack.passes, bands: StackClouds.bands(of: stack.passes, matched: .red), grid: stack.grid)
    #expect(clouds.bands == [.nir])
    let means = try clouds.means(threads: 2)
    let byDay = Dictionary(uniqueKeysWithValues: zip(stack.passes.map(\.date.day), means.map { $0 ?? .nan }))
    for day in ["2020-01-01", "2020-01-31", "2020-02-07", "2020-02-10", "2020-02-22"] {
      #expect((byDay[day] ?? 0) > 0.9, "\(day) is clear")
    }
    for day in ["2020-01-08", "2020-01-16", "2020-01-18"] {
      #expect((byDay[day] ?? 1) < 0.15, "\(day) is under cloud")
    }
  }
}
