// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters
import Processing
import Products
import RasterIO
import TimeSeries

/// How the cube of all dates is stored.
public enum SeriesCubeChoice: String, ParameterChoice {
  case nc, zarr, both, none

  public var summary: String {
    switch self {
    case .nc: "one NetCDF-4 file, `series.nc`"
    case .zarr: "a Zarr store of version 2, `series.zarr`"
    case .both: "both of them"
    case .none: "no cube; ogive series and validate then have nothing to read"
    }
  }

  var formats: [ArrayFormat] {
    switch self {
    case .nc: [.netCDF]
    case .zarr: [.zarr]
    case .both: [.netCDF, .zarr]
    case .none: []
    }
  }
}

/// Writes all dates of an inversion as one cube, `series.nc` or `series.zarr`.
struct SeriesCubeFile {
  static func name(_ format: ArrayFormat) -> String { "series.\(format.rawValue)" }

  let result: InvertResult
  let folder: RunFolder
  let runner: StageRunner

  func write() throws { for format in result.parameters.output.cube.formats { try write(format) } }

  private func write(_ format: ArrayFormat) throws {
    let stage = StageIdentity("series-cube", version: 2, parameters: ["version": .string(result.version)])
    let bands = stride(from: 0, to: result.place.rows, by: rows).map { ($0, min(rows, result.place.rows - $0)) }
    runner.progress.begin("cube", total: bands.count, unit: "bands")
    defer { runner.progress.end() }
    let isNew = try folder.write(Self.name(format), key: stage.key(reading: result.outcome.keys.map(\.checksum))) {
      path in
      let writer = try SeriesCubeWriter(path, layout, format: format)
      do {
        for (row, rows) in bands {
          try runner.cancellation.check()
          try writer.write(try block(row, rows))
          runner.progress.advance()
        }
        try writer.finish()
      } catch {
        writer.cancel()
        throw error
      }
    }
    if !isNew { runner.progress.reuse(bands.count) }
  }

  private var layout: SeriesCubeLayout {
    var layout = SeriesCubeLayout(
      place: result.place, dates: result.model.days,
      intervals: result.model.steps.map { CubePair(earlier: $0.from, later: $0.to) })
    layout.directions = result.input.cube.directions
    layout.source = result.parameters.source.path.split(separator: "/").last.map(String.init) ?? ""
    layout.sourceChecksum = result.source.hexadecimal
    layout.method = result.parameters.method.rawValue
    layout.softwareVersion = result.version
    return layout
  }

  /// A multiple of what is stored together, of about 64 MB.
  private var rows: Int {
    let bytes = 4 * result.place.columns * 4 * max(1, result.model.days.count)
    return max(1, 64_000_000 / max(1, bytes * SeriesCubeWriter.rowsPerBand)) * SeriesCubeWriter.rowsPerBand
  }

  private func block(_ row: Int, _ rows: Int) throws -> SeriesBlock {
    let window = Window(row: row, column: 0, rows: rows, columns: result.place.columns)
    let days = result.model.days.indices, steps = result.model.steps.indices
    func joined(_ names: [String]) throws -> [Float] {
      try result.outcome.layers.floats(names, window).flatMap(\.cells)
    }
    let components = try (0..<result.components).map { c in
      var out = SeriesBlock.Component()
      out.displacement = try joined(days.map { SeriesLayer.displacement(c, $0) })
      out.displacementSigma = try joined(days.map { SeriesLayer.displacementSigma(c, $0) })
      out.velocity = try joined(steps.map { SeriesLayer.velocity(c, $0) })
      out.velocitySigma = try joined(steps.map { SeriesLayer.velocitySigma(c, $0) })
      return out
    }
    return SeriesBlock(row: row, rows: rows, components: components)
  }
}
