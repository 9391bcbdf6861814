// SPDX-License-Identifier: Apache-2.0
import Deformation
import Figures
import Grids
import Processing
import RasterIO
import TimeSeries

/// The motion along a line over time: one sample a pixel, the pixel that the sample lies in, as it is.
struct SeriesProfile {
  struct Sample {
    /// From the start of the line, m on the ground (pixels without a map).
    let distance: Double
    /// In the coordinates of the map.
    let east, north: Double
    /// Unit vector along the line, in the axes that the motion has.
    let direction: SIMD2<Double>
    let track: SeriesFile.Track
  }

  let file: SeriesFile
  let samples: [Sample]
  let distanceUnit: String

  /// Most samples; longer lines have fewer than one a pixel.
  private static let mostSamples = 4000

  /// - Throws: `ServiceError.noPoints` where no part of the line has a series.
  init(_ p: SeriesCommand.Parameters, _ file: SeriesFile) throws {
    self.file = file
    distanceUnit = file.place.crs == nil ? "px" : "m"
    let (line, step) = try MapLine.ground(p.line, p.lineFile, on: file.place)
    let size = step.pixelSize, pixel = (size.width * size.height).squareRoot()
    let spacing = max(pixel, line.length / Double(Self.mostSamples - 1))
    var places: [(row: Int, column: Int)] = [], found: [(distance: Double, at: PixelPoint, way: SIMD2<Double>)] = []
    // Rounding must not lose the last one.
    for index in 0...Int(line.length / spacing + 1e-3) {
      let distance = Double(index) * spacing, (position, way) = line.point(at: distance)
      let (dx, dy) = step.offset(east: position.x, north: position.y)
      let row = Int(dy.rounded()), column = Int(dx.rounded())
      guard (0..<file.place.rows).contains(row), (0..<file.place.columns).contains(column) else { continue }
      places.append((row, column))
      found.append((distance, PixelPoint(row: dy, column: dx), way))
    }
    let tracks = try file.tracks(at: places)
    samples = zip(found, tracks).map { found, track in
      let at =
        file.place.transform?.coordinate(row: found.at.row, column: found.at.column)
        ?? (east: found.at.column + 0.5, north: found.at.row + 0.5)
      return Sample(
        distance: found.distance, east: at.east, north: at.north, direction: Self.direction(found.way, step, file),
        track: track)
    }
    guard samples.contains(where: \.track.isMeasured) else {
      throw ServiceError(
        .noPoints,
        "no part of the line has a series in \(file.name), which covers \(file.place.extent) (east, then north)"
          + (file.place.crs.map { " in \($0)" } ?? ""))
    }
  }

  /// Motions run along the axes of the map or to true east and north.
  private static func direction(_ way: SIMD2<Double>, _ step: GroundStep, _ file: SeriesFile) -> SIMD2<Double> {
    guard file.directions != .ground, let t = file.place.transform else { return way }
    let (dx, dy) = step.offset(east: way.x, north: way.y)
    let map = SIMD2(t.eastPerColumn * dx + t.eastPerRow * dy, t.northPerColumn * dx + t.northPerRow * dy)
    return map / (map * map).sum().squareRoot()
  }

  var length: Double { samples.last?.distance ?? 0 }
}

extension SeriesProfile.Sample {
  /// Along the line and across it, positive to the right; the components' errors count as independent.
  func turned(_ parts: [SeriesFile.DatedValues]) -> [SeriesFile.DatedValues] {
    guard parts.count == 2 else { return [] }
    func mixed(_ e: Double, _ n: Double) -> SeriesFile.DatedValues {
      .init(
        values: zip(parts[0].values, parts[1].values).map { e * $0 + n * $1 },
        sigmas: zip(parts[0].sigmas, parts[1].sigmas).map { (e * e * $0 * $0 + n * n * $1 * $1).squareRoot() })
    }
    return [mixed(direction.x, direction.y), mixed(direction.y, -direction.x)]
  }
}

// MARK: - Files

extension SeriesProfile {
  func write(into folder: String) throws {
    func put(_ text: String, _ name: String) throws { try AtomicFile.write(text, to: "\(folder)/\(name)") }
    try put(table(["date"], "m", \.displacement, file.days.map { [SeriesDay.text($0)] }), "profile.csv")
    try put(
      table(
        ["from", "to"], "m_per_yr", \.velocity,
        file.intervals.map { [SeriesDay.text($0.from), SeriesDay.text($0.to)] }),
      "profile-velocities.csv")
    try put(
      SVGDocument.standalone(chart(displacements, "displacement along the motion", "m")), "profile-displacement.svg")
    if years.count > 0 {
      try put(SVGDocument.standalone(chart(years, "velocity along the motion", "m/yr")), "profile-velocity.svg")
    }
    let picture = try DistanceTimeFigure(
      distances: samples.map(\.distance), spans: file.intervals.map { ($0.from, $0.to) }, values: velocities,
      distanceUnit: distanceUnit, name: "velocity along the motion", unit: "m/yr"
    ).svg(encodePNG: MatchWriter.encodePNG)
    try put(SVGDocument.standalone(picture), "profile-time.svg")
  }

  var lines: [String] {
    let measured = samples.filter(\.track.isMeasured).count
    return [
      "line of \(NumberText.significant(length)) \(distanceUnit): \(measured) of \(samples.count) samples have a series"
    ]
  }

  private func table(
    _ dates: [String], _ unit: String, _ parts: KeyPath<SeriesFile.Track, [SeriesFile.DatedValues]>,
    _ days: [[String]]
  ) -> String {
    let headings = file.headings + (file.components == 2 ? ["along", "across"] : [])
    var lines = [
      (["distance_\(distanceUnit)", "east", "north"] + dates
        + headings.flatMap { ["\($0)_\(unit)", "\($0)_sigma_\(unit)"] }).joined(separator: ",")
    ]
    for sample in samples {
      let own = sample.track[keyPath: parts], all = own + sample.turned(own)
      let place = [sample.distance, sample.east, sample.north].map(SeriesReader.text)
      for (index, day) in days.enumerated() {
        let values = all.flatMap { [SeriesReader.text($0.values[index]), SeriesReader.text($0.sigmas[index])] }
        lines.append((place + day + values).joined(separator: ","))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: - Drawings

  private func chart(_ curves: [ProfileCurves.Curve], _ name: String, _ unit: String) -> String {
    ProfileCurves(
      distances: samples.map(\.distance), curves: curves, distanceUnit: distanceUnit, name: name, unit: unit
    ).svg()
  }

  /// Most dates that are drawn.
  private static let mostDates = 6

  /// At dates evenly taken from all but the first, whose displacement is 0.
  private var displacements: [ProfileCurves.Curve] {
    let last = file.days.count - 1, count = min(Self.mostDates, last)
    return (0..<count).map { index in
      let day = (index + 1) * last / count
      let values = samples.map { ($0.track.along.values[day], $0.track.along.sigmas[day]) }
      return .init(SeriesDay.text(file.days[day]), values: values.map(\.0), sigmas: values.map(\.1))
    }
  }

  /// Of calendar years that the series covers.
  private var years: [ProfileCurves.Curve] {
    let means = samples.map { sample -> [YearlyMean] in
      let along = sample.track.along
      let series = try? DatedSeries(days: file.days, values: along.values, sigmas: along.sigmas)
      return series.map { YearlyMean.all(in: $0) } ?? []
    }
    return Set(means.flatMap { $0.map(\.year) }).sorted().map { year in
      let own = means.map { $0.first { $0.year == year } }
      return .init("\(year)", values: own.map { $0?.velocity ?? .nan }, sigmas: own.map { $0?.sigma ?? .nan })
    }
  }

  /// Intervals × samples.
  private var velocities: Grid<Float> {
    var out = Grid(rows: file.intervals.count, columns: samples.count, filledWith: Float.nan)
    for (column, sample) in samples.enumerated() {
      for (row, value) in sample.track.speedAlong.values.enumerated() { out[row, column] = Float(value) }
    }
    return out
  }
}
