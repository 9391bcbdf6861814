// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import RasterIO

/// One quantity at one place over time.
public struct PointSeries: Sendable {
  public struct Step: Hashable, Sendable {
    /// Days since 1970-01-01 UTC: of a moment both are the same, of a mean they are its ends.
    public let from, to: Double
    /// NaN where there is none.
    public let value, sigma: Float

    public init(from: Double, to: Double, value: Float, sigma: Float) {
      (self.from, self.to, self.value, self.sigma) = (from, to, value, sigma)
    }
  }

  /// E.g. `east-displacement`.
  public let name: String
  public let title, unit: String
  public let steps: [Step]
  /// Whether the motion of a reference has been taken off (`ReferenceSeries`).
  public let isRelative: Bool

  public init(name: String, title: String, unit: String, steps: [Step], isRelative: Bool = false) {
    (self.name, self.title, self.unit, self.steps) = (name, title, unit, steps)
    self.isRelative = isRelative
  }
}

extension RasterTiles {
  /// Layers from which on a series is prepared by itself: fewer are read in no time anyway.
  private static let longSeries = 24
  /// Whoever looks at a map meanwhile needs the others.
  private static let backgroundThreads = max(1, ProcessInfo.processInfo.activeProcessorCount / 2)

  /// The series of a quantity at places, from one raster a date.
  ///
  /// - Parameters:
  ///   - layers: of one quantity, with dates; a layer of a pair of dates is a mean over the time between them.
  ///   - catalogue: in which the layers of standard deviations are looked up.
  /// Long series are prepared in the background (`prepareSeries`), so that the next place takes milliseconds.
  ///
  /// - Returns: a series for each place.
  /// - Throws: as `values(of:at:)`.
  public func series(
    of layers: [RunLayer], in catalogue: LayerCatalogue, at places: [Place]
  ) throws(TilesError) -> [PointSeries] {
    guard let first = layers.first else { return [] }
    let sigmas = layers.map { catalogue.sigma(of: $0) }
    let values = try values(of: layers.map(\.file), at: places)
    let known = try self.values(of: sigmas.compactMap { $0?.file }, at: places)
    prepareLater(layers, in: catalogue)
    let description = try description(of: first.file)
    return places.indices.map { place in
      var next = known[place].makeIterator()
      let steps = layers.indices.map { index in
        let days = layers[index].dates.compactMap { CalendarDate($0).map { Double($0.dayNumber) } }
        return PointSeries.Step(
          from: days.first ?? .nan, to: days.last ?? .nan, value: values[place][index],
          sigma: sigmas[index] == nil ? .nan : next.next() ?? .nan)
      }
      return PointSeries(name: first.stem, title: description.title, unit: description.unit, steps: steps)
    }
  }
}

extension RasterTiles {
  /// Prepares the long series of a run in the background (`prepareSeries`), unless a cube holds them: to be called when
  /// a run has ended, and when somebody opens its map, so that they are ready by the first click. What cannot be read stays to be said when it is asked for.
  public func prepareLater(_ layers: [RunLayer], in catalogue: LayerCatalogue) {
    guard layers.count >= Self.longSeries, catalogue.cube == nil, let first = layers.first?.file else { return }
    guard waitingForPreparation.withLock({ $0.insert(first).inserted }) else { return }
    preparing.async {
      _ = try? self.prepareSeries(of: layers, in: catalogue, threads: Self.backgroundThreads)
      _ = self.waitingForPreparation.withLock { $0.remove(first) }
    }
  }

  /// As `prepareSeries(_:)`, for the layers of a series and those of their standard deviations.
  public func prepareSeries(
    of layers: [RunLayer], in catalogue: LayerCatalogue, threads: Int? = nil
  ) throws(TilesError) -> Bool {
    let sigmas = layers.compactMap { catalogue.sigma(of: $0)?.file }
    let isReady = try prepareSeries(layers.map(\.file), threads: threads)
    return try sigmas.isEmpty ? isReady : prepareSeries(sigmas, threads: threads) && isReady
  }
}

extension LayerCatalogue {
  /// The layer of the standard deviations of another one; nil without one.
  public func sigma(of layer: RunLayer) -> RunLayer? {
    layer.sigma.flatMap { name in layers.first { $0.name == name } }
  }
}

/// The cube of an inversion (`series.nc`, `series.zarr`), read place by place.
///
/// Blocks of a cube hold many dates of few pixels, so a place costs one of them for each quantity.
public final class SeriesCube: Sendable {
  public let path: String
  private let file: ArrayFile
  let place: RasterPlace
  private let axes: [Axis]

  private struct Axis: Sendable {
    let name: String
    let from, to: [Double]
    let quantities: [ArrayInfo]
  }

  /// - Throws: `TilesError` of kind `.missing` or `.unreadable`.
  public init(_ path: String) throws(TilesError) {
    self.path = path
    let file = try reading { () throws(RasterError) in try ArrayFile.open(path) }
    self.file = file
    var rows = 0, columns = 0, axes: [Axis] = []
    for name in ["time", "mid_date"] where file[name] != nil {
      let quantities = file.arrays.filter { info in
        guard case .numbers(let type) = info.content, type.isFloating else { return false }
        return info.axes.map(\.name) == [name, "y", "x"]
      }
      guard let first = quantities.first else { continue }
      (rows, columns) = (first.sizes[1], first.sizes[2])
      let isMean = name == "mid_date" && file["date1"] != nil && file["date2"] != nil
      axes.append(
        Axis(
          name: name, from: try reading { () throws(RasterError) in try file.days(isMean ? "date1" : name) },
          to: try reading { () throws(RasterError) in try file.days(isMean ? "date2" : name) }, quantities: quantities
        ))
    }
    guard !axes.isEmpty else { throw TilesError(.unreadable, "\(path) holds no series over time") }
    self.axes = axes
    let reference = try Self.reference(file, rows: rows, columns: columns)
    place = RasterPlace(reference, TransformationPool())
  }

  /// All series of a place: those of displacements, then those of velocities; without values where the place lies
  /// outside.
  ///
  /// - Throws: `TilesError` of kind `.noPlace` or `.unreadable`.
  public func series(at place: Place) throws(TilesError) -> [PointSeries] {
    let position = try self.place.positions(of: [place])
    let raster = self.place.reference
    let pixel = PixelNumber(position.rows[0], position.columns[0], rows: raster.rows, columns: raster.columns)
    var out: [PointSeries] = []
    for axis in axes {
      // The error of a quantity stands beside it, not among the quantities.
      let errors = Set(axis.quantities.compactMap { $0.text("ancillary_variables") })
      for info in axis.quantities
      where !errors.contains(info.name) && !info.name.hasSuffix("_sigma") && !info.name.hasSuffix("_error") {
        let sigma = info.text("ancillary_variables").flatMap { name in axis.quantities.first { $0.name == name } }
        guard let pixel else {
          out.append(PointSeries(name: info.name, title: title(info), unit: Self.unit(info), steps: []))
          continue
        }
        let values = try column(info, pixel.row, pixel.column)
        let sigmas = try sigma.map { info throws(TilesError) in try column(info, pixel.row, pixel.column) }
        let steps = values.indices.map {
          PointSeries.Step(from: axis.from[$0], to: axis.to[$0], value: values[$0], sigma: sigmas?[$0] ?? .nan)
        }
        out.append(PointSeries(name: info.name, title: title(info), unit: Self.unit(info), steps: steps))
      }
    }
    return out
  }

  private func column(_ info: ArrayInfo, _ row: Int, _ column: Int) throws(TilesError) -> [Float] {
    try reading { () throws(RasterError) in
      try file.floats(info.name, start: [0, row, column], count: [info.sizes[0], 1, 1])
    }
  }

  private func title(_ info: ArrayInfo) -> String { info.text("long_name") ?? info.name }

  private static func unit(_ info: ArrayInfo) -> String {
    let unit = info.unit.isEmpty ? info.text("units") ?? "" : info.unit
    return unit == "meter/year" ? "m/yr" : unit
  }

  /// Where the cube lies: from its axes, which hold the centres of pixels.
  private static func reference(_ file: ArrayFile, rows: Int, columns: Int) throws(TilesError) -> Georeference {
    guard file["x"] != nil, file["y"] != nil, columns > 1, rows > 1 else {
      return Georeference(name: file.path, rows: rows, columns: columns)
    }
    let x = try reading { () throws(RasterError) in try file.doubles("x") }
    let y = try reading { () throws(RasterError) in try file.doubles("y") }
    let width = (x[x.count - 1] - x[0]) / Double(x.count - 1), height = (y[y.count - 1] - y[0]) / Double(y.count - 1)
    let transform = GeoTransform(
      originEast: x[0] - width / 2, originNorth: y[0] - height / 2, eastPerColumn: width, northPerRow: height)
    let crs = file["mapping"]?.text("crs_wkt").flatMap { try? CRS($0) }
    return Georeference(name: file.path, rows: rows, columns: columns, transform: transform, crs: crs)
  }
}
