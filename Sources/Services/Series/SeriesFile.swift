// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import Products
import RasterIO
import TimeSeries

/// The series of an inversion, read place by place from its cube.
struct SeriesFile: Sendable {
  let name: String
  let days: [Double]
  let intervals: [DayInterval]
  let place: Georeference
  let components: Int
  /// Along what the components run.
  let directions: CubeDirections
  /// Rows and columns that are stored together, and so read together.
  let block: (rows: Int, columns: Int)
  /// How the series was found; nil for a cube without its run.
  let method: InversionMethod?
  let file: ArrayFile

  /// - Parameter run: folder of `ogive invert`, or a cube that it has written.
  /// - Throws: `ServiceError` where there is no such cube; `RasterError`.
  init(_ run: String) throws {
    let names = ArrayFormat.allCases.map(SeriesCubeFile.name)
    let paths = run.hasSuffix(".nc") || run.hasSuffix(".zarr") ? [run] : names.map { "\(run)/\($0)" }
    guard let path = paths.first(where: { VirtualFile.kind(of: $0) != nil }) else {
      throw ServiceError(
        .noRunFolder,
        "\(run) holds no series: \(names.joined(separator: " or ")) is missing; give the --out folder of ogive invert, "
          + "run without --cube none")
    }
    name = path
    file = try ArrayFile.open(path)
    let cube = try PairCubes.open(path)
    days = try file.days("time")
    let earlier = try file.days("date1"), later = try file.days("date2")
    intervals = zip(earlier, later).map { DayInterval(from: $0, to: $1) }
    place = try SeriesInput.place(cube)
    components = cube.components
    directions = cube.directions
    block = cube.blockShape
    let lock = URL(filePath: path).deletingLastPathComponent().path + "/config.lock.json"
    let inputs = FileManager.default.fileExists(atPath: lock) ? try? JobFile(contentsOf: lock).inputs : nil
    method = inputs?["method"]?.stringValue.flatMap(InversionMethod.init)
  }

  /// Makes the folder that readings of a series go to: inside the run, beside a cube that stands alone, or where was asked.
  static func folder(_ name: String, of run: String, in asked: String?) throws -> String {
    let isCube = run.hasSuffix(".nc") || run.hasSuffix(".zarr")
    let own = isCube ? URL(filePath: run).deletingLastPathComponent().path : run
    let folder = "\(asked ?? own)/\(name)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }

  /// The motion of a pixel.
  struct Track: Sendable {
    /// East and north, or the one component; m since the first date, and m/yr over the intervals.
    let displacement, velocity: [DatedValues]
    /// Displacement upwards, where the cube has it.
    var up: DatedValues?

    var isMeasured: Bool { displacement.contains { $0.values.contains { $0.isFinite && $0 != 0 } } }
  }

  struct DatedValues: Sendable {
    let values, sigmas: [Double]
  }
}

extension SeriesFile.Track {
  /// Displacement along the direction of the whole motion, whose own error is left out; the one component as it is.
  var along: SeriesFile.DatedValues { combined(displacement) }

  /// Velocity along that direction.
  var speedAlong: SeriesFile.DatedValues { combined(velocity) }

  private func combined(_ parts: [SeriesFile.DatedValues]) -> SeriesFile.DatedValues {
    guard parts.count == 2 else { return parts[0] }
    let last = displacement.map { $0.values.last(where: \.isFinite) ?? .nan }
    let length = (last[0] * last[0] + last[1] * last[1]).squareRoot()
    let e = length > 0 ? last[0] / length : 1, n = length > 0 ? last[1] / length : 0
    return .init(
      values: zip(parts[0].values, parts[1].values).map { e * $0 + n * $1 },
      sigmas: zip(parts[0].sigmas, parts[1].sigmas).map { (e * e * $0 * $0 + n * n * $1 * $1).squareRoot() })
  }
}
