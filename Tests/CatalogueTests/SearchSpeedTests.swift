// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Foundation
import Parameters
import Storage
import Testing

/// The time of searches among 100 000 items. `OGIVE_CATALOGUE_BENCH=1 swift test -c release --filter
/// SearchSpeedTests`
@Suite("Catalogue speed", .enabled(if: ProcessInfo.processInfo.environment["OGIVE_CATALOGUE_BENCH"] != nil))
struct SearchSpeedTests {
  private static let count = 100_000

  /// Items of 500 orbit tracks over land of the northern hemisphere, one each five days, with the size of real
  /// documents.
  private static func items(_ range: Range<Int>) -> [JSONObject] {
    range.map { number in
      var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ 1
      func random() -> Double {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Double(state >> 11) / Double(1 << 53)
      }
      let west = -30 + 70 * random(), south = 30 + 40 * random()
      let time = 1_483_228_800_000 + Int(random() * 8 * 365.25 * 86_400_000)
      var item = Fixture.item(
        "S2_\(number)", west: west, south: south, time: StacTime.text(time / 1000 * 1000),
        [
          "eo:cloud_cover": .number(random() * 100),
          "platform": .string("sentinel-2" + (number % 2 == 0 ? "a" : "b")),
          "sat:relative_orbit": .integer(1 + number % 143), "sat:orbit_state": "descending",
          "grid:code": .string("MGRS-\(number % 500)"), "s2:nodata_pixel_percentage": .number(random() * 50),
        ])
      var assets = JSONObject()
      for band in 1...17 {
        assets["B\(band)"] = [
          "href": .string("https://example.org/archive/sentinel-2/\(number)/\(band)/image.tif"),
          "type": "image/tiff; application=geotiff; profile=cloud-optimized", "roles": ["data"], "gsd": 10,
        ]
      }
      item["assets"] = .object(assets)
      return item
    }
  }

  private static let shapes: [(name: String, make: @Sendable (Double, Double) -> ItemSearch)] = [
    (
      "area, year and CQL2",
      { x, y in
        var search = ItemSearch()
        search.box = GeoBox(west: x, south: y, east: x + 2, north: y + 2)
        try? search.setTime("2020-01-01T00:00:00Z/2020-12-31T23:59:59Z")
        search.filter = try? CQL2(text: "eo:cloud_cover < 20 AND platform = 'sentinel-2a'")
        search.limit = 100
        return search
      }
    ),
    (
      "polygon, three years and CQL2",
      { x, y in
        var search = ItemSearch()
        try? search.setArea([
          "type": "Polygon",
          "coordinates": [[[.number(x), .number(y)], [.number(x + 4), .number(y)], [.number(x), .number(y + 4)]]],
        ])
        try? search.setTime("2018-01-01T00:00:00Z/2020-12-31T23:59:59Z")
        search.filter = try? CQL2(text: "eo:cloud_cover < 20 AND sat:relative_orbit IN (3, 5, 8, 22, 37)")
        return search
      }
    ),
    (
      "continent, a month and CQL2",
      { x, y in
        var search = ItemSearch()
        search.box = GeoBox(west: -30, south: 30, east: 40, north: 70)
        try? search.setTime("2021-06-01T00:00:00Z/2021-06-30T23:59:59Z")
        search.filter = try? CQL2(text: "eo:cloud_cover < \(20 + x / 10)")
        search.limit = 100
        return search
      }
    ),
    (
      "continent, eight years, CQL2 that finds much",
      { x, y in
        var search = ItemSearch()
        search.box = GeoBox(west: -30, south: 30, east: 40, north: 70)
        try? search.setTime("2017-01-01T00:00:00Z/2024-12-31T23:59:59Z")
        search.filter = try? CQL2(text: "eo:cloud_cover < \(50 + x / 10)")
        search.limit = 100
        return search
      }
    ),
    (
      "continent, eight years, CQL2 that finds little",
      { x, y in
        var search = ItemSearch()
        search.box = GeoBox(west: -30, south: 30, east: 40, north: 70)
        try? search.setTime("2017-01-01T00:00:00Z/2024-12-31T23:59:59Z")
        search.filter = try? CQL2(text: "eo:cloud_cover < 0.1 AND platform = 'sentinel-2a'")
        return search
      }
    ),
    (
      "area and a property of the document",
      { x, y in
        var search = ItemSearch()
        search.box = GeoBox(west: x, south: y, east: x + 2, north: y + 2)
        try? search.setTime("2020-01-01T00:00:00Z/2020-12-31T23:59:59Z")
        search.filter = try? CQL2(text: "s2:nodata_pixel_percentage < 5")
        return search
      }
    ),
  ]

  @Test("p95 of searches by area, time and CQL2 among 100 000 items is below 50 ms")
  func speed() throws {
    let fixture = try Fixture()
    let clock = ContinuousClock()
    let filling = try clock.measure {
      for first in stride(from: 0, to: Self.count, by: 10_000) { try fixture.add(Self.items(first..<first + 10_000)) }
    }
    print("added \(Self.count) items in \(filling)")
    for (name, make) in Self.shapes {
      var times: [Double] = [], found = 0
      for round in 0..<100 {
        let x = -28 + 60 * Double(round % 10) / 10, y = 32 + 30 * Double(round / 10) / 10
        let search = make(x, y)
        let time = try clock.measure { found += try fixture.catalogue.search(search, for: .anonymous).items.count }
        times.append(Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1000)
      }
      times.sort()
      print("\(name): median \(times[50]) ms, p95 \(times[95]) ms, \(found) items")
      #expect(times[95] < 50, "\(name)")
    }
  }
}
