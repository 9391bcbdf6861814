// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A virtual environment of Python with the programs of others that a test asks for a second opinion.
///
/// Made once in the build folder, with the versions that are named; where Python, its `venv` or PyPI are missing
/// there is none, and tests that need it are left out.
public struct PythonEnvironment: Sendable {
  private let python: String

  /// What `check_deposit.py` needs.
  public static let deposit = PythonEnvironment(
    "deposit", packages: ["bagit==1.9.0", "rocrate==0.16.0", "cffconvert==2.0.0", "datacite==1.4.1", "jsonschema"],
    imports: "bagit, rocrate, cffconvert, datacite")

  /// Nil when it cannot be made.
  init?(_ name: String, packages: [String], imports: String) {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = root.appending(path: ".build/python/\(name)").path
    python = "\(folder)/bin/python"
    if Self.succeeds(python, ["-c", "import \(imports)"]) { return }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + packages
    guard Self.succeeds("/usr/bin/env", ["python3", "-m", "venv", folder]), Self.succeeds(python, pip),
      Self.succeeds(python, ["-c", "import \(imports)"])
    else { return nil }
  }

  /// Runs a script of this folder; its output, both streams together, and its exit status.
  public func run(_ script: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: script).path
    let process = Process(), output = Pipe()
    process.executableURL = URL(filePath: python)
    process.arguments = [path] + arguments
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
