// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// Which detector of the satellite saw each pixel of a pass, on the common grid, by windows.
///
/// Tiles of one pass share their detectors' numbers; where they overlap, the first that knows a pixel decides.
public final class PassDetectors: Sendable {
  /// Names of the files that say so.
  public let files: [String]
  private let parts: [AlignedImage]

  /// Nil where no scene of the pass tells, as those of satellites but Sentinel-2.
  ///
  /// - Parameter band: detectors of different bands look at different places.
  /// - Throws: `SceneError` for footprints that cannot be read.
  public static func find(
    _ pass: ScenePass, band: BandName, grid: SceneGrid
  ) throws(SceneError) -> PassDetectors? {
    var parts: [AlignedImage] = [], files: [String] = []
    for scene in pass.scenes {
      guard let own = scene.band(band), let mask = scene.masks(.detectorFootprint, band: own.id).first,
        let place = scene.grids.first
      else { continue }
      let source = DetectorSource(footprint: try DetectorFootprint(mask), place: place)
      do throws(RasterError) {
        parts.append(try grid.align(source, at: place, kernel: .nearest))
        files.append(mask.path)
      } catch {
        if error.kind != .noOverlap {
          throw SceneError(.gridMismatch, mask.path, error.message, cause: error.cause)
        }
      }
    }
    return parts.isEmpty ? nil : PassDetectors(parts, files)
  }

  private init(_ parts: [AlignedImage], _ files: [String]) { (self.parts, self.files) = (parts, files) }

  /// The detectors of a window, from 1; 0 where none looked or nobody knows.
  public func read(_ window: Window) throws(RasterError) -> Grid<UInt8> {
    try parts.mosaic(window).map { $0.isNaN ? 0 : UInt8($0) }
  }
}

/// A footprint as an image, NaN where no detector looked.
private struct DetectorSource: PixelSource {
  let footprint: DetectorFootprint
  let place: Georeference

  var rows: Int { place.rows }
  var columns: Int { place.columns }

  func read(_ window: Window) throws(RasterError) -> Grid<Float> {
    try footprint.detectors(window, of: place).map { $0 == 0 ? .nan : Float($0) }
  }
}
