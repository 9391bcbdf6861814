// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Masking
import Testing

@Suite("Spectral classes")
struct SpectralClassificationTests {
  private static func share(_ kind: SurfaceClass, _ classes: Grid<SurfaceClass>, columns: Range<Int>) -> Double {
    var count = 0
    for r in 0..<classes.rows { for c in columns where classes[r, c] == kind { count += 1 } }
    return Double(count) / Double(classes.rows * columns.count)
  }

  @Test("of snow, ice, rock, grass and water are theirs at 95 % of the pixels, and none is cloud")
  func clearGround() {
    let kinds: [([Float], SurfaceClass)] = [
      (GroundSpectra.freshSnow, .snow), (GroundSpectra.oldSnow, .snow), (GroundSpectra.bareIce, .snow),
      (GroundSpectra.dirtyIce, .snow), (GroundSpectra.debris, .land), (GroundSpectra.rock, .land),
      (GroundSpectra.grass, .land), (GroundSpectra.lake, .water),
    ]
    let found = SpectralClassification(SpectralBands(GroundSpectra.scene(kinds.map(\.0))))
    for (k, kind) in kinds.enumerated() {
      let columns = k * 48 + 2..<(k + 1) * 48 - 2
      #expect(Self.share(kind.1, found.classes, columns: columns) >= 0.95, "kind \(k)")
      #expect(Self.share(.cloud, found.classes, columns: columns) <= 0.01, "kind \(k)")
    }
  }

  @Test(
    "keep at least 95 % of clear ice under broken cloud, and find at least 90 % of the cloud",
    arguments: [4, 8, 24])
  func iceUnderCloud(clouds: Int) {
    let kinds = [GroundSpectra.oldSnow, GroundSpectra.bareIce, GroundSpectra.dirtyIce, GroundSpectra.rock]
    let clear = GroundSpectra.scene(kinds, rows: 192)
    var opacity = Grid<Float>(rows: 192, columns: 192, filledWith: 0)
    for k in 0..<clouds {
      let disc = GroundSpectra.disc(
        rows: 192, columns: 192, row: Double(k * 67 % 192), column: Double(k * 41 % 192), radius: 18)
      for i in opacity.cells.indices { opacity.cells[i] = max(opacity.cells[i], disc.cells[i]) }
    }
    let classes = SpectralClassification(SpectralBands(GroundSpectra.clouded(clear, opacity: opacity))).classes
    var ice = 0, kept = 0, cloud = 0, found = 0
    for r in 0..<192 {
      for c in 0..<192 {
        if opacity[r, c] == 0 && c < 144 {
          ice += 1
          if classes[r, c] == .snow { kept += 1 }
        } else if opacity[r, c] == 1 {
          cloud += 1
          if classes[r, c] == .cloud { found += 1 }
        }
      }
    }
    if ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil {
      print("\(clouds) clouds over ice: \(kept) of \(ice) clear kept, \(found) of \(cloud) cloud found")
    }
    #expect(Double(kept) >= 0.95 * Double(ice))
    #expect(Double(found) >= 0.90 * Double(cloud))
  }

  @Test("of an image that is all cloud are cloud, of one that is all snow are snow")
  func oneThing() {
    let cloud = SpectralClassification(SpectralBands(GroundSpectra.scene([GroundSpectra.thickCloud])))
    #expect(Self.share(.cloud, cloud.classes, columns: 0..<48) >= 0.99)
    let snow = SpectralClassification(SpectralBands(GroundSpectra.scene([GroundSpectra.freshSnow])))
    #expect(Self.share(.snow, snow.classes, columns: 0..<48) >= 0.99)
  }

  @Test("are null where any band is missing, and a hole in a cloud is closed up to its largest size")
  func nullAndHoles() {
    var bands = GroundSpectra.scene([GroundSpectra.thickCloud, GroundSpectra.rock], contrast: 0)
    for r in 40..<46 { for c in 20..<26 { for b in 0..<6 { bands[b][r, c] = GroundSpectra.rock[b] } } }
    bands[3][10, 10] = .nan
    #expect(SpectralClassification(SpectralBands(bands)).classes[10, 10] == .null)
    #expect(SpectralClassification(SpectralBands(bands)).classes[43, 23] == .cloud)
    var p = SpectralClassification.Parameters()
    p.maximumHole = 4
    #expect(SpectralClassification(SpectralBands(bands), parameters: p).classes[43, 23] == .land)
  }

  @Test("have sound declarations")
  func declarations() {
    #expect(SpectralClassification.Parameters.declarationProblems == [])
    #expect(CloudShadow.Parameters.declarationProblems == [])
    #expect(TemporalClouds.Parameters.declarationProblems == [])
    #expect(PixelQuality.Parameters.declarationProblems == [])
    #expect(SceneClassification.Parameters.declarationProblems == [])
  }
}
