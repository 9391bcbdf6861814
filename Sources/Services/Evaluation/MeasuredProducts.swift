// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Parameters
import RasterIO

/// What a match has measured, as grids of one shape: those of its rasters, or one column for a list of points.
package protocol MeasuredProducts: Sendable {
  var folder: String { get }
  var crs: CRS? { get }
  /// Box around the points, in the coordinates of `coordinate(_:)`.
  var extent: Extent { get }
  /// Shape of what is compared.
  var rows: Int { get }
  var columns: Int { get }
  /// Of how many `parts` one is compared, where there are too many to hold.
  var step: Int { get }
  /// What `step` counts, e.g. `points of the list`.
  var parts: String { get }
  /// Map coordinates of a cell; without a map, columns and rows down from the outer corner of the first pixel.
  func coordinate(_ index: Int) -> MapPoint
  /// The points of a product; nil when the run has none of that name.
  func read(_ name: String) throws -> Grid<Float>?
  /// The unit of a product; empty where none is known.
  func unit(of name: String) -> String
}

/// Opens the products of a run folder.
///
/// - Throws: `ServiceError.noRunFolder` when the folder holds no finished match.
package func measuredProducts(in folder: String) throws -> any MeasuredProducts {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
    throw ServiceError(.noRunFolder, "\(folder): there is no such folder; give the --out folder of ogive match")
  }
  guard isFolder.boolValue else {
    throw ServiceError(.noRunFolder, "\(folder) is a file; give the --out folder of ogive match")
  }
  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }
  func require(_ names: [String], _ remark: String = "") throws {
    guard let missing = names.first(where: { !has($0) }) else { return }
    throw ServiceError(
      .noRunFolder,
      "\(folder) is not the folder of a finished match: \(missing) is missing\(remark); give the --out folder of ogive "
        + "match")
  }
  let rasters = ["products/dx.tif", "products/dy.tif"]
  guard has(PointsWriter.table) else {
    try require(rasters, has(rasters[0]) ? "" : ", and so is \(PointsWriter.table)")
    return try MeasuredRasters(folder)
  }
  if has(rasters[0]) {
    throw ServiceError(
      .noRunFolder,
      "\(folder) holds the rasters of one match and the points of another, as when a match was stopped: run ogive match "
        + "again")
  }
  try require([RunSummary.file, MeasuredList.vectors])
  return try MeasuredList(folder)
}

extension MeasuredProducts {
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
}

extension GeoTransform {
  /// Pixels without a map transform: the outer corner of the first is the origin, rows go down.
  static let rowsDown = GeoTransform(originEast: 0, originNorth: 0, eastPerColumn: 1, northPerRow: 1)
}

/// What `summary.json` of a run says.
struct RunSummary {
  static let file = "summary.json"

  private let json: JSONValue

  /// - Throws: `ServiceError.noRunFolder` when the file is no JSON.
  init(_ folder: String) throws {
    let path = "\(folder)/\(Self.file)"
    do {
      json = try JSONValue(parsing: [UInt8](FileManager.default.contents(atPath: path) ?? Data()), named: path)
    } catch {
      throw ServiceError(.noRunFolder, "\(error); the file is damaged: run ogive match again")
    }
  }

  /// Days between the images; nil when it does not say.
  var separation: Double? { json.firstNumber(named: ["separationDays", "separation"]) }

  /// Names and units of the products.
  var quantities: [(name: String, unit: String)] {
    (json["quantities"]?.objectValue).map { $0.map { ($0.0, $0.1["unit"]?.stringValue ?? "") } } ?? []
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
