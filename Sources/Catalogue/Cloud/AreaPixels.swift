// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// The pixels of a raster whose centres lie in polygons given in longitude and latitude.
struct AreaPixels {
  /// The window around the polygons, inside of the raster.
  let window: Window
  /// Rings in pixels, (column, row), pixel centres at integers.
  private let rings: [[(column: Double, row: Double)]]

  /// Longest edge in degrees that is taken for straight in the raster's map.
  private static let longestEdge = 0.05

  /// - Returns: nil where the polygons lie beside the raster, or it is on no map.
  init?(_ area: GeoShape, on raster: Georeference) throws(RasterError) {
    guard let transform = raster.transform, let crs = raster.crs else { return nil }
    let transformation =
      crs.isSame(as: .longitudeLatitude) ? nil : try CoordinateTransformation(from: .longitudeLatitude, to: crs)
    var rings: [[(column: Double, row: Double)]] = []
    for part in area.parts {
      guard case .polygon(let own) = part else { continue }
      for ring in own {
        let dense = Self.densified(ring)
        var east = dense.map(\.longitude), north = dense.map(\.latitude)
        try transformation?.transform(east: &east, north: &north)
        let places = zip(east, north).map { transform.position(east: $0, north: $1) }
        guard places.allSatisfy({ $0.row.isFinite && $0.column.isFinite }) else { continue }
        rings.append(places.map { (column: $0.column, row: $0.row) })
      }
    }
    let columns = rings.flatMap { $0.map(\.column) }, rows = rings.flatMap { $0.map(\.row) }
    guard let left = columns.min(), let right = columns.max(), let top = rows.min(), let bottom = rows.max() else {
      return nil
    }
    func whole(_ value: Double) -> Int { Int(max(-1e9, min(1e9, value))) }
    let around = Window(
      row: whole(top.rounded(.up)), column: whole(left.rounded(.up)),
      rows: whole(bottom.rounded(.down)) - whole(top.rounded(.up)) + 1,
      columns: whole(right.rounded(.down)) - whole(left.rounded(.up)) + 1)
    window = raster.window.intersection(around)
    self.rings = rings
    if window.isEmpty { return nil }
  }

  /// All pixels of the polygons, also those outside of the raster, to tell how much of the area was seen.
  var area: Double {
    // Rings of holes run the other way round or not; the outer ring is the larger, so that the size of all but the
    // sign is taken ring by ring.
    var sum = 0.0
    for (index, ring) in rings.enumerated() {
      var twice = 0.0
      for (a, b) in zip(ring, ring.dropFirst() + ring.prefix(1)) { twice += a.column * b.row - b.column * a.row }
      sum += isHole(index) ? -abs(twice) / 2 : abs(twice) / 2
    }
    return sum
  }

  private func isHole(_ index: Int) -> Bool {
    let point = rings[index][0]
    return rings.indices.filter {
      $0 != index && Self.crossings(rings[$0], row: point.row).filter { $0 < point.column }.count % 2 == 1
    }
    .count % 2 == 1
  }

  /// For a row of the window, the spans of columns that lie in the polygons.
  func spans(inRow row: Int) -> [Range<Int>] {
    let crossings = rings.flatMap { Self.crossings($0, row: Double(row)) }.sorted()
    return stride(from: 0, to: crossings.count - 1, by: 2).compactMap { index in
      let first = max(window.column, Int(max(-1e9, crossings[index]).rounded(.up)))
      let end = min(window.endColumn, Int(min(1e9, crossings[index + 1]).rounded(.down)) + 1)
      return first < end ? first..<end : nil
    }
  }

  /// Columns at which the edges of a ring cross a row.
  private static func crossings(_ ring: [(column: Double, row: Double)], row: Double) -> [Double] {
    zip(ring, ring.dropFirst() + ring.prefix(1)).compactMap { a, b in
      guard (a.row > row) != (b.row > row) else { return nil }
      return a.column + (row - a.row) / (b.row - a.row) * (b.column - a.column)
    }
  }

  private static func densified(_ ring: [GeoPosition]) -> [GeoPosition] {
    var dense: [GeoPosition] = []
    for (a, b) in zip(ring, ring.dropFirst() + ring.prefix(1)) {
      let length = max(abs(b.longitude - a.longitude), abs(b.latitude - a.latitude))
      let pieces = max(1, min(200, Int((length / longestEdge).rounded(.up))))
      for step in 0..<pieces {
        let share = Double(step) / Double(pieces)
        dense.append(
          GeoPosition(
            a.longitude + share * (b.longitude - a.longitude), a.latitude + share * (b.latitude - a.latitude)))
      }
    }
    return dense
  }
}
