// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import Processing
import TimeSeries

/// What a stack run will take, before anything runs.
struct StackEstimate {
  let pairs, dates: Int
  let megapixels: Double
  /// Largest size of the folder while the run lasts.
  let bytes: Int
  let memory: Double
  /// Seconds that each stage may take.
  let stages: [(stage: String, seconds: Double)]

  /// Seconds of one core for a megapixel of a pair, or of a date, on an ordinary machine: first guesses.
  private static let matchSeconds: [StackMatcher: Double] = [.regularised: 2, .dense: 1.2, .flow: 0.5]

  init(_ input: StackInput, _ plan: StackPlan, _ matcher: any PairMatcher, _ p: MpicParameters, threads: Int) {
    dates = input.dates.count
    pairs = Self.pairs(input, p.network)
    let points = Double(plan.lattice.rows * plan.lattice.columns) / 1e6
    let pixels = Double(plan.grid.rows * plan.grid.columns) / 1e6
    megapixels = pixels * Double(pairs)
    let side = Double(plan.tiles.tileRows * plan.lattice.spacing), around = side + 2 * Double(matcher.margin)
    let perPixel = Self.matchSeconds[p.matching.matcher, default: 2] * pow(around / side, 2)
    let cores = Double(threads), count = Double(pairs)
    let files: Double = p.run.pairProducts == .all ? 5 : p.run.pairProducts == .offsets ? 2 : 0
    stages = [
      ("grid", pixels * Double(dates) * 0.1 / cores),
      ("clouds", p.masks.cloudWeighting == .none ? 0 : pixels * Double(dates) * 0.4 / cores),
      ("match", pixels * count * perPixel / cores), ("correct", count * 0.3 / cores),
      ("fuse", points * count * 0.3 / cores), ("publish", points * (18 + files * count) * 0.15 / cores),
    ]
    let stored = pixels * Double(dates) * 5 + points * (10 * count + 72)
    let written = points * (18 + files * count) * 4
    bytes = Int((stored + written) * 1e6) + 20_000_000
    memory = 1e8 + cores * around * around * matcher.bytesPerPixel
  }

  /// Pairs that the network will have if no date turns out cloudy.
  private static func pairs(_ input: StackInput, _ choices: PairSelection.Parameters) -> Int {
    let scenes = input.dates.compactMap { date -> DatedScene? in
      CalendarDate(date.pass.date.iso8601).map {
        DatedScene(id: date.pass.id, date: $0, relativeOrbit: date.pass.relativeOrbit, tile: date.pass.tile)
      }
    }
    return (try? PairSelection(choices).network(of: scenes).pairs.count) ?? 0
  }

  var seconds: Double { stages.reduce(0) { $0 + $1.seconds } }

  /// For people.
  var lines: [String] {
    [
      "\(dates) dates, at most \(pairs) pairs, \(Int(megapixels.rounded())) megapixels to match",
      "about \(Self.bytes(Double(bytes))) on the disk while it runs, \(Self.bytes(memory)) of memory",
      "about \(ProgressReporter.duration(seconds)), as far as can be said before the first pair",
    ]
  }

  private static func bytes(_ count: Double) -> String {
    count < 1e9 ? "\(Int((count / 1e6).rounded(.up))) MB" : "\((count / 1e8).rounded(.up) / 10) GB"
  }
}
