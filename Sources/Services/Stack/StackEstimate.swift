// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import Processing
import TimeSeries

/// What a stack run will take, before anything runs, from rates that earlier runs on this host have left.
struct StackEstimate {
  let pairs, dates: Int
  let whole: RunEstimate
  /// Largest size of the folder while the run lasts, bytes.
  let bytes: Int
  /// Seconds that each stage may take.
  let stages: [(stage: String, seconds: Double)]
  /// Whether the matcher has run on this host before.
  let isMeasured: Bool
  private let matching: String
  private let megapixelsPerTile: Double

  /// Megapixels a second and core, margins included, on an ordinary machine: what is taken before the first run.
  private static let guesses: [(stage: String, rate: Double)] = [
    ("grid", 8), ("clouds", 5), ("correct", 15), ("fuse", 4), ("publish", 1.5),
  ]
  private static let matchGuesses: [StackMatcher: Double] = [.regularised: 0.6, .dense: 0.9, .flow: 2]

  /// - Parameters:
  ///   - matcher: the one of the pair that is searched farthest.
  ///   - pairs: how many there will be at most.
  /// - Throws: `TimeSeriesError` when there is nothing to do.
  init(
    _ input: StackInput, _ plan: StackPlan, _ matcher: any PairMatcher, _ p: MpicParameters, pairs: Int, threads: Int,
    rates: RateTable
  ) throws {
    dates = input.dates.count
    self.pairs = pairs
    var work = StackWorkload(
      pairs: pairs, scenes: dates, rows: plan.grid.rows, columns: plan.grid.columns, stages: [])
    work.spacing = plan.lattice.spacing
    work.tileSide = plan.tiles.tileRows * plan.lattice.spacing
    work.tileMargin = matcher.margin
    (work.threads, work.bytesPerTilePixel) = (threads, matcher.bytesPerPixel)
    matching = "match \(matcher.name), \(matcher.parameters.text(.canonical))"
    isMeasured = rates.rate(of: matching) != nil
    var known = rates
    if !isMeasured {
      known.record(matching, megapixels: Self.matchGuesses[p.matching.matcher, default: 1], coreSeconds: 1)
    }
    for guess in Self.guesses { known.record(guess.stage, megapixels: guess.rate, coreSeconds: 1) }
    var stages: [(stage: String, seconds: Double)] = []
    for name in ["grid", "clouds", "match", "correct", "fuse", "publish"] {
      var own = work
      let algorithm = name == "match" ? matching : name
      // Every band of a date is put on the grid.
      if name == "grid" { own.scenes = input.dates.reduce(0) { $0 + 1 + $1.others.count } }
      own.stages = [.init(algorithm, per: name == "grid" || name == "clouds" ? .scene : .pair)]
      stages.append((name, try RunEstimate(own, rates: known).seconds?.likely ?? 0))
    }
    self.stages = stages
    work.stages = [.init(matching, per: .pair)]
    whole = try RunEstimate(work, rates: known)
    megapixelsPerTile = pairs > 0 ? whole.megapixelsWithMargins / Double(max(1, whole.tiles)) : 0
    let points = Double(plan.lattice.rows * plan.lattice.columns)
    let pixels = Double(plan.grid.rows * plan.grid.columns)
    let files: Double = p.run.pairProducts == .all ? 5 : p.run.pairProducts == .offsets ? 2 : 0
    let layers = Double(FusedLayer.allCases.count)
    // Scenes and their weights, ten bytes a point of a pair, the fusion; then all rasters.
    let bytesPerPixel = input.dates.reduce(0.0) { sum, date in
      sum + ([date.matched] + date.others).reduce(1) { $0 + ($1.precision == .full ? 4 : 2) }
    }
    let stored = pixels * bytesPerPixel + points * (10 * Double(pairs) + 4 * layers)
    bytes = Int(stored + points * (layers + files * Double(pairs)) * 4) + 20_000_000
  }

  /// Learns how fast the matcher was.
  func record(tiles: Int, seconds: Double, threads: Int, in rates: inout RateTable) {
    // Small pieces say more about the start of a run than about its speed.
    let megapixels = Double(tiles) * megapixelsPerTile
    guard megapixels > 5 else { return }
    rates.record(matching, megapixels: megapixels, coreSeconds: seconds * Double(min(threads, tiles)))
  }

  /// For people.
  var lines: [String] {
    let seconds = stages.reduce(0) { $0 + $1.seconds }
    return [
      "\(dates) dates, at most \(pairs) pairs in \(whole.tiles) tiles, \(Int(whole.megapixels.rounded())) megapixels to match",
      "about \(Self.bytes(Double(bytes))) on the disk while it runs, \(Self.bytes(whole.memory)) of memory",
      "about \(ProgressReporter.duration(seconds)) "
        + (isMeasured
          ? "at the rate of earlier runs here" : "on an ordinary machine; this one has not matched so yet"),
    ]
  }

  private static func bytes(_ count: Double) -> String {
    count < 1e9 ? "\(Int((count / 1e6).rounded(.up))) MB" : "\((count / 1e8).rounded(.up) / 10) GB"
  }
}

/// Where the rates of this host are kept: a convenience, so nothing that goes wrong with it ends a run.
enum HostRates {
  private static var path: String? {
    let environment = ProcessInfo.processInfo.environment
    let base = environment["XDG_CACHE_HOME"] ?? environment["HOME"].map { $0 + "/.cache" }
    return base.map { $0 + "/ogive/rates.json" }
  }

  static func load() -> RateTable {
    guard let path, let data = FileManager.default.contents(atPath: path),
      let json = try? JSONValue(parsing: Array(data), named: path), let table = try? RateTable(json: json)
    else { return RateTable() }
    return table
  }

  static func save(_ table: RateTable) {
    guard let path else { return }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try? Data((table.json.text(.pretty) + "\n").utf8).write(to: URL(filePath: path), options: .atomic)
  }
}
