// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Processing
import Testing

@Suite("Measuring a host")
struct HostMeasurementTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func said(_ words: [String]) async throws -> CommandOutput {
    try await CommandOutput.of(
      Scratch.program.path, words, environment: ["XDG_CACHE_HOME": "\(scratch.path)/cache"], within: 90)
  }

  private func estimate(_ words: [String]) async throws -> CommandEstimate {
    let path = "\(scratch.path)/job.json"
    try JobFolder(scratch.path).write(
      JobFile(process: "units", inputs: ["count": 10, "seconds": 2]).json, to: path)
    let answer = try JSONValue(parsing: try await said(["estimate", path] + words).output)
    return try #require(answer["estimate"].flatMap(CommandEstimate.init(json:)))
  }

  @Test("an estimate is nominal until the host was measured, which happens once, and is scaled by it then")
  func measured() async throws {
    let nominal = try await estimate(["--no-measure"])
    #expect(nominal.seconds == .init(low: 20, likely: 40, high: 80))
    let file = "\(scratch.path)/cache/ogive/speed.json"
    #expect(!FileManager.default.fileExists(atPath: file))
    let adjusted = try await estimate([])
    let first = try String(contentsOfFile: file, encoding: .utf8)
    let factors = try JSONValue(parsing: first)["factors"]
    let factor = try #require(factors?["units"]?.doubleValue)
    // What cannot be estimated teaches nothing. The worker takes more than the millisecond that it claims.
    #expect(factors?.objectValue?.keys == ["units"] && factor > 2)
    #expect(abs(adjusted.seconds.likely / (40 * factor) - 1) < 1e-6 && adjusted.isMeasured)
    #expect(try await estimate(["--no-measure"]) == adjusted)
    // What was measured beside other work would be measured again in a quieter minute.
    let quiet = first.replacing("\"busy\": true", with: "\"busy\": false")
    try quiet.write(toFile: file, atomically: true, encoding: .utf8)
    #expect(try await said(["measure-host"]).code == 0)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == quiet)
  }
}
