// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import Matching
import Parameters
import Processing
import Products
import RasterIO
import TimeSeries

/// Files in the layouts of other services that a run can write beside its own.
public enum StackExport: String, ParameterChoice {
  case netcdf, gep

  public var summary: String {
    switch self {
    case .netcdf: "each pair as a NetCDF file in the layout of ITS_LIVE; needs scenes on a map"
    case .gep:
      "pairs and means under the names, units and signs of GEP's services: those of MPIC-OPT, or of GDM-OPT for ice, slide and quake"
    }
  }
}

/// Styles, catalogue items and the files of other services.
struct StackExports {
  let result: StackResult
  let folder: RunFolder

  private var context: StackContext { result.context }

  /// Whose names the export under GEP's names takes.
  private var gepNames: GEPExport.Service {
    let tile = result.network.dates.compactMap { result.input.dates[$0].pass.tile }.first ?? "scene"
    return switch result.asked.exportNames {
    case .mpic: .mpic
    case .motion: .motion(tile: tile)
    case .event: .event(tile: tile)
    }
  }

  /// - Returns: what could not be made, with its cause.
  func write() throws -> [StackProblem] {
    let wanted = context.parameters.run.exports, progress = context.runner.progress
    try writeStyles()
    var problems: [StackProblem] = []
    let pairs = result.corrected.pairs
    progress.begin("exports", total: pairs.count * wanted.count + 1, unit: "files")
    defer { progress.end() }
    for pair in wanted.isEmpty ? [] : pairs {
      for export in wanted {
        try context.runner.cancellation.check()
        do {
          if try !write(pair, as: export) { progress.reuse(1) }
        } catch let error as RasterError where error.kind == .badCRS || error.kind == .gridMismatch {
          problems.append(StackProblem(what: "\(export.rawValue) of pair \(pair.matched.name)", cause: "\(error)"))
        }
        progress.advance()
      }
    }
    if wanted.contains(.gep) { try writeMeans() }
    try writeCatalogue()
    progress.advance()
    return problems
  }

  /// - Returns: false where an earlier run has left the files.
  private func write(_ pair: CorrectStage.Pair, as export: StackExport) throws -> Bool {
    let published = self.published(pair)
    let weights = export == .gep ? result.clouds.keys.map(\.checksum) : []
    let key = key(export, [pair.checksum] + weights, [published.earlier, published.later])
    let group = "\(export.rawValue)/\(pair.matched.name)"
    return try folder.write(group: group, key: key, to: export.rawValue) { place in
      switch export {
      case .netcdf:
        var options = PairVelocityFile.Options()
        options.softwareVersion = result.version
        return [try PairVelocityFile(published, options).write(to: place).name]
      case .gep: return try GEPExport(gepNames, folder: place).write(published)
      }
    }
  }

  private func writeMeans() throws {
    let scenes = result.network.network.scenes, lattice = result.plan.lattice
    let first = published(result.network.dates[0]), last = published(result.network.dates[scenes.count - 1])
    let key = key(.gep, result.fused.keys.map(\.checksum), [first, last])
    try folder.write(group: "gep/means", key: key, to: "gep") { place in
      try GEPExport(gepNames, folder: place).write(self.place, dates: (first, last)) { rows in
        let window = Window(row: rows.lowerBound, column: 0, rows: rows.count, columns: lattice.columns)
        let kept = FusedLayer.all(ofEvents: result.isEvent)
        let grids = try result.fused.layers.floats(kept.map(\.rawValue), window)
        var motion = FusedMotion(rows: window.rows, columns: window.columns)
        for (layer, grid) in zip(kept, grids) { motion[layer] = grid }
        return motion
      }
    }
  }

  /// Of all that the files of an export are made from.
  private func key(_ export: StackExport, _ reads: [Checksum], _ scenes: [PublishedScene]) -> UnitKey {
    let reader = CorrectedOffsets(context, sigmas: result.sigmas)
    return StageIdentity(
      "stack-export-\(export.rawValue)", version: 1,
      parameters: reader.parameters.merged(with: [
        "scenes": .array(scenes.map { .string("\($0)") }), "names": .string("\(gepNames)"),
        "software": .string(result.version),
      ])
    ).key(reading: reads)
  }

  private func writeStyles() throws {
    let styles = try parallelMap(result.asked.layers, threads: context.threads) { layer in
      try context.runner.cancellation.check()
      return layer.style(values: try result.reduced(layer).grid.cells)
    }
    for (layer, style) in zip(result.asked.layers, styles) {
      try folder.write(style.qml, to: "products/\(layer.rawValue).qml")
    }
  }
}

// MARK: - In the words of the files

extension StackExports {
  /// The lattice as a raster.
  private var place: Georeference {
    let lattice = result.plan.lattice, grid = result.georeference
    return Georeference(
      name: grid.name, rows: lattice.rows, columns: lattice.columns,
      transform: grid.transform.map { _ in MatchWriter.transform(of: lattice, in: grid) }, crs: grid.crs)
  }

  private func published(_ date: Int) -> PublishedScene {
    let pass = result.input.dates[date].pass
    var scene = PublishedScene(id: pass.id, date: pass.date)
    // `Sentinel-2A`, `Landsat 8`: what follows the name is the satellite.
    let satellite = (pass.platform ?? "").split(whereSeparator: { "- ".contains($0) }).last.map(String.init) ?? ""
    switch pass.scenes[0].mission {
    case .sentinel2: (scene.mission, scene.satellite, scene.sensor) = ("Sentinel-2", satellite, "MSI")
    case .landsat: (scene.mission, scene.satellite) = ("Landsat", satellite)
    case .plain: break
    }
    return scene
  }

  private func published(_ pair: CorrectStage.Pair) -> PublishedPair {
    let link = result.network.network.pairs[pair.matched.place], network = result.network
    let reader = CorrectedOffsets(context, sigmas: result.sigmas), columns = result.plan.lattice.columns
    let dates = (network.dates[link.earlier], network.dates[link.later])
    let lattice = result.plan.lattice, weights = result.clouds.weights
    var out = PublishedPair(
      earlier: published(dates.0), later: published(dates.1), place: place, spacing: Double(lattice.spacing)
    ) { rows in
      let window = Window(row: rows.lowerBound, column: 0, rows: rows.count, columns: columns)
      let values = try reader.values(pair, window)
      let missing = values.ncc.map { _ in Float.nan }
      var found = PairRows(
        dx: values.offsets.dx, dy: values.offsets.dy, dxSigma: values.offsets.dxSigma ?? missing,
        dySigma: values.offsets.dySigma ?? missing, ncc: values.ncc)
      found.isCloudy = try weights.map { try Self.cloudy($0, [dates.0, dates.1], lattice.part(window)) }
      return found
    }
    out.isBackward = link.isBackward
    if context.parameters.matching.matcher == .regularised {
      out.templateWindow = Double(2 * context.parameters.matching.regularised.windowHalf + 1)
    }
    if let before = pair.report.before, let after = pair.report.after, after.count > 0 {
      out.stable = StableGroundSummary(
        count: after.count, shift: (before.medianX - after.medianX, before.medianY - after.medianY),
        spreadRight: after.nmadX, spreadDown: after.nmadY)
    }
    return out
  }

  /// Where either date has hardly any weight.
  private static func cloudy(_ weights: TiledUnits, _ dates: [Int], _ lattice: PointLattice) throws -> Grid<Bool> {
    var out = Grid(rows: lattice.rows, columns: lattice.columns, filledWith: false)
    for date in dates {
      let bytes = try weights.bytes(CloudStage.field(date), lattice.pixels, outside: .max)
      for row in 0..<out.rows {
        for column in 0..<out.columns {
          // Pixels without data are no cloud.
          let weight = bytes[row * lattice.spacing, column * lattice.spacing]
          if weight != CloudStage.missing, weight < 64 { out[row, column] = true }
        }
      }
    }
    return out
  }
}

// MARK: - Catalogue

extension StackExports {
  private func writeCatalogue() throws {
    let network = result.network.network
    var catalogue = try RunCatalogue(id: URL(filePath: folder.path).lastPathComponent, place: place)
    catalogue.title = "Motion from \(network.scenes.count) dates"
    catalogue.lineage =
      "Offsets of \(result.corrected.pairs.count) pairs by the matcher \(context.matcher.name), corrected and fused"
    catalogue.softwareVersion = result.version
    catalogue.processed = ISO8601DateFormatter().string(from: Date())
    let files = CatalogueFiles(folder, context.runner.cancellation), products = StackProducts(result: result)
    try files.hash(
      result.asked.layers.map(StackProducts.file)
        + result.corrected.pairs.flatMap { products.pairFiles($0).map(\.0) }, threads: context.threads)
    catalogue.shared = try result.givenFiles.map { try files.input($0) }
    for pair in result.corrected.pairs {
      let link = network.pairs[pair.matched.place]
      let inputs = try [link.earlier, link.later].map { result.network.dates[$0] }.flatMap { date in
        let id = result.input.dates[date].pass.id
        return try result.input.dates[date].matched.files.map { try files.input($0, title: id) }
          + result.detectorFiles[date].map { try files.input($0, title: "\(id), detector footprint") }
      }
      catalogue.add(
        published(pair), inputs: inputs,
        files: try products.pairFiles(pair).map { try files.raster($0.0, title: $0.1, unit: $0.2) })
    }
    if let first = result.network.dates.first, let last = result.network.dates.last {
      catalogue.addFusion(
        dates: (result.input.dates[first].pass.date, result.input.dates[last].pass.date),
        files: try result.asked.layers.map {
          try files.raster(StackProducts.file($0), title: StackProducts.title($0), unit: result.unit($0))
        })
    }
    try files.checksums.save()
    for document in catalogue.documents { try folder.write(document.text, to: document.path) }
  }
}
