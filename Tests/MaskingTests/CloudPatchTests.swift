// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Masking
import TestSupport
import Testing

@Suite("Clouds of hand-labelled patches", .enabled(if: CloudPatch.url("landsat5.npz") != nil, "needs ../shared"))
struct CloudPatchTests {
  static let names = ["landsat5.npz", "landsat7.npz", "sentinel2.npz"].filter { CloudPatch.url($0) != nil }

  @Test(
    "agree with the labels with a kappa of at least 0.80, where percentiles of the scene find nothing",
    arguments: names)
  func kappa(name: String) throws {
    let patch = try CloudPatch(try #require(CloudPatch.url(name)))
    let found = SpectralClassification(patch.bands)
    let agreement = Agreement(found: found.classes.mask(of: .cloud), labelled: patch.labels.map { $0 == 4 })
    #expect(agreement.kappa >= 0.80)
  }

  @Test(
    "cost at most 0.10 of kappa in a quarter of the patch that finds its own clear level",
    arguments: names)
  func smallScene(name: String) throws {
    let patch = try CloudPatch(try #require(CloudPatch.url(name)))
    for window in [
      Window(row: 0, column: 256, rows: 256, columns: 256), Window(row: 256, column: 0, rows: 256, columns: 256),
    ] {
      let b = patch.bands
      let part = SpectralBands(
        blue: b.blue.cropped(to: window), green: b.green.cropped(to: window), red: b.red.cropped(to: window),
        nir: b.nir.cropped(to: window), swir1: b.swir1.cropped(to: window), swir2: b.swir2.cropped(to: window))
      let whole = SpectralClassification(b).classes.cropped(to: window).mask(of: .cloud)
      let labels = patch.labels.cropped(to: window).map { $0 == 4 }
      let own = Agreement(found: SpectralClassification(part).classes.mask(of: .cloud), labelled: labels).kappa
      let expected = Agreement(found: whole, labelled: labels).kappa
      #expect(own > expected - 0.10)
    }
  }
}
