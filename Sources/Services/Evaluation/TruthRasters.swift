// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// Truth rasters and where the measured points lie in them.
struct TruthRasters: Sendable {
  /// Positions in the truth, px, that belong to the cells of a measured grid.
  private struct Placing: Sendable {
    let measured, truth: GeoTransform
    let step: Int

    func position(row: Int, column: Int) -> (row: Double, column: Double) {
      let place = measured.coordinate(row: Double(row * step), column: Double(column * step))
      return truth.position(east: place.east, north: place.north)
    }
  }

  let folder: String
  /// Points that lie at least the margin inside the truth.
  let inside: Mask
  /// What the user should know.
  let notices: [String]
  private let image: RasterImage
  private let placing: Placing
  private let rows, columns: Int

  /// Pixels without a map transform: the outer corner of the first is the origin, rows go down.
  private static let plain = GeoTransform(originEast: 0, originNorth: 0, eastPerColumn: 1, northPerRow: 1)

  /// - Throws: `ServiceError` when the truth is missing, or does not lie where the measurements do.
  init(_ folder: String, for products: MeasuredProducts, margin: Double) throws {
    self.folder = folder
    guard FileManager.default.fileExists(atPath: folder) else {
      throw ServiceError(.noTruth, "\(folder): there is no such folder; give the --out folder of ogive simulate")
    }
    for name in ["dx", "dy"] where !FileManager.default.fileExists(atPath: "\(folder)/truth_\(name).tif") {
      throw ServiceError(
        .noTruth,
        "\(folder) holds no truth_\(name).tif; give the --out folder of ogive simulate, or a known shift "
          + "by --truth-dx and --truth-dy")
    }
    image = try RasterImage.open("\(folder)/truth_dx.tif")
    (rows, columns) = (products.rows, products.columns)
    let info = image.info
    let candidates = try Self.placings(products, info)
    let masks = candidates.map { Self.inside(info, $0.placing, rows: products.rows, columns: products.columns) }
    guard let choice = masks.firstIndex(where: { $0.cells.contains(true) }) else {
      throw ServiceError(
        .noOverlap,
        "no measured point lies in the truth: \(products.folder) covers \(products.info.georeference.extent), "
          + "\(folder) covers \(image.info.georeference.extent) (east, then north); compare with the truth of the "
          + "same images")
    }
    (placing, notices) = (candidates[choice].placing, candidates[choice].notices)
    inside = Self.inside(image.info, placing, rows: rows, columns: columns, margin: margin)
    guard inside.cells.contains(true) else {
      throw ServiceError(
        .noOverlap,
        "no measured point is \(Int(margin.rounded(.up))) px or more inside the truth of "
          + "\(image.rows) × \(image.columns) px; give a smaller --margin")
    }
  }

  /// Ways to place the measured grid, the likeliest first.
  private static func placings(
    _ products: MeasuredProducts, _ truth: RasterInfo
  ) throws -> [(placing: Placing, notices: [String])] {
    let measured = products.info.transform ?? plain
    let byPixel = Placing(measured: measured, truth: plain, step: products.step)
    let byMap = truth.transform.map { Placing(measured: measured, truth: $0, step: products.step) }
    switch (products.info.crs, truth.crs) {
    case (let a?, let b?):
      guard a.isSame(as: b) else {
        throw ServiceError(
          .gridMismatch,
          "the products are in \(a) and the truth is in \(b); compare with the truth of the same images")
      }
      return [(byMap ?? byPixel, [])]
    case (let a?, nil):
      throw ServiceError(
        .gridMismatch, "the products are in \(a) and the truth has no CRS; compare with the truth of the same images")
    case (nil, _?):
      return [(byPixel, ["the products have no CRS: their points are placed in the truth by pixel"])]
    case (nil, nil):
      return (byMap.map { [($0, [])] } ?? []) + [(byPixel, [])]
    }
  }

  private static func inside(
    _ truth: RasterInfo, _ placing: Placing, rows: Int, columns: Int, margin: Double = 0
  ) -> Mask {
    var mask = Mask(rows: rows, columns: columns, filledWith: false)
    let bottom = Double(truth.rows - 1) - margin, right = Double(truth.columns - 1) - margin
    // Positions come out of map coordinates of a million metres: a point on the margin itself must count.
    let slack = 1e-6
    for row in 0..<rows {
      for column in 0..<columns {
        let p = placing.position(row: row, column: column)
        mask[row, column] =
          p.row >= margin - slack && p.column >= margin - slack && p.row <= bottom + slack
          && p.column <= right + slack
      }
    }
    return mask
  }

  /// The truth of this name at the measured points, bilinear between pixels; nil when there is none.
  ///
  /// - Parameter name: behind `truth_`.
  func sample(_ name: String) throws -> Grid<Float>? {
    let path = "\(folder)/truth_\(name).tif"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let image = name == "dx" ? self.image : try RasterImage.open(path)
    guard image.rows == self.image.rows, image.columns == self.image.columns else {
      throw ServiceError(
        .gridMismatch,
        "\(path) has \(image.rows) × \(image.columns) px and truth_dx.tif has \(self.image.rows) × "
          + "\(self.image.columns); the truth is not of one simulation")
    }
    var out = Grid<Float>(rows: rows, columns: columns, filledWith: .nan)
    let perRow = max(1, abs(placing.position(row: 1, column: 0).row - placing.position(row: 0, column: 0).row))
    let block = max(1, Int(4_000_000 / (perRow * Double(image.columns))))
    for first in stride(from: 0, to: rows, by: block) {
      try sample(image, rows: first..<min(rows, first + block), into: &out)
    }
    return out
  }

  private func sample(_ image: RasterImage, rows part: Range<Int>, into out: inout Grid<Float>) throws {
    var places: [(index: Int, row: Double, column: Double)] = []
    var top = Int.max, left = Int.max, bottom = Int.min, right = Int.min
    for row in part {
      for column in 0..<columns where inside[row, column] {
        let p = placing.position(row: row, column: column)
        let y = min(max(snapped(p.row), 0), Double(image.rows - 1))
        let x = min(max(snapped(p.column), 0), Double(image.columns - 1))
        places.append((row * columns + column, y, x))
        (top, bottom) = (min(top, Int(y)), max(bottom, Int(y)))
        (left, right) = (min(left, Int(x)), max(right, Int(x)))
      }
    }
    guard !places.isEmpty else { return }
    let grid = try image.read(Window(row: top, column: left, rows: bottom - top + 2, columns: right - left + 2))
    for (index, y, x) in places {
      let r = Int(y) - top, c = Int(x) - left
      let fy = Float(y - y.rounded(.down)), fx = Float(x - x.rounded(.down))
      var value: Float = 0
      // A weight of zero leaves its pixel out, so that a missing pixel is no matter to its exact neighbours.
      if fy < 1, fx < 1 { value += (1 - fy) * (1 - fx) * grid[r, c] }
      if fx > 0 { value += (1 - fy) * fx * grid[r, c + 1] }
      if fy > 0 { value += fy * (1 - fx) * grid[r + 1, c] }
      if fy > 0, fx > 0 { value += fy * fx * grid[r + 1, c + 1] }
      out.cells[index] = value
    }
  }

  /// Whole pixels that rounding of map coordinates has moved off their place.
  private func snapped(_ value: Double) -> Double {
    let whole = value.rounded()
    return abs(value - whole) < 1e-6 ? whole : value
  }

  /// The map transform of the reference image, in which strain has its axes.
  var transform: GeoTransform? { image.info.transform }
}
