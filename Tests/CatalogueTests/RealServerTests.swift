// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Foundation
import HTTP
import Parameters
import Testing

/// Our client against stac-fastapi-pgstac with 10 000 items: `Scripts/stac-server` starts one and prints the line to
/// run.
@Suite("A real STAC server", .enabled(if: ProcessInfo.processInfo.environment["OGIVE_STAC_SERVER"] != nil))
struct RealServerTests {
  static let address = ProcessInfo.processInfo.environment["OGIVE_STAC_SERVER"]

  private static let searches: [String] = [
    #"{"bbox": [5, 45, 9, 48], "datetime": "2019-01-01T00:00:00Z/2020-12-31T23:59:59Z"}"#,
    #"{"intersects": {"type": "Polygon", "coordinates": [[[0, 40], [20, 40], [0, 60], [0, 40]]]}}"#,
    #"{"filter-lang": "cql2-text", "filter": "eo:cloud_cover < 10 AND platform = 'sentinel-2a'"}"#,
    #"{"filter-lang": "cql2-json", "filter": {"op": "or", "args": ["#
      + #"{"op": "between", "args": [{"property": "eo:cloud_cover"}, 20, 21]}, "#
      + #"{"op": "in", "args": [{"property": "sat:relative_orbit"}, [3, 5]]}]}}"#,
    #"{"filter-lang": "cql2-json", "filter": {"op": "s_intersects", "args": [{"property": "geometry"}, "#
      + #"{"type": "Polygon", "coordinates": [[[10, 50], [13, 50], [13, 53], [10, 53], [10, 50]]]}]}}"#,
    #"{"ids": ["i00007", "i09999", "nobody"]}"#,
    #"{"datetime": "2023-06-01T00:00:00Z/.."}"#,
  ]

  @Test("10 000 items are imported page by page, and all searches find the same there and here")
  func sameAnswers() async throws {
    let client = StacClient(
      try #require(Self.address), client: HTTPClient(HTTPClientConfiguration(policy: .any)))
    let local = try Fixture(collections: [])
    let clock = ContinuousClock(), start = clock.now
    let result = try await local.catalogue.importRemote(
      client, ["collections": ["s2"], "limit": 500], sharing: Sharing(ownerID: "ada"), viewer: Fixture.owner,
      limit: 100_000)
    print("imported \(result.added) items in \(clock.now - start)")
    #expect(result.added == 10_000 && result.replaced == 0 && result.problems == [])
    for text in Self.searches {
      var body = try #require(try JSONValue(parsing: text).objectValue)
      body["limit"] = 100
      let there = try await client.items(body, limit: 100_000).compactMap { $0["id"]?.stringValue }
      body["limit"] = 10_000
      let here = try local.found(ItemSearch(json: .object(body)))
      print("\(here.count) items: \(text)")
      #expect(Set(there) == Set(here) && there.count == here.count, "\(text)")
      #expect(!here.isEmpty)
    }
    let newest = try await client.items(
      ["limit": 7, "sortby": [["field": "datetime", "direction": "desc"], ["field": "id", "direction": "asc"]]],
      limit: 50)
    var search = try ItemSearch(query: [("sortby", "-datetime,+id"), ("limit", "50")])
    search.collections = ["s2"]
    #expect(try newest.map { $0["id"]?.stringValue ?? "" } == local.found(search))
  }
}
