// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Products
import RasterIO
import TestSupport
import Testing

/// A second implementation: STAC items that stactools made of the same metadata.
@Suite("Agreement with STAC items of other software")
struct StacAgreementTests {
  static let sentinel2 = SharedData.file("stac_sentinel2/tests/data-files")?.path
  static let landsat = SharedData.file("landsat_c2_l2")?.path

  private func item(_ path: String) throws -> JSONValue { try JSONValue(parsing: VirtualFile.read(path)) }

  private func isClose(_ a: Double?, _ b: Double?, within tolerance: Double = 1e-9) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) <= tolerance
  }

  /// Whether the finest grid has the transform of STAC: pixel size and outer corner, rotations 0.
  private func isSame(_ grid: Georeference?, _ transform: JSONValue?) -> Bool {
    guard let own = grid?.transform, let other = transform?.arrayValue?.compactMap(\.doubleValue), other.count >= 6
    else { return false }
    return own.eastPerColumn == other[0] && own.originEast == other[2] && own.northPerRow == other[4]
      && own.originNorth == other[5]
  }

  @Test(
    "Sentinel-2: clouds, sun, orbit, baseline, grid, offset and file of the red band", .enabled(if: sentinel2 != nil))
  func sentinel2Items() throws {
    let folder = try #require(Self.sentinel2)
    var count = 0
    for name in VirtualFile.entries(of: folder) where name.hasSuffix(".SAFE") {
      let path = "\(folder)/\(name)"
      guard VirtualFile.kind(of: "\(path)/expected_output.json") == .file,
        let scene = Sentinel2Reader.read(path).scenes.first
      else { continue }
      let stac = try item("\(path)/expected_output.json"), properties = try #require(stac["properties"])
      #expect(isClose(scene.cloudCover, properties["eo:cloud_cover"]?.doubleValue.map { $0 / 100 }), "\(name)")
      #expect(scene.relativeOrbit == properties["sat:relative_orbit"]?.intValue)
      #expect(scene.processingBaseline == properties["s2:processing_baseline"]?.stringValue)
      if let elevation = properties["view:sun_elevation"]?.doubleValue {
        #expect(isClose(scene.angles.sun?.elevation, elevation), "\(name)")
        #expect(isClose(scene.angles.sun?.azimuth, properties["view:sun_azimuth"]?.doubleValue))
      }
      let code = properties["proj:code"]?.stringValue ?? properties["proj:epsg"]?.intValue.map { "EPSG:\($0)" }
      #expect(scene.grids.first?.crs?.code == code)
      let red = try #require(stac["assets"]?["red"])
      #expect(isSame(scene.grids.first, red["proj:transform"]), "\(name)")
      #expect(red["href"]?.stringValue?.hasSuffix(scene.band(.red)?.path.split(separator: "/").last ?? "?") == true)
      let offset = try #require(red["raster:bands"]?[0]?["offset"]?.doubleValue)
      #expect(isClose(scene.band(.red)?.calibration?.value(of: 0), offset))
      count += 1
    }
    #expect(count == 10)
  }

  @Test("Landsat: clouds, sun, place and time of products of level 1 and 2", .enabled(if: landsat != nil))
  func landsatItems() throws {
    let folder = try #require(Self.landsat)
    var count = 0, placed = 0
    for part in ["metadata_mss", "metadata_tm", "metadata_etm", "metadata_oli-tirs", "scene"] {
      for name in VirtualFile.entries(of: "\(folder)/\(part)") {
        guard name.hasSuffix("_stac.json"), !name.hasSuffix("_ST_stac.json") else { continue }
        let stem = name.replacing("_SR_stac.json", with: "").replacing("_stac.json", with: "")
        let document = "\(folder)/\(part)/\(stem)_MTL.xml"
        guard VirtualFile.kind(of: document) == .file else { continue }
        let scene = try LandsatReader.read(document)
        let stac = try item("\(folder)/\(part)/\(name)"), properties = try #require(stac["properties"])
        let cover = properties["eo:cloud_cover"]?.doubleValue
        #expect(isClose(scene.cloudCover, cover.map { $0 / 100 }), "\(name)")
        let sun = properties["view:sun_azimuth"] ?? properties["eo:sun_azimuth"]
        #expect(isClose(scene.angles.sun?.azimuth, sun?.doubleValue.map { $0 < 0 ? $0 + 360 : $0 }), "\(name)")
        let elevation = properties["view:sun_elevation"] ?? properties["eo:sun_elevation"]
        #expect(isClose(scene.angles.sun?.elevation, elevation?.doubleValue))
        let time = properties["datetime"]?.stringValue ?? ""
        #expect(scene.date.iso8601.hasPrefix(time.prefix(19)), "\(name): \(scene.date.iso8601) \(time)")
        count += 1
        guard let transform = properties["proj:transform"] else { continue }
        #expect(isSame(scene.grids.first, transform), "\(name): \(String(describing: scene.grids.first?.transform))")
        #expect(scene.grids.first?.crs?.code == properties["proj:epsg"]?.intValue.map { "EPSG:\($0)" })
        let shape = properties["proj:shape"]?.arrayValue?.compactMap(\.intValue)
        #expect(shape == scene.grids.first.map { [$0.rows, $0.columns] }, "\(name)")
        placed += 1
      }
    }
    #expect(count >= 12 && placed >= 9, "\(count) \(placed)")
  }
}
