// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A folder with a few dates of ground that moves steadily to the right and up.
struct StackScratch {
  let folder: RunScratch
  let dates: [String]
  /// Motion in px a day.
  static let right = 0.05, down = -0.03

  /// - Parameter days: days of January 2020 on which the ground was seen.
  init(days: [Int], rows: Int, columns: Int) throws {
    folder = try RunScratch()
    dates = days.map { "202001\($0 < 10 ? "0" : "")\($0).pgm" }
    for (day, name) in zip(days, dates) {
      let time = Double(day - days[0])
      try folder.put(
        name,
        TestImage.texture(rows: rows, columns: columns, dx: Self.right * time, dy: Self.down * time))
    }
  }

  /// The ground does not move anywhere, so what all of it does is no artefact.
  var arguments: [String] {
    ["mpic"] + dates + ["--deshift=false", "--deramp=false", "--pixel-size", "10", "--tile", "128"]
  }

  func run(
    _ more: [String], limit: Double = 120, killWhen: (() -> Bool)? = nil
  ) throws -> OgiveTool.Outcome {
    try OgiveTool.run(arguments + more, in: folder.path, limit: limit, killWhen: killWhen)
  }

  /// Units that were begun in a run folder, each as often as it was begun.
  func begun(_ out: String) -> [String] { folder.unitsBegun(out) }

  /// Products of a run folder with their bytes.
  func products(_ out: String) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: "\(folder.path)/\(out)")
    where !name.hasPrefix(".") && (name.hasSuffix(".tif") || name == "network.svg" || name == "summary.json") {
      found[name] = folder.data("\(out)/\(name)")
    }
    return found
  }
}
