// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Parameters
import RasterIO

/// The rasters of a match run, thinned out evenly where they are too many to hold.
package struct MeasuredProducts: Sendable {
  let folder: String
  /// What the raster of dx says about itself.
  let info: RasterInfo
  /// Every how many rows and columns a point is compared.
  package let step: Int
  /// Shape of what is compared.
  package let rows, columns: Int
  private let image: RasterImage

  /// Points up to which a grid is compared whole.
  package static let pointLimit = 4_000_000

  /// - Throws: `ServiceError.noRunFolder` when the folder holds no offsets.
  package init(_ folder: String, pointLimit: Int = Self.pointLimit) throws {
    self.folder = folder
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      throw ServiceError(.noRunFolder, "\(folder): there is no such folder; give the --out folder of ogive match")
    }
    guard isFolder.boolValue else {
      throw ServiceError(.noRunFolder, "\(folder) is a file; give the --out folder of ogive match")
    }
    for name in ["dx", "dy"] where !FileManager.default.fileExists(atPath: "\(folder)/products/\(name).tif") {
      throw ServiceError(
        .noRunFolder,
        "\(folder) is not the folder of a finished match: products/\(name).tif is missing; give the --out folder of "
          + "ogive match")
    }
    image = try RasterImage.open("\(folder)/products/dx.tif")
    info = image.info
    var step = 1
    while (info.rows + step - 1) / step * ((info.columns + step - 1) / step) > pointLimit { step += 1 }
    self.step = step
    rows = (info.rows + step - 1) / step
    columns = (info.columns + step - 1) / step
  }

  /// The points of a product; nil when the run has none of that name.
  ///
  /// - Throws: `ServiceError.gridMismatch` when its shape is not that of dx.
  package func read(_ name: String) throws -> Grid<Float>? {
    let path = "\(folder)/products/\(name).tif"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let image = name == "dx" ? self.image : try RasterImage.open(path)
    guard image.rows == info.rows, image.columns == info.columns else {
      throw ServiceError(
        .gridMismatch,
        "\(path) has \(image.rows) × \(image.columns) cells and dx.tif has \(info.rows) × \(info.columns); "
          + "the products are not of one run: run ogive match again")
    }
    var out = Grid<Float>(rows: rows, columns: columns, filledWith: .nan)
    // A block of rows at a time: those between the points are read with them and dropped.
    let block = max(1, 4_000_000 / (info.columns * step))
    for first in stride(from: 0, to: rows, by: block) {
      let last = min(rows, first + block) - 1
      let part = try image.read(
        Window(row: first * step, column: 0, rows: (last - first) * step + 1, columns: info.columns))
      for row in first...last {
        for column in 0..<columns { out[row, column] = part[(row - first) * step, column * step] }
      }
    }
    return out
  }

  /// The unit of a product; empty without the product.
  func unit(of name: String) -> String {
    (try? RasterImage.open("\(folder)/products/\(name).tif").info.unit) ?? ""
  }

  /// Number of points inside a mask for each reason why they are missing, in the order of the flags.
  func missing(inside mask: Mask) throws -> [(flag: MatchFlag, count: Int)] {
    guard let flags = try read("flags") else { return [] }
    var counts = [Int](repeating: 0, count: 256)
    for index in flags.cells.indices where mask.cells[index] {
      let value = flags.cells[index]
      if value >= 0, value < 256 { counts[Int(value)] += 1 }
    }
    return MatchFlag.allCases.compactMap { flag in
      let count = counts[Int(flag.rawValue)]
      return flag == .measured || count == 0 ? nil : (flag, count)
    }
  }

  /// Days between the images, from the run's summary; nil when it does not say.
  var separation: Double? {
    guard let text = FileManager.default.contents(atPath: "\(folder)/summary.json"),
      let summary = try? JSONValue(parsing: [UInt8](text), named: "summary.json")
    else { return nil }
    return summary.firstNumber(named: ["separationDays", "separation"])
  }
}

extension JSONValue {
  /// The first number under one of these keys, at any depth.
  fileprivate func firstNumber(named names: [String]) -> Double? {
    guard let object = objectValue else { return nil }
    for name in names { if let value = object[name]?.doubleValue { return value } }
    for (_, value) in object { if let found = value.firstNumber(named: names) { return found } }
    return nil
  }
}
