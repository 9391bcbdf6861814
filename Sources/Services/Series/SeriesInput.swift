// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters
import Products
import RasterIO
import TimeSeries

/// The pairs that an inversion was asked for, out of a cube.
struct SeriesInput: Sendable {
  let cube: any PairCube
  /// Places in the cube, in its order.
  let chosen: [Int]
  let times: PairTimes
  /// The part of the cube that is worked on.
  let window: Window
  let notices: [String]
  /// Whether pairs count by their correlation in place of their sigmas.
  private let usesCorrelation: Bool

  /// - Throws: `CubeError`; `ServiceError` where no pair is left.
  init(_ p: InvertParameters) throws {
    var options = PairCubeOptions()
    if let unit = p.pairs.unit {
      guard let known = CubeUnit(unit) else {
        throw ParameterError.conflict("unit", "`unit` is \(unit); known are m/yr, m/d, m and px")
      }
      options.unit = known
    }
    options.components = p.pairs.arrays
    options.pixelSize = p.pairs.pixelSize
    let cube = try PairCubes.open(p.source.path, options)
    var notices = cube.notices
    usesCorrelation = p.method == .network && p.network.weighting == .correlation
    guard !usesCorrelation || cube.hasCorrelation else {
      throw ServiceError(
        .noData,
        "\(cube.name) has no correlations beside its pairs; choose another --weighting, or put rasters such as "
          + "20200101_20200113_ncc.tif beside them")
    }
    let chosen = try Self.chosen(cube, p.pairs)
    if chosen.count < cube.pairs.count {
      notices.append("\(chosen.count) of the \(cube.pairs.count) pairs fit what was asked for")
    }
    self.cube = cube
    self.chosen = chosen
    let times = try PairTimes(
      earlier: chosen.map { cube.pairs[$0].earlier }, later: chosen.map { cube.pairs[$0].later })
    self.times = times
    window = try Self.window(cube, p.pairs.area)
    let parts = times.parts()
    // The smooth method ties parts by the motion's own course.
    if parts.count > 1, p.method != .smooth {
      let spans = parts.map {
        "\(SeriesDay.text(times.dates[$0[0]])) to \(SeriesDay.text(times.dates[$0[$0.count - 1]]))"
      }
      notices.append(
        "no pair connects these parts of the network: \(spans.prefix(6).joined(separator: "; "))"
          + (spans.count > 6 ? " and \(spans.count - 6) more" : ""))
    }
    self.notices = notices
  }

  private static func chosen(_ cube: any PairCube, _ p: SeriesPairParameters) throws -> [Int] {
    let start = p.start.map { Double($0.dayNumber) } ?? -.infinity
    // Pairs of the last day itself count.
    let end = p.end.map { Double($0.dayNumber) + 1 } ?? .infinity
    let sensors = p.sensors.map { Set($0.map { $0.lowercased() }) }
    let chosen = cube.pairs.indices.filter { index in
      let pair = cube.pairs[index]
      return pair.earlier >= start && pair.later < end && pair.separation >= p.shortest
        && pair.separation <= p.longest ?? .infinity && sensors?.contains(pair.sensor.lowercased()) ?? true
    }
    guard chosen.isEmpty else { return chosen }
    let all = cube.pairs
    guard let first = all.map(\.earlier).min(), let last = all.map(\.later).max() else {
      throw ServiceError(.noData, "\(cube.name) holds no pair")
    }
    let names = Set(all.map(\.sensor)).subtracting([""]).sorted()
    throw ServiceError(
      .noData,
      "none of the \(all.count) pairs of \(cube.name) fits: they go from \(SeriesDay.text(first)) to \(SeriesDay.text(last)), "
        + "\(Int(all.map(\.separation).min()!)) to \(Int(all.map(\.separation).max()!)) days apart"
        + (names.isEmpty ? "" : ", of the sensors \(names.joined(separator: ", "))"))
  }

  private static func window(_ cube: any PairCube, _ area: Area?) throws -> Window {
    guard let area else { return cube.window }
    let place = try Self.place(cube)
    let found = try MaskSource.open(area.text, on: place).bounds.intersection(cube.window)
    guard !found.isEmpty else {
      throw ServiceError(.noOverlap, "the area \(area.text) lies outside \(cube.name)")
    }
    return found
  }

  /// Where the cube lies; pixels where it has no place on a map.
  static func place(_ cube: any PairCube) throws -> Georeference {
    cube.georeference
      ?? Georeference(name: cube.name, rows: cube.rows, columns: cube.columns, transform: nil, crs: nil)
  }

  /// The window's own place on the map.
  var georeference: Georeference {
    get throws {
      let place = try Self.place(cube)
      return Georeference(
        name: place.name, rows: window.rows, columns: window.columns,
        transform: place.transform?.grid(row: Double(window.row), column: Double(window.column), spacing: 1),
        crs: place.crs)
    }
  }

  /// What the chosen pairs measured in a part of `window`, less each pair's shift and what the sun feigns there.
  func read(_ part: Window, _ shifts: [PairShift]?, sun: SunBlock? = nil) throws -> PairDisplacements {
    let block = try cube.read(
      Window(
        row: window.row + part.row, column: window.column + part.column, rows: part.rows, columns: part.columns))
    let pixels = block.pixels
    // One for both directions, laid out as they are.
    let correlations = usesCorrelation ? try correlations(block.window) : nil
    func component(_ values: [Float], _ sigmas: CubeSigma, _ shift: (PairShift) -> Float, _ axis: Int)
      -> PairDisplacements.Component
    {
      var own: [Float] = []
      own.reserveCapacity(chosen.count * pixels)
      for (place, pair) in chosen.enumerated() {
        let off = shifts.map { shift($0[place]) } ?? 0
        // A pair that was not seen on stable ground keeps what it measured.
        let taken = off.isFinite ? off : 0
        let start = own.count
        for value in values[pair * pixels..<(pair + 1) * pixels] { own.append(value - taken) }
        guard let sun else { continue }
        for pixel in 0..<pixels { own[start + pixel] -= sun.change(place, pixel)[axis] }
      }
      return .init(values: own, sigmas: correlations ?? Self.sigmas(sigmas, chosen, pixels))
    }
    var components = [component(block.east, block.eastSigma, \.east, 0)]
    if cube.components == 2 { components.append(component(block.north, block.northSigma, \.north, 1)) }
    return try PairDisplacements(pairs: chosen.count, pixels: pixels, components: components)
  }

  private func correlations(_ window: Window) throws -> PairDisplacements.Sigmas {
    let all = try cube.correlation(window), pixels = window.rows * window.columns
    return .standing(forCorrelations: chosen.flatMap { all[$0 * pixels..<($0 + 1) * pixels] })
  }

  /// Pairs without a sigma in data that have them count as those in the middle.
  private static func sigmas(_ sigmas: CubeSigma, _ chosen: [Int], _ pixels: Int) -> PairDisplacements.Sigmas {
    switch sigmas {
    case .perPair(let all):
      let own = chosen.map { all[$0] }, known = own.filter { $0.isFinite && $0 > 0 }
      guard !known.isEmpty else { return .unknown }
      let middle = median(known)
      return .perPair(own.map { $0.isFinite && $0 > 0 ? $0 : middle })
    case .perPixel(let all):
      return .perPixel(chosen.flatMap { all[$0 * pixels..<($0 + 1) * pixels] })
    }
  }
}

/// What the stable ground of a pair reads, m; NaN where none was seen.
struct PairShift: Hashable, Sendable {
  var east, north: Float
}

/// Days of series in words.
enum SeriesDay {
  static func date(_ day: Double) -> CalendarDate { CalendarDate(dayNumber: Int(day.rounded(.down))) }

  /// `unknown` for what is no day of the calendar, as a date extrapolated without bounds.
  static func text(_ day: Double) -> String {
    abs(day) < 3_000_000 ? String(date(day).description.prefix(10)) : "unknown"
  }

  /// A day as a year and its fraction.
  static func year(_ day: Double) -> Double {
    guard abs(day) < 3_000_000 else { return .nan }
    let year = date(day).year
    guard let from = CalendarDate(year: year, month: 1, day: 1)?.dayNumber,
      let to = CalendarDate(year: year + 1, month: 1, day: 1)?.dayNumber
    else { return .nan }
    return Double(year) + (day - Double(from)) / Double(to - from)
  }
}
