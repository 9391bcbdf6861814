// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// Which axis of a cube's arrays is which, and where its pixels lie on the map.
struct CubeCoordinates {
  /// Names of the axes.
  let pair, y, x: String
  let rows, columns: Int
  /// Whether the file's first row is the southernmost, or its first column the easternmost; they are turned in reading.
  let isUpsideDown, isMirrored: Bool
  let transform: GeoTransform?
  let crs: CRS?
  let notices: [String]

  private static let names = (
    x: ["x", "lon", "longitude", "easting", "col", "columns"], y: ["y", "lat", "latitude", "northing", "row", "rows"]
  )

  /// - Throws: `CubeError` of kind `.badShape`, `.unevenGrid` or `.unreadable`.
  init(_ file: ArrayFile, _ names: CubeNames, _ options: PairCubeOptions) throws(CubeError) {
    let path = file.path, component = names.east, pair = names.dates.first.axes[0]
    let others = component.axes.filter { $0 != pair }
    // An axis of one place besides, such as a band, does no harm.
    let long = others.count > 2 ? others.filter { $0.size > 1 } : others
    guard component.axes.contains(pair), long.count == 2 else {
      let shape = component.axes.map { "\($0.name): \($0.size)" }.joined(separator: ", ")
      throw CubeError(
        .badShape, path,
        "\(path): \(component.name) needs the axes \(pair.name), y and x in any order; it has (\(shape))")
    }
    func isAxis(_ axis: ArrayInfo.Axis, _ known: [String], _ letter: String, _ standard: [String]) -> Bool {
      let own = file[axis.name]
      return known.contains(axis.name.lowercased()) || own?.text("axis")?.uppercased() == letter
        || own?.text("standard_name").map(standard.contains) == true
    }
    let isSwapped =
      isAxis(long[0], Self.names.x, "X", ["projection_x_coordinate", "longitude"])
      || isAxis(long[1], Self.names.y, "Y", ["projection_y_coordinate", "latitude"])
    let (down, right) = isSwapped ? (long[1], long[0]) : (long[0], long[1])
    (self.pair, y, x, rows, columns) = (pair.name, down.name, right.name, down.size, right.size)
    if let north = names.north, north.axes != component.axes {
      throw CubeError(
        .badShape, path,
        "\(path): \(component.name) and \(north.name) differ in their axes: \(component.sizes) and "
          + "\(north.sizes)")
    }
    guard rows > 0, columns > 0 else { throw CubeError(.badShape, path, "\(path): \(component.name) has no pixel") }
    let eastings = try Self.axis(file, right), northings = try Self.axis(file, down)
    let sides = Self.mapping(file, component)?.text("GeoTransform").flatMap(Self.sides)
    isMirrored = (eastings?.step ?? 1) < 0
    isUpsideDown = (northings?.step ?? -1) > 0
    var notices: [String] = []
    if let eastings, let northings {
      transform = Self.transform(eastings, northings, rows: rows, columns: columns, sides)
    } else {
      transform = nil
      notices.append("\(path) has no coordinates \(x) and \(y): its pixels have no place on a map")
    }
    crs = Self.crs(file, component) ?? options.crs
    if transform != nil, crs == nil {
      notices.append(
        "\(path) does not say in which coordinate reference system it is; its coordinates are taken as metres on a map "
          + "without a name")
    }
    self.notices = notices
  }

  /// First coordinate and step of an axis; nil where it has none, and no step where it has one place.
  private static func axis(_ file: ArrayFile, _ axis: ArrayInfo.Axis) throws(CubeError) -> Coordinate? {
    guard let info = file[axis.name], info.axes == [axis], case .numbers = info.content else { return nil }
    let values = try readingCube(file.path) { () throws(RasterError) in try file.doubles(axis.name) }
    guard values.count > 1 else { return values[0].isFinite ? Coordinate(first: values[0], step: nil) : nil }
    let step = (values[values.count - 1] - values[0]) / Double(values.count - 1)
    for index in values.indices {
      // Coordinates in single precision are rounded to a good part of a metre.
      let expected = values[0] + step * Double(index)
      guard step != 0, abs(values[index] - expected) <= 0.02 * abs(step) else {
        throw CubeError(
          .unevenGrid, file.path,
          "\(file.path): the coordinates \(axis.name) are not evenly spaced: place \(index + 1) of \(values.count) is at "
            + "\(values[index]), not at \(expected); lay the cube on an even grid first")
      }
    }
    return Coordinate(first: values[0], step: step)
  }

  /// Coordinates along an axis; no step where there is one place.
  private struct Coordinate {
    let first: Double
    let step: Double?
  }

  /// Where the pixels lie once rows run from the north and columns from the west.
  private static func transform(
    _ x: Coordinate, _ y: Coordinate, rows: Int, columns: Int, _ sides: (Double, Double)?
  ) -> GeoTransform? {
    guard let width = (x.step ?? sides?.0 ?? y.step).map(abs) else { return nil }
    let height = abs(y.step ?? sides?.1 ?? width)
    let west = min(x.first, x.first + (x.step ?? 0) * Double(columns - 1))
    let north = max(y.first, y.first + (y.step ?? 0) * Double(rows - 1))
    return GeoTransform(
      originEast: west - width / 2, originNorth: north + height / 2, eastPerColumn: width, northPerRow: -height)
  }

  /// Width and height of a pixel from the six numbers that GDAL leaves in a grid mapping.
  private static func sides(_ text: String) -> (Double, Double)? {
    let six = text.split(separator: " ").compactMap { Double($0) }
    return six.count == 6 && six[1] != 0 && six[5] != 0 ? (six[1], six[5]) : nil
  }

  private static func mapping(_ file: ArrayFile, _ component: ArrayInfo) -> ArrayInfo? {
    let names =
      [component.text("grid_mapping")].compactMap { $0 } + [
        "mapping", "spatial_ref", "crs", "grid_mapping", "UTM_Projection", "Polar_Stereographic",
      ]
    return names.lazy.compactMap { file[$0] }.first
  }

  private static func crs(_ file: ArrayFile, _ component: ArrayInfo) -> CRS? {
    let mapping = mapping(file, component)
    var texts = ["crs_wkt", "spatial_ref", "proj4text", "proj4"].compactMap { mapping?.text($0) }
    if let code = mapping?.number("spatial_epsg") ?? mapping?.text("spatial_epsg").flatMap({ Double($0) }), code > 0 {
      texts.append("EPSG:\(Int(code))")
    }
    texts += ["proj4", "proj4text", "crs_wkt", "spatial_ref", "projection", "crs"].compactMap(file.text)
    for text in texts where !text.isEmpty {
      if let crs = try? CRS(text) { return crs }
    }
    return nil
  }
}
