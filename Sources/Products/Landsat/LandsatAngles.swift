// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// Directions to the sun and to the satellite over a Landsat scene, from the orbit that its angle file (`_ANG.txt`) gives.
///
/// The satellite looks across its way over the turning Earth, so a place is seen when the satellite stands where the line
/// to the place is perpendicular to its motion in the Earth's frame. That is within 0.2° of the mean directions that the
/// file gives for its bands; at the ends of a detector row, whose halves look up to 1° ahead and behind, it is less exact.
/// Places outside the swath get the direction in which the satellite would have seen them. Source of the layout: Landsat 8
/// Solar and View Angle Generation Algorithm Description Document (LSDS-1928); the rational functions in the file, which
/// need the detector of each pixel, are not used. Checked by: `LandsatAnglesTests`.
struct LandsatAngles {
  /// Mean directions to the satellite of the bands that the file lists.
  let views: [SceneAngles.BandView]
  let sun, view: AngleGrid

  /// Distance between nodes, m.
  private static let spacing = 10_000.0

  /// Nil where the file is not there or gives no orbit.
  ///
  /// - Parameter place: the grid of the images.
  init?(_ path: String, place: Georeference) {
    guard let bytes = try? VirtualFile.read(path), let transform = place.transform, let crs = place.crs,
      let tree = try? MetadataTree(groups: Self.oneGroup(bytes), path: path),
      let orbit = Track(tree, "EPHEMERIS", time: "EPHEMERIS_TIME"),
      let sunTrack = Track(tree, "SOLAR", time: "SAMPLE_TIME"),
      let geographic = try? CRS("EPSG:4326"),
      let way = try? CoordinateTransformation(from: crs, to: geographic)
    else { return nil }
    views = tree.all("BAND_LIST").first?.list.compactMap { Self.view(tree, band: Int($0)) } ?? []
    let side = transform.pixelSize.width
    let rows = Int((Double(place.rows) * side / Self.spacing).rounded(.up)) + 1
    let columns = Int((Double(place.columns) * side / Self.spacing).rounded(.up)) + 1
    var longitudes: [Double] = [], latitudes: [Double] = []
    for row in 0..<rows {
      for column in 0..<columns {
        // Half a pixel before the first centre is the corner.
        let point = transform.coordinate(
          row: Double(row) * Self.spacing / side - 0.5, column: Double(column) * Self.spacing / side - 0.5)
        longitudes.append(point.east)
        latitudes.append(point.north)
      }
    }
    guard (try? way.transform(east: &longitudes, north: &latitudes)) != nil else { return nil }
    var suns: [SkyDirection?] = [], looks: [SkyDirection?] = []
    for (longitude, latitude) in zip(longitudes, latitudes) {
      let ground = GroundPlace(longitude: longitude, latitude: latitude)
      let time = orbit.time(abreastOf: ground.position)
      looks.append(time.map { ground.direction(to: orbit.position($0) - ground.position) })
      suns.append(ground.direction(to: sunTrack.position(time ?? orbit.middle)))
    }
    func grid(_ directions: [SkyDirection?]) -> AngleGrid {
      AngleGrid(
        zenith: Grid(rows: rows, columns: columns, cells: directions.map { Float($0?.zenith ?? .nan) }),
        azimuth: Grid(rows: rows, columns: columns, cells: directions.map { Float($0?.azimuth ?? .nan) }),
        spacing: Self.spacing)
    }
    (sun, view) = (grid(suns), grid(looks))
  }

  /// The groups of this file stand side by side: they are put into one.
  private static func oneGroup(_ bytes: [UInt8]) -> [UInt8] {
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      .filter { $0.trimmingCharacters(in: .whitespaces) != "END" }
    return Array((["GROUP = ANGLES"] + lines.map(String.init) + ["END_GROUP = ANGLES"]).joined(separator: "\n").utf8)
  }

  private static func view(_ tree: MetadataTree, band: Int) -> SceneAngles.BandView? {
    let name = "BAND\(band < 10 ? "0" : "")\(band)"
    guard let vector = tree.first("RPC_\(name)")?.child("\(name)_MEAN_SAT_VECTOR")?.list, vector.count == 3 else {
      return nil
    }
    return SceneAngles.BandView(
      band: "B\(band)", direction: SkyDirection(east: vector[0], north: vector[1], up: vector[2]))
  }
}

/// Positions at times, in metres of the Earth's frame, or directions.
private struct Track {
  private let times: [Double]
  private let points: [SIMD3<Double>]

  init?(_ tree: MetadataTree, _ prefix: String, time: String) {
    let axes = ["X", "Y", "Z"].map { tree.first("\(prefix)_ECEF_\($0)")?.list ?? [] }
    let times = tree.first(time)?.list ?? []
    guard times.count > 1, axes.allSatisfy({ $0.count == times.count }) else { return nil }
    self.times = times
    points = times.indices.map { SIMD3(axes[0][$0], axes[1][$0], axes[2][$0]) }
  }

  var middle: Double { (times[0] + times[times.count - 1]) / 2 }

  /// In straight lines between the points, one a second: within a metre or two of an orbit.
  func position(_ time: Double) -> SIMD3<Double> {
    let after = min(max(1, times.firstIndex { $0 >= time } ?? times.count - 1), times.count - 1)
    let share = (time - times[after - 1]) / (times[after] - times[after - 1])
    return points[after - 1] + share * (points[after] - points[after - 1])
  }

  /// When the line to a place is perpendicular to the way; nil where the track ends before.
  func time(abreastOf place: SIMD3<Double>) -> Double? {
    /// Metres along the way from a point to the place.
    func ahead(_ index: Int) -> Double {
      let way = points[min(index + 1, points.count - 1)] - points[max(index - 1, 0)]
      return ((place - points[index]) * way).sum() / (way * way).sum().squareRoot()
    }
    var low = 0, high = times.count - 1
    guard ahead(low) >= 0, ahead(high) <= 0 else { return nil }
    while high - low > 1 {
      let middle = (low + high) / 2
      if ahead(middle) >= 0 { low = middle } else { high = middle }
    }
    let (first, second) = (ahead(low), ahead(high))
    return times[low] + (first > second ? first / (first - second) : 0) * (times[high] - times[low])
  }
}

/// A place on the ellipsoid WGS 84 with its axes to the east, north and up.
private struct GroundPlace {
  let position: SIMD3<Double>
  private let east, north, up: SIMD3<Double>

  init(longitude: Double, latitude: Double) {
    let (l, b) = (longitude * .pi / 180, latitude * .pi / 180)
    east = SIMD3(-sin(l), cos(l), 0)
    up = SIMD3(cos(b) * cos(l), cos(b) * sin(l), sin(b))
    north = SIMD3(-sin(b) * cos(l), -sin(b) * sin(l), cos(b))
    let a = 6_378_137.0, e2 = 0.006_694_379_990_14, radius = a / (1 - e2 * sin(b) * sin(b)).squareRoot()
    position = SIMD3(radius * cos(b) * cos(l), radius * cos(b) * sin(l), radius * (1 - e2) * sin(b))
  }

  func direction(to vector: SIMD3<Double>) -> SkyDirection {
    SkyDirection(east: (vector * east).sum(), north: (vector * north).sum(), up: (vector * up).sum())
  }
}

extension MetadataTree {
  /// The numbers of a list in parentheses.
  fileprivate var list: [Double] {
    trimmed.split { "(), ".contains($0) || $0.isWhitespace }.compactMap { Double($0) }
  }
}
