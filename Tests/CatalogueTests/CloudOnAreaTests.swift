// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Foundation
import Grids
import Parameters
import RasterIO
import Testing

@Suite("Cloud cover on the area of interest")
struct CloudOnAreaTests {
  /// A class mask of 0.01-degree pixels from longitude 10 to 11 and latitude 47 down to 46: cloud (9) in the west,
  /// land (4) in the east, no data (0) in the south.
  private static func fixture(rows: Int = 100) throws -> Fixture {
    let fixture = try Fixture()
    let step = 1 / Double(rows)
    var layout = RasterLayout(
      rows: rows, columns: rows,
      transform: GeoTransform(
        originEast: 10, originNorth: 47, eastPerColumn: step, northPerRow: -step),
      crs: .longitudeLatitude)
    layout.overviews = .nearest
    var grid = Grid<Float>(rows: rows, columns: rows, filledWith: 4)
    for row in 0..<rows {
      for column in 0..<rows { grid[row, column] = row >= rows * 3 / 4 ? 0 : column < rows / 4 ? 9 : 4 }
    }
    let path = fixture.folder + "/SCL.tif"
    let writer = try RasterWriter.create(path, layout)
    try writer.write(grid)
    try writer.finish()
    var item = Fixture.item("clouded")
    item["assets"] = ["SCL": ["href": .string(path)], "B04": ["href": "https://example.org/B04.tif"]]
    try fixture.add([item, Fixture.item("without")])
    return fixture
  }

  private static let references = ["clouded", "without"].map { ItemReference(collection: "images", id: $0) }

  private func share(_ fixture: Fixture, _ geometry: JSONValue) throws -> CloudShare {
    let rules = AssetRules(folders: [fixture.folder])
    return try fixture.catalogue.cloudCover(
      of: [Self.references[0]], on: geometry, for: .anonymous, rules: rules)[0].get()
  }

  @Test("the share is that of the pixels in the polygon, to the pixel")
  func exact() throws {
    let fixture = try Self.fixture()
    #expect(try share(fixture, Fixture.square(10.5, 46.5, 10.9, 46.9)) == CloudShare(cloud: 0, seen: 1))
    #expect(try share(fixture, Fixture.square(10.0, 46.5, 10.2, 46.9)) == CloudShare(cloud: 1, seen: 1))
    let half = try share(fixture, Fixture.square(10.15, 46.4, 10.35, 46.8))
    #expect(abs((half.cloud ?? 0) - 0.5) < 1e-9 && abs(half.seen - 1) < 1e-9)
    // Half of the box lies where there are no data.
    let cut = try share(fixture, Fixture.square(10.5, 46.15, 10.7, 46.35))
    #expect(cut.cloud == 0 && abs(cut.seen - 0.5) < 1e-9)
  }

  @Test("a triangle over the border of the cloud has the share of its parts within 1 %")
  func triangle() throws {
    let fixture = try Self.fixture(rows: 400)
    // Corners at 10.05, 10.45 on the base and 10.05 at the tip: of its area, (1 - (0.2 / 0.4)²) lies west of 10.25.
    let geometry: JSONValue = [
      "type": "Polygon", "coordinates": [[[10.05, 46.5], [10.45, 46.5], [10.05, 46.9], [10.05, 46.5]]],
    ]
    let found = try share(fixture, geometry)
    #expect(abs((found.cloud ?? 0) - 0.75) < 0.01 && found.seen > 0.98)
  }

  @Test("a hole is left out, and an area beside the image was not seen")
  func holes() throws {
    let fixture = try Self.fixture()
    let holed: JSONValue = [
      "type": "Polygon",
      "coordinates": [
        [[10.1, 46.4], [10.4, 46.4], [10.4, 46.8], [10.1, 46.8], [10.1, 46.4]],
        [[10.1, 46.4], [10.25, 46.4], [10.25, 46.8], [10.1, 46.8], [10.1, 46.4]],
      ],
    ]
    #expect(try share(fixture, holed).cloud == 0)
    #expect(try share(fixture, Fixture.square(50, 46, 51, 47)) == CloudShare(cloud: nil, seen: 0))
  }

  @Test("what was found once is kept, until the item is replaced")
  func cache() throws {
    let fixture = try Self.fixture(), square = Fixture.square(10.0, 46.5, 10.2, 46.9)
    let first = try share(fixture, square)
    try FileManager.default.removeItem(atPath: fixture.folder + "/SCL.tif")
    #expect(try share(fixture, square) == first)
    var item = try fixture.catalogue.item("clouded", in: "images", for: Fixture.owner)
    item["assets"] = [:]
    try fixture.add([item])
    #expect(throws: CatalogueError.self) { try share(fixture, square) }
  }

  @Test("items without a class mask, masks that may not be read and areas that are none are said so")
  func problems() throws {
    let fixture = try Self.fixture()
    let square = Fixture.square(10, 46, 11, 47)
    func kinds(_ rules: AssetRules) throws -> [CatalogueErrorKind?] {
      try fixture.catalogue.cloudCover(of: Self.references, on: square, for: .anonymous, rules: rules).map {
        if case .failure(let error) = $0 { error.kind } else { nil }
      }
    }
    #expect(try kinds(AssetRules(folders: ["/data"])) == [.forbidden, .noCloudMask])
    #expect(try kinds(AssetRules(folders: [fixture.folder])) == [nil, .noCloudMask])
    let point: JSONValue = ["type": "Point", "coordinates": [10, 46]]
    #expect(catalogueError { try share(fixture, point) }?.kind == .badGeometry)
  }
}
