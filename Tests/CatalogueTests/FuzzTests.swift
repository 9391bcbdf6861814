// SPDX-License-Identifier: Apache-2.0
import Catalogue
import Parameters
import Testing

/// What strangers send: broken forms of valid questions end in an answer or in an error that says why, never in a
/// crash or in an error of the database's language.
@Suite("Broken questions")
struct FuzzTests {
  private struct Random {
    var state: UInt64
    mutating func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
  }

  /// A text with some characters dropped, doubled, exchanged or put in.
  private static func broken(_ text: String, _ random: inout Random) -> String {
    let pieces = ["'", "\"", "(", ")", " AND ", " NOT ", ",", "-", "%", "\0", "é", "{", "]", ":", "null", "1e5", "*"]
    var characters = Array(text)
    for _ in 0...random.next(3) where !characters.isEmpty {
      let place = random.next(characters.count)
      switch random.next(4) {
      case 0: characters.remove(at: place)
      case 1: characters.insert(contentsOf: Array(pieces[random.next(pieces.count)]), at: place)
      case 2: characters.swapAt(place, random.next(characters.count))
      default: characters.removeSubrange(place..<min(characters.count, place + random.next(8)))
      }
    }
    return String(characters)
  }

  @Test("2000 broken filters in text and JSON run or are refused as filters", arguments: 0..<4)
  func filters(seed: Int) throws {
    let fixture = try CQL2Tests.fixture()
    var random = Random(state: UInt64(seed + 1)), ran = 0
    for round in 0..<500 {
      let (text, _) = CQL2Tests.texts[round % CQL2Tests.texts.count]
      let isJSON = round % 2 == 1
      do {
        let whole = isJSON ? try CQL2(text: text).json.text() : text
        let given = Self.broken(whole, &random)
        var search = ItemSearch()
        search.filter = isJSON ? try CQL2(json: JSONValue(parsing: given)) : try CQL2(text: given)
        _ = try fixture.found(search)
        ran += 1
      } catch let error as CatalogueError {
        #expect(error.kind == .badFilter, "\(error.message)")
      } catch is ParameterError {
        // No JSON.
      }
    }
    #expect(ran > 20)
  }

  @Test("broken parameters of a search are answered or refused as such")
  func parameters() throws {
    let fixture = try CQL2Tests.fixture()
    let valid: [(name: String, value: String)] = [
      ("bbox", "10,46,12,48"), ("datetime", "2020-06-01T00:00:00Z/.."), ("limit", "3"),
      ("sortby", "-eo:cloud_cover,+id"),
      ("intersects", #"{"type": "Polygon", "coordinates": [[[10, 46], [12, 46], [12, 48], [10, 46]]]}"#),
      ("fields", "id,-properties.gsd"), ("ids", "a,b,c"), ("collections", "images"),
    ]
    var first = ItemSearch()
    first.limit = 2
    let token = try #require(try fixture.catalogue.search(first, for: .anonymous).next)
    var random = Random(state: 9)
    for round in 0..<2000 {
      let (name, value) = (valid + [("token", token)])[round % (valid.count + 1)]
      do {
        let page = try fixture.catalogue.search(
          ItemSearch(query: [(name: name, value: Self.broken(value, &random))]), for: .anonymous)
        #expect(page.items.count <= 6)
      } catch let error as CatalogueError {
        #expect([.badSearch, .badFilter, .badGeometry].contains(error.kind), "\(error.message)")
      }
    }
  }

  @Test("broken items are added or become problems, and the tables stay whole")
  func items() throws {
    let fixture = try Fixture()
    var random = Random(state: 4)
    let text = Fixture.item("a", ["eo:cloud_cover": 5, "proj:epsg": 32633]).text()
    var items: [JSONObject] = []
    for _ in 0..<2000 {
      guard let item = try? JSONValue(parsing: Self.broken(text, &random)).objectValue else { continue }
      items.append(item)
    }
    let result = try fixture.add(items)
    #expect(result.added + result.replaced + result.problems.count == items.count && items.count > 100)
    #expect(try fixture.database.problems() == [])
  }

  @Test("broken bytes of shapes give a shape or none")
  func bytes() {
    let bytes = GeoShape(GeoBox(west: 170, south: 0, east: -170, north: 1)).bytes
    var random = Random(state: 2)
    for _ in 0..<5000 {
      var broken = bytes
      for _ in 0...random.next(4) { broken[random.next(broken.count)] = UInt8(random.next(256)) }
      _ = GeoShape(bytes: Array(broken.prefix(random.next(broken.count + 1))))
    }
  }
}
