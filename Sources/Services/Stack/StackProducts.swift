// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import Parameters
import Processing
import RasterIO
import TimeSeries

/// The stage `publish`: rasters of the mean motion and of the pairs, each written once for what it is made from.
///
/// Styles, catalogue items and files in the layouts of other services are made from the same values (`StackExports`).
struct StackProducts {
  let result: StackResult

  private var context: StackContext { result.context }

  /// A file to be made.
  private struct Piece: Sendable {
    let name: String
    let key: UnitKey
    let unit, title: String
  }

  /// Files whose values come from one reading: filtering a pair costs more than writing a file of it.
  private struct Group: Sendable {
    let pieces: [Piece]
    /// Values of some of the pieces in a window of the lattice.
    let read: @Sendable (_ places: [Int], Window) throws -> [Grid<Float>]
  }

  /// Writes everything; what an earlier run left whole is kept.
  func write() throws {
    let fused = fusedGroups, pairs = pairGroups, progress = context.runner.progress
    progress.begin("publish", total: (fused + pairs).reduce(0) { $0 + $1.pieces.count }, unit: "files")
    defer { progress.end() }
    _ = try parallelMap(fused, threads: context.threads) { try write($0, threads: 1) }
    // Threads that are left when each pair has one work on parts of a pair.
    let apart = max(1, min(context.threads, pairs.count)), within = max(1, context.threads / apart)
    _ = try parallelMap(pairs, threads: apart) { try write($0, threads: within) }
  }

  static func title(_ layer: FusedLayer) -> String {
    switch layer {
    case .eastVelocity: "mean velocity to the east"
    case .northVelocity: "mean velocity to the north"
    case .speed: "length of the mean velocity"
    case .eastSigma: "standard deviation of the mean velocity to the east"
    case .northSigma: "standard deviation of the mean velocity to the north"
    case .speedSigma: "standard deviation of the length of the mean velocity"
    case .eastMedian: "median of the pairs' velocities to the east"
    case .northMedian: "median of the pairs' velocities to the north"
    case .eastMeanAbsolute: "mean of the pairs' absolute velocities to the east, as MPIC"
    case .northMeanAbsolute: "mean of the pairs' absolute velocities to the north, as MPIC"
    case .eastDisplacement: "mean displacement of the pairs to the east"
    case .northDisplacement: "mean displacement of the pairs to the north"
    case .displacement: "length of the mean displacement"
    case .eastDisplacementSigma: "standard deviation of the mean displacement to the east"
    case .northDisplacementSigma: "standard deviation of the mean displacement to the north"
    case .displacementSigma: "standard deviation of the length of the mean displacement"
    case .meanDisplacement: "mean length of the pairs' displacements, as MPIC"
    case .eastSpread: "standard deviation of single pairs' velocities to the east"
    case .northSpread: "standard deviation of single pairs' velocities to the north"
    case .count: "pairs that entered the means"
    case .qualityIndex: "share of the pairs whose correlation is above the threshold"
    case .vectorCoherence: "vector coherence, long vectors count more (Dehecq et al. 2015)"
    case .unitVectorCoherence: "vector coherence of directions alone (Charrier et al. 2025)"
    }
  }

  private var fusedGroups: [Group] {
    let stage = StageIdentity("stack-raster", version: 1, parameters: [:])
    let made = result.fused.keys.map(\.checksum), layers = result.fused.layers
    return result.asked.layers.map { layer in
      let unit = result.unit(layer)
      let piece = Piece(
        name: Self.file(layer),
        key: stage.key(reading: made + [SHA256.checksum(of: "\(layer.rawValue) \(unit)")]), unit: unit,
        title: Self.title(layer))
      return Group(pieces: [piece]) { try layers.floats([layer.rawValue], $1) }
    }
  }

  static func file(_ layer: FusedLayer) -> String { "products/\(layer.rawValue).tif" }

  /// What single pairs leave: name of the file, title, and which value it is.
  private static let pairFiles = [
    ("dx", "offset to the right, corrected"), ("dy", "offset down, corrected"),
    ("dx-sigma", "standard deviation of the offset to the right"),
    ("dy-sigma", "standard deviation of the offset down"),
    ("ncc", "correlation at the match"),
  ]

  private var pairGroups: [Group] {
    let reader = CorrectedOffsets(context, sigmas: result.sigmas), names = wantedFiles.map(\.0)
    let stage = StageIdentity("stack-pair-raster", version: 1, parameters: reader.parameters)
    guard !names.isEmpty else { return [] }
    return result.corrected.pairs.map { pair in
      let pieces = wantedFiles.map { name, title in
        Piece(
          name: Self.file(name, of: pair), key: stage.key(reading: [pair.checksum, SHA256.checksum(of: name)]),
          unit: Self.unit(name), title: title)
      }
      return Group(pieces: pieces) { places, window in
        let values = try reader.values(pair, window)
        return places.map { Self.layer(names[$0], of: values) }
      }
    }
  }

  private var wantedFiles: ArraySlice<(String, String)> {
    switch context.parameters.run.pairProducts {
    case .none: Self.pairFiles.prefix(0)
    case .offsets: Self.pairFiles.prefix(2)
    case .all: Self.pairFiles.prefix(Self.pairFiles.count)
    }
  }

  private static func file(_ name: String, of pair: CorrectStage.Pair) -> String {
    "pairs/\(pair.matched.name)/\(name).tif"
  }

  private static func unit(_ name: String) -> String { name == "ncc" ? "" : "px" }

  /// The files of a pair that are written: path, title and unit.
  func pairFiles(_ pair: CorrectStage.Pair) -> [(String, String, String)] {
    wantedFiles.map { (Self.file($0.0, of: pair), $0.1, Self.unit($0.0)) }
  }

  private static func layer(_ name: String, of values: CorrectedOffsets.Values) -> Grid<Float> {
    let field = values.offsets
    switch name {
    case "dx": return field.dx
    case "dy": return field.dy
    case "dx-sigma": return field.dxSigma ?? field.dx.map { _ in .nan }
    case "dy-sigma": return field.dySigma ?? field.dy.map { _ in .nan }
    default: return values.ncc
    }
  }

  private func write(_ group: Group, threads: Int) throws {
    try context.runner.cancellation.check()
    let progress = context.runner.progress
    let made = try context.folder.write(group.pieces.map { ($0.name, $0.key) }) { places, paths in
      let writers = try zip(places, paths).map { try RasterWriter.create($1, layout(group.pieces[$0])) }
      let lattice = result.plan.lattice
      let parts = TilePlan(rows: lattice.rows, columns: lattice.columns, tileRows: 512, tileColumns: 2048)
      _ = try parallelMap((0..<parts.count).map { parts[$0] }, threads: threads) { part in
        try context.runner.cancellation.check()
        for (writer, grid) in zip(writers, try group.read(places, part)) {
          try writer.write(grid, atRow: part.row, column: part.column)
        }
      }
      _ = try parallelMap(writers, threads: threads) { writer in
        try writer.finish()
        progress.advance()
      }
    }
    let kept = group.pieces.count - made.count
    progress.reuse(kept)
    progress.advance(by: kept)
  }

  private func layout(_ piece: Piece) -> RasterLayout {
    let lattice = result.plan.lattice
    var layout = RasterLayout(
      rows: lattice.rows, columns: lattice.columns,
      transform: MatchWriter.transform(of: lattice, in: result.georeference),
      crs: result.georeference.crs)
    layout.unit = piece.unit
    layout.description = piece.title
    return layout
  }
}
