// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// Where the sun or the satellite stands, seen from the ground, degrees.
public struct SkyDirection: Hashable, Sendable {
  /// From the vertical, and clockwise from north.
  public let zenith, azimuth: Double

  public init(zenith: Double, azimuth: Double) {
    (self.zenith, self.azimuth) = (zenith, azimuth)
  }

  /// Along a vector of any length.
  init(east: Double, north: Double, up: Double) {
    let turn = atan2(east, north) * 180 / .pi
    self.init(zenith: atan2(hypot(east, north), up) * 180 / .pi, azimuth: turn < 0 ? turn + 360 : turn)
  }

  /// Above the horizon.
  public var elevation: Double { 90 - zenith }
}

/// Directions on a coarse grid over a tile.
public struct AngleGrid: Equatable, Sendable {
  /// Degrees, rows × columns; NaN where a detector did not look. Node (0, 0) is the upper left corner of the tile.
  public let zenith, azimuth: Grid<Float>
  /// Distance between nodes, m.
  public let spacing: Double

  /// The direction at a distance from the upper left corner, interpolated between the four nodes around it.
  ///
  /// Vectors are interpolated, so that azimuths may pass north.
  ///
  /// - Parameters:
  ///   - right: m toward the right edge; positions outside the grid take the nearest of its edge.
  ///   - down: m toward the lower edge.
  /// - Returns: nil where one of the four nodes is missing.
  public func direction(right: Double, down: Double) -> SkyDirection? {
    func place(_ metres: Double, _ count: Int) -> (index: Int, share: Double) {
      let position = min(max(metres / spacing, 0), Double(count - 1))
      let index = min(Int(position), max(0, count - 2))
      return (index, position - Double(index))
    }
    let (row, downShare) = place(down, zenith.rows), (column, rightShare) = place(right, zenith.columns)
    var east = 0.0, north = 0.0, up = 0.0
    for (r, byRow) in [(row, 1 - downShare), (row + 1, downShare)] where byRow > 0 {
      for (c, byColumn) in [(column, 1 - rightShare), (column + 1, rightShare)] where byColumn > 0 {
        let z = Double(zenith[r, c]) * .pi / 180, a = Double(azimuth[r, c]) * .pi / 180
        let weight = byRow * byColumn
        east += weight * sin(z) * sin(a)
        north += weight * sin(z) * cos(a)
        up += weight * cos(z)
      }
    }
    guard east.isFinite, north.isFinite, up.isFinite else { return nil }
    return SkyDirection(east: east, north: north, up: up)
  }
}

/// What a product says about the directions to the sun and to the satellite.
public struct SceneAngles: Sendable {
  /// Mean direction to the satellite in one band.
  public struct BandView: Hashable, Sendable {
    public let band: String
    public let direction: SkyDirection
  }

  /// Directions to the satellite in one band where one detector looked.
  public struct DetectorView: Equatable, Sendable {
    public let band: String
    /// Number of the detector, from 1.
    public let detector: Int
    public let grid: AngleGrid
  }

  /// A raster of angles, hundredths of a degree (Landsat level 1).
  public struct AngleRaster: Hashable, Sendable {
    public enum Quantity: String, CaseIterable, Hashable, Sendable {
      case sunZenith = "SOLAR_ZENITH"
      case sunAzimuth = "SOLAR_AZIMUTH"
      case viewZenith = "SENSOR_ZENITH"
      case viewAzimuth = "SENSOR_AZIMUTH"
    }

    public let quantity: Quantity
    public let path: String
    /// Degrees in one digital number.
    public static let scale = 0.01
  }

  /// Mean direction to the sun.
  public var sun: SkyDirection?
  public var sunGrid: AngleGrid?
  public var views: [BandView] = []
  /// Directions to the satellite where they are the same for all bands and detectors (Landsat).
  public var viewGrid: AngleGrid?
  public var detectors: [DetectorView] = []
  public var rasters: [AngleRaster] = []
  /// Roll of the platform, degrees (Landsat 8 and 9): not 0 where it looked aside.
  public var roll: Double?
}
