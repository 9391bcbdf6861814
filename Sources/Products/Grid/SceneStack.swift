// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// Scenes of one place in passes, and the grid that they have in common.
///
/// CRS, pixel size and the place of pixel corners are those that most scenes have, of equally frequent ones the finest, so
/// that scenes already there are copied and never resampled. The grid is the smallest box with every place that at least
/// two passes cover, cut to the area of interest. What does not fit is left out with a reason.
public struct SceneStack: Sendable {
  public let grid: SceneGrid
  /// In the order of time.
  public let passes: [ScenePass]
  /// Scenes that were left out, and why: `.noBand`, `.gridMismatch`, `.noOverlap`, `.missing`, `.damaged`.
  public let problems: [SceneError]

  /// Finds the grid; of the images, only the headers are read.
  ///
  /// - Parameters:
  ///   - area: where the stack is worked on; nil takes all.
  ///   - pixelSize: side of a pixel in units of the CRS; nil takes that of the scenes. Not for images without a map.
  /// - Throws: the first of the problems where no scene is left, `SceneError` of kind `.badArea`, or `.gridMismatch` for a
  ///   pixel size without a map.
  public init(
    _ scenes: [Scene], band: BandName, area: SceneArea? = nil, pixelSize: Double? = nil
  ) throws(SceneError) {
    var found = Placement(scenes, band: band)
    let lattice = try found.lattice(pixelSize: pixelSize)
    var placed = try found.passes(on: lattice)
    guard let all = Window.hull(of: placed.map(\.box)) else { throw found.nothingLeft() }
    let largest = lattice.cropped(to: all)
    for index in placed.indices { placed[index].box = placed[index].box.moved(rows: -all.row, columns: -all.column) }
    if let area {
      let inside = try area.window(on: largest)
      placed = found.keep(placed, within: inside)
    }
    placed = found.keepLargestGroup(placed)
    let boxes = placed.map(\.box)
    let shared = boxes.indices.flatMap { a in boxes[..<a].map { boxes[a].intersection($0) } }
    guard let box = boxes.count == 1 ? boxes[0] : Window.hull(of: shared) else { throw found.nothingLeft() }
    grid = largest.cropped(to: box)
    passes = placed.map(\.pass)
    problems = found.problems
  }
}

/// A pass and the box of its scenes in pixels.
private struct PlacedPass {
  let pass: ScenePass
  var box: Window
}

/// Scenes with the place of their band, and what was wrong with others.
private struct Placement {
  private struct Placed {
    let scene: Scene
    let place: Georeference
  }

  private var placed: [Placed] = []
  private(set) var problems: [SceneError] = []

  init(_ scenes: [Scene], band: BandName) {
    for scene in scenes {
      do throws(SceneError) {
        let image = try scene.image(band, isCalibrated: false)
        placed.append(Placed(scene: scene, place: image.image.info.georeference))
      } catch {
        problems.append(error)
      }
    }
  }

  /// What to throw when no scene is left.
  func nothingLeft() -> SceneError {
    problems.first ?? SceneError(.noOverlap, "", "no two scenes show the same place, or there is no scene at all")
  }

  // MARK: - The lattice

  /// The grid that most scenes share, of any size; scenes that cannot be brought there are left out.
  mutating func lattice(pixelSize: Double?) throws(SceneError) -> SceneGrid {
    var groups: [(place: Georeference, count: Int)] = []
    for one in placed {
      if let index = groups.firstIndex(where: { $0.place.isSameLattice(as: one.place) }) {
        groups[index].count += 1
      } else {
        groups.append((one.place, 1))
      }
    }
    /// Scenes on a map or not; scenes on this grid; finer; earlier.
    func rank(_ index: Int) -> (Int, Int, Double, Int) {
      let group = groups[index]
      let alike = placed.count { ($0.place.transform == nil) == (group.place.transform == nil) }
      return (alike, group.count, -group.place.side, -index)
    }
    guard let best = groups.indices.max(by: { rank($0) < rank($1) }).map({ groups[$0].place }) else {
      throw nothingLeft()
    }
    leaveOutStrangers(to: best)
    guard let pixelSize else { return SceneGrid(best) }
    guard let transform = best.transform, pixelSize > 0 else {
      throw SceneError(
        .gridMismatch, best.name,
        "a pixel size of \(pixelSize) cannot be had: "
          + (pixelSize > 0 ? "the scenes have no place on a map and are used in pixels" : "it must be above 0"))
    }
    return SceneGrid(
      rows: best.rows, columns: best.columns, transform: transform.scaled(by: pixelSize / transform.pixelSize.width),
      crs: best.crs)
  }

  /// Leaves out what no transformation brings to a grid: images with a map beside those without, and, of the latter, those
  /// of another size.
  private mutating func leaveOutStrangers(to best: Georeference) {
    var kept: [Placed] = []
    for one in placed {
      let place = one.place
      if (place.transform == nil) != (best.transform == nil) || (place.crs == nil) != (best.crs == nil) {
        let isOnMap = place.transform != nil && place.crs != nil
        leaveOut(
          one.scene, .gridMismatch,
          "\(place.name) \(isOnMap ? "lies on a map (\(place.crs.map { "\($0)" } ?? ""))" : "has no place on a map") "
            + "and most scenes \(isOnMap ? "have none" : "do"); georeference it, or give it in a stack of its own")
      } else if best.transform == nil, (place.rows, place.columns) != (best.rows, best.columns) {
        leaveOut(
          one.scene, .gridMismatch,
          "\(place.name) has \(place.rows) × \(place.columns) pixels, most scenes have \(best.rows) × \(best.columns); without "
            + "a place on a map they must be of one size")
      } else {
        kept.append(one)
      }
    }
    placed = kept
  }

  private mutating func leaveOut(_ scene: Scene, _ kind: SceneError.Kind, _ message: String, cause: String? = nil) {
    problems.append(SceneError(kind, scene.path, message, cause: cause))
  }

  // MARK: - Passes

  /// The passes with their boxes in pixels of the lattice.
  mutating func passes(on lattice: SceneGrid) throws(SceneError) -> [PlacedPass] {
    let raster = lattice.georeference
    var boxes: [String: Window] = [:]
    var kept: [Scene] = []
    for one in placed {
      guard lattice.transform != nil else {
        boxes[one.scene.path + one.scene.id] = one.place.window
        kept.append(one.scene)
        continue
      }
      do throws(RasterError) {
        if let box = try raster.pixels(in: one.place.extent, of: one.place.crs), !box.isEmpty {
          boxes[one.scene.path + one.scene.id] = box
          kept.append(one.scene)
        } else {
          leaveOut(
            one.scene, .noOverlap,
            "\(one.place.name) has no place in the system of most scenes, \(lattice.crs.map { "\($0)" } ?? "which has no name")"
          )
        }
      } catch {
        leaveOut(one.scene, .gridMismatch, error.message, cause: error.cause)
      }
    }
    return ScenePass.grouped(kept).compactMap { pass in
      Window.hull(of: pass.scenes.compactMap { boxes[$0.path + $0.id] }).map { PlacedPass(pass: pass, box: $0) }
    }
  }

  /// The passes that reach a window, with their boxes cut to it.
  mutating func keep(_ passes: [PlacedPass], within window: Window) -> [PlacedPass] {
    passes.compactMap { one in
      let box = one.box.intersection(window)
      if !box.isEmpty { return PlacedPass(pass: one.pass, box: box) }
      for scene in one.pass.scenes {
        leaveOut(scene, .noOverlap, "\(scene.path) lies outside the area of interest")
      }
      return nil
    }
  }

  /// The largest group of passes that are connected by overlaps; of equally large ones the earliest.
  mutating func keepLargestGroup(_ passes: [PlacedPass]) -> [PlacedPass] {
    var group = Array(passes.indices)
    for a in passes.indices {
      for b in passes.indices where group[b] != group[a] && !passes[a].box.intersection(passes[b].box).isEmpty {
        let (low, high) = (min(group[a], group[b]), max(group[a], group[b]))
        for index in group.indices where group[index] == high { group[index] = low }
      }
    }
    let best = Set(group).max { a, b in
      (group.count { $0 == a }, -a) < (group.count { $0 == b }, -b)
    }
    for (one, own) in zip(passes, group) where own != best {
      for scene in one.pass.scenes {
        leaveOut(
          scene, .noOverlap,
          "\(scene.path) does not overlap \(group.count { $0 == best } == 1 ? "the other date" : "the other dates"); "
            + "give it in a stack of its own place")
      }
    }
    return zip(passes, group).filter { $0.1 == best }.map(\.0)
  }
}

extension Georeference {
  /// Width of a pixel in map units, 1 without a map.
  fileprivate var side: Double { transform?.pixelSize.width ?? 1 }

  /// Whether the pixels of both are those of one endless grid.
  fileprivate func isSameLattice(as other: Georeference) -> Bool {
    guard let transform, let second = other.transform else {
      return transform == nil && other.transform == nil && (rows, columns) == (other.rows, other.columns)
    }
    switch (crs, other.crs) {
    case (nil, nil): break
    case (let a?, let b?): if !a.isSame(as: b) { return false }
    default: return false
    }
    let corner = second.coordinate(row: 0, column: 0)
    let far = second.coordinate(row: Double(other.rows), column: Double(other.columns))
    let from = transform.position(east: corner.east, north: corner.north)
    let to = transform.position(east: far.east, north: far.north)
    func isWhole(_ value: Double) -> Bool { abs(value - value.rounded()) < 1e-6 }
    return isWhole(from.row) && isWhole(from.column) && abs(to.row - from.row - Double(other.rows)) < 1e-6
      && abs(to.column - from.column - Double(other.columns)) < 1e-6
  }
}

extension Window {
  /// The smallest window around those that are not empty; nil where all are.
  fileprivate static func hull(of windows: [Window]) -> Window? {
    let full = windows.filter { !$0.isEmpty }
    guard let first = full.first else { return nil }
    return full.dropFirst().reduce(first) { hull, next in
      let row = min(hull.row, next.row), column = min(hull.column, next.column)
      return Window(
        row: row, column: column, rows: max(hull.endRow, next.endRow) - row,
        columns: max(hull.endColumn, next.endColumn) - column)
    }
  }

  fileprivate func moved(rows: Int, columns: Int) -> Window {
    Window(row: row + rows, column: column + columns, rows: self.rows, columns: self.columns)
  }
}
