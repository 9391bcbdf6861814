// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters
import RasterIO

/// Where a stack is worked on.
public enum SceneArea: Hashable, Sendable {
  /// A box in a system of its own, or, where this is nil, in that of the common grid. A box without a system that lies
  /// beside every scene and whose numbers can be longitudes and latitudes is taken for degrees. On images without a place
  /// on a map, west and east are columns, south and north the first and the last row.
  case box(Extent, crs: CRS?)
  /// A file with polygons; the box around them counts.
  case polygons(String)

  /// As given on the command line.
  public init(_ area: Area) {
    switch area {
    case .box(let west, let south, let east, let north):
      self = .box(Extent(west: west, south: south, east: east, north: north), crs: nil)
    case .polygons(let file): self = .polygons(file.path)
    }
  }

  /// The pixels of a grid within the area.
  ///
  /// - Throws: `SceneError` of kind `.badArea` when it cannot be read or lies beside the grid.
  func window(on grid: SceneGrid) throws(SceneError) -> Window {
    let raster = grid.georeference
    let found: Window
    do throws(RasterError) {
      switch self {
      case .box(let extent, let crs): found = try Self.pixels(extent, crs, grid)
      case .polygons(let path): found = try VectorFile.open(path, on: raster).bounds
      }
    } catch {
      throw SceneError(
        .badArea, text, "the area of interest \(text) cannot be used: \(error.message)", cause: error.cause)
    }
    let inside = grid.window.intersection(found)
    guard !inside.isEmpty else {
      throw SceneError(
        .badArea, text,
        "the area of interest \(text) lies outside all scenes, which cover \(raster.extent) (east, then north)"
          + (grid.crs.map { " in \($0)" } ?? " in pixels") + "; give it in this system or in degrees")
    }
    return inside
  }

  private static func pixels(_ extent: Extent, _ crs: CRS?, _ grid: SceneGrid) throws(RasterError) -> Window {
    let raster = grid.georeference
    let none = Window(row: 0, column: 0, rows: 0, columns: 0)
    guard grid.isOnMap else {
      return Window(
        row: Int(extent.south.rounded(.up)), column: Int(extent.west.rounded(.up)),
        rows: Int(extent.north.rounded(.down)) - Int(extent.south.rounded(.up)) + 1,
        columns: Int(extent.east.rounded(.down)) - Int(extent.west.rounded(.up)) + 1)
    }
    let own = try raster.pixels(in: extent, of: crs) ?? none
    let mayBeDegrees =
      abs(extent.west) <= 180 && abs(extent.east) <= 180 && abs(extent.south) <= 90 && abs(extent.north) <= 90
    guard crs == nil, grid.crs != nil, mayBeDegrees, grid.window.intersection(own).isEmpty else { return own }
    return try raster.pixels(in: extent, of: .longitudeLatitude) ?? none
  }

  /// As it would be written on the command line.
  var text: String {
    switch self {
    case .box(let box, _): "\(box.west),\(box.south),\(box.east),\(box.north)"
    case .polygons(let path): path
    }
  }
}
