// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// What one satellite saw on one pass: the scenes, mostly neighbouring tiles, that are one date of a stack.
public struct ScenePass: Sendable {
  /// In the order in which they are laid over each other, the first on top: newest processing first, then by name.
  public let scenes: [Scene]

  /// - Parameter scenes: at least one.
  public init(_ scenes: [Scene]) {
    precondition(!scenes.isEmpty, "a pass needs a scene")
    self.scenes = scenes.sorted { a, b in
      let newer = (a.processingBaseline ?? ""), older = (b.processingBaseline ?? "")
      return newer != older ? newer > older : (a.id, a.path) < (b.id, b.path)
    }
  }

  /// Of its first scene on top; unique in a stack.
  public var id: String { scenes[0].id }
  /// The earliest of its scenes.
  public var date: AcquisitionDate { scenes.map(\.date).min() ?? scenes[0].date }
  public var platform: String? { scenes[0].platform }
  public var relativeOrbit: Int? { scenes[0].relativeOrbit }
  public var isAscending: Bool? { scenes[0].isAscending }
  /// The tiles that it consists of, joined by `+`; nil when none is known.
  public var tile: String? {
    let tiles = Set(scenes.compactMap(\.tile)).sorted()
    return tiles.isEmpty ? nil : tiles.joined(separator: "+")
  }

  /// Scenes as passes, in the order of time.
  ///
  /// Of one pass are scenes of one platform and processing level with the same pass of the satellite, or with the same
  /// relative orbit within ten minutes. Plain rasters are of one pass when they have the same date and lie beside each
  /// other: of two that overlap by more than a tenth each is a date of its own.
  public static func grouped(_ scenes: [Scene]) -> [ScenePass] {
    var groups: [[Scene]] = []
    for scene in scenes.sorted(by: { ($0.date.seconds, $0.id, $0.path) < ($1.date.seconds, $1.id, $1.path) }) {
      if let index = groups.lastIndex(where: { group in group.allSatisfy { isSamePass($0, scene) } }) {
        groups[index].append(scene)
      } else {
        groups.append([scene])
      }
    }
    return groups.map { ScenePass($0) }
  }

  /// Longest time between scenes of one pass, s: a satellite needs 10 minutes for a seventh of the Earth.
  private static let longestPass = 600.0
  /// Share of the smaller of two plain rasters that a seam may cover.
  private static let largestSeam = 0.1

  private static func isSamePass(_ a: Scene, _ b: Scene) -> Bool {
    guard a.mission == b.mission, a.platform == b.platform, a.level?.prefix(2) == b.level?.prefix(2) else {
      return false
    }
    if a.mission == .plain { return isSamePlainPass(a, b) }
    if let pass = a.pass, pass == b.pass { return true }
    guard let orbit = a.relativeOrbit, orbit == b.relativeOrbit, a.date.hasTime, b.date.hasTime else { return false }
    return abs(a.date.seconds - b.date.seconds) <= longestPass
  }

  private static func isSamePlainPass(_ a: Scene, _ b: Scene) -> Bool {
    guard a.date.seconds == b.date.seconds, a.date.hasTime == b.date.hasTime,
      a.bands.map(\.name) == b.bands.map(\.name),
      let first = a.grids.first, let second = b.grids.first, first.transform != nil, second.transform != nil,
      first.crs != nil, second.crs != nil, let box = try? first.pixels(in: second.extent, of: second.crs),
      let back = try? second.pixels(in: first.extent, of: first.crs)
    else { return false }
    func share(_ box: Window, _ raster: Georeference) -> Double {
      let seam = box.intersection(raster.window)
      return Double(seam.rows * seam.columns) / Double(max(1, raster.rows * raster.columns))
    }
    return max(share(box, first), share(back, second)) <= largestSeam
  }
}
