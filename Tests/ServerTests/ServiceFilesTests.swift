// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// All files of a small job of every service, as the server gives them, and what the programs of others say of them.
@Suite(
  "Files of the services", .serialized,
  .enabled(if: PythonEnvironment.outside != nil, "\(PythonEnvironment.reason)"), ServiceFilesTrait())
struct ServiceFilesTests {
  private func check(_ script: String) throws {
    let python = try #require(PythonEnvironment.outside), files = try #require(ServiceFiles.current)
    try judge(try python.run("OutsideTests/\(script)", [files.folder]))
  }

  private func judge(_ outcome: (status: Int32, output: String)) throws {
    #expect(outcome.status == 0, "\(outcome.output.suffix(20_000))")
    print(outcome.output.split(separator: "\n").last.map(String.init) ?? "")
  }

  @Test("every raster is a valid cloud-optimised GeoTIFF by rio-cogeo, without a warning")
  func rasters() throws { try check("rasters.py") }

  @Test("every NetCDF file passes cf:1.8 without an objection, and every Zarr cube has the same numbers")
  func cubes() throws { try check("cubes.py") }

  @Test("every GeoPackage opens with features and the right map system")
  func vectors() throws { try check("vectors.py") }

  @Test(
    "QGIS opens every raster and every map of a NetCDF file in its map system: UTM south and north, polar, degrees",
    .enabled(if: QGIS.isThere, "needs QGIS's Python module: Scripts/setup --qgis"))
  func qgis() throws {
    let files = try #require(ServiceFiles.current)
    try judge(try PythonEnvironment.run("OutsideTests/qgis_files.py", [files.folder], python: QGIS.python))
  }
}

/// Debian's module belongs to Debian's Python.
enum QGIS {
  static let python = "/usr/bin/python3"
  static let isThere =
    (try? PythonEnvironment.run("OutsideTests/qgis_files.py", ["--check"], python: python))?.status == 0
}

/// The jobs, run once for the suite.
final class ServiceFiles: Sendable {
  @TaskLocal static var current: ServiceFiles?

  struct NotMade: Error, CustomStringConvertible { let description: String }

  private let root: URL
  var folder: String { root.appending(path: "files").path }

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: "ogive-services-\(UUID().uuidString)")
    let images = root.appending(path: "images").path
    try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: true)
    let server = try RunningServer(["--share", images])
    guard let python = PythonEnvironment.outside else { throw NotMade(description: PythonEnvironment.reason) }
    let outcome = try python.run("OutsideTests/services.py", [server.base, server.token, images, folder])
    guard outcome.status == 0 else { throw NotMade(description: outcome.output) }
  }

  deinit { try? FileManager.default.removeItem(at: root) }
}

private struct ServiceFilesTrait: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await ServiceFiles.$current.withValue(ServiceFiles()) { try await function() }
  }
}
