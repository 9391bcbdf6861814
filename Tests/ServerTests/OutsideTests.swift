// SPDX-License-Identifier: Apache-2.0
import Foundation
import ProductFixtures
import TestSupport
import Testing

/// The clients and validators that others wrote, on a server of its own each; the scripts stand in `Tests/OutsideTests`.
@Suite(
  "Clients and validators of others", .serialized,
  .enabled(if: PythonEnvironment.outside != nil, "\(PythonEnvironment.reason)"))
final class OutsideTests {
  private let server: RunningServer
  /// Offered by the server; for images and items.
  private let folder: URL
  private static let schemas = SharedData.folder?.appending(path: "schemas").path
  private static let hasSchemas = schemas.map(FileManager.default.fileExists(atPath:)) ?? false
  /// Lets Python programs find the schemas without a network.
  private static let schemaModule = SharedData.folder?.appending(path: "tools/stac_offline").path

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ogive-outside-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    server = try RunningServer(["--share", folder.path])
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func check(_ script: String, _ arguments: [String] = [], _ environment: [String: String] = [:]) throws {
    let python = try #require(PythonEnvironment.outside)
    let all = [server.base, server.token] + arguments
    let outcome = try python.run("OutsideTests/\(script)", all, environment: environment)
    #expect(outcome.status == 0, "\(outcome.output.suffix(20_000))")
    print(outcome.output.split(separator: "\n").last.map(String.init) ?? "")
  }

  @Test("OWSLib lists and describes all processes, and executes one at once and later")
  func processes() throws { try check("processes_client.py") }

  @Test("the schemas of all inputs and outputs, also those of mixed types, are valid by openapi-schema-validator")
  func descriptions() throws { try check("descriptions.py") }

  @Test("pystac-client finds the right images of 72 by area, time and CQL2 in both forms, page by page")
  func search() throws { try check("stac_client.py", [folder.path]) }

  @Test(
    "stac-api-validator has no errors in core, collections, features, item search and filter",
    .enabled(if: hasSchemas, "needs the published STAC schemas"))
  func stacAPI() throws {
    let environment = ["SCHEMA_ROOT": try #require(Self.schemas), "PYTHONPATH": try #require(Self.schemaModule)]
    try check("stac_validator.py", [folder.path], environment)
  }

  @Test(
    "every item and collection, of imports, scene folders, results and packages, is valid with its extensions",
    .enabled(if: hasSchemas, "needs the published STAC schemas"))
  func documents() throws {
    let scenes = folder.appending(path: "scenes").path
    for day in ["20220413", "20220423"] {
      try SafeFixture(level: "2A", baseline: "04.00", day: day).write(to: scenes)
    }
    try check("documents.py", [folder.path, try #require(Self.schemas)])
  }

  @Test("the OpenAPI document is valid, and schemathesis finds 0 failures")
  func interface() throws { try check("interface.py", [folder.path]) }
}
