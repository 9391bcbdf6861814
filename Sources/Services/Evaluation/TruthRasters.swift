// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// Truth rasters and where the measured points lie in them.
package struct TruthRasters: Sendable {
  /// Positions in the truth, px, that belong to measured points.
  private struct Placing: Sendable {
    let products: any MeasuredProducts
    let truth: GeoTransform

    func position(_ index: Int) -> (row: Double, column: Double) {
      let place = products.coordinate(index)
      return truth.position(east: place.east, north: place.north)
    }
  }

  let folder: String
  /// Points that lie at least the margin inside the truth.
  package let inside: Mask
  /// What the user should know.
  let notices: [String]
  private let image: RasterImage
  private let placing: Placing
  /// The points inside, ordered by the bands of truth rows that they lie in, and where each band ends in them.
  private var members: [Int32] = []
  private var ends: [Int] = []
  private let bandRows: Int

  /// - Throws: `ServiceError` when the truth is missing, or does not lie where the measurements do.
  ///
  /// - Parameter bandPixels: pixels of the truth that are read at once.
  package init(
    _ folder: String, for products: any MeasuredProducts, margin: Double, bandPixels: Int = 4_000_000
  ) throws {
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
    let info = image.info
    let candidates = try Self.placings(products, info)
    let masks = candidates.map { Self.inside(info, $0.placing) }
    guard let choice = masks.firstIndex(where: { $0.cells.contains(true) }) else {
      throw ServiceError(
        .noOverlap,
        "no measured point lies in the truth: \(products.folder) covers \(products.extent), "
          + "\(folder) covers \(image.info.georeference.extent) (east, then north); compare with the truth of the "
          + "same images")
    }
    (placing, notices) = (candidates[choice].placing, candidates[choice].notices)
    bandRows = max(1, bandPixels / image.columns)
    inside = Self.inside(image.info, placing, margin: margin)
    guard inside.cells.contains(true) else {
      throw ServiceError(
        .noOverlap,
        "no measured point is \(Int(margin.rounded(.up))) px or more inside the truth of "
          + "\(image.rows) × \(image.columns) px; give a smaller --margin")
    }
    orderByBands()
  }

  /// Ways to place the measured grid, the likeliest first.
  private static func placings(
    _ products: any MeasuredProducts, _ truth: RasterInfo
  ) throws -> [(placing: Placing, notices: [String])] {
    let byPixel = Placing(products: products, truth: .rowsDown)
    let byMap = truth.transform.map { Placing(products: products, truth: $0) }
    switch (products.crs, truth.crs) {
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

  private static func inside(_ truth: RasterInfo, _ placing: Placing, margin: Double = 0) -> Mask {
    var mask = Mask(rows: placing.products.rows, columns: placing.products.columns, filledWith: false)
    let bottom = Double(truth.rows - 1) - margin, right = Double(truth.columns - 1) - margin
    // Positions come out of map coordinates of a million metres: a point on the margin itself must count.
    let slack = 1e-6
    for index in mask.cells.indices {
      let p = placing.position(index)
      mask.cells[index] =
        p.row >= margin - slack && p.column >= margin - slack && p.row <= bottom + slack
        && p.column <= right + slack
    }
    return mask
  }

  /// Sorts the points inside by bands of rows (counting sort), so that points in any order are sampled with each band
  /// read once.
  private mutating func orderByBands() {
    ends = [Int](repeating: 0, count: (image.rows - 1) / bandRows + 2)
    let indices = inside.cells.indices.filter { inside.cells[$0] }
    let bands = indices.map { Int32(Int(place($0).row) / bandRows) }
    for band in bands { ends[Int(band) + 1] += 1 }
    for band in 1..<ends.count { ends[band] += ends[band - 1] }
    members = [Int32](repeating: 0, count: indices.count)
    // What was the start of a band becomes its end as it fills.
    for (index, band) in zip(indices, bands) {
      members[ends[Int(band)]] = Int32(index)
      ends[Int(band)] += 1
    }
    ends.removeLast()
  }

  /// Where a point inside lies in the truth, px.
  private func place(_ index: Int) -> (row: Double, column: Double) {
    let p = placing.position(index)
    return (
      min(max(snapped(p.row), 0), Double(image.rows - 1)), min(max(snapped(p.column), 0), Double(image.columns - 1))
    )
  }

  /// The truth of this name at the measured points, bilinear between pixels; nil when there is none.
  ///
  /// - Parameter name: behind `truth_`.
  package func sample(_ name: String) throws -> Grid<Float>? {
    let path = "\(folder)/truth_\(name).tif"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let image = name == "dx" ? self.image : try RasterImage.open(path)
    guard image.rows == self.image.rows, image.columns == self.image.columns else {
      throw ServiceError(
        .gridMismatch,
        "\(path) has \(image.rows) × \(image.columns) px and truth_dx.tif has \(self.image.rows) × "
          + "\(self.image.columns); the truth is not of one simulation")
    }
    var out = Grid<Float>(rows: inside.rows, columns: inside.columns, filledWith: .nan)
    var start = 0
    for end in ends {
      try sample(image, members[start..<end], into: &out)
      start = end
    }
    return out
  }

  private func sample(_ image: RasterImage, _ band: ArraySlice<Int32>, into out: inout Grid<Float>) throws {
    var places: [(index: Int, row: Double, column: Double)] = []
    var top = Int.max, left = Int.max, bottom = Int.min, right = Int.min
    for index in band {
      let (y, x) = place(Int(index))
      places.append((Int(index), y, x))
      (top, bottom) = (min(top, Int(y)), max(bottom, Int(y)))
      (left, right) = (min(left, Int(x)), max(right, Int(x)))
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

  /// From pixels to metres on the ground, in which strain has its axes.
  func groundTransform() throws -> GeoTransform {
    try image.info.georeference.groundTransform(rows: image.rows, columns: image.columns)
  }
}
