// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Parameters
import Processing
import TimeSeries

/// A stack from its scenes to the report: `scenes`, `grid`, `clouds`, `network`, `match`, `correct`, `calibrate`, `fuse`, `publish`.
///
/// Every stage but the first keeps what it makes as units under the hash of what they are made from, and asks for those
/// of the stages before it by the same hashes. A run that was stopped, or is done again with other parameters, computes
/// what is missing and nothing else.
struct StackRun {
  let command: String
  /// What was said to the command.
  let asked: any StackService
  /// Parameters that the user has set.
  let given: Set<String>
  let version: String
  let progress: ProgressReporter
  let cancellation: Cancellation

  /// What the chain is told.
  private var parameters: MpicParameters { asked.chain }
  private var threads: Int { parameters.run.threads ?? ProcessInfo.processInfo.activeProcessorCount }

  /// What the command prints at the end.
  struct Outcome {
    let folder: String
    let lines: [String]
    let notices: [String]
    let problems: [StackProblem]
    /// Why there is not one value in the result; nil where there are.
    var nothing: String?
  }

  /// What a run will take; its scenes are opened for that.
  static func estimate(_ parameters: MpicParameters) throws -> CommandEstimate {
    try InvertParameters.check(parameters)
    let input = try StackInput(parameters)
    try TerrainStage.check(parameters, hasScale: input.grid.isOnMap || parameters.images.pixelSize != nil)
    let elevation = try parameters.corrections.dem.map { try ElevationModel($0.path) }
    let threads = parameters.run.threads ?? ProcessInfo.processInfo.activeProcessorCount
    let prepared = try StackPreparation(input, parameters, elevation, threads: threads, rates: HostRates.load())
    var estimate = prepared.estimate.command
    estimate.details = ["network": .object(prepared.networkJSON)]
    return estimate
  }

  /// - Throws: what no stage can go on from; what fails by itself is in the outcome.
  func run() throws -> Outcome {
    let input = try StackInput(parameters)
    // Opened before anything is written: an address may lead nowhere.
    try TerrainStage.check(parameters, hasScale: input.grid.isOnMap || parameters.images.pixelSize != nil)
    let elevation = try parameters.corrections.dem.map { try ElevationModel($0.path) }
    _ = try elevation?.heights(on: input.grid)
    let prepared = try StackPreparation(
      input, parameters, elevation, threads: threads, rates: HostRates.load())
    if parameters.run.dryRun {
      return Outcome(
        folder: parameters.out.path, lines: prepared.lines, notices: input.notices, problems: input.problems)
    }
    let folder = try RunFolder(at: parameters.out.path, for: command, neededBytes: prepared.estimate.bytes)
    do {
      return try run(input, elevation, prepared, folder)
    } catch {
      folder.discardIfEmpty()
      throw error
    }
  }

  private func run(
    _ input: StackInput, _ elevation: ElevationModel?, _ prepared: StackPreparation, _ folder: RunFolder
  ) throws -> Outcome {
    let plan = prepared.plan, estimate = prepared.estimate
    try folder.remember(JobFile(process: command, inputs: inputs))
    let log = try RunLog(folder)
    log.write("start", "\(input.dates.count) dates")
    let runner = StageRunner(
      threads: threads, store: folder.units, cancellation: cancellation, progress: progress, log: log)
    let context = StackContext(
      parameters: parameters, plan: plan, folder: folder, runner: runner, matcher: prepared.matcher,
      ranges: prepared.ranges)
    progress.expect(estimate.stages)
    let grid = try GridStage(context: context, input: input).run()
    let clouds = try CloudStage(context: context, input: input, grid: grid).run()
    let scale = try GroundScale(input.grid.georeference, plan.lattice, pixelSize: parameters.images.pixelSize)
    let ground = try TerrainStage(context: context, input: input, elevation: elevation, scale: scale).run()
    var network = try StackNetwork(input, grid, clouds, parameters.network)
    if let limit = parameters.masks.maximumMaskedShare {
      let share = MaskedShare(context: context, input: input, images: grid, clouds: clouds, terrain: ground.terrain)
      try network.leaveOut(try share.shares(of: network), above: limit)
    }
    for remark in network.remarks + ground.notices + (prepared.review?.hints ?? []) { progress.note(remark) }
    let before = ResourceUse.ofProcess.cpuSeconds
    let matched = try MatchStage(context: context, network: network, grid: grid).run()
    learn(estimate, matched.computed, ResourceUse.ofProcess.cpuSeconds - before)
    let metres = scale?.step(row: 0, column: 0).pixelSize.width
    let stable = try StackGround(context, elevation: elevation, metresPerPixel: metres)
    let alongTrack = parameters.corrections.destripe || parameters.corrections.dejitter
    let detectors = try StackDetectors(context, input, scale: scale, isNeeded: alongTrack)
    var corrected = try CorrectStage(
      context: context, network: network, matched: matched, ground: stable, terrain: ground.terrain,
      detectors: detectors, metresPerPixel: metres
    ).run()
    var notices = input.notices + ground.notices
    if stable.isStable == nil {
      let (kept, notice) = try MotionGuard(network.network).checked(corrected)
      corrected = kept
      if let notice {
        progress.note(notice)
        notices.append(notice)
      }
    }
    let sigmas = try CalibrateStage(context: context, network: network.network, corrected: corrected).run()
    let fused = try FuseStage(
      context: context, network: network, clouds: clouds, corrected: corrected, sigmas: sigmas, ground: scale
    ).run()
    var result = StackResult(
      context: context, input: input, images: grid, clouds: clouds, network: network, corrected: corrected,
      fused: fused, sigmas: sigmas, ground: scale, stableSource: stable.source,
      notices: notices,
      problems: input.problems + grid.problems + matched.problems + [stable.problem].compactMap { $0 }
        + corrected.problems, asked: asked, given: given, version: version,
      givenFiles: (elevation?.sources ?? []) + parameters.outlineFiles, detectorFiles: detectors.files)
    try StackProducts(result: result).write()
    result.problems += try StackExports(result: result, folder: folder).write()
    try StackDocuments(result: result, folder: folder).write(command)
    log.write("done", "\(corrected.pairs.count) pairs")
    let speeds = try result.reduced(result.isEvent ? .displacement : .speed).grid.cells.filter(\.isFinite)
    let lines = lines(result, speeds)
    let kept =
      grid.allKeys + clouds.keys + ground.keys + matched.pairs.flatMap(\.keys) + corrected.pairs.map(\.key)
    folder.units.prune(keeping: parameters.run.keepUnits ? Set(kept) : [])
    try folder.finish(keepingUnits: parameters.run.keepUnits)
    return Outcome(
      folder: folder.path, lines: lines, notices: result.notices, problems: result.problems,
      nothing: speeds.isEmpty ? try NothingMeasured(context, images: grid, folder: folder.path).reason : nil)
  }

  private func learn(_ estimate: StackEstimate, _ tiles: Int, _ coreSeconds: Double) {
    var rates = HostRates.load()
    let before = rates
    estimate.record(tiles: tiles, coreSeconds: coreSeconds, in: &rates)
    if rates != before { HostRates.save(rates) }
  }

  /// What was given, to be asked for again.
  private var inputs: JSONObject {
    let all = asked.json
    return JSONObject(given.sorted().compactMap { name in all[name].map { (name, $0) } })
  }

  private func lines(_ result: StackResult, _ speed: [Float]) -> [String] {
    let network = result.network.network
    let unit = result.unit(result.isEvent ? .displacement : .speed)
    var out = [
      "\(result.corrected.pairs.count) of \(network.pairs.count) pairs of \(network.scenes.count) dates, "
        + "\(result.plan.lattice.rows) × \(result.plan.lattice.columns) points"
    ]
    if !speed.isEmpty {
      let middle = Double(median(speed))
      out.append(
        "median of the \(result.isEvent ? "displacement" : "mean speed") \((middle * 100).rounded() / 100) \(unit)")
    }
    return out
  }
}
