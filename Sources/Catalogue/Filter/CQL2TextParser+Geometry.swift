// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Geometries of the text form, written as well-known text (OGC 06-103r4).
extension CQL2TextParser {
  mutating func geometry() throws(CatalogueError) -> CQL2.Operand {
    let start = index
    let json = try geometryJSON(depth: 0)
    do throws(CatalogueError) {
      return .shape(try GeoShape(json: json))
    } catch {
      index = start
      throw problem(error.message)
    }
  }

  private mutating func geometryJSON(depth: Int) throws(CatalogueError) -> JSONValue {
    guard case .word(let word) = token, depth < 4 else { throw problem("expected a geometry before \(shown)") }
    index += 1
    // Heights are allowed and ignored.
    if case .word(let dimension) = token, dimension.uppercased() == "Z" { index += 1 }
    switch word.uppercased() {
    case "POINT":
      try expect("(")
      let position = try position()
      try expect(")")
      return ["type": "Point", "coordinates": position]
    case "LINESTRING": return ["type": "LineString", "coordinates": .array(try positions())]
    case "POLYGON": return ["type": "Polygon", "coordinates": .array(try lists())]
    case "MULTIPOINT": return ["type": "MultiPoint", "coordinates": .array(try points())]
    case "MULTILINESTRING": return ["type": "MultiLineString", "coordinates": .array(try lists())]
    case "MULTIPOLYGON":
      try expect("(")
      var polygons: [JSONValue] = []
      repeat { polygons.append(.array(try lists())) } while takeSign(",")
      try expect(")")
      return ["type": "MultiPolygon", "coordinates": .array(polygons)]
    case "GEOMETRYCOLLECTION":
      try expect("(")
      var members: [JSONValue] = []
      repeat { members.append(try geometryJSON(depth: depth + 1)) } while takeSign(",")
      try expect(")")
      return ["type": "GeometryCollection", "geometries": .array(members)]
    default:
      index -= 1
      throw problem("\(shown) is no geometry")
    }
  }

  private mutating func position() throws(CatalogueError) -> JSONValue {
    var numbers = [JSONValue.number(try coordinate()), .number(try coordinate())]
    if token != .sign(","), token != .sign(")") { numbers.append(.number(try coordinate())) }
    return .array(numbers)
  }

  /// Coordinates do not count as parts of the filter: its length limits them.
  private mutating func coordinate() throws(CatalogueError) -> Double {
    let isNegative = takeSign("-")
    guard case .number(let value) = token else { throw problem("expected a coordinate before \(shown)") }
    index += 1
    return isNegative ? -value : value
  }

  private mutating func positions() throws(CatalogueError) -> [JSONValue] {
    try expect("(")
    var positions: [JSONValue] = []
    repeat { positions.append(try position()) } while takeSign(",")
    try expect(")")
    return positions
  }

  /// Points of a MULTIPOINT, each with or without brackets of its own.
  private mutating func points() throws(CatalogueError) -> [JSONValue] {
    try expect("(")
    var points: [JSONValue] = []
    repeat {
      let hasBracket = takeSign("(")
      points.append(try position())
      if hasBracket { try expect(")") }
    } while takeSign(",")
    try expect(")")
    return points
  }

  private mutating func lists() throws(CatalogueError) -> [JSONValue] {
    try expect("(")
    var lists: [JSONValue] = []
    repeat { lists.append(.array(try positions())) } while takeSign(",")
    try expect(")")
    return lists
  }
}
