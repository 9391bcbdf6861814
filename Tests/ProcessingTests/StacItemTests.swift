// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Processing
import TestSupport
import Testing

@Suite("STAC item")
struct StacItemTests {
  private func item() -> StacItem {
    var item = StacItem(id: "pair", time: .interval(start: "2020-01-01T00:00:00Z", end: "2020-01-21T00:00:00Z"))
    item.title = "Displacement"
    item.lineage = "Dense least squares matching of two images"
    item.softwareVersion = "0.1.0"
    item.processed = "2020-02-01T00:00:00Z"
    item.footprint = .init(
      ring: [(10, 45), (11, 45), (11, 46), (10, 46)].map { .init(longitude: $0.0, latitude: $0.1) })
    item.lattice = .init(
      code: "EPSG:32633", rows: 20, columns: 30,
      transform: GeoTransform(originEast: 500_000, originNorth: 5_000_000, eastPerColumn: 80, northPerRow: -80))
    var asset = StacItem.Asset(
      name: "dx", href: "../products/dx.tif", title: "Offset to the right",
      mediaType: StacItem.cloudOptimizedGeoTIFF, roles: ["data"])
    asset.checksum = SHA256.checksum(of: "dx")
    asset.bytes = 1234
    asset.unit = "px"
    asset.cellType = "float32"
    item.assets = [asset]
    item.sources = [.init(href: "../../a.tif", title: "reference image", checksum: SHA256.checksum(of: "a"))]
    return item
  }

  private func object(_ item: StacItem) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(item.text.utf8)) as? [String: Any])
  }

  @Test("carries time, place, projection, checksums and lineage where STAC wants them")
  func structure() throws {
    let object = try object(item())
    let properties = try #require(object["properties"] as? [String: Any])
    #expect(object["stac_version"] as? String == "1.1.0")
    #expect(object["bbox"] as? [Double] == [10, 45, 11, 46])
    #expect(properties["datetime"] is NSNull)
    #expect(properties["end_datetime"] as? String == "2020-01-21T00:00:00Z")
    #expect(properties["proj:code"] as? String == "EPSG:32633")
    #expect(properties["proj:shape"] as? [Int] == [20, 30])
    #expect(properties["proj:transform"] as? [Double] == [80, 0, 500_000, 0, -80, 5_000_000])
    let asset = try #require((object["assets"] as? [String: [String: Any]])?["dx"])
    #expect(asset["file:checksum"] as? String == "1220" + SHA256.checksum(of: "dx").hexadecimal)
    let links = try #require(object["links"] as? [[String: Any]])
    #expect(links.map { $0["rel"] as? String } == ["derived_from"])
    let geometry = try #require(object["geometry"] as? [String: Any])
    let ring = try #require((geometry["coordinates"] as? [[[Double]]])?.first)
    #expect(ring.count == 5 && ring.first == ring.last)
  }

  @Test("of images without coordinates has a null geometry and no bbox")
  func withoutPlace() throws {
    var item = item()
    item.footprint = nil
    item.lattice = nil
    let object = try object(item)
    #expect(object["geometry"] is NSNull)
    #expect(object["bbox"] == nil)
    #expect((object["stac_extensions"] as? [String])?.contains { $0.contains("projection") } == false)
  }

  @Test("across the date line has its western edge east of its eastern one")
  func dateLine() throws {
    var item = item()
    item.footprint = .init(
      ring: [(179, -10), (-179, -10), (-179, -9), (179, -9)].map { .init(longitude: $0.0, latitude: $0.1) })
    #expect(try object(item)["bbox"] as? [Double] == [179, -10, -179, -9])
  }

  @Test(
    "is valid by the published schemas of STAC 1.1 and its extensions, with and without coordinates",
    .enabled(if: StacSchemas.areUsable, "needs the shared schemas, and Python with jsonschema and referencing"),
    arguments: [true, false])
  func schemas(hasPlace: Bool) throws {
    var item = item()
    if !hasPlace {
      item.footprint = nil
      item.lattice = nil
    }
    let findings = try StacSchemas.validate(item.text)
    #expect(findings == "")
    // The validator itself must be able to refuse.
    let broken = item.text.replacing("2020-01-21T00:00:00Z", with: "in January")
    #expect(try StacSchemas.validate(broken) != "")
  }
}
