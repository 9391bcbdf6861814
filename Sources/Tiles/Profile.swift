// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// The values of a layer along a line.
public struct Profile: Sendable {
  public struct Point: Hashable, Sendable {
    /// From the beginning of the line: metres, or pixels for a raster without a place on Earth.
    public let distance: Double
    public let place: Place
    /// NaN where the layer has no value.
    public let value: Float
    /// One standard deviation; NaN without a layer of them, or where it has no value.
    public let sigma: Float
  }

  public let points: [Point]
  /// `m` or `px`.
  public let distanceUnit: String
}

extension RasterTiles {
  /// The most points of a profile.
  public static let mostProfilePoints = 10_000

  /// A layer's values along a line, at points of equal distance, its ends included.
  ///
  /// Values are interpolated bilinearly between pixels; names are picked. Between its corners the line runs straight
  /// in longitude and latitude, or in pixels.
  ///
  /// - Parameters:
  ///   - sigma: the layer of the standard deviations of the first, if there is one.
  ///   - line: two or more corners, all in degrees or all in pixels.
  ///   - count: points, 2 to `mostProfilePoints`.
  /// - Throws: `TilesError` of kind `.badLine`, `.noPlace`, `.missing` or `.unreadable`.
  public func profile(
    of file: RasterLayerFile, sigma: RasterLayerFile? = nil, along line: [Place], count: Int = 500
  ) throws(TilesError) -> Profile {
    let course = try ProfileCourse(line)
    guard (2...Self.mostProfilePoints).contains(count) else {
      throw TilesError(.badLine, "a profile has 2 to \(Self.mostProfilePoints) points, not \(count)")
    }
    let steps = (0..<count).map { course.length * Double($0) / Double(count - 1) }
    let places = course.places(at: steps)
    let values = try interpolated(file, places)
    let sigmas = try sigma.map { file throws(TilesError) in try interpolated(file, places) }
    let points = steps.indices.map {
      Profile.Point(distance: steps[$0], place: places[$0], value: values[$0], sigma: sigmas?[$0] ?? .nan)
    }
    return Profile(points: points, distanceUnit: course.isGeographic ? "m" : "px")
  }

  private func interpolated(_ file: RasterLayerFile, _ places: [Place]) throws(TilesError) -> [Float] {
    let raster = try rasters.raster(file), positions = try raster.place.positions(of: places)
    var values: [Float] = []
    for (row, column) in zip(positions.rows, positions.columns) {
      values.append(try reader.interpolated(row, column, of: raster))
    }
    return values
  }
}

/// A line with the distances of its corners from its beginning.
struct ProfileCourse: Sendable {
  let isGeographic: Bool
  /// Longitude and latitude, or column and row.
  private let corners: [SIMD2<Double>]
  private let distances: [Double]

  var length: Double { distances[distances.count - 1] }

  init(_ line: [Place]) throws(TilesError) {
    var corners: [SIMD2<Double>] = [], degrees = 0
    for place in line {
      switch place {
      case .geographic(let longitude, let latitude):
        corners.append(SIMD2(longitude, latitude))
        degrees += 1
      case .pixel(let row, let column): corners.append(SIMD2(column, row))
      }
    }
    guard corners.count >= 2, degrees == 0 || degrees == corners.count,
      corners.allSatisfy({ $0.x.isFinite && $0.y.isFinite })
    else {
      throw TilesError(.badLine, "a line has two or more corners, all in degrees or all in pixels")
    }
    let isGeographic = degrees > 0
    // A line that crosses the antimeridian takes the short way.
    if isGeographic {
      for index in 1..<corners.count {
        corners[index].x -= 360 * ((corners[index].x - corners[index - 1].x) / 360).rounded()
      }
    }
    distances = corners.indices.dropFirst().reduce(into: [0]) {
      $0.append($0[$1 - 1] + Self.distance(corners[$1 - 1], corners[$1], isGeographic))
    }
    guard let length = distances.last, length > 0 else {
      throw TilesError(.badLine, "the corners of the line are all in one place: give two that differ")
    }
    (self.isGeographic, self.corners) = (isGeographic, corners)
  }

  /// Places at distances that rise from 0 to the length.
  func places(at steps: [Double]) -> [Place] {
    var corner = 0
    return steps.map { step in
      while corner + 2 < corners.count && distances[corner + 1] < step { corner += 1 }
      let gap = distances[corner + 1] - distances[corner]
      let share = gap > 0 ? min(1, max(0, (step - distances[corner]) / gap)) : 0
      let point = corners[corner] + share * (corners[corner + 1] - corners[corner])
      if !isGeographic { return .pixel(row: point.y, column: point.x) }
      return .geographic(longitude: point.x.remainder(dividingBy: 360), latitude: point.y)
    }
  }

  /// Metres on the ellipsoid of WGS 84 along the straight line in degrees, summed over 64 pieces with the radii of
  /// curvature at their middles; pixels on the plane.
  private static func distance(_ from: SIMD2<Double>, _ to: SIMD2<Double>, _ isGeographic: Bool) -> Double {
    if !isGeographic { return ((to - from) * (to - from)).sum().squareRoot() }
    let axis = 6_378_137.0, squaredEccentricity = 0.00669437999014, pieces = 64
    let step = (to - from) / Double(pieces) * (.pi / 180)
    return (0..<pieces).reduce(0.0) { sum, piece in
      let latitude = (from.y + (to.y - from.y) * (Double(piece) + 0.5) / Double(pieces)) * .pi / 180
      let w = 1 - squaredEccentricity * sin(latitude) * sin(latitude)
      let north = axis * (1 - squaredEccentricity) / (w * w.squareRoot()) * step.y
      let east = axis / w.squareRoot() * cos(latitude) * step.x
      return sum + (north * north + east * east).squareRoot()
    }
  }
}
