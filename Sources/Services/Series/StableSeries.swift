// SPDX-License-Identifier: Apache-2.0
import Parameters
import RasterIO
import TimeSeries

/// What the series read where nothing moves: velocities of single intervals and of the whole time.
struct StableSeries {
  let parts: [(name: String, statistics: ErrorStatistics)]
  /// Velocities of intervals over their sigmas, all components.
  let ratios: [Float]

  /// Most pixels that are looked at, evenly taken.
  private static let mostPixels = 4000

  /// - Throws: `ServiceError.noData` where no series lies on the area.
  init(_ file: SeriesFile, _ area: Area) throws {
    let mask = try MaskSource.open(area.text, on: file.place).read(file.place.window)
    let cells = mask.cells.indices.filter { mask.cells[$0] }, every = max(1, cells.count / Self.mostPixels)
    let places = stride(from: 0, to: cells.count, by: every).map {
      (row: cells[$0] / file.place.columns, column: cells[$0] % file.place.columns)
    }
    let tracks = try file.tracks(at: places), years = DayInterval(from: file.days[0], to: file.days.last ?? 0).years
    var parts: [(String, ErrorStatistics)] = [], ratios: [Float] = []
    for (component, heading) in file.headings.enumerated() {
      let velocities = tracks.map { $0.velocity[component] }
      let values = velocities.flatMap(\.values), sigmas = velocities.flatMap(\.sigmas)
      let kept = values.indices.filter { values[$0].isFinite && sigmas[$0].isFinite }
      guard !kept.isEmpty else { continue }
      parts.append(
        (
          heading,
          .ofStableGround(velocities: kept.map { values[$0] }, sigmas: kept.map { sigmas[$0] })
        ))
      ratios += kept.map { Float(values[$0] / sigmas[$0]) }
      let ends = tracks.compactMap { track -> (Double, Double)? in
        let part = track.displacement[component]
        guard let value = part.values.last, let sigma = part.sigmas.last, value.isFinite else { return nil }
        return (value / years, sigma / years)
      }
      parts.append(
        ("\(heading), whole time", .ofStableGround(velocities: ends.map(\.0), sigmas: ends.map(\.1))))
    }
    guard !parts.isEmpty else {
      throw ServiceError(.noData, "no series lies on the stable ground \(area.text)")
    }
    (self.parts, self.ratios) = (parts, ratios)
  }
}
