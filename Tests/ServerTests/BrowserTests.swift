// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The page in a headless Chromium that `Scripts/setup --browser` installs; the scripts stand in `Tests/BrowserTests`.
///
/// Pictures of all screens are kept in `.build/browser-pictures`, or where `OGIVE_PICTURES` says.
@Suite("The page in a browser", .serialized, .enabled(if: BrowserScript.canRun, BrowserScript.reason))
final class BrowserTests {
  private let server: RunningServer
  private let scenes: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ogive-scenes-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    scenes = folder.path
    server = try RunningServer(["--share", scenes])
  }

  deinit { try? FileManager.default.removeItem(atPath: scenes) }

  @Test("the page's arithmetic holds: places, tiles, areas, searches, checks", arguments: ["modules.py", "units.py"])
  func facts(script: String) throws {
    let outcome = try BrowserScript.run(script, [server.base])
    #expect(outcome.code == 0, "\(outcome.output)")
  }

  @Test("a user finds scenes, runs a job, reads and draws on its map, and gets the same bytes offline")
  func story() throws {
    let outcome = try BrowserScript.run(
      "story.py",
      [
        server.base, "--token", server.token, "--scenes", scenes, "--tool", RunningServer.tool, "--pictures",
        BrowserScript.pictures + "/story",
      ])
    #expect(outcome.code == 0, "\(outcome.output)")
  }

  @Test("a French page says nothing in English, whatever the service")
  func french() throws {
    let outcome = try BrowserScript.run("french.py", [server.base, "--token", server.token])
    #expect(outcome.code == 0, "\(outcome.output)")
  }

  @Test("every screen passes the checks for accessibility, wide and narrow, light and dark, in both languages")
  func screens() throws {
    let outcome = try BrowserScript.run(
      "screens.py", [server.base, "--token", server.token, "--pictures", BrowserScript.pictures + "/screens"])
    #expect(outcome.code == 0, "\(outcome.output)")
  }
}

/// A script of `Tests/BrowserTests`, run in the Python environment that its `run` makes.
enum BrowserScript {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "BrowserTests").path

  static let pictures =
    ProcessInfo.processInfo.environment["OGIVE_PICTURES"]
    ?? URL(filePath: folder).appending(path: "../../.build/browser-pictures").standardizedFileURL.path

  /// Why this machine cannot run a browser; empty where it can.
  private static let hindrance: String = {
    guard let outcome = try? run("--check", []) else { return "Tests/BrowserTests/run cannot be started" }
    return outcome.code == 0 ? "" : outcome.output
  }()

  static var canRun: Bool { hindrance.isEmpty }
  static var reason: Comment { "\(hindrance)" }

  static func run(_ script: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
    let process = Process(), output = Pipe()
    process.executableURL = URL(filePath: "\(folder)/run")
    process.arguments = [script] + arguments
    process.standardInput = FileHandle.nullDevice
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }
}
