// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// Which of Sentinel-2's twelve detectors saw each pixel of a tile.
///
/// The seams between detectors are where stripes along the track come from. Before processing baseline 04.00 the
/// footprints are polygons in GML, from then on a raster with the detector's number.
public struct DetectorFootprint: Sendable {
  /// The outline of one detector in map coordinates.
  public struct Polygon: Hashable, Sendable {
    public let detector: Int
    /// First the outer ring, then those of holes; each open or closed.
    public let rings: [[MapPoint]]
  }

  private enum Source: Sendable {
    case raster(RasterImage)
    case polygons([Polygon])
  }

  private let source: Source

  /// Opens the footprint that a scene names for a band.
  ///
  /// - Throws: `SceneError` of kind `.missing`, `.damaged` or `.badMetadata`.
  public init(_ mask: SceneMask) throws(SceneError) {
    precondition(mask.kind == .detectorFootprint, "a footprint of detectors is made from a mask of that kind")
    if mask.form == .polygons {
      source = .polygons(try Self.polygons(MetadataTree(reading: mask.path), path: mask.path))
      return
    }
    do throws(RasterError) { source = .raster(try RasterImage.open(mask.path)) } catch {
      throw SceneError(
        error.kind == .missing ? .missing : .damaged, mask.path, error.message, cause: error.cause)
    }
  }

  /// The outlines; empty for a raster.
  public var polygons: [Polygon] {
    if case .polygons(let polygons) = source { return polygons }
    return []
  }

  /// The detector of each pixel of a window, 0 where none looked; where two overlap, the one that stands later.
  ///
  /// - Parameters:
  ///   - window: pixels of the grid.
  ///   - grid: of the tile, with a transform; a raster of another resolution is taken at its nearest pixel.
  public func detectors(_ window: Window, of grid: Georeference) throws(RasterError) -> Grid<UInt8> {
    guard let transform = grid.transform else { preconditionFailure("a footprint lies on a map") }
    switch source {
    case .polygons(let polygons):
      var out = Grid(rows: window.rows, columns: window.columns, filledWith: UInt8(0))
      for polygon in polygons { Self.fill(&out, window, transform, polygon) }
      return out
    case .raster(let image): return try Self.nearest(image, window, grid, transform)
    }
  }

  private static func nearest(
    _ image: RasterImage, _ window: Window, _ grid: Georeference, _ transform: GeoTransform
  ) throws(RasterError) -> Grid<UInt8> {
    guard let own = image.info.transform else {
      throw RasterError(.gridMismatch, "\(image.info.path) has no place on a map")
    }
    func place(_ row: Int, _ column: Int) -> (row: Int, column: Int) {
      let map = transform.coordinate(row: Double(row), column: Double(column))
      let position = own.position(east: map.east, north: map.north)
      return (Int(position.row.rounded()), Int(position.column.rounded()))
    }
    let first = place(window.row, window.column), last = place(window.endRow - 1, window.endColumn - 1)
    let part = Window(
      row: first.row, column: first.column, rows: last.row - first.row + 1, columns: last.column - first.column + 1)
    let pixels = try image.read(part)
    var out = Grid(rows: window.rows, columns: window.columns, filledWith: UInt8(0))
    for row in 0..<window.rows {
      for column in 0..<window.columns {
        let from = place(window.row + row, window.column + column)
        let value = pixels[from.row - part.row, from.column - part.column]
        out[row, column] = value.isFinite ? UInt8(max(0, min(255, value))) : 0
      }
    }
    return out
  }

  /// Marks pixels whose centre lies in the polygon, by the crossings of its edges with each row of centres.
  private static func fill(
    _ out: inout Grid<UInt8>, _ window: Window, _ transform: GeoTransform, _ polygon: Polygon
  ) {
    let rings = polygon.rings.map { $0.map { transform.position(east: $0.east, north: $0.north) } }
    for row in 0..<window.rows {
      let y = Double(window.row + row)
      var crossings: [Double] = []
      for ring in rings {
        for (index, a) in ring.enumerated() {
          let b = ring[(index + 1) % ring.count]
          guard (a.row <= y) != (b.row <= y) else { continue }
          crossings.append(a.column + (y - a.row) / (b.row - a.row) * (b.column - a.column))
        }
      }
      crossings.sort()
      for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
        let from = max(window.column, Int(crossings[pair].rounded(.up)))
        let to = min(window.endColumn - 1, Int(crossings[pair + 1].rounded(.down)))
        if from > to { continue }
        for column in from...to { out[row, column - window.column] = UInt8(polygon.detector) }
      }
    }
  }

  /// `gml:id="detector_footprint-B02-09-0"`, ring as `gml:posList` of two or three coordinates a place.
  private static func polygons(_ tree: MetadataTree, path: String) throws(SceneError) -> [Polygon] {
    var polygons: [Polygon] = []
    for feature in tree.all("MaskFeature") {
      guard let id = feature.attribute("id"),
        let number = id.firstMatch(of: /-B[0-9][0-9A]-([0-9]{2})-/).flatMap({ Int($0.1) }), (1...12).contains(number)
      else { continue }
      let rings = try feature.all("posList").map { (list) throws(SceneError) -> [MapPoint] in
        let step = list.attribute("srsDimension").flatMap(Int.init) ?? 2
        guard let numbers = list.numbers, step >= 2, numbers.count >= 3 * step, numbers.count % step == 0 else {
          throw SceneError(.badMetadata, path, "\(path): the outline \(id) is no list of places; fetch it again")
        }
        return stride(from: 0, to: numbers.count, by: step).map {
          MapPoint(east: numbers[$0], north: numbers[$0 + 1])
        }
      }
      if !rings.isEmpty { polygons.append(Polygon(detector: number, rings: rings)) }
    }
    guard !polygons.isEmpty else {
      throw SceneError(.badMetadata, path, "\(path) holds no footprint of a detector")
    }
    return polygons
  }
}
