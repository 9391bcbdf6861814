// SPDX-License-Identifier: Apache-2.0
import Deformation
import Figures
import Foundation
import Grids
import Parameters
import Processing
import RasterIO

/// Reads the motion of a run, measures the offset across a line, and writes it as tables and drawings.
struct FaultProfile {
  let offset: FaultOffset
  /// Unit of the motion, and of places.
  let unit, lengthUnit: String

  /// Rasters that tell the motion, in the order in which they are looked for.
  private static let sources = [
    (east: "products/east-displacement.tif", north: "products/north-displacement.tif", isPixels: false),
    (east: "products/east.tif", north: "products/north.tif", isPixels: false),
    (east: "products/dx.tif", north: "products/dy.tif", isPixels: true),
  ]

  /// - Throws: `ServiceError` where the folder holds no motion, or nothing of the line lies on it.
  init(_ p: FaultProfileCommand.Parameters) throws {
    let folder = p.run.path
    let names = Self.sources.first { FileManager.default.fileExists(atPath: "\(folder)/\($0.east)") }
    guard let names else {
      throw ServiceError(
        .noRunFolder,
        "\(folder) holds no motion: \(Self.sources[0].east) is missing; give the --out folder of ogive quake or ogive match"
      )
    }
    let images = try [names.east, names.north].map { try RasterImage.open("\(folder)/\($0)") }
    let place = images[0].info.georeference
    guard (images[0].rows, images[0].columns) == (images[1].rows, images[1].columns) else {
      throw ServiceError(.gridMismatch, "\(names.east) and \(names.north) in \(folder) differ in shape: run it again")
    }
    let (line, step) = try MapLine.ground(p.line, p.fault, on: place)
    func position(_ row: Double, _ column: Double) -> SIMD2<Double> { MapLine.position(row, column, step) }
    var motion = try images.map { try $0.read(Window(row: 0, column: 0, rows: $0.rows, columns: $0.columns)) }
    if names.isPixels { motion[1] = motion[1].map { -$0 } }
    let size = step.pixelSize
    offset = FaultOffset(
      east: motion[0], north: motion[1], cell: (size.width * size.height).squareRoot(), along: line,
      parameters: p.profile
    ) { position(Double($0), Double($1)) }
    unit = images[0].info.unit
    lengthUnit = place.crs == nil ? (unit == "px" ? "px" : "units of the image") : "m"
    guard offset.stretches.contains(where: { $0.slip.isFinite }) else {
      throw ServiceError(
        .noPoints,
        "no stretch of the fault has \(p.profile.minimumPoints) measured points on both sides: \(offset.whole.left) lie on the "
          + "left and \(offset.whole.right) on the right; is the line in the coordinates of \(names.east), and reach wide enough?"
      )
    }
  }
}

// MARK: - Files

extension FaultProfile {
  static let folder = "fault-profile"

  /// Files and what is in them.
  var files: [(name: String, text: String)] {
    [
      ("stretches.csv", stretchTable), ("profile.csv", profileTable),
      ("profile.svg", SVGDocument.standalone(profileChart.svg())),
      ("slip.svg", SVGDocument.standalone(slipChart.svg())),
    ]
  }

  /// Writes the files into a run folder, or into a folder of their own.
  func write(into path: String) throws {
    if FileManager.default.fileExists(atPath: path + "/.ogive") {
      let run = try RunFolder(at: path)
      for file in files { try run.write(file.text, to: "\(Self.folder)/\(file.name)") }
      return
    }
    try FileManager.default.createDirectory(atPath: "\(path)/\(Self.folder)", withIntermediateDirectories: true)
    for file in files { try AtomicFile.write(file.text, to: "\(path)/\(Self.folder)/\(file.name)") }
  }

  private var stretchTable: String {
    let head = "from,to,slip,slip_sigma,opening,opening_sigma,points_left,points_right"
    let rows = offset.stretches.map { s in
      [s.from, s.to, s.slip, s.slipSigma, s.opening, s.openingSigma].map(Self.number).joined(separator: ",")
        + ",\(s.left),\(s.right)"
    }
    return ([head] + rows).joined(separator: "\n") + "\n"
  }

  private var profileTable: String {
    let head = "distance,along,along_spread,across,across_spread,points"
    let rows = offset.profile.map { b in
      [b.distance, b.along, b.alongSpread, b.across, b.acrossSpread].map(Self.number).joined(separator: ",")
        + ",\(b.count)"
    }
    return ([head] + rows).joined(separator: "\n") + "\n"
  }

  /// Missing values are empty, as tables have them.
  private static func number(_ value: Double) -> String {
    value.isFinite ? "\((value * 1e6).rounded() / 1e6)" : ""
  }

  private var profileChart: ProfileChart {
    ProfileChart(
      distances: offset.profile.map(\.distance), values: offset.profile.map { Float($0.along) },
      sigmas: offset.profile.map { Float($0.alongSpread) }, distanceUnit: lengthUnit, name: "motion along the fault",
      unit: unit)
  }

  private var slipChart: ProfileChart {
    ProfileChart(
      distances: offset.stretches.map { ($0.from + $0.to) / 2 }, values: offset.stretches.map { Float($0.slip) },
      sigmas: offset.stretches.map { Float($0.slipSigma) }, distanceUnit: lengthUnit, name: "right-lateral slip",
      unit: unit)
  }

  /// For people.
  var lines: [String] {
    func text(_ value: Double, _ sigma: Double) -> String {
      "\(NumberText.decimal(value, places: 3)) ± \(NumberText.decimal(sigma, places: 3)) \(unit)"
    }
    let whole = offset.whole
    return [
      "slip, right-lateral positive: \(text(whole.slip, whole.slipSigma))",
      "opening: \(text(whole.opening, whole.openingSigma))",
      "\(whole.left) points on the left, \(whole.right) on the right; \(offset.stretches.count) stretches in "
        + "\(Self.folder)/stretches.csv",
    ]
  }
}
