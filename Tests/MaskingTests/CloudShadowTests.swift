// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Masking
import Testing

@Suite("Shadows of clouds")
struct CloudShadowTests {
  private static let transform = GeoTransform(originEast: 0, originNorth: 0, eastPerColumn: 30, northPerRow: -30)
  private static let size = 256

  /// Ground with discs of cloud at heights in metres, and what their shadows cover.
  private static func scene(
    _ clouds: [(row: Double, column: Double, radius: Double, height: Double)], sun: SunPosition
  ) -> (classes: Grid<SurfaceClass>, nir: Grid<Float>, shadow: Mask) {
    var nir = GroundSpectra.texture(rows: size, columns: size, contrast: 0.05, seed: 3).map { 0.3 * $0 }
    var classes = Grid(rows: size, columns: size, filledWith: SurfaceClass.land)
    var shadow = Mask(rows: size, columns: size, filledWith: false)
    let a = sun.azimuth * .pi / 180
    for cloud in clouds {
      let shift = cloud.height / tan(sun.elevation * .pi / 180) / 30
      for r in 0..<size {
        for c in 0..<size {
          func isIn(_ row: Double, _ column: Double) -> Bool {
            hypot(Double(r) - row, Double(c) - column) < cloud.radius
          }
          if isIn(cloud.row, cloud.column) { classes[r, c] = .cloud }
          // Away from the sun: rows grow toward south.
          if isIn(cloud.row + shift * cos(a), cloud.column - shift * sin(a)) { shadow[r, c] = true }
        }
      }
    }
    for i in nir.cells.indices {
      if shadow.cells[i] { nir.cells[i] *= 0.5 }
      if classes.cells[i] == .cloud { (nir.cells[i], shadow.cells[i]) = (0.6, false) }
    }
    return (classes, nir, shadow)
  }

  @Test(
    "are found with an IoU of at least 0.95, whatever the height and the sun",
    arguments: [(150.0, 45.0), (220, 30), (45, 60)])
  func discs(azimuth: Double, elevation: Double) {
    let sun = SunPosition(azimuth: azimuth, elevation: elevation)
    let (classes, nir, shadow) = Self.scene(
      [(60, 60, 14, 1_000), (70, 170, 10, 2_000), (180, 100, 16, 600), (190, 200, 8, 1_500)], sun: sun)
    let found = CloudShadow.adding(to: classes, nir: nir, transform: Self.transform, sun: sun)
    let agreement = Agreement(found: found.mask(of: .shadow), labelled: shadow)
    #expect(agreement.iou >= 0.95, "\(agreement)")
    #expect(found.mask(of: .cloud) == classes.mask(of: .cloud))
  }

  @Test("need a cloud: dark ground away from the sun's line is none")
  func lake() {
    let sun = SunPosition(azimuth: 180, elevation: 45)
    var (classes, nir, _) = Self.scene([], sun: sun)
    for r in 100..<130 { for c in 100..<130 { nir[r, c] = 0.05 } }
    #expect(CloudShadow.adding(to: classes, nir: nir, transform: Self.transform, sun: sun) == classes)
    for r in 100..<130 { for c in 30..<50 { classes[r, c] = .cloud } }
    let found = CloudShadow.adding(to: classes, nir: nir, transform: Self.transform, sun: sun)
    #expect(!found.cells.contains(.shadow))
  }
}

@Suite("Filling hollows")
struct HollowFillTests {
  @Test("fills to the lowest rim, leaves what drains over the border, and stays above the ground everywhere")
  func rims() {
    var ground = Grid<Float>(rows: 9, columns: 9, filledWith: 5)
    for r in 2...6 { for c in 2...6 { ground[r, c] = 8 } }
    for r in 3...5 { for c in 3...5 { ground[r, c] = 1 } }
    ground[2, 4] = 6  // the lowest part of the rim
    let filled = ground.hollowsFilled()
    #expect(filled[4, 4] == 6 && filled[3, 3] == 6 && filled[0, 0] == 5 && filled[2, 2] == 8)
    ground[4, 4] = .nan
    #expect(ground.hollowsFilled()[4, 4].isNaN && ground.hollowsFilled()[3, 3] == 6)
    for c in 0...3 { ground[3, c] = 2 }
    #expect(ground.hollowsFilled()[3, 3] == 2)
  }

  @Test("equals lowering until nothing changes")
  func random() {
    let ground = GroundSpectra.texture(rows: 41, columns: 33, contrast: 0.3, seed: 9)
    var slow = ground.map { _ in Float.infinity }
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      for r in 0..<41 {
        for c in 0..<33 {
          var level = r == 0 || c == 0 || r == 40 || c == 32 ? ground[r, c] : Float.infinity
          for dr in -1...1 {
            for dc in -1...1 where (0..<41).contains(r + dr) && (0..<33).contains(c + dc) && (dr, dc) != (0, 0) {
              level = min(level, slow[r + dr, c + dc])
            }
          }
          level = max(level, ground[r, c])
          if level < slow[r, c] { (slow[r, c], hasChanged) = (level, true) }
        }
      }
    }
    #expect(ground.hollowsFilled() == slow)
  }
}

@Suite("Connected regions")
struct ConnectedRegionsTests {
  @Test("join at edges, and at corners only where asked")
  func shapes() {
    let text = ["##..#", "..#.#", "#.#.#", "#...#", "####."]
    let mask = Mask(rows: 5, columns: 5, cells: text.joined().map { $0 == "#" })
    let edges = ConnectedRegions(of: mask, diagonally: false)
    #expect(edges.sizes == [2, 4, 2, 6] && edges.touchesBorder == [true, true, false, true])
    #expect(edges.labels[0, 2] == -1)
    #expect(ConnectedRegions(of: mask, diagonally: true).sizes == [4, 10])
  }
}
