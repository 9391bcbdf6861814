// SPDX-License-Identifier: Apache-2.0
import Deformation
import Foundation
import Grids
import RasterIO
import TimeSeries

/// Writes results under the names, in the units and with the signs of the services on the Geohazards Exploitation
/// Platform, for those whose tools expect them.
///
/// Offsets and velocities along north-south are positive to the **south** there. This is the only place where a sign
/// is turned; every raster says its sign in its description. Checked by: `GEPExportTests`.
package struct GEPExport {
  /// Whose names are used.
  package enum Service: Hashable, Sendable {
    /// `Px1_d1_d2.tif` and its like.
    case mpic
    /// `MM_EW_displ_tile_d1_vs_d2_corrected.tif` and its like, of ICE and SLIDE.
    case motion(tile: String)
    /// The same names for the pairs of ETQ, and displacements in metres for its means.
    case event(tile: String)
  }

  package let service: Service
  /// Folder that exists.
  package let folder: String

  package init(_ service: Service, folder: String) { (self.service, self.folder) = (service, folder) }

  /// A raster and how its values come from ours.
  private struct Target {
    let name, unit, description: String
    var isByte = false
  }
}

// MARK: - Pairs

extension GEPExport {
  /// Writes the offsets and correlations of a pair, and for MPIC its cloud mask.
  ///
  /// A backward pair has its later date first, as its templates are there.
  ///
  /// - Parameter largestOffset: writes a second pair of displacements without those longer than this, px (ICE, SLIDE).
  /// - Returns: names of the files.
  package func write(_ pair: PublishedPair, largestOffset: Double? = nil) throws -> [String] {
    let dates = (FileWords.compact(pair.ends.template.date), FileWords.compact(pair.ends.other.date))
    let sample = try pair.rows(0..<1)
    var writers: [(RasterWriter, (PairRows) -> Grid<Float>)] = []
    func add(_ target: Target, _ values: @escaping (PairRows) -> Grid<Float>) throws {
      writers.append((try writer(target, pair.place), values))
    }
    let south = southSign(pair.place), east = eastSign(pair.place)
    let names = pairNames(dates)
    for (suffix, limit) in [("", nil), ("_FILTER_Displmax", largestOffset)] where suffix.isEmpty || limit != nil {
      if case .mpic = service, limit != nil { continue }
      try add(.init(name: names.east + suffix, unit: "px", description: "offset, east positive")) {
        Self.limited($0.dx, $0, limit).map { $0 * east }
      }
      try add(.init(name: names.south + suffix, unit: "px", description: "offset, south positive")) {
        Self.limited($0.dy, $0, limit).map { $0 * south }
      }
    }
    if sample.ncc != nil {
      let target = Target(
        name: names.correlation, unit: "", description: "correlation, 0 to 1 stored as 128 to 255", isByte: true)
      try add(target) { rows in rows.ncc?.map(Self.byte(ofCorrelation:)) ?? rows.dx }
    }
    if sample.isCloudy != nil, service == .mpic {
      let name = "cloud_masks_assembled_\(dates.0)_\(dates.1)"
      try add(.init(name: name, unit: "", description: "255 under a cloud, else 0", isByte: true)) { rows in
        rows.isCloudy?.map { $0 ? 255 : 0 } ?? rows.dx
      }
    }
    try pair.forEachBand { row, values in
      for (writer, make) in writers { try writer.write(make(values), atRow: row) }
    }
    for (writer, _) in writers { try writer.finish() }
    return writers.map { Self.fileName($0.0.path) }
  }

  /// MicMac's 8-bit coding: 128 is a correlation of 0, 255 of 1; 0 is kept for missing.
  package static func byte(ofCorrelation ncc: Float) -> Float {
    ncc.isNaN ? .nan : min(255, max(1, (128 + 127 * ncc).rounded()))
  }

  private func pairNames(_ dates: (String, String)) -> (east: String, south: String, correlation: String) {
    switch service {
    case .mpic: ("Px1_\(dates.0)_\(dates.1)", "Px2_\(dates.0)_\(dates.1)", "Correl_\(dates.0)_\(dates.1)")
    case .motion(let tile), .event(let tile):
      (
        "MM_EW_displ_\(tile)_\(dates.0)_vs_\(dates.1)_corrected",
        "MM_NS_displ_\(tile)_\(dates.0)_vs_\(dates.1)_corrected", "MM_Corr_\(tile)_\(dates.0)_vs_\(dates.1)"
      )
    }
  }

  private static func limited(_ values: Grid<Float>, _ rows: PairRows, _ limit: Double?) -> Grid<Float> {
    guard let limit else { return values }
    var kept = values
    for i in kept.cells.indices where Double(hypot(rows.dx.cells[i], rows.dy.cells[i])) > limit {
      kept.cells[i] = .nan
    }
    return kept
  }
}

// MARK: - Stacks

extension GEPExport {
  /// Writes what was fused from all pairs of a stack.
  ///
  /// - Parameters:
  ///   - place: the lattice of the fusion.
  ///   - dates: first and last date of the scenes used.
  ///   - rows: layers of a run of rows.
  /// - Returns: names of the files.
  package func write(
    _ place: Georeference, dates: (first: PublishedScene, last: PublishedScene),
    rows: (Range<Int>) throws -> FusedMotion
  ) throws -> [String] {
    let span = (FileWords.compact(dates.first.date), FileWords.compact(dates.last.date))
    let targets = stackTargets(span)
    let writers = try targets.map { try writer($0.target, place) }
    for first in stride(from: 0, to: place.rows, by: 128) {
      let motion = try rows(first..<min(first + 128, place.rows))
      for (writer, target) in zip(writers, targets) {
        let factor = target.factor
        try writer.write(motion[target.layer].map { $0 * factor }, atRow: first)
      }
    }
    for writer in writers { try writer.finish() }
    return writers.map { Self.fileName($0.path) }
  }

  private func stackTargets(_ span: (String, String)) -> [(layer: FusedLayer, factor: Float, target: Target)] {
    let perDay = Float(1 / StrainAnalysis.daysPerYear)
    let (first, last) = span
    switch service {
    case .mpic:
      // MPIC's means are of absolute values: they have no direction, so no sign is turned.
      return [
        (
          .vectorCoherence, 1,
          .init(name: "vector_coherence_\(first)_\(last)", unit: "", description: "vector coherence")
        ),
        (
          .meanDisplacement, 1,
          .init(name: "mean_displacement_\(first)_\(last)", unit: "m", description: "mean length")
        ),
        (
          .eastMeanAbsolute, perDay,
          .init(name: "mean_veloc_ew_\(first)_\(last)", unit: "m/d", description: "mean absolute east-west velocity")
        ),
        (
          .northMeanAbsolute, perDay,
          .init(
            name: "mean_veloc_ns_\(first)_\(last)", unit: "m/d", description: "mean absolute north-south velocity")
        ),
      ]
    case .motion(let tile):
      func name(_ word: String) -> String { "MM_\(word)_\(tile)_\(first)_to_\(last)" }
      return [
        (.speed, perDay, .init(name: name("Mean_velocity_magnitude"), unit: "m/d", description: "speed")),
        (
          .eastVelocity, perDay,
          .init(name: name("Mean_velocity_EW"), unit: "m/d", description: "velocity, east positive")
        ),
        (
          .northVelocity, -perDay,
          .init(name: name("Mean_velocity_NS"), unit: "m/d", description: "velocity, south positive")
        ),
        (.qualityIndex, 100, .init(name: name("Quality_index"), unit: "%", description: "pairs above the threshold")),
        (.vectorCoherence, 1, .init(name: name("Vector_coherence"), unit: "", description: "vector coherence")),
      ]
    case .event(let tile):
      func name(_ word: String) -> String { "MM_\(word)_\(tile)_\(first)_to_\(last)" }
      return [
        (
          .displacement, 1,
          .init(name: name("Mean_displacement_magnitude"), unit: "m", description: "length of the mean displacement")
        ),
        (
          .eastDisplacement, 1,
          .init(name: name("Mean_displacement_EW"), unit: "m", description: "mean displacement, east positive")
        ),
        (
          .northDisplacement, -1,
          .init(name: name("Mean_displacement_NS"), unit: "m", description: "mean displacement, south positive")
        ),
        (.qualityIndex, 100, .init(name: name("Quality_index"), unit: "%", description: "pairs above the threshold")),
      ]
    }
  }
}

// MARK: - Files

extension GEPExport {
  private func writer(_ target: Target, _ place: Georeference) throws -> RasterWriter {
    var layout = RasterLayout(
      rows: place.rows, columns: place.columns, type: target.isByte ? .uint8 : .float32, transform: place.transform,
      crs: place.crs)
    (layout.unit, layout.description) = (target.unit, target.description)
    if target.isByte {
      let isMask = target.name.hasPrefix("cloud")
      layout.nodata = isMask ? nil : 0
      if isMask { layout.overviews = .nearest }
    }
    return try RasterWriter.create("\(folder)/\(target.name).tif", layout)
  }

  private static func fileName(_ path: String) -> String {
    String(path[path.index(after: path.lastIndex(of: "/")!)...])
  }

  /// Down is south unless rows run north.
  private func southSign(_ place: Georeference) -> Float { (place.transform?.northPerRow ?? -1) > 0 ? -1 : 1 }

  private func eastSign(_ place: Georeference) -> Float { (place.transform?.eastPerColumn ?? 1) < 0 ? -1 : 1 }
}
