// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The published JSON schemas, through Python's validator where there is one.
public enum StacSchemas {
  private static var folder: URL? { SharedData.folder?.appending(path: "schemas") }

  public static let areUsable: Bool = {
    guard let folder, FileManager.default.fileExists(atPath: folder.path) else { return false }
    return (try? python(["-c", "import jsonschema, referencing"], input: ""))?.code == 0
  }()

  /// What the schemas object to, a line each; empty when the item or collection is valid.
  public static func validate(_ text: String) throws -> String {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "validate_stac.py")
    let (code, output) = try python([script.path, folder!.path], input: text)
    return code == 0 ? output : output + "validator ended with code \(code)"
  }

  private static func python(_ arguments: [String], input: String) throws -> (code: Int32, output: String) {
    let process = Process(), stdin = Pipe(), stdout = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = FileHandle.nullDevice
    try process.run()
    stdin.fileHandleForWriting.write(Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
