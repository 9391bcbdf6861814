// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Products
import RasterIO
import TestSupport
import Testing

/// A real texture, sampled by two sensors on different grids, brought to one grid and matched: the truth is no motion.
@Suite("Bias of scenes from other grids")
struct ReprojectionBiasTests {
  private let scratch = Scratch()
  private static let texture = "texture_pleiades/ventoux_l.tif"

  /// Grids of 10 m, or of another side, on which the second sensor sees the ground.
  enum Other: String, CaseIterable, Sendable {
    case halfPixel, thirdOfPixel, nextZone, rotated, sixMetres

    var crs: String { self == .nextZone ? "EPSG:32632" : "EPSG:32631" }

    var transform: GeoTransform {
      switch self {
      case .halfPixel: northUp(680_005, 4_880_005, side: 10)
      case .thirdOfPixel: northUp(680_003.3, 4_880_006.6, side: 10)
      case .nextZone: northUp(200_000, 4_880_000, side: 10)
      case .rotated:
        GeoTransform(
          originEast: 680_001, originNorth: 4_880_002, eastPerColumn: 10 * cos(0.3), northPerRow: -10 * cos(0.3),
          eastPerRow: 10 * sin(0.3), northPerColumn: 10 * sin(0.3))
      case .sixMetres: northUp(680_001, 4_880_002, side: 6)
      }
    }
  }

  @Test(
    "a real texture seen on another grid and brought back matches with a bias below 0.005 px",
    .enabled(if: SharedData.file(texture) != nil), arguments: Other.allCases)
  func bias(other: Other) throws {
    // Pixels of 2.5 m stand for the ground, so that both sensors sample it independently.
    let source = try RasterImage.open(try #require(SharedData.file(Self.texture)).path)
    let fine = try source.read(source.window)
    try scratch.tiff("ground_20200101.tif", fine, at: northUp(680_000, 4_880_000, side: 2.5))
    let ground = ScenePass([try scratch.scene("ground_20200101.tif")])
    let grid = SceneGrid(
      rows: 224, columns: 224, transform: northUp(680_100, 4_879_900, side: 10), crs: try CRS("EPSG:32631"))
    let reference = try PassImage(ground, band: .grey, grid: grid).read(grid.window)

    let slack = 16, around = grid.cropped(to: grid.window.grown(by: slack))
    let endless = SceneGrid(rows: 1, columns: 1, transform: other.transform, crs: try CRS(other.crs))
    let box = try #require(try endless.georeference.pixels(in: around.georeference.extent, of: grid.crs))
    let sensor = endless.cropped(to: box.grown(by: 40))
    let seen = try PassImage(ground, band: .grey, grid: sensor).read(sensor.window)
    try scratch.tiff("sensor_20200111.tif", seen, at: sensor.transform, crs: other.crs)
    let pass = ScenePass([try scratch.scene("sensor_20200111.tif")])
    let secondary = try PassImage(pass, band: .grey, grid: grid).read(grid.window.grown(by: slack))

    let block = DenseMatching.Block(
      reference: reference, secondary: secondary, slack: slack, scene: grid.window,
      secondaryScene: Window(row: 0, column: 0, rows: secondary.rows, columns: secondary.columns), coarsestLevel: 0)
    var parameters = DenseMatching.Parameters()
    parameters.templateWindow = 31
    let found = DenseMatching.match(
      block, points: PointLattice(row: 24, column: 24, spacing: 8, rows: 22, columns: 22), parameters: parameters
    ) { _, _ in (0, 0) }
    for layer in [MatchLayers.Layer.dx, .dy] {
      let offsets = found[layer].cells.filter(\.isFinite).map(Double.init)
      #expect(offsets.count > 400)
      let mean = offsets.reduce(0, +) / Double(offsets.count)
      let worst = quantiles(offsets.map(abs), at: [0.95])[0]
      print("\(other.rawValue) \(layer.name): bias \(mean) px, 95 % of \(offsets.count) points within \(worst) px")
      #expect(abs(mean) < 0.005)
    }
  }
}
