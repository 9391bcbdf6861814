// SPDX-License-Identifier: Apache-2.0
import Tiles

/// The series of a run at places: from the cube where there is one, else from the layers of dates.
struct JobSeriesReader {
  /// Places of an area that its median is taken of: enough for an eighth of the scatter of one.
  private static let mostPlaces = 100

  private let catalogue: LayerCatalogue
  private let tiles: RasterTiles
  private let wanted: Set<String>
  private let cubePath: String?

  /// - Parameter wanted: names of quantities; empty for all.
  init(_ catalogue: LayerCatalogue, tiles: RasterTiles, wanted: Set<String>) {
    (self.catalogue, self.tiles, self.wanted) = (catalogue, tiles, wanted)
    cubePath = Self.cubePath(of: catalogue)
  }

  /// The cube of a run; a stack that was inverted keeps its inversion in a run folder of its own.
  static func cubePath(of catalogue: LayerCatalogue) -> String? {
    catalogue.cube ?? LayerCatalogue.cube(in: catalogue.folder + "/series")
  }

  private func isWanted(_ name: String) -> Bool { wanted.isEmpty || wanted.contains(name) }

  /// For each place the series of all quantities.
  func series(at places: [Place]) throws -> [[PointSeries]] {
    if let cubePath { return try series(at: places, in: SeriesCube(cubePath)) }
    var found = [[PointSeries]](repeating: [], count: places.count)
    for series in catalogue.series where isWanted(series.name) {
      let layers = try series.layers.map { try catalogue.layer($0) }
      for (index, one) in try tiles.series(of: layers, in: catalogue, at: places).enumerated() {
        found[index].append(one)
      }
    }
    return found
  }

  private func series(at places: [Place], in cube: SeriesCube) throws -> [[PointSeries]] {
    try places.map { try cube.series(at: $0).filter { isWanted($0.name) } }
  }

  /// The ground that others are shown against.
  ///
  /// - Parameter corners: one place, or the corners of an area.
  /// - Throws: a problem where the area holds no pixel.
  func reference(_ corners: [Place]) throws -> ReferenceSeries {
    guard corners.count > 1 else { return ReferenceSeries(try series(at: corners)) }
    let places: [Place]
    var readings: [[PointSeries]] = []
    if let cubePath {
      let cube = try SeriesCube(cubePath)
      places = try cube.places(within: corners, most: Self.mostPlaces)
      readings = try series(at: places, in: cube)
    } else if let first = catalogue.series.first?.layers.first {
      places = try tiles.places(within: corners, of: catalogue.layer(first).file, most: Self.mostPlaces)
      readings = try series(at: places)
    } else {
      places = []
    }
    guard !places.isEmpty else {
      throw Problem(.unusable, "the reference holds no pixel of the job; draw a larger area, or one on its map")
    }
    return ReferenceSeries(readings, at: places)
  }
}
