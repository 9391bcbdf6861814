// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// What a file of displacements at dates is, apart from its values.
public struct SeriesCubeLayout: Sendable {
  /// Where the pixels lie; without a transform the file has no coordinates.
  public var place: Georeference
  /// Of the cumulative displacements, days since 1970-01-01, ascending; may be empty.
  public var dates: [Double]
  /// Of the mean velocities, as pairs of dates, so that programs for cubes of pairs read them; may be empty.
  public var intervals: [CubePair]
  /// Along what the motion runs; one component with `.single`.
  public var directions = CubeDirections.map
  public var title = "Displacement time series"
  /// Where the pairs came from, such as the name of a cube.
  public var source = "ogive"
  /// SHA-256 of that, hexadecimal, and how the series was found; empty where not known.
  public var sourceChecksum = "", method = ""
  /// Of this program, e.g. `0.4.0`.
  public var softwareVersion = ""

  public init(place: Georeference, dates: [Double], intervals: [CubePair] = []) {
    precondition(zip(dates, dates.dropFirst()).allSatisfy { $0 < $1 }, "dates have to ascend")
    precondition(!dates.isEmpty || !intervals.isEmpty, "a file of displacements needs dates")
    (self.place, self.dates, self.intervals) = (place, dates, intervals)
  }

  /// Rows and columns of the stored blocks.
  static let blockRows = 32, blockColumns = 64
  /// Most dates in a stored block: 2 MB with these.
  static let blockDates = 256

  /// Names of the variables of one component.
  struct Names {
    let displacement, displacementSigma, velocity, velocitySigma, pairSigma: String
    /// In the words of a title.
    let direction: String
  }

  var names: [Names] {
    func names(_ word: String, _ axis: String, _ direction: String) -> Names {
      Names(
        displacement: "\(word)_displacement", displacementSigma: "\(word)_displacement_sigma", velocity: "v\(axis)",
        velocitySigma: "error\(axis)", pairSigma: "v\(axis)_error", direction: direction)
    }
    switch directions {
    case .map: return [names("east", "x", "along x of the map"), names("north", "y", "along y of the map")]
    case .ground: return [names("east", "x", "to true east"), names("north", "y", "to true north")]
    case .single:
      return [
        Names(
          displacement: "displacement", displacementSigma: "displacement_sigma", velocity: "v",
          velocitySigma: "v_sigma", pairSigma: "v_error", direction: "along its axis")
      ]
    }
  }

  /// - Throws: `RasterError` of kind `.gridMismatch` for rotated grids, which have no coordinates along rows and columns.
  func arrays() throws(RasterError) -> NetCDFLayout {
    if let transform = place.transform, transform.eastPerRow != 0 || transform.northPerColumn != 0 {
      throw RasterError(
        .gridMismatch,
        "\(place.name) is rotated on its map; lay it on a grid with north at the top to write it as a cube")
    }
    var dimensions = [NetCDFDimension("y", place.rows), NetCDFDimension("x", place.columns)]
    if !intervals.isEmpty {
      dimensions.insert(NetCDFDimension("mid_date", intervals.count), at: 0)
      dimensions.append(NetCDFDimension("nv", 2))
    }
    if !dates.isEmpty { dimensions.insert(NetCDFDimension("time", dates.count), at: 0) }
    return NetCDFLayout(
      dimensions: dimensions, variables: placeVariables + dateVariables + pairVariables, attributes: attributes)
  }

  // MARK: - Place

  private var mapping: GridMapping? { place.crs.flatMap { try? GridMapping($0) } }

  private var placeVariables: [NetCDFVariable] {
    var out: [NetCDFVariable] = []
    if let crs = place.crs {
      var variable = NetCDFVariable("mapping", [], .int32)
      // A projection that CF does not know has its text alone.
      variable.attributes = mapping?.attributes ?? [.init("crs_wkt", crs.wkt)]
      if let code = crs.code, code.hasPrefix("EPSG:"), let number = Int32(code.dropFirst(5)) {
        variable.attributes.append(.init("spatial_epsg", .integer(number)))
      }
      if let text = crs.proj4 { variable.attributes.append(.init("proj4text", text)) }
      out.append(variable)
    }
    guard place.transform != nil else { return out }
    for (name, axis) in [("x", mapping?.x), ("y", mapping?.y)] {
      var variable = NetCDFVariable(name, [name], .float64)
      variable.attributes = (axis ?? [.init("long_name", "\(name) coordinate"), .init("units", "m")])
      variable.attributes.append(.init("axis", name.uppercased()))
      out.append(variable)
    }
    return out
  }

  // MARK: - Fields

  private func field(
    _ name: String, along axis: String, _ count: Int, _ title: String, unit: String, sigma: String? = nil
  ) -> NetCDFVariable {
    var variable = NetCDFVariable(name, [axis, "y", "x"], .float32)
    variable.missing = .nan
    variable.chunk = [
      min(count, Self.blockDates), min(place.rows, Self.blockRows), min(place.columns, Self.blockColumns),
    ]
    variable.attributes = [.init("long_name", title), .init("units", unit)]
    if place.crs != nil { variable.attributes.append(.init("grid_mapping", "mapping")) }
    // Velocities are means between the bounds of their dates.
    if axis == "mid_date" { variable.attributes.append(.init("cell_methods", "mid_date: mean")) }
    if let sigma { variable.attributes.append(.init("ancillary_variables", sigma)) }
    return variable
  }

  private static func moment(_ name: String, _ axis: String, _ title: String, isAxis: Bool = false) -> NetCDFVariable
  {
    var variable = NetCDFVariable(name, [axis], .float64)
    variable.attributes = [
      .init("long_name", title), .init("units", "days since 1970-01-01 00:00:00"),
      .init("calendar", "proleptic_gregorian"),
    ]
    if isAxis { variable.attributes += [.init("standard_name", "time"), .init("axis", "T")] }
    return variable
  }

  private var dateVariables: [NetCDFVariable] {
    if dates.isEmpty { return [] }
    return [Self.moment("time", "time", "date of the displacement", isAxis: true)]
      + names.flatMap { name in
        [
          field(
            name.displacement, along: "time", dates.count, "displacement \(name.direction) since the first date",
            unit: "m", sigma: name.displacementSigma
          ),
          field(
            name.displacementSigma, along: "time", dates.count, "standard deviation of \(name.displacement)",
            unit: "m"),
        ]
      }
  }

  private var pairVariables: [NetCDFVariable] {
    if intervals.isEmpty { return [] }
    let axis = "mid_date", count = intervals.count
    var middle = Self.moment(axis, axis, "middle of the interval", isAxis: true)
    middle.attributes.append(.init("bounds", Self.bounds))
    var out = [middle, NetCDFVariable(Self.bounds, [axis, "nv"], .float64)]
    // Under TICOI's names and under ITS_LIVE's.
    for name in ["date1", "acquisition_date_img1"] { out.append(Self.moment(name, axis, "begin of the interval")) }
    for name in ["date2", "acquisition_date_img2"] { out.append(Self.moment(name, axis, "end of the interval")) }
    let longest = intervals.map { sensor($0).unicodeScalars.count }.max() ?? 1
    for name in ["sensor", "mission_img1", "satellite_img1"] {
      var text = NetCDFVariable.text(name, [axis], longest: longest)
      text.attributes = [.init("long_name", "what the velocity comes from")]
      out.append(text)
    }
    for name in names {
      out.append(
        field(
          name.velocity, along: axis, count, "mean velocity \(name.direction) over the interval", unit: "meter/year",
          sigma: name.velocitySigma))
      out.append(
        field(name.velocitySigma, along: axis, count, "standard deviation of \(name.velocity)", unit: "meter/year"))
      var sigma = NetCDFVariable(name.pairSigma, [axis], .float32)
      sigma.missing = .nan
      sigma.attributes = [
        .init("long_name", "root mean square of \(name.velocitySigma) over the pixels"), .init("units", "meter/year"),
      ]
      out.append(sigma)
    }
    return out
  }

  /// Name of the begins and ends of the intervals in one array, as CF has them.
  static let bounds = "mid_date_bounds"

  func sensor(_ pair: CubePair) -> String { pair.sensor.isEmpty ? "Ogive" : pair.sensor }

  private var attributes: [NetCDFAttribute] {
    let maker = softwareVersion.isEmpty ? "Ogive" : "Ogive \(softwareVersion)"
    var out: [NetCDFAttribute] = [
      .init("Conventions", "CF-1.8"), .init("title", title), .init("institution", "made by \(maker)"),
      .init("source", "inversion of image pairs: \(source)\(method.isEmpty ? "" : ", method \(method)")"),
      .init("history", "made by \(maker)"),
      .init("references", "none"), .init("comment", "a year has 365.25 days"), .init("author", "Ogive"),
      .init("url", source),
    ]
    if !sourceChecksum.isEmpty { out.append(.init("source_sha256", sourceChecksum)) }
    if let text = place.crs?.proj4 { out.append(.init("proj4", text)) }
    return out
  }
}
