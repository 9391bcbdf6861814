// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Runs the benchmarks and prints a Markdown table; `Scripts/bench` calls it.
@main
struct OgiveBench {
  private struct Options {
    var sizes = [512, 2048]
    var threads = [1, 2]
    var runs = 3
    var only: String?
    var jsonFile: String?
    var peersFile: String?
    var pairFolder: String?
    var sceneFolder: String?
    var regularisedFolder: String?
    var tiles = [1024, 2048]
    var givenFolder: String?
    var givenName = "real_n01"
    var label = ""
    var command: [String] = []
    var isListing = false, wantsAccuracy = false, wantsBias = false
  }

  private struct WrongUse: Error { let message: String }

  static func main() {
    do {
      try run(try options(CommandLine.arguments.dropFirst()))
    } catch let error as WrongUse {
      fail(error.message, code: 2)
    } catch {
      fail("\(error)", code: 1)
    }
  }

  private static func options(_ arguments: ArraySlice<String>) throws -> Options {
    var options = Options()
    var rest = arguments
    while let name = rest.popFirst() {
      switch name {
      case "--list": options.isListing = true
      case "--accuracy": options.wantsAccuracy = true
      case "--bias": options.wantsBias = true
      case "--":
        options.command = Array(rest)
        rest = []
      default: try set(name, rest.popFirst(), in: &options)
      }
    }
    return options
  }

  private static func set(_ name: String, _ value: String?, in options: inout Options) throws {
    guard let value else { throw WrongUse(message: "\(name) needs a value\n\(usage)") }
    switch name {
    case "--sizes": options.sizes = try numbers(value, of: name)
    case "--threads": options.threads = try numbers(value, of: name)
    case "--runs": options.runs = try numbers(value, of: name)[0]
    case "--only": options.only = value
    case "--json": options.jsonFile = value
    case "--peers": options.peersFile = value
    case "--write-pairs": options.pairFolder = value
    case "--write-scenes": options.sceneFolder = value
    case "--regularised": options.regularisedFolder = value
    case "--tiles": options.tiles = try numbers(value, of: name)
    case "--time": options.label = value
    case "--pair": options.givenFolder = value
    case "--pair-name": options.givenName = value
    default: throw WrongUse(message: "there is no \(name)\n\(usage)")
    }
  }

  private static let usage = """
    usage: ogive-bench [--list] [--only CASE] [--sizes 512,2048] [--threads 1,2] [--runs 3] [--json FILE]
                       [--peers FILE] [--write-pairs DIR] [--write-scenes DIR] [--pair DIR [--pair-name real_n01]]
                       [--accuracy [--only METHOD]] [--bias] [--time LABEL -- PROGRAM ARGUMENTS, with %OUT for a fresh folder]
                       [--regularised DIR --sizes 10980 [--tiles 1024,2048]]
    --pair is a folder that make_matching_pair.py has filled; without it the pair is simulated.
    --regularised is a folder that --write-scenes has filled.
    """

  private static func numbers(_ text: String, of name: String) throws -> [Int] {
    let numbers = text.split(separator: ",").compactMap { Int($0) }.filter { $0 > 0 }
    guard !numbers.isEmpty else {
      throw WrongUse(message: "\(name) needs whole numbers, e.g. 1,2, and not '\(text)'")
    }
    return numbers
  }

  private static func run(_ options: Options) throws {
    if options.isListing { return print(Cases.all.map(\.name).joined(separator: "\n")) }
    if !options.command.isEmpty {
      let row = try CommandTimer.markdownRow(label: options.label, command: options.command, runs: options.runs)
      return print(row)
    }
    if options.wantsBias { return print(Accuracy.biasTable()) }
    if options.wantsAccuracy { return print(Accuracy.table(try allPairs(options), only: options.only ?? "")) }
    if let folder = options.sceneFolder {
      for size in options.sizes {
        let place = URL(filePath: folder).appending(path: "\(size)")
        try SceneFile.write(size: size, to: place, threads: options.threads.max() ?? 1)
      }
      return
    }
    if let folder = options.regularisedFolder {
      return print(
        try RegularisedScene.table(
          folder: URL(filePath: folder), size: options.sizes.max() ?? 0, tiles: options.tiles,
          threads: options.threads.max() ?? 1))
    }
    let cases = Cases.all.filter { options.only == nil || $0.name == options.only }
    guard !cases.isEmpty else { throw WrongUse(message: "no case is called '\(options.only ?? "")'; see --list") }
    var rows: [Measurement] = []
    for size in options.sizes {
      let pair = try pair(size, options)
      if let folder = options.pairFolder {
        try pair.write(to: URL(filePath: folder).appending(path: "\(size)"))
        continue
      }
      for benchmark in cases {
        for threads in options.threads {
          FileHandle.standardError.write(Data("\(benchmark.name) \(size) \(threads) …\n".utf8))
          rows.append(benchmark.measure(pair, threads: threads, runs: options.runs))
        }
      }
    }
    guard options.pairFolder == nil else { return }
    if let file = options.jsonFile { try write(rows, to: file) }
    if let file = options.peersFile { rows += try read(file) }
    print(ResultTable.markdown(rows))
  }

  private static func pair(_ size: Int, _ options: Options) throws -> BenchPair {
    guard let folder = options.givenFolder else { return BenchPair(simulatedSize: size) }
    return try BenchPair(folder: URL(filePath: folder), name: options.givenName).centre(size)
  }

  /// The pairs of the accuracy table: both textures at three noise levels, or the simulated one.
  private static func allPairs(_ options: Options) throws -> [BenchPair] {
    guard let folder = options.givenFolder else { return [BenchPair(simulatedSize: options.sizes.max() ?? 2048)] }
    return try ["real", "synth"].flatMap { texture in
      try ["n0", "n01", "n03"].map { try BenchPair(folder: URL(filePath: folder), name: "\(texture)_\($0)") }
    }
  }

  private static func write(_ rows: [Measurement], to file: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let lines = try rows.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
    try lines.joined().write(toFile: file, atomically: true, encoding: .utf8)
  }

  private static func read(_ file: String) throws -> [Measurement] {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    return try text.split(separator: "\n").map {
      try JSONDecoder().decode(Measurement.self, from: Data($0.utf8))
    }
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    FileHandle.standardError.write(Data("ogive-bench: \(message)\n".utf8))
    exit(code)
  }
}
