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
  /// Largest memory, bytes.
  let memory: Int
  /// Seconds that each stage may take.
  let stages: [(stage: String, seconds: Double)]
  /// Whether the matcher has run on this host before.
  let isMeasured: Bool
  private let matching: String
  private let matcherName: String
  private let threads: Int
  private let megapixelsPerTile: Double

  /// Megapixels a second and core on an ordinary machine: of a band put on the grid, of a date of clouds, of cells and dates of
  /// terrain, of pairs' points that are fused, and of points of a raster that is written or described. Measured on whole tiles beside
  /// matching (docs/results/stacks.md).
  private static let guesses: [(stage: String, rate: Double)] = [
    ("grid", 8), ("clouds", 8), ("terrain", 5), ("fuse", 8), ("publish", 20), ("exports", 40),
  ]
  /// What fusing costs whatever the number of pairs, as that many more of them.
  private static let fusionBase = 4
  /// Size of a compressed raster with its overviews, of that of its values.
  private static let compressed = 0.6
  private static let matchGuesses: [StackMatcher: Double] = [.regularised: 0.6, .dense: 0.9, .flow: 2]
  /// Seconds for which one core corrects a pair, and for a million of its points: finding shift and ramp costs most of it.
  private static let correcting = (pair: 2.0, megapoint: 1.0)
  private static let correctingNothing = (pair: 0.0, megapoint: 0.3)
  /// What stripes that are looked for along the track add to that, as a part of it.
  private static let destriping = 0.5
  /// Start, documents and report.
  private static let base = 0.6
  /// Memory besides that of tiles that are matched: of the program and its libraries, and for a pixel of the grid, bytes.
  private static let memoryBase = 150e6
  private static let memoryPerPixel = 25.0

  /// - Parameters:
  ///   - matcher: the one of the pair that is searched farthest.
  ///   - pairs: how many there will be at most.
  ///   - terrainCell: side of the cells that terrain is worked out on, px; nil where nobody asks for it.
  /// - Throws: `TimeSeriesError` when there is nothing to do.
  init(
    _ input: StackInput, _ plan: StackPlan, _ matcher: any PairMatcher, _ p: MpicParameters, pairs: Int,
    terrainCell: Int?, threads: Int, rates: RateTable
  ) throws {
    dates = input.dates.count
    self.pairs = pairs
    var work = StackWorkload(
      pairs: pairs, scenes: dates, rows: plan.grid.rows, columns: plan.grid.columns, stages: [])
    work.spacing = plan.lattice.spacing
    work.tileSide = plan.tiles.tileRows * plan.lattice.spacing
    work.tileMargin = matcher.margin
    (work.threads, work.bytesPerTilePixel) = (threads, matcher.bytesPerPixel)
    (matcherName, self.threads) = (matcher.name, threads)
    matching = "match \(matcher.name), \(matcher.parameters.text(.canonical))"
    isMeasured = rates.rate(of: matching) != nil
    var known = rates
    if !isMeasured {
      known.record(matching, megapixels: Self.matchGuesses[p.matching.matcher, default: 1], coreSeconds: 1)
    }
    for guess in Self.guesses { known.record(guess.stage, megapixels: guess.rate, coreSeconds: 1) }
    work.stages = [.init(matching, per: .pair)]
    whole = try RunEstimate(work, rates: known)
    megapixelsPerTile = pairs > 0 ? whole.megapixelsWithMargins / Double(max(1, whole.tiles)) : 0
    let files = p.run.pairProducts == .all ? 5 : p.run.pairProducts == .offsets ? 2 : 0
    let layers = FusedLayer.all(ofEvents: p.network.splitDate != nil).count, rasters = layers + files * pairs
    /// Seconds of a stage that does something to every pixel of a shape as often as said.
    func seconds(_ stage: String, _ times: Int, rows: Int, columns: Int) throws -> Double {
      guard times > 0, rows > 0, columns > 0 else { return 0 }
      var own = StackWorkload(
        pairs: times, scenes: 0, rows: rows, columns: columns, stages: [.init(stage, per: .pair)])
      (own.tileSide, own.tileMargin, own.threads) = (512, 0, threads)
      return try RunEstimate(own, rates: known).seconds?.likely ?? 0
    }
    func onGrid(_ stage: String, _ times: Int, cell: Int = 1) throws -> Double {
      try seconds(stage, times, rows: plan.grid.rows / cell, columns: plan.grid.columns / cell)
    }
    func onPoints(_ stage: String, _ times: Int) throws -> Double {
      try seconds(stage, times, rows: plan.lattice.rows, columns: plan.lattice.columns)
    }
    let bands = input.dates.reduce(0) { $0 + 1 + $1.others.count }
    stages = [
      ("grid", try onGrid("grid", bands)), ("clouds", try onGrid("clouds", input.cloudBands.isEmpty ? 0 : dates)),
      ("terrain", try onGrid("terrain", terrainCell == nil ? 0 : dates, cell: terrainCell ?? 1)),
      ("match", whole.seconds?.likely ?? 0),
      // A pair is corrected by one thread, from a million of its points at most.
      (
        "correct",
        Double((pairs + threads - 1) / threads)
          * Self.correction(p, points: (plan.lattice.rows / plan.thinning) * (plan.lattice.columns / plan.thinning))
      ),
      ("fuse", try onPoints("fuse", pairs + Self.fusionBase)), ("publish", try onPoints("publish", rasters)),
      ("exports", try onPoints("exports", rasters)),
    ]
    let points = Double(plan.lattice.rows * plan.lattice.columns)
    let pixels = Double(plan.grid.rows * plan.grid.columns)
    memory = Int(whole.memory + Self.memoryBase + Self.memoryPerPixel * pixels)
    // Scenes and their weights, ten bytes a point of a pair, the fusion; then all rasters, and what those wait in that are being
    // written: all of a pair at a time on each thread.
    let weight = input.cloudBands.isEmpty ? 0.0 : 1
    let bytesPerPixel = input.dates.reduce(0.0) { sum, date in
      sum + ([date.matched] + date.others).reduce(weight) { $0 + ($1.precision == .full ? 4 : 2) }
    }
    let stored = pixels * bytesPerPixel + points * (10 * Double(pairs) + 4 * Double(layers))
    let waiting = Double(max(1, files) * min(threads, max(1, pairs)))
    bytes = Int(stored + points * 4 * (Self.compressed * Double(rasters) + waiting)) + 20_000_000
  }

  /// Seconds for one pair.
  private static func correction(_ p: MpicParameters, points: Int) -> Double {
    let rate = p.corrections.deshift || p.corrections.deramp ? correcting : correctingNothing
    let more = p.corrections.destripe ? 1 + destriping : 1
    return (rate.pair + rate.megapoint * Double(points) / 1e6) * more
  }

  /// Learns how fast the matcher was.
  func record(tiles: Int, coreSeconds: Double, in rates: inout RateTable) {
    // Small pieces say more about the start of a run than about its speed.
    let megapixels = Double(tiles) * megapixelsPerTile
    guard megapixels > 5 else { return }
    rates.record(matching, megapixels: megapixels, coreSeconds: coreSeconds)
  }

  /// For people.
  var lines: [String] {
    let seconds = stages.reduce(Self.base) { $0 + $1.seconds }
    return [
      "\(dates) dates, at most \(pairs) pairs in \(whole.tiles) tiles, \(Int(whole.megapixels.rounded())) megapixels to match",
      "about \(Self.bytes(Double(bytes))) on the disk while it runs, \(Self.bytes(Double(memory))) of memory",
      "about \(ProgressReporter.duration(seconds)) "
        + (isMeasured
          ? "at the rate of earlier runs here" : "on an ordinary machine; this one has not matched so yet"),
      "of that "
        + stages.filter { $0.seconds > 0 }.map { "\($0.stage) \(ProgressReporter.duration($0.seconds))" }
        .joined(separator: ", "),
    ]
  }

  /// As every command says it. The other stages are taken to err as matching does.
  var command: CommandEstimate {
    let likely = stages.reduce(Self.base) { $0 + $1.seconds }
    let spread = whole.seconds.map { $0.likely > 0 ? $0.high / $0.likely : 2 } ?? 3
    var estimate = CommandEstimate(
      seconds: .init(likely, factor: isMeasured ? spread : max(3, spread)), memoryBytes: memory,
      diskBytes: bytes, isMeasured: isMeasured, lines: lines)
    // What has matched here before knows this host better than a small run does.
    guard !isMeasured else { return estimate }
    (estimate.work, estimate.coreSeconds) = ("mpic \(matcherName)", coreSeconds)
    return estimate
  }

  /// Seconds of a core in all stages: what one core does while others wait counts once.
  private var coreSeconds: Double {
    stages.reduce(Self.base) { sum, stage in
      let busy = stage.stage == "correct" ? min(threads, max(1, pairs)) : threads
      return sum + stage.seconds * Double(busy)
    }
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
