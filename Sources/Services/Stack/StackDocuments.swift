// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Parameters
import Processing
import TimeSeries

/// Writes what describes a stack run: network, summary, report and, last of all, the lock file that says it is complete.
struct StackDocuments {
  let result: StackResult
  let folder: RunFolder

  func write(_ command: String) throws {
    try folder.write(Self.picture(result.network.figure), to: "network.svg")
    try folder.write(summary.text(.pretty) + "\n", to: "summary.json")
    let page = try MatchReportPage(StackReport(result: result).content(), encodePNG: MatchWriter.encodePNG).html()
    try folder.write(page, to: "report.html")
    try writeQuicklooks()
    let job = JobFile(
      process: command, inputs: result.asked.json,
      provenance: ["version": .string(result.version), "inputs": try inputs])
    try folder.write(job.json.text(.pretty) + "\n", to: "config.lock.json")
  }

  /// The drawing as a file that brings its own looks.
  private static func picture(_ figure: PairNetworkFigure) -> String { SVGDocument.standalone(figure.svg()) }

  /// Small pictures of what the run is about, for folder views and pages.
  private func writeQuicklooks() throws {
    let layers = ReportLayers(isEvent: result.isEvent)
    for layer in [layers.length, layers.east, layers.north] {
      let picture = Quicklook.render(try result.reduced(layer).grid, isSigned: layer.styleContent == .signed).image
      try folder.write(quicklook: layer.rawValue, picture)
    }
  }

  /// Every file that the result is made from, each once, with its checksum: that of the archive for files in one.
  private var inputs: JSONValue {
    get throws {
      let used = result.network.dates.flatMap { date in
        let input = result.input.dates[date]
        return ([input.matched] + input.others).flatMap(\.files) + result.detectorFiles[date]
      }
      return try CatalogueFiles(folder, result.context.runner.cancellation).lockEntries(used + result.givenFiles)
    }
  }

  private var summary: JSONObject {
    let r = result, network = r.network.network
    var out = JSONObject()
    out["scenes"] = .array(
      network.scenes.indices.map { index in
        let scene = network.scenes[index]
        return [
          "id": .string(scene.id), "date": .string(scene.date.description), "cloudShare": JSONValue(scene.cloudShare),
          "pairs": .integer(network.pairsPerScene[index]),
          "leftOut": network.leftOut.first { $0.scene == index }.map { .string($0.text) } ?? .null,
        ]
      })
    out["grid"] = [
      "rows": .integer(r.input.grid.rows), "columns": .integer(r.input.grid.columns),
      "crs": r.input.grid.crs.map { .string($0.description) } ?? .null,
    ]
    out["pairs"] = .array(
      zip(r.corrected.pairs, r.fused.tallies).map { pair, tallies in
        [
          "name": .string(pair.matched.name),
          "filters": .array(
            tallies.map {
              ["name": .string($0.name), "tested": .integer($0.tested), "takenOut": .integer($0.takenOut)]
            }),
          "separationDays": .number(network.pairs[pair.matched.place].separation),
          "corrections": pair.report.json,
        ]
      })
    out["leftOutPairs"] = .array(
      r.network.leftOutPairs.map { ["name": .string($0.what), "cause": .string($0.cause)] })
    out["parts"] = .integer(network.components.count)
    out["closureLoops"] = .integer(network.closureLoops.count)
    out["stableGround"] = .string(r.stableSource)
    out["sceneErrorShare"] = JSONValue(r.fused.summary.sceneErrorShare)
    out["sigmaFactor"] = JSONValue(r.fused.summary.sigmaFactor)
    out["pairSigma"] =
      r.sigmas.map {
        [
          "base": .number($0.base), "decorrelation": .number($0.decorrelation), "factor": .number($0.factor),
          "unit": "px²",
        ]
      } ?? .null
    out["unit"] = .string(r.unit(.speed))
    out["failed"] = .array(r.problems.map { ["what": .string($0.what), "cause": .string($0.cause)] })
    out["notices"] = .array((r.network.remarks + r.notices).map { .string($0) })
    out["version"] = .string(r.version)
    return out
  }
}
