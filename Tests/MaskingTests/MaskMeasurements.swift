// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Masking
import RasterIO
import TestSupport
import Testing

/// The figures of `docs/results/masks.md`. Not a check: run only when `OGIVE_MEASURE` is set.
@Suite(
  "Mask measurements", .serialized,
  .enabled(if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil, "set OGIVE_MEASURE"))
struct MaskMeasurements {
  private static func patches() throws -> [(name: String, patch: CloudPatch)] {
    try CloudPatchTests.names.map { ($0, try CloudPatch(try #require(CloudPatch.url($0)))) }
  }

  private static func kappa(_ patch: CloudPatch, _ p: SpectralClassification.Parameters) -> Double {
    let found = SpectralClassification(patch.bands, parameters: p).classes.mask(of: .cloud)
    return Agreement(found: found, labelled: patch.labels.map { $0 == 4 }).kappa
  }

  @Test("clouds of the labelled patches, with the defaults")
  func defaults() throws {
    for (name, patch) in try Self.patches() {
      let found = SpectralClassification(patch.bands)
      print(name, Agreement(found: found.classes.mask(of: .cloud), labelled: patch.labels.map { $0 == 4 }))
      print("  clear level", found.clearLevel)
      for kind in SurfaceClass.allCases {
        let counts = (0..<5).map { label in
          zip(found.classes.cells, patch.labels.cells).count { $0 == kind && $1 == UInt8(label) }
        }
        print("  \(kind): labelled shadow, water, snow, land, cloud", counts)
      }
    }
  }

  @Test("haze slope and threshold chosen on all patches but one, tried on that one")
  func heldOut() throws {
    let patches = try Self.patches()
    let choices = [0.3, 0.35, 0.4, 0.45, 0.5].flatMap { slope in
      stride(from: 0.020, through: 0.0405, by: 0.002).map { (slope: slope, haze: $0) }
    }
    let kappas = choices.map { choice in
      var p = SpectralClassification.Parameters()
      (p.hazeSlope, p.minimumHaze) = (choice.slope, choice.haze)
      return patches.map { Self.kappa($0.patch, p) }
    }
    for (held, patch) in patches.enumerated() {
      func score(_ k: Int) -> Double { kappas[k].indices.reduce(0) { $1 == held ? $0 : $0 + kappas[k][$1] } }
      let best = choices.indices.reduce(0) { score($1) > score($0) ? $1 : $0 }
      print("held out \(patch.name): \(choices[best]) gives \(kappas[best])")
    }
    for (choice, row) in zip(choices, kappas) where choice.slope == 0.4 { print(choice.haze, row) }
  }

  @Test("shadows of the labelled patches, along the direction in which most are found")
  func shadows() throws {
    for (name, patch) in try Self.patches() {
      let classes = SpectralClassification(patch.bands).classes
      let size = name.hasPrefix("sentinel2") ? 10.0 : 30
      let transform = GeoTransform(originEast: 0, originNorth: 0, eastPerColumn: size, northPerRow: -size)
      var most = 0, line = ""
      for azimuth in stride(from: 0.0, to: 360, by: 10) {
        let sun = SunPosition(azimuth: azimuth, elevation: 45)
        let found = CloudShadow.adding(to: classes, nir: patch.bands.nir, transform: transform, sun: sun)
        let count = found.cells.count { $0 == .shadow }
        guard count > most else { continue }
        most = count
        let agreement = Agreement(found: found.mask(of: .shadow), labelled: patch.labels.map { $0 == 0 })
        line = "\(name) azimuth \(azimuth): \(agreement)"
      }
      print(line)
    }
  }

  @Test("clouds of a made stack")
  func stack() {
    let stack = TemporalCloudsTests.stack()
    for correlates in [true, false] {
      var p = TemporalClouds.Parameters()
      p.correlates = correlates
      let found = TemporalClouds(stack.scenes, parameters: p)
      for (name, columns) in [("ice", TemporalCloudsTests.ice), ("debris, rock, grass", 96..<240)] {
        for kind in [CloudCertainty.clear, .uncertain, .cloud] {
          let clear = TemporalCloudsTests.share(kind, stack, found, opacity: 0, columns: columns)
          let cloud = TemporalCloudsTests.share(kind, stack, found, opacity: 1, columns: columns)
          print("correlates \(correlates), \(name): \(kind) of clear ground \(clear), of cloud \(cloud)")
        }
      }
    }
  }

  @Test(
    "snow and ice of a Landsat 8 scene of Greenland against its QA_PIXEL",
    .enabled(if: SharedData.file("landsat_c2_l2/scene") != nil, "needs ../shared"))
  func greenland() throws {
    let folder = try #require(SharedData.file("landsat_c2_l2/scene"))
    let stem = "LC08_L2SP_005009_20150710_20200908_02_T2_"
    func band(_ name: String) throws -> Grid<Float> {
      let image = try RasterImage.open(folder.appending(path: "\(stem)\(name).TIF").path)
      return try image.read(image.window)
    }
    // Surface reflectance of Collection 2: 0.0000275 × number − 0.2; 0 is fill.
    let bands = try (2...7).map { try band("SR_B\($0)").map { $0 == 0 ? .nan : 0.0000275 * $0 - 0.2 } }
    let given = PixelQuality.classes(try band("QA_PIXEL"))
    for limit in [0.15, 0.2, 0.25, 1] {
      var p = SpectralClassification.Parameters()
      p.maximumSnowSwir1 = limit
      let found = SpectralClassification(SpectralBands(bands), parameters: p)
      for kind in SurfaceClass.allCases {
        let counts = SurfaceClass.allCases.map { other in
          zip(given.cells, found.classes.cells).count { $0 == kind && $1 == other }
        }
        print("limit \(limit), QA_PIXEL \(kind): found", zip(SurfaceClass.allCases, counts).map { "\($0) \($1)" })
      }
    }
  }
}
