// SPDX-License-Identifier: Apache-2.0
import Correction
import Foundation
import Grids
import Processing
import Products
import RasterIO
import Synchronization

/// Which detectors saw the points that corrections look at, and where the satellite flew.
final class StackDetectors: Sendable {
  private let dates: [PassDetectors?]
  private let passes: [ScenePass]
  private let sampling: Sampling
  private let step: GroundStep?
  private let latitude: Double?
  /// Of each date on the samples, once read.
  private let known = Mutex<[Int: Grid<UInt8>]>([:])
  /// Footprints that could not be used.
  let problems: [StackProblem]
  /// More than any satellite has.
  private static let most: Int32 = 256

  /// - Parameter isNeeded: whether anyone looks for stripes.
  init(_ context: StackContext, _ input: StackInput, scale: GroundScale?, isNeeded: Bool) throws {
    var problems: [StackProblem] = []
    dates = input.dates.map { date in
      guard isNeeded else { return nil }
      do { return try PassDetectors.find(date.pass, band: input.band, grid: input.grid) } catch {
        problems.append(
          StackProblem(
            what: date.pass.id, cause: "\(error); stripes of this date are looked for without its detectors"))
        return nil
      }
    }
    self.problems = problems
    passes = input.dates.map(\.pass)
    sampling = Sampling(context.plan)
    let lattice = context.plan.lattice
    step = scale?.step(row: lattice.rows / 2, column: lattice.columns / 2)
    let outline = try input.grid.georeference.geographicOutline(pointsPerSide: 1)
    latitude = outline.map { $0.map(\.latitude).reduce(0, +) / Double($0.count) }
  }

  /// Files that say so, by the place of the date in the input; none where nobody looks for stripes.
  var files: [[String]] { dates.map { $0?.files ?? [] } }

  /// What the detectors and tracks of a pair depend on.
  func checksums(_ pair: [Int], _ context: StackContext) throws -> [Checksum] {
    let files = try pair.flatMap { dates[$0]?.files ?? [] }.map {
      try context.folder.checksums.checksum(ofInput: $0, cancellation: context.runner.cancellation)
    }
    let track = pair.compactMap(orbitDirection).map { "\($0)" }.joined(separator: " ")
    return files + [SHA256.checksum(of: "track \(track)")]
  }

  /// The pair of detectors that saw each sample, so that the edges of both dates cut; below 1 where one did not look. Nil where
  /// neither date tells.
  func detectors(_ pair: [Int]) throws -> Grid<Int32>? {
    let found = try pair.compactMap { try detectors(of: $0) }
    guard let first = found.first else { return nil }
    var out = first.map { Int32($0) }
    for other in found.dropFirst() {
      for index in out.cells.indices {
        let number = Int32(other.cells[index])
        out.cells[index] = out.cells[index] > 0 && number > 0 ? out.cells[index] * Self.most + number : 0
      }
    }
    return out
  }

  private func detectors(of date: Int) throws -> Grid<UInt8>? {
    guard let source = dates[date] else { return nil }
    if let found = known.withLock({ $0[date] }) { return found }
    let found = try sampling.bytes { try source.read($0) }
    known.withLock { $0[date] = found }
    return found
  }

  /// Where the satellite flew, degrees clockwise from the upward direction of the images: along the edges of its detectors, else
  /// by its orbit; nil where nobody knows.
  func trackDirection(_ pair: [Int], _ detectors: Grid<Int32>?) -> Double? {
    detectors.flatMap(DetectorEdges.trackDirection) ?? pair.compactMap(orbitDirection).first
  }

  private func orbitDirection(_ date: Int) -> Double? {
    guard let step, let latitude,
      let azimuth = passes[date].scenes.compactMap({ $0.trackAzimuth(atLatitude: latitude) }).first
    else { return nil }
    // The direction in pixels: metres to the east and north as steps to the right and down.
    let east = sin(azimuth * .pi / 180), north = cos(azimuth * .pi / 180)
    let determinant = step.rightEast * step.downNorth - step.downEast * step.rightNorth
    let right = (east * step.downNorth - north * step.downEast) / determinant
    let down = (north * step.rightEast - east * step.rightNorth) / determinant
    return atan2(right, -down) * 180 / .pi
  }
}
