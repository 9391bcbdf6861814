// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Masking
import TestSupport

/// A hand-labelled patch: six bands of top-of-atmosphere reflectance and what a person saw in them.
struct CloudPatch {
  let bands: SpectralBands
  /// 0 shadow, 1 water, 2 snow, 3 land, 4 cloud.
  let labels: Grid<UInt8>

  /// Where patches lie: the shared data, or a folder with more of them that `OGIVE_CLOUD_PATCHES` names.
  static func url(_ name: String) -> URL? {
    let more = ProcessInfo.processInfo.environment["OGIVE_CLOUD_PATCHES"].map {
      URL(filePath: $0).appending(path: name)
    }
    if let more, FileManager.default.fileExists(atPath: more.path) { return more }
    return SharedData.file("clouds_ukis/\(name)")
  }

  init(_ url: URL) throws {
    let file = NPZFile(path: url.path)
    let (shape, values) = try file.array("img", of: Float.self)
    let labels = try file.array("msk", of: UInt8.self).values
    func band(_ b: Int) -> Grid<Float> {
      Grid(
        rows: shape[0], columns: shape[1], cells: stride(from: b, to: values.count, by: shape[2]).map { values[$0] })
    }
    bands = SpectralBands(
      blue: band(0), green: band(1), red: band(2), nir: band(3), swir1: band(4), swir2: band(5))
    self.labels = Grid(rows: shape[0], columns: shape[1], cells: labels)
  }
}

/// Agreement of two masks beyond chance.
struct Agreement: CustomStringConvertible {
  var both = 0, onlyFound = 0, onlyLabelled = 0, neither = 0

  init(found: Mask, labelled: Mask) {
    for (a, b) in zip(found.cells, labelled.cells) {
      if a && b { both += 1 } else if a { onlyFound += 1 } else if b { onlyLabelled += 1 } else { neither += 1 }
    }
  }

  /// Cohen's kappa.
  var kappa: Double {
    let all = Double(both + onlyFound + onlyLabelled + neither)
    let agreed = Double(both + neither) / all
    let found = Double(both + onlyFound) / all, labelled = Double(both + onlyLabelled) / all
    let chance = found * labelled + (1 - found) * (1 - labelled)
    return (agreed - chance) / (1 - chance)
  }

  /// Intersection over union.
  var iou: Double { Double(both) / Double(both + onlyFound + onlyLabelled) }

  var description: String {
    let all = Double(both + onlyFound + onlyLabelled + neither)
    let shares = [both, onlyFound, onlyLabelled, neither].map { String(format: "%.1f", 100 * Double($0) / all) }
    return String(format: "kappa %.3f IoU %.3f", kappa, iou)
      + "; both, only found, only labelled, neither: " + shares.joined(separator: ", ") + " %"
  }
}
