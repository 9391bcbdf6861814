// SPDX-License-Identifier: Apache-2.0
import Deformation
import Foundation
import Grids
import Matching
import RasterIO

/// The velocity of one pair as a CF-1.8 NetCDF file laid out as those of ITS_LIVE.
///
/// `vx` and `vy` run along the axes of the map projection, as there, with lengths on the ground; in longitude and
/// latitude they are true east and north. Sigmas are those of every point, which ITS_LIVE lacks.
///
/// Source: layout of ASF's `hyp3-autorift` products; CF conventions 1.8. Checked by: `PairVelocityFileTests`.
package struct PairVelocityFile {
  package struct Options: Sendable {
    /// What velocities are rounded to, m/yr. 1 is ITS_LIVE's; other steps are stored with a `scale_factor`.
    package var resolution = 1.0
    /// Whether CF's standard names of land ice velocities hold; for other ground there are none.
    package var isLandIce = false
    /// Version of Ogive, for the file's history.
    package var softwareVersion = ""
    /// When the file is made, RFC 3339 in UTC.
    package var processed = ""

    package init() {}
  }

  /// What was written.
  package struct Written: Hashable, Sendable {
    /// Name of the file in its folder.
    package let name: String
    /// Points with a velocity, and those too fast for the type, which are missing.
    package let measured, clipped: Int
    /// Share of the lattice that has a velocity, %.
    package let validPercentage: Double
  }

  let pair: PublishedPair
  let options: Options
  let mapping: GridMapping
  private let scale: GroundScale

  /// - Throws: `RasterError` when the pair has no place on Earth, is turned against the map's axes, or its projection
  ///   is unknown to CF.
  package init(_ pair: PublishedPair, _ options: Options = Options()) throws {
    guard let crs = pair.place.crs, let transform = pair.place.transform,
      let scale = try GroundScale(pair.place, Self.cells(pair.place), pixelSize: nil)
    else {
      throw RasterError(
        .badCRS, "\(pair.place.name) has no coordinate reference system, without which there is no NetCDF file of it")
    }
    guard transform.eastPerRow == 0, transform.northPerColumn == 0 else {
      throw RasterError(
        .gridMismatch,
        "\(pair.place.name) is turned against the axes of its map; reproject the scenes to have a NetCDF file of it")
    }
    precondition(options.resolution > 0, "velocities are rounded to a step above 0")
    (self.pair, self.options, self.scale) = (pair, options, scale)
    mapping = try GridMapping(crs)
  }

  /// The cells of a raster as points of its own.
  private static func cells(_ place: Georeference) -> PointLattice {
    PointLattice(row: 0, column: 0, spacing: 1, rows: place.rows, columns: place.columns)
  }

  /// Writes the file into a folder, under a name that says what share of it is measured.
  package func write(to folder: String) throws -> Written {
    let writer = try NetCDFWriter.create(folder + "/" + fileName(percentage: 0), layout)
    try writeCoordinates(writer)
    var totals = Totals()
    try pair.forEachBand { row, values in
      let motion = motion(values, atRow: row, &totals)
      for (name, grid) in motion { try writer.write(grid, to: name, atRow: row) }
    }
    let percentage = 100 * Double(totals.measured) / Double(pair.place.rows * pair.place.columns)
    try writer.add(errorAttributes(.right, totals), to: "vx")
    try writer.add(errorAttributes(.down, totals), to: "vy")
    try writer.add([NetCDFAttribute("roi_valid_percentage", .double(percentage))], to: "img_pair_info")
    let name = fileName(percentage: percentage)
    try writer.finish(as: folder + "/" + name)
    return Written(name: name, measured: totals.measured, clipped: totals.clipped, validPercentage: percentage)
  }

  /// `{img1}_X_{img2}_G0120V01_P042.nc`: spacing in metres (on the map, or in degrees on the ground) and the measured
  /// share in per cent. First the scene of the templates, so that both directions of a pair have files of their own.
  func fileName(percentage: Double) -> String {
    let side = pair.place.crs?.metresPerUnit.flatMap { unit in
      pair.place.transform.map { abs($0.eastPerColumn) * unit }
    }
    let metres = Int((side ?? middleCell.pixelSize.width).rounded())
    let names = [pair.ends.template, pair.ends.other].map { FileWords.scene($0.id) }
    let share = Int(percentage.rounded())
    return "\(names[0])_X_\(names[1])_G\(FileWords.padded(metres, 4))V01_P\(FileWords.padded(share, 3)).nc"
  }

  /// A cell in the middle of the lattice on the ground.
  var middleCell: GroundStep { scale.step(row: pair.place.rows / 2, column: pair.place.columns / 2) }

  /// Whether offsets to the right and down run along the coordinate axes x and y (1) or against them (−1).
  var axisSigns: (x: Double, y: Double) {
    guard let transform = pair.place.transform else { return (1, -1) }
    return (transform.eastPerColumn < 0 ? -1 : 1, transform.northPerRow > 0 ? 1 : -1)
  }

  /// From px on the ground in m to m/yr in the order of time.
  var yearly: Double { StrainAnalysis.daysPerYear / pair.separation * (pair.isBackward ? -1 : 1) }
}

// MARK: - Values

extension PairVelocityFile {
  /// Counts and sums over the whole lattice.
  struct Totals {
    var measured = 0, clipped = 0
    /// Sums of the squared standard deviations, (m/yr)².
    var squaresRight = 0.0, squaresDown = 0.0
  }

  /// Largest step number that a 16-bit integer holds beside the missing value.
  private static let largest = 32_766.0

  private func writeCoordinates(_ writer: NetCDFWriter) throws {
    let place = pair.place
    guard let transform = place.transform else { preconditionFailure("the place was checked before") }
    try writer.write((0..<place.columns).map { transform.coordinate(row: 0, column: Double($0)).east }, to: "x")
    try writer.write((0..<place.rows).map { transform.coordinate(row: Double($0), column: 0).north }, to: "y")
    try writer.write([(pair.earlier.date.seconds + pair.later.date.seconds) / 2 - Self.epoch], to: "time")
    try writer.write([0], to: "mapping")
    try writer.write([0], to: "img_pair_info")
  }

  private func motion(_ values: PairRows, atRow first: Int, _ totals: inout Totals) -> [(String, Grid<Float>)] {
    let empty = values.dx.map { _ in Float.nan }
    var vx = empty, vy = empty, speed = empty, error = empty, errorX = empty, errorY = empty
    var width = empty, height = empty
    let signs = axisSigns
    for row in 0..<empty.rows {
      for column in 0..<empty.columns {
        let i = row * empty.columns + column
        let dx = Double(values.dx.cells[i]), dy = Double(values.dy.cells[i])
        guard dx.isFinite, dy.isFinite else { continue }
        let cell = scale.step(row: first + row, column: column).pixelSize
        let perX = cell.width / pair.spacing * yearly, perY = cell.height / pair.spacing * yearly
        let x = dx * perX * signs.x, y = dy * perY * signs.y
        let length = (x * x + y * y).squareRoot()
        guard length / options.resolution <= Self.largest else {
          totals.clipped += 1
          continue
        }
        (vx.cells[i], vy.cells[i], speed.cells[i]) = (step(x), step(y), step(length))
        let sx = Double(values.dxSigma.cells[i]) * abs(perX), sy = Double(values.dySigma.cells[i]) * abs(perY)
        let along = length > 0 ? ((x * sx) * (x * sx) + (y * sy) * (y * sy)).squareRoot() / length : max(sx, sy)
        (errorX.cells[i], errorY.cells[i], error.cells[i]) = (sigmaStep(sx), sigmaStep(sy), sigmaStep(along))
        if let side = pair.templateWindow {
          width.cells[i] = Float(side * cell.width / pair.spacing)
          height.cells[i] = Float(side * cell.height / pair.spacing)
        }
        totals.measured += 1
        if sx.isFinite { totals.squaresRight += sx * sx }
        if sy.isFinite { totals.squaresDown += sy * sy }
      }
    }
    var all = [("vx", vx), ("vy", vy), ("v", speed), ("v_error", error), ("vx_error", errorX), ("vy_error", errorY)]
    let marks = values.isInterpolated?.map { $0 ? Float(1) : 0 } ?? empty.map { _ in 0 }
    all.append(("interp_mask", marks))
    if pair.templateWindow != nil { all += [("chip_size_width", width), ("chip_size_height", height)] }
    return all
  }

  private func step(_ velocity: Double) -> Float { Float(velocity / options.resolution) }

  /// Errors beyond the type's range are as good as unknown.
  private func sigmaStep(_ error: Double) -> Float {
    error / options.resolution <= Self.largest ? Float(error / options.resolution) : .nan
  }
}
