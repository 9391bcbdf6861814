// SPDX-License-Identifier: Apache-2.0
import Grids

/// Rasters of one lattice, such as the tiles of an elevation model, as one raster.
///
/// Resampling then sees no seams: each tile by itself would lack the pixels that its neighbour has. Where tiles overlap, the
/// first that has a value gives it. Memory is that of the windows that are read.
public final class RasterMosaic: PixelSource {
  public let rows, columns: Int
  public let georeference: Georeference

  private struct Tile: Sendable {
    let image: any PixelSource
    /// Its pixels in those of the whole.
    let place: Window
  }

  private let tiles: [Tile]

  /// Share of a pixel that tiles of one lattice may be apart.
  private static let tolerance = 0.01

  /// Rasters as few mosaics as their lattices allow, in the order of the first of each.
  ///
  /// Tiles of one model may differ in the size of their pixels: those of GLO-30 are wider toward the poles.
  public static func grouped(_ images: [RasterImage]) -> [RasterMosaic] {
    var groups: [[RasterImage]] = []
    for image in images {
      let place = image.info.georeference
      if let index = groups.firstIndex(where: { offset(of: place, in: $0[0].info.georeference) != nil }) {
        groups[index].append(image)
      } else {
        groups.append([image])
      }
    }
    return groups.map(RasterMosaic.init)
  }

  /// - Parameter images: at least one, all on the lattice of the first.
  private init(_ images: [RasterImage]) {
    let first = images[0].info.georeference
    let places = images.map { image in
      let offset = Self.offset(of: image.info.georeference, in: first) ?? (0, 0)
      return Window(row: offset.row, column: offset.column, rows: image.rows, columns: image.columns)
    }
    let row = places.map(\.row).min() ?? 0, column = places.map(\.column).min() ?? 0
    rows = (places.map(\.endRow).max() ?? 0) - row
    columns = (places.map(\.endColumn).max() ?? 0) - column
    tiles = zip(images, places).map { image, place in
      Tile(
        image: image,
        place: Window(row: place.row - row, column: place.column - column, rows: place.rows, columns: place.columns))
    }
    georeference = Georeference(
      name: images.count == 1 ? first.name : "\(first.name) and \(images.count - 1) more", rows: rows,
      columns: columns,
      transform: first.transform?.grid(row: Double(row), column: Double(column), spacing: 1), crs: first.crs)
  }

  public func read(_ window: Window) throws(RasterError) -> Grid<Float> {
    var out = Grid(rows: window.rows, columns: window.columns, filledWith: Float.nan)
    for tile in tiles {
      let inside = tile.place.intersection(window)
      if inside.isEmpty { continue }
      let pixels = try tile.image.read(
        Window(
          row: inside.row - tile.place.row, column: inside.column - tile.place.column, rows: inside.rows,
          columns: inside.columns))
      for row in 0..<inside.rows {
        let to = (row + inside.row - window.row) * window.columns + inside.column - window.column
        for column in 0..<inside.columns where out.cells[to + column].isNaN {
          out.cells[to + column] = pixels[row, column]
        }
      }
    }
    return out
  }

  /// The place of a raster's first pixel in the lattice of another; nil where they have no lattice in common.
  private static func offset(of raster: Georeference, in other: Georeference) -> (row: Int, column: Int)? {
    guard let a = raster.transform, let b = other.transform else { return nil }
    switch (raster.crs, other.crs) {
    case (nil, nil): break
    case (let first?, let second?): guard first == second || first.isSame(as: second) else { return nil }
    default: return nil
    }
    let start = a.coordinate(row: 0, column: 0)
    let end = a.coordinate(row: Double(max(1, raster.rows - 1)), column: Double(max(1, raster.columns - 1)))
    let first = b.position(east: start.east, north: start.north), last = b.position(east: end.east, north: end.north)
    let row = first.row.rounded(), column = first.column.rounded()
    guard abs(row) < 1e8, abs(column) < 1e8 else { return nil }
    let errors = [
      first.row - row, first.column - column, last.row - row - Double(max(1, raster.rows - 1)),
      last.column - column - Double(max(1, raster.columns - 1)),
    ]
    guard errors.allSatisfy({ abs($0) < tolerance }) else { return nil }
    return (Int(row), Int(column))
  }
}
