// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Processing
import Testing

/// The real tool, if it has been built: `OGIVE_TEST_TOOL`, or `ogive` beside the tests.
enum ToolHere {
  static let path: String? = {
    if let path = ProcessInfo.processInfo.environment["OGIVE_TEST_TOOL"] { return path }
    let folder = URL(filePath: Scratch.program.path).deletingLastPathComponent()
    let path = folder.appending(path: "ogive").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()
}

@Suite(
  "A service by Slurm", .serialized,
  .enabled(if: SlurmHere.isThere && ToolHere.path != nil, "needs a cluster (Scripts/slurm-local) and the tool"))
struct SlurmServiceTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Four dates of a glacier that moves farther and farther.
  private func scenes(_ tool: String) async throws -> [JSONValue] {
    var scenes: [JSONValue] = []
    for (index, name) in ["20200101", "20200111", "20200121", "20200131"].enumerated() {
      let folder = "\(scratch.path)/simulated\(index)"
      let said = try await CommandOutput.of(
        tool,
        [
          "simulate", "texture", "--out", folder, "--rows", "640", "--columns", "640", "--maximum-displacement",
          "\(index)", "--no-gradients", "--quiet",
        ], within: 120)
      try #require(said.code == 0, "\(said.errors)")
      let scene = "\(scratch.path)/\(name).tif"
      try FileManager.default.moveItem(atPath: "\(folder)/secondary.tif", toPath: scene)
      scenes.append(.string(scene))
    }
    return scenes
  }

  private func rasters(_ folder: JobFolder) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.resultPath)
    where name.hasSuffix(".tif") && !name.contains(".ogive/") {
      found[name] = FileManager.default.contents(atPath: "\(folder.resultPath)/\(name)")
    }
    return found
  }

  @Test("a stack whose stages several processes share gives the rasters of one process, byte for byte")
  func stack() async throws {
    let tool = try #require(ToolHere.path)
    let inputs: JSONObject = [
      "scenes": .array(try await scenes(tool)), "pixelSize": 10, "tile": 256, "deshift": false, "deramp": false,
    ]
    let program = WorkerProgram(path: tool)
    var settings = SlurmHere.settings
    (settings.patience, settings.partSeconds, settings.memory) = (1, 2, 700_000_000)
    let shared = try scratch.job("mpic", inputs), alone = try scratch.job("mpic", inputs)
    let executor = SlurmExecutor(program, settings)
    _ = try await executor.start(shared)
    // What it says meanwhile: a machine that is slow just now also shares stages after this one.
    var said: Set<String> = []
    try await eventually(within: 400, "the shared job ends") {
      let state = await executor.states(of: [shared])[0]
      if case .waiting(let words) = state { said.insert(words) }
      if case .ended = state { return true }
      return false
    }
    #expect(shared.folder.exit()?.code == 0, "\(shared.folder.tail().map(\.description))")
    #expect(said.contains { $0.hasPrefix("match: ") && !$0.contains(" in 1 processes") }, "\(said)")
    let local = try await ProcessExecutor(program).finish(alone, within: 400)
    #expect(local?.exit?.code == 0)
    let first = try rasters(shared.folder), second = try rasters(alone.folder)
    #expect(first.count > 3 && first.keys.sorted() == second.keys.sorted())
    for (name, data) in first { #expect(data == second[name], "\(name) differs") }
  }
}
