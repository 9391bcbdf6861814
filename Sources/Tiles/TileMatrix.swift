// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// A tile's place in its pyramid: zoom level, and column and row counted from the upper left.
public struct TileAddress: Hashable, Sendable, CustomStringConvertible {
  public let zoom, column, row: Int

  /// In the order of addresses on the web.
  public init(z: Int, x: Int, y: Int) { (zoom, column, row) = (z, x, y) }

  public var description: String { "\(zoom)/\(column)/\(row)" }
}

/// How a pyramid of tiles is laid out.
public enum TileMatrix: Hashable, Sendable {
  /// The square of the web's maps (EPSG:3857), halved at each zoom level; `WebMercatorQuad` of OGC.
  case webMercator
  /// The pixels of an image that has no place on Earth. At `deepestZoom` a tile of 256 pixels shows 256 of the image;
  /// each level above shows twice as many. Tile 0/0/0 holds the whole image, whose corner is the upper left.
  case pixel(rows: Int, columns: Int)

  /// Deeper levels would only show pixels as squares: 2 cm a pixel at the equator.
  static let deepestMercatorZoom = 24

  /// Tiles are asked for in this many pixels, or twice as many for fine screens, of the same ground.
  static let tileSize = 256

  /// The name under which descriptions give it.
  public var name: String {
    switch self {
    case .webMercator: "WebMercatorQuad"
    case .pixel: "pixel"
    }
  }

  /// The level at which a tile pixel is an image pixel; nil for web Mercator.
  public var deepestZoom: Int? {
    guard case .pixel(let rows, let columns) = self else { return nil }
    var zoom = 0
    while TileMatrix.tileSize << zoom < max(rows, columns) { zoom += 1 }
    return zoom
  }

  /// Where a tile lies, as a raster of `size × size` pixels.
  ///
  /// - Throws: `TilesError.noSuchTile` outside the pyramid.
  func place(of tile: TileAddress, size: Int) throws(TilesError) -> GeoTransform {
    let deepest = deepestZoom.map { $0 + 6 } ?? TileMatrix.deepestMercatorZoom
    guard (0...deepest).contains(tile.zoom) else {
      throw TilesError(.noSuchTile, "there is no tile \(tile): zoom levels are 0 to \(deepest)")
    }
    let count = 1 << tile.zoom
    guard (0..<count).contains(tile.column), (0..<count).contains(tile.row) else {
      throw TilesError(
        .noSuchTile, "there is no tile \(tile): columns and rows of level \(tile.zoom) are 0 to \(count - 1)")
    }
    switch self {
    case .webMercator:
      let side = 2 * Mercator.halfSide / Double(count)
      return GeoTransform(
        originEast: -Mercator.halfSide + Double(tile.column) * side,
        originNorth: Mercator.halfSide - Double(tile.row) * side,
        eastPerColumn: side / Double(size), northPerRow: -side / Double(size))
    case .pixel:
      let side = Double(TileMatrix.tileSize) * pow(2, Double((deepestZoom ?? 0) - tile.zoom))
      return GeoTransform(
        originEast: Double(tile.column) * side, originNorth: Double(tile.row) * side,
        eastPerColumn: side / Double(size), northPerRow: side / Double(size))
    }
  }
}

/// The sphere of web Mercator (EPSG:3857).
enum Mercator {
  static let radius = 6_378_137.0
  static let halfSide = Double.pi * radius
  /// Where the square ends, degrees.
  static let largestLatitude = atan(sinh(Double.pi)) * 180 / .pi

  static func east(longitude: Double) -> Double { longitude * .pi / 180 * radius }

  static func north(latitude: Double) -> Double {
    let clipped = min(largestLatitude, max(-largestLatitude, latitude)) * .pi / 180
    return radius * asinh(tan(clipped))
  }
}
