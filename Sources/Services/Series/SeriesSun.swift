// SPDX-License-Identifier: Apache-2.0
import Foundation
import Masking
import RasterIO
import TimeSeries

/// Where the sun stood on the dates of an inversion, along the axes that its motion is measured in.
struct SeriesSun: Sendable {
  /// One for each date of the pairs; nil below the horizon, and for radar, which brings its own light.
  let shadows: [ShadowVector?]
  /// Over a year at the hour of most dates, evenly spaced.
  let year: [ShadowVector]
  let latitude, longitude: Double
  /// Dates that say no time of day.
  let untimed: Int
  /// Mean solar time of most dates, h.
  let hour: Double

  /// Azimuth of the axis that counts as north, degrees from true north, and the place.
  private struct Axes {
    let latitude, longitude, north: Double

    func shadow(_ seconds: Double) -> ShadowVector? {
      SunPosition(seconds: seconds, latitude: latitude, longitude: longitude).map {
        ShadowVector(azimuth: $0.azimuth - north, elevation: $0.elevation)
      }
    }
    /// Hours by which mean solar time is ahead of UTC.
    var ahead: Double { longitude / 15 }
  }

  private static let daySeconds = 86_400.0
  private static let partsOfYear = 48

  /// - Parameter hour: mean solar time of dates that say none, h.
  /// - Throws: `ServiceError` where nobody knows where on Earth the data lie.
  init(_ input: SeriesInput, hour: Double) throws {
    let place = try input.georeference
    guard let middle = try place.geographicMiddle(),
      let step = try place.groundStep(row: Double(place.rows) / 2, column: Double(place.columns) / 2)
    else {
      throw ServiceError(
        .noData,
        "\(input.cube.name) does not say where on Earth it lies, so nobody knows where the sun stood; leave "
          + "--sun-bias out, or give rasters with a coordinate reference system")
    }
    let north = input.cube.directions == .map ? atan2(-step.downEast, -step.downNorth) * 180 / .pi : 0
    let axes = Axes(latitude: middle.latitude, longitude: middle.longitude, north: north)
    var isRadar = Set<Double>()
    for (pair, chosen) in input.chosen.enumerated() where input.cube.pairs[chosen].sensor.uppercased().hasPrefix("S1")
    {
      isRadar.formUnion([input.times.earlier[pair], input.times.later[pair]])
    }
    var hours: [Double] = [], untimed = 0
    shadows = input.times.dates.map { day in
      let midnight = day.rounded(.down), part = day - midnight
      guard !isRadar.contains(day) else { return nil }
      // Readers put dates without a time at noon, other programs at midnight.
      guard part == 0 || part == 0.5 else {
        hours.append((part * 24 + axes.ahead + 24).truncatingRemainder(dividingBy: 24))
        return axes.shadow(day * Self.daySeconds)
      }
      untimed += 1
      return axes.shadow(midnight * Self.daySeconds + (hour - axes.ahead) * 3600)
    }
    let usual = hours.isEmpty ? hour : hours.sorted()[hours.count / 2]
    self.hour = usual
    self.untimed = untimed
    (latitude, longitude) = (middle.latitude, middle.longitude)
    let start = input.times.dates[input.times.dates.count / 2].rounded(.down)
    let suns = (0..<Self.partsOfYear).map { part in
      let day = (start + Double(part) * 365.25 / Double(Self.partsOfYear)).rounded(.down)
      return axes.shadow(day * Self.daySeconds + (usual - axes.ahead) * 3600)
    }
    // In the polar night nothing is seen; what is known nearest stands for it.
    year = suns.indices.compactMap { place in
      suns.indices.filter { suns[$0] != nil }.min {
        let a = abs($0 - place), b = abs($1 - place)
        return min(a, suns.count - a) < min(b, suns.count - b)
      }.flatMap { suns[$0] }
    }
  }
}

extension Georeference {
  /// The middle of the outline in longitude and latitude; nil without a place on Earth.
  func geographicMiddle() throws -> GeographicPoint? {
    try geographicOutline().map { points in
      // About the first corner, so that a place at 180 degrees stays one.
      let first = points[0].longitude, count = Double(points.count)
      let east = points.map { ($0.longitude - first).remainder(dividingBy: 360) }.reduce(0, +) / count
      return GeographicPoint(
        longitude: first + east, latitude: points.map(\.latitude).reduce(0, +) / count)
    }
  }
}
