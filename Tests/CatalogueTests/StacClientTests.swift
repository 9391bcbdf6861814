// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Foundation
import HTTP
import Parameters
import Processing
import Testing

/// Our client against our documents, over HTTP on this machine.
@Suite("Client of STAC APIs")
struct StacClientTests {
  private static let client: HTTPClient = {
    var configuration = HTTPClientConfiguration(policy: .any)
    configuration.retries = 0
    return HTTPClient(configuration)
  }()

  /// A server with 25 items in one collection and 3 in another.
  private static func remote(offersPost: Bool = true) throws -> (Fixture, StacServer) {
    let fixture = try Fixture(collections: ["images", "more"])
    try fixture.add(
      (0..<25).map { number in
        let day = (number < 9 ? "0" : "") + "\(number + 1)"
        return Fixture.item(
          "i\(day)", west: Double(number), time: "2020-06-\(day)T00:00:00Z", ["eo:cloud_cover": .integer(number * 4)])
      })
    try fixture.add((0..<3).map { Fixture.item("m\($0)") }, to: "more")
    return (fixture, try StacServer(fixture.catalogue, folder: fixture.folder, offersPost: offersPost))
  }

  @Test("a search by POST and by GET follows all pages", arguments: [true, false])
  func pages(offersPost: Bool) async throws {
    let (fixture, server) = try Self.remote(offersPost: offersPost)
    defer { server.stop() }
    let client = StacClient(server.root, client: Self.client)
    let body = try #require(
      try JSONValue(
        parsing: """
          {"collections": ["images"], "limit": 4, "datetime": "2020-06-03T00:00:00Z/..", "bbox": [0, 40, 20.5, 50],
           "sortby": [{"field": "datetime", "direction": "asc"}], "filter-lang": "cql2-json",
           "filter": {"op": "<", "args": [{"property": "eo:cloud_cover"}, 70]}}
          """
      ).objectValue)
    let found = try await client.items(body, limit: 1000).compactMap { $0["id"]?.stringValue }
    #expect(found == (3...18).map { "i\($0 < 10 ? "0" : "")\($0)" })
    #expect(server.requests.contains { $0.hasPrefix("POST") || $0.hasPrefix("post") } == offersPost)
    #expect(try await client.items(["limit": 4], limit: 6).count == 6)
    #expect(try await client.collections().compactMap { $0["id"]?.stringValue } == ["images", "more"])
    withExtendedLifetime(fixture) {}
  }

  @Test("items of a remote search come into the catalogue with the collections that they are in")
  func importing() async throws {
    let (fixture, server) = try Self.remote()
    defer { server.stop() }
    let local = try Fixture(collections: [])
    let client = StacClient(server.root, client: Self.client)
    let sharing = Sharing(ownerID: "ada")
    let result = try await local.catalogue.importRemote(
      client, ["limit": 10], sharing: sharing, viewer: Fixture.owner, limit: 1000)
    #expect(result.added == 28 && result.problems == [])
    #expect(try local.catalogue.collection("images", for: Fixture.owner)["license"] == "CC-BY-4.0")
    #expect(try local.catalogue.collections(for: .anonymous).isEmpty)
    let again = try await local.catalogue.importRemote(
      client, ["collections": ["more"]], sharing: sharing, viewer: Fixture.owner, limit: 2)
    #expect(again.added == 0 && again.replaced == 2)
    withExtendedLifetime(fixture) {}
  }

  @Test("files are downloaded, compared with their checksum, and the item leads to them")
  func download() async throws {
    let (fixture, server) = try Self.remote()
    defer { server.stop() }
    let content = Array("pixels".utf8)
    try Data(content).write(to: URL(filePath: fixture.folder + "/image.tif"))
    let local = try Fixture()
    var item = Fixture.item("../a item")
    let good = SHA256.checksum(of: content).multihash
    item["assets"] = [
      "B04": ["href": .string(server.root + "/files/image.tif"), "roles": ["data"], "file:checksum": .string(good)],
      "preview": ["href": .string(server.root + "/files/none.png"), "roles": ["thumbnail"]],
    ]
    try local.add([item])
    let reference = ItemReference(collection: "images", id: "../a item")
    let kept = try await local.catalogue.download(reference, viewer: Fixture.owner, client: Self.client)
    let path = try #require(kept["assets"]?["B04"]?["href"]?.stringValue)
    #expect(path.hasPrefix(local.folder + "/files/images/_") && path.hasSuffix("/B04.tif"))
    #expect(FileManager.default.contents(atPath: path) == Data(content))
    #expect(kept["assets"]?["B04"]?["ogive:source"]?.stringValue == server.root + "/files/image.tif")
    #expect(kept["assets"]?["B04"]?["file:size"] == 6)
    #expect(kept["assets"]?["preview"]?["href"]?.stringValue == server.root + "/files/none.png")
    // A file that is not what the item says is not kept.
    item["id"] = "bad"
    item["assets"] = [
      "B04": [
        "href": .string(server.root + "/files/image.tif"),
        "file:checksum": .string("1220" + String(repeating: "0", count: 64)),
      ]
    ]
    try local.add([item])
    let wrong = await #expect(throws: CatalogueError.self) {
      try await local.catalogue.download(
        ItemReference(collection: "images", id: "bad"), viewer: Fixture.owner, client: Self.client)
    }
    #expect(wrong?.kind == .checksumMismatch)
    let stranger = await #expect(throws: CatalogueError.self) {
      try await local.catalogue.download(reference, viewer: Fixture.other, client: Self.client)
    }
    #expect(stranger?.kind == .forbidden)
  }

  @Test("addresses of the own network are refused by the policy for strangers' links")
  func refusedAddress() async throws {
    let (fixture, server) = try Self.remote()
    defer { server.stop() }
    let careful = HTTPClient(HTTPClientConfiguration(policy: .publicInternet))
    let error = await #expect(throws: HTTPError.self) {
      try await StacClient(server.root, client: careful).landing()
    }
    #expect(error?.kind == .addressRefused)
    #expect(server.requests.isEmpty)
    withExtendedLifetime(fixture) {}
  }

  @Test("what is no STAC API, and an error of the server, are said with the address")
  func wrongServer() async throws {
    let (fixture, server) = try Self.remote()
    defer { server.stop() }
    try Data("{}".utf8).write(to: URL(filePath: fixture.folder + "/x.json"))
    let noLanding = await #expect(throws: CatalogueError.self) {
      try await StacClient(server.root + "/files/x.json", client: Self.client).landing()
    }
    #expect(noLanding?.message == "\(server.root)/files/x.json is no landing page of a STAC API")
    let noPage = await #expect(throws: CatalogueError.self) {
      try await StacClient(server.root + "/nothing", client: Self.client).landing()
    }
    #expect(noPage?.message.contains("/nothing answered with") == true)
    let wrong = await #expect(throws: CatalogueError.self) {
      try await StacClient(server.root, client: Self.client).items(["bbox": [1, 2]], limit: 1)
    }
    #expect(wrong?.kind == .badSearch)
  }
}
