// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import Processing

/// Two stages of units and a product made of them: the least that behaves like a service.
struct UnitsCommand: Command, EstimatingCommand {
  struct Parameters: ParameterSet {
    @Parameter("Folder for the results") var out: OutputFolder
    @Parameter("Units of each of the two stages", in: 1...10_000) var count = 4
    @Parameter("Time that a unit takes", unit: "s", in: 0...) var seconds = 0.0
    @Parameter("Number that all results depend on") var seed = 1
    @Parameter("Number that results of the second stage depend on") var gain = 1
    @Parameter("Unit of the second stage that fails, from 0; none when absent") var broken: Int?
    @Parameter("Threads", in: 1...) var threads = 1
    @Parameter("Memory to use", unit: "MB", in: 1...) var memory = 512
    @Parameter("Whether the units stay when the run has ended") var keepUnits = true
  }

  struct Broken: Error, CustomStringConvertible { let description = "this unit is broken" }

  let id = "units"
  let summary = "Compute units in two stages and write a table of them"

  func estimate(_ parameters: Parameters) throws -> CommandEstimate {
    let seconds = 2 * Double(parameters.count) * parameters.seconds / Double(parameters.threads)
    var estimate = CommandEstimate(
      seconds: .init(low: seconds / 2, likely: seconds, high: seconds * 2), memoryBytes: 50_000_000,
      diskBytes: 1_000 * parameters.count, isMeasured: true, lines: ["\(parameters.count) units in two stages"])
    (estimate.work, estimate.coreSeconds) = ("units", 1e-3)
    return estimate
  }

  func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let parameters = invocation.parameters
    let folder = try RunFolder(at: parameters.out.path, for: id)
    try folder.remember(JobFile(process: id, inputs: parameters.json))
    let runner = StageRunner(
      threads: parameters.threads, store: folder.units, cancellation: .watchingSignals(),
      progress: ProgressReporter(),
      log: try RunLog(folder))
    let first = StageIdentity("first", version: 1, parameters: ["seed": .integer(parameters.seed)])
    let keys = (0..<parameters.count).map { Self.key(first, $0) }
    _ = try runner.run("first", unit: "units", Self.units(keys)) {
      try result(Double($0 * parameters.seed), parameters)
    }
    let second = StageIdentity("second", version: 1, parameters: ["gain": .integer(parameters.gain)])
    let others = keys.indices.map { second.key(reading: [keys[$0].checksum]) }
    let outcomes = try runner.run("second", unit: "units", Self.units(others)) { index in
      if index == parameters.broken { throw Broken() }
      let arrays = try folder.units.load(keys[index], rows: nil)
      return try result(Double(arrays.floats("value")?.cells.first ?? 0) + Double(parameters.gain), parameters)
    }
    let lines = others.map { key in
      folder.units.load(key)?.floats("value")?.cells.first.map { "\($0)\n" } ?? "missing\n"
    }
    try folder.write(lines.joined(), to: "table.txt")
    try folder.finish(keepingUnits: parameters.keepUnits)
    invocation.console.print("wrote \(lines.count) lines")
    return outcomes.allSatisfy(\.isDone) ? .done : .partlyDone
  }

  private static func key(_ stage: StageIdentity, _ index: Int) -> UnitKey {
    stage.key(reading: [], window: Window(row: index, column: 0, rows: 1, columns: 1))
  }

  private static func units(_ keys: [UnitKey]) -> [StageUnit] {
    keys.enumerated().map { StageUnit("unit \($0.offset)", key: $0.element) }
  }

  private func result(_ value: Double, _ parameters: Parameters) throws -> UnitArrays {
    Thread.sleep(forTimeInterval: parameters.seconds)
    return UnitArrays([.init("value", Grid<Float>(rows: 1, columns: 1, cells: [Float(value)]))])
  }
}
