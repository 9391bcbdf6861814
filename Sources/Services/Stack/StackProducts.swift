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
    /// Values of a window of the lattice.
    let read: @Sendable (Window) throws -> Grid<Float>
  }

  /// Writes everything; what an earlier run left whole is kept.
  func write() throws {
    let pieces = fusedPieces + pairPieces, progress = context.runner.progress
    progress.begin("publish", total: pieces.count, unit: "files")
    defer { progress.end() }
    _ = try parallelMap(pieces, threads: context.threads) { piece in
      try context.runner.cancellation.check()
      let isNew = try context.folder.write(piece.name, key: piece.key) { try write(piece, to: $0) }
      if !isNew { progress.reuse(1) }
      progress.advance()
    }
  }

  static func title(_ layer: FusedLayer) -> String {
    switch layer {
    case .eastVelocity: "mean velocity to the east"
    case .northVelocity: "mean velocity to the north"
    case .speed: "length of the mean velocity"
    case .eastSigma: "standard deviation of the mean velocity to the east"
    case .northSigma: "standard deviation of the mean velocity to the north"
    case .eastMedian: "median of the pairs' velocities to the east"
    case .northMedian: "median of the pairs' velocities to the north"
    case .eastMeanAbsolute: "mean of the pairs' absolute velocities to the east, as MPIC"
    case .northMeanAbsolute: "mean of the pairs' absolute velocities to the north, as MPIC"
    case .eastDisplacement: "mean displacement of the pairs to the east"
    case .northDisplacement: "mean displacement of the pairs to the north"
    case .displacement: "length of the mean displacement"
    case .eastDisplacementSigma: "standard deviation of the mean displacement to the east"
    case .northDisplacementSigma: "standard deviation of the mean displacement to the north"
    case .meanDisplacement: "mean length of the pairs' displacements, as MPIC"
    case .eastSpread: "standard deviation of single pairs' velocities to the east"
    case .northSpread: "standard deviation of single pairs' velocities to the north"
    case .count: "pairs that entered the means"
    case .qualityIndex: "share of the pairs whose correlation is above the threshold"
    case .vectorCoherence: "vector coherence, long vectors count more (Dehecq et al. 2015)"
    case .unitVectorCoherence: "vector coherence of directions alone (Charrier et al. 2025)"
    }
  }

  private var fusedPieces: [Piece] {
    let stage = StageIdentity("stack-raster", version: 1, parameters: [:])
    let made = result.fused.keys.map(\.checksum), layers = result.fused.layers
    return result.asked.layers.map { layer in
      let unit = result.unit(layer)
      return Piece(
        name: Self.file(layer),
        key: stage.key(reading: made + [SHA256.checksum(of: "\(layer.rawValue) \(unit)")]), unit: unit,
        title: Self.title(layer), read: { try layers.floats([layer.rawValue], $0)[0] })
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

  private var pairPieces: [Piece] {
    let reader = CorrectedOffsets(context, sigmas: result.sigmas)
    let stage = StageIdentity("stack-pair-raster", version: 1, parameters: reader.parameters)
    return result.corrected.pairs.flatMap { pair in
      wantedFiles.map { name, title in
        Piece(
          name: Self.file(name, of: pair), key: stage.key(reading: [pair.checksum, SHA256.checksum(of: name)]),
          unit: Self.unit(name), title: title, read: { try Self.layer(name, of: try reader.values(pair, $0)) })
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

  private static func layer(_ name: String, of values: CorrectedOffsets.Values) throws -> Grid<Float> {
    let field = values.offsets
    switch name {
    case "dx": return field.dx
    case "dy": return field.dy
    case "dx-sigma": return field.dxSigma ?? field.dx.map { _ in .nan }
    case "dy-sigma": return field.dySigma ?? field.dy.map { _ in .nan }
    default: return values.ncc
    }
  }

  private func write(_ piece: Piece, to path: String) throws {
    let lattice = result.plan.lattice
    var layout = RasterLayout(
      rows: lattice.rows, columns: lattice.columns,
      transform: MatchWriter.transform(of: lattice, in: result.georeference),
      crs: result.georeference.crs)
    layout.unit = piece.unit
    layout.description = piece.title
    let writer = try RasterWriter.create(path, layout)
    let parts = TilePlan(rows: lattice.rows, columns: lattice.columns, tileRows: 512, tileColumns: 2048)
    for index in 0..<parts.count {
      let part = parts[index]
      try writer.write(try piece.read(part), atRow: part.row, column: part.column)
    }
    try writer.finish()
  }
}
