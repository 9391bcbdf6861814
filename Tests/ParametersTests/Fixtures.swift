// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Synchronization

enum Method: String, ParameterChoice {
  case search
  case leastSquares = "least-squares"
  case dense

  var summary: String {
    switch self {
    case .search: "whole pixels by correlation"
    case .leastSquares: "affine, point by point"
    case .dense: "affine on a grid"
    }
  }
}

enum Preset: String, ParameterChoice {
  case none, glacier

  var summary: String { self == .none ? "no preset" : "large, smooth motion" }
}

struct SearchParameters: ParameterSet {
  static let title = "Search"

  @Parameter("Side of the square template; automatic when absent", unit: "px", in: 5...511)
  var templateWindow: Int?
  @Parameter("Largest offset tried around the prior", unit: "px", in: 0..., .title("Search radius"))
  var searchRadius = 16
  @Parameter("Smallest peak correlation of a match", in: -1...1, .advanced) var minimumCorrelation = 0.3

  init() {}

  func validate() throws(ParameterError) {
    if let window = templateWindow, searchRadius > 20 * window {
      throw .conflict(
        "searchRadius", "`searchRadius` \(searchRadius) is more than 20 times `templateWindow` \(window)")
    }
  }
}

/// One parameter of every kind.
struct FixtureParameters: ParameterSet {
  @Parameter("Earlier image", .positional) var reference: InputFile
  @Parameter("Later image", .positional) var secondary: InputFile
  @Parameter("Folder for the results") var out: OutputFolder
  @Parameter("How offsets are measured") var method = Method.dense
  @Parameter("Defaults for a kind of ground") var preset = Preset.none
  var search = SearchParameters()
  @Parameter("Size of a pixel", unit: "m", in: Double.leastNonzeroMagnitude...) var pixelSize: Double?
  @Parameter("Edges of the box that is measured", .count(4)) var bbox: [Double]?
  @Parameter("Stages that run") var stages = ["search", "refine"]
  @Parameter("Bands, counted from 1", in: 1...99) var bands: [Int] = []
  @Parameter("Day of the earlier image", .absent("from the file name")) var referenceDate: CalendarDate?
  @Parameter("Polygons of ground that is known to be still") var stableTerrain: [InputFile] = []
  @Parameter("Part that is measured") var area: Area?
  @Parameter("Write a report") var report = true
  @Parameter("Overwrite results that are there") var overwrite = false
  @Parameter("Seed of the noise", in: 0...) var seed = 1
  @Parameter("Note that is kept with the results") var note: String?
  @Parameter("Share of the image that must be covered", in: 0..<1, .group("Limits")) var coverage = 0.5

  init() {}

  var implied: JSONObject { preset == .glacier ? ["searchRadius": 64, "method": "search"] : [:] }

  func validate() throws(ParameterError) {
    if area != nil, bbox != nil { throw .conflict("area", "`area` and `bbox` exclude each other; give one") }
  }

  /// The required ones given.
  static func with(_ overrides: JSONObject) throws(ParameterError) -> FixtureParameters {
    let required: JSONObject = ["reference": "a.tif", "secondary": "b.tif", "out": "result"]
    return try FixtureParameters(overrides: required.merged(with: overrides))
  }
}

extension FixtureParameters {
  /// Random values, all allowed.
  static func random(_ generator: inout SeededGenerator) throws -> FixtureParameters {
    func some<Value>(_ value: Value) -> Value? { Bool.random(using: &generator) ? value : nil }
    func text() -> String {
      String((0..<9).map { _ in Character(Unicode.Scalar(UInt8.random(in: 0...255, using: &generator))) })
    }
    var parameters = try FixtureParameters.with(["reference": .string("-" + text())])
    parameters.method = Method.allCases.randomElement(using: &generator) ?? .dense
    parameters.preset = Preset.allCases.randomElement(using: &generator) ?? .none
    parameters.search.templateWindow = some(Int.random(in: 5...511, using: &generator))
    parameters.search.searchRadius = Int.random(in: 0...100, using: &generator)
    parameters.search.minimumCorrelation = Double.random(in: -1...1, using: &generator)
    parameters.pixelSize = some(Double.random(in: 1e-9...1e9, using: &generator))
    parameters.bands = (0..<Int.random(in: 0...4, using: &generator)).map { $0 + 1 }
    parameters.stages = some(["a", "-b"]) ?? []
    parameters.stableTerrain = some(["a,b", InputFile("--c" + text())]) ?? []
    parameters.bbox = some((0..<4).map { _ in Double.random(in: -1e7...1e7, using: &generator) })
    if parameters.bbox == nil {
      parameters.area = some(.box(west: -1e-7, south: 0, east: 1, north: 2)) ?? some(.polygons("a,b.gpkg"))
    }
    parameters.referenceDate = some(
      CalendarDate(dayNumber: Int.random(in: -9999...99999, using: &generator), millisecondOfDay: some(86_399_999)))
    parameters.note = some(text())
    parameters.report = Bool.random(using: &generator)
    parameters.overwrite = Bool.random(using: &generator)
    parameters.coverage = Double.random(in: 0..<1, using: &generator)
    return parameters
  }
}

struct FixtureCommand: Command {
  let id = "match"
  let summary = "Measure motion between two images"
  let discussion = "Both images must show the same ground."
  let examples = ["match a.tif b.tif --out result"]
  let ran: @Sendable (Invocation<FixtureParameters>) throws -> ExitCode

  func run(_ invocation: Invocation<FixtureParameters>) throws -> ExitCode { try ran(invocation) }
}

struct NoParameters: ParameterSet {}

struct PlainCommand: Command {
  typealias Parameters = NoParameters
  let id: String
  let summary: String

  func run(_ invocation: Invocation<NoParameters>) throws -> ExitCode { .done }
}

/// A console that remembers, and the tool of the tests.
final class Recorder: Sendable {
  private struct Record {
    var output = ""
    var errors = ""
    var parameters: FixtureParameters?
    var given: Set<String> = []
  }

  private let record = Mutex(Record())

  var output: String { record.withLock { $0.output } }
  var errors: String { record.withLock { $0.errors } }
  var parameters: FixtureParameters? { record.withLock { $0.parameters } }
  var given: Set<String> { record.withLock { $0.given } }

  func console(width: Int = 100) -> Console {
    Console(width: width, write: { text in self.record.withLock { $0.output += text } }) { text in
      self.record.withLock { $0.errors += text }
    }
  }

  func tool(running: @escaping @Sendable () throws -> ExitCode = { .done }) -> CommandLineTool {
    let command = FixtureCommand { invocation in
      self.record.withLock {
        $0.parameters = invocation.parameters
        $0.given = invocation.given
      }
      return try running()
    }
    let identity = ToolIdentity(name: "ogive", version: "0.1.0", summary: "measures moving ground")
    return CommandLineTool(identity, commands: [command, PlainCommand(id: "info", summary: "Describe an image")])
  }

  /// Runs `ogive` with words that are separated by spaces.
  @discardableResult
  func run(_ line: String) -> ExitCode {
    tool().run(line.split(separator: " ").map(String.init), console: console())
  }
}

/// A folder that is gone after the test.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "ogive-test-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// SplitMix64: the same numbers on every machine.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
