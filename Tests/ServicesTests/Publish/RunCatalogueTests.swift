// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Processing
import Products
import RasterIO
import Services
import TestSupport
import Testing

@Suite("Catalogue of a run")
struct RunCatalogueTests {
  static func catalogue() throws -> RunCatalogue {
    var catalogue = try RunCatalogue(id: "tongue 2020", place: try PublishFixture.place())
    catalogue.title = "A tongue"
    catalogue.lineage = "Regularised matching of Sentinel-2 scenes"
    (catalogue.softwareVersion, catalogue.processed) = ("0.1.0", "2020-03-01T00:00:00Z")
    catalogue.shared = [.init(href: "../../dem.tif", title: "elevation model", checksum: SHA256.checksum(of: "dem"))]
    var pair = PublishFixture.pair(try PublishFixture.place(), dx: 1, dy: 1)
    let inputs = [pair.earlier, pair.later].map {
      RunCatalogue.Input(href: "../../\($0.id).tif", title: $0.id, checksum: SHA256.checksum(of: $0.id))
    }
    var netCDF = RunCatalogue.File("velocity", path: "pairs/a.nc", title: "Velocity of the pair")
    netCDF.mediaType = StacItem.netCDF
    netCDF.bands = [.init("vx", "velocity in x", unit: "m/yr", cellType: "int16", missing: -32_767)]
    (netCDF.checksum, netCDF.bytes) = (SHA256.checksum(of: "a"), 1000)
    catalogue.add(pair, inputs: inputs, files: [netCDF])
    pair.isBackward = true
    catalogue.add(pair, inputs: inputs, files: [netCDF])
    var speed = RunCatalogue.File("speed", path: "products/speed.tif", title: "Mean speed")
    (speed.unit, speed.cellType, speed.checksum, speed.bytes) = ("m/yr", "float32", SHA256.checksum(of: "s"), 2000)
    speed.statistics = .init(minimum: 0, maximum: 9, mean: 3, standardDeviation: 2, validPercentage: 80)
    catalogue.addFusion(dates: (pair.earlier.date, pair.later.date), files: [speed])
    return catalogue
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func links(_ object: [String: Any], _ relation: String) -> [String] {
    (object["links"] as? [[String: Any]] ?? []).filter { $0["rel"] as? String == relation }
      .compactMap { $0["href"] as? String }
  }

  @Test("an item a pair, one of the mean that comes from them, and a collection that leads to all")
  func structure() throws {
    let documents = try Self.catalogue().documents
    #expect(documents.count == 4 && documents.last?.path == "stac/collection.json")
    #expect(Set(documents.map(\.path)).count == 4, "a pair and its backward twin have items of their own")
    let pair = try object(documents[0].text), mean = try object(documents[2].text)
    #expect(
      links(pair, "derived_from") == [
        "../../S2A_2020-01-01T10:00:00Z.tif", "../../S2A_2020-02-06T22:36:00Z.tif", "../../dem.tif",
      ])
    let pairItems = documents.prefix(2).map { String($0.path.dropFirst("stac/".count)) }
    #expect(links(mean, "derived_from") == pairItems + ["../../dem.tif"])
    #expect(links(mean, "collection") == ["collection.json"])
    let properties = try #require(pair["properties"] as? [String: Any])
    #expect(properties["start_datetime"] as? String == "2020-01-01T10:00:00Z")
    #expect(properties["end_datetime"] as? String == "2020-02-06T22:36:00Z")
    #expect(properties["proj:code"] as? String == "EPSG:32632")
    let assets = try #require(pair["assets"] as? [String: [String: Any]])
    let bands = try #require(assets["velocity"]?["bands"] as? [[String: Any]])
    #expect(bands.first?["name"] as? String == "vx" && bands.first?["nodata"] as? Int == -32_767)
    #expect(assets["velocity"]?["href"] as? String == "../pairs/a.nc")
    let collection = try object(documents[3].text)
    #expect(links(collection, "item").map { "stac/" + $0 } == documents.prefix(3).map(\.path))
    let extent = try #require(collection["extent"] as? [String: [String: Any]])
    #expect(
      extent["temporal"]?["interval"] as? [[String]] == [["2020-01-01T10:00:00Z", "2020-02-06T22:36:00Z"]])
    let box = try #require((extent["spatial"]?["bbox"] as? [[Double]])?.first)
    #expect(box[0] > 8.9 && box[2] < 9.1 && box[1] > 45 && box[3] < 45.2)
  }

  @Test(
    "every document is valid by the published schemas of STAC 1.1 and its extensions",
    .enabled(if: StacSchemas.areUsable, "needs the shared schemas, and Python with jsonschema and referencing"))
  func schemas() throws {
    for document in try Self.catalogue().documents {
      #expect(try StacSchemas.validate(document.text) == "", "\(document.path)")
    }
    let collection = try #require(try Self.catalogue().documents.last?.text)
    #expect(try StacSchemas.validate(collection.replacing("\"extent\"", with: "\"extend\"")) != "")
  }
}
