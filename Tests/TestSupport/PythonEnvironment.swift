// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A virtual environment of Python with the programs of others that a test asks for a second opinion.
///
/// Made once in the build folder, with the versions that are named, and again when those change; where Python, its `venv`
/// or PyPI are missing there is none, and tests that need it are left out.
public struct PythonEnvironment: Sendable {
  private let folder: String

  /// What `check_deposit.py` needs.
  public static let deposit = PythonEnvironment(
    "deposit",
    [
      "bagit==1.9.0", "rocrate==0.16.0", "cffconvert==2.0.0", "datacite==1.4.1", "jsonschema==3.2.0",
    ])

  /// What the scripts of `Tests/OutsideTests` need: clients and validators of the server's interfaces and of its files.
  public static let outside = PythonEnvironment(
    "outside",
    [
      "owslib==0.35.0", "pystac-client==0.9.1", "stac-api-validator==0.6.8", "openapi-spec-validator==0.9.0",
      "schemathesis==4.32.5", "rio-cogeo==7.0.4", "compliance-checker==6.1.0", "xarray==2026.9.0", "zarr==3.1.6",
      "pyogrio==0.13.0", "jsonschema==4.26.0", "requests==2.34.2",
    ])

  /// An identity provider to log in with.
  public static let provider = PythonEnvironment("provider", ["oidc-provider-mock==0.3.4"])

  /// Why there may be none.
  public static let reason = "needs Python with venv (Debian: python3-venv) and PyPI"

  private static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Nil when it cannot be made.
  init?(_ name: String, _ packages: [String]) {
    folder = Self.checkout.appending(path: ".build/python/\(name)").path
    // Written last: a folder without it, or with other versions, was left half-made.
    let stamp = "\(folder)/packages.txt", wanted = packages.joined(separator: "\n")
    if (try? String(contentsOfFile: stamp, encoding: .utf8)) == wanted { return }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + packages
    guard Self.succeeds("/usr/bin/env", ["python3", "-m", "venv", "--clear", folder]),
      Self.succeeds("\(folder)/bin/python", pip),
      (try? wanted.write(toFile: stamp, atomically: true, encoding: .utf8)) != nil
    else { return nil }
  }

  /// The path of a program of the environment.
  public func program(_ name: String) -> String { "\(folder)/bin/\(name)" }

  /// Runs a script of the tests, such as `OutsideTests/rasters.py`; its output, both streams together, and its exit status.
  ///
  /// - Parameter environment: variables besides those of the test.
  public func run(
    _ script: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> (status: Int32, output: String) {
    try Self.run(script, arguments, environment: environment, python: program("python"))
  }

  /// The same with another interpreter, such as the one that Debian's modules belong to.
  public static func run(
    _ script: String, _ arguments: [String], environment: [String: String] = [:], python: String
  ) throws -> (status: Int32, output: String) {
    let process = Process(), output = Pipe()
    process.executableURL = URL(filePath: python)
    process.arguments = [checkout.appending(path: "Tests/\(script)").path] + arguments
    // The checkout stays as it is.
    let own = ["PYTHONDONTWRITEBYTECODE": "1"]
    process.environment = ProcessInfo.processInfo.environment.merging(own.merging(environment) { $1 }) { $1 }
    process.standardInput = FileHandle.nullDevice
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }

  private static func succeeds(_ program: String, _ arguments: [String]) -> Bool {
    guard FileManager.default.isExecutableFile(atPath: program) else { return false }
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
