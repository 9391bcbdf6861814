// SPDX-License-Identifier: Apache-2.0
import Matching
import Processing

/// What a match costs on the machine that its rates were measured on (docs/results/platform.md); `HostSpeed` knows of others.
struct MatchCost {
  private let parameters: MatchParameters
  private let plan: MatchPlan
  private let threads: Int

  init(_ parameters: MatchParameters, _ plan: MatchPlan, threads: Int) {
    (self.parameters, self.plan, self.threads) = (parameters, plan, threads)
  }

  private var points: Double { Double(plan.lattice.rows * plan.lattice.columns) }
  private var megapixels: Double { points * Double(plan.lattice.spacing * plan.lattice.spacing) / 1e6 }

  /// Seconds of a core for a megapixel and for a million points.
  private var rates: (perMegapixel: Double, perMegapoint: Double) {
    let side = parameters.templateWindow.map { Double($0) }
    switch parameters.method {
    case .dense:
      let weights = parameters.windowWeights == .gaussian ? 2.0 : 1
      return ((side == nil ? 0.65 : 0.4) * weights * (parameters.forwardBackward ? 1 : 0.6), 9)
    case .leastSquares: return (side == nil ? 0.75 : 0.3, side.map { 25 + 0.016 * $0 * $0 } ?? 55)
    // Windows of best size are searched in several sizes.
    case .ncc, .orientation: return (0.15, side.map { 30 + 0.025 * $0 * $0 } ?? 110)
    case .phase: return (0.15, 140)
    }
  }

  /// Bytes for a pixel of a tile that is being matched, and for a point of the products.
  private var bytes: (perPixel: Double, perPoint: Double) {
    switch parameters.method {
    case .dense: (128, 200)
    case .leastSquares: (150, 1_000)
    case .ncc, .orientation, .phase: (91, 1_000)
    }
  }

  /// Start, report and what is made of the whole field; the coarse look and the maps of a report grow with images up to a size.
  private var serialSeconds: Double { 0.4 + 0.3 * min(1, megapixels / 0.26) + 0.1 * megapixels }
  private static let baseMemory = 110e6

  var estimate: CommandEstimate {
    let tiles = plan.points == nil ? plan.tiles : []
    var dense = DenseMatching.Parameters()
    dense.templateWindow = parameters.templateWindow
    let margin = DenseMatching.margin(dense)
    let largest = tiles.map { plan.block(of: $0, margin: margin) }.map { Double($0.rows * $0.columns) }.max() ?? 0
    // Forward and backward run beside each other.
    let ways = parameters.forwardBackward ? 2 : 1, count = max(1, tiles.count)
    let width = min(threads, ways * count)
    var estimate = CommandEstimate(
      "match \(parameters.method.rawValue)", serial: serialSeconds,
      parallel: megapixels * rates.perMegapixel + points / 1e6 * rates.perMegapoint, width: width,
      memoryBytes: Self.baseMemory + Double(min(threads, ways * count)) * largest * bytes.perPixel
        + points * bytes.perPoint, diskBytes: 1e6 + 110 * points + 420 * arrows)
    estimate.lines = [
      "\(plan.lattice.rows) × \(plan.lattice.columns) points, \(Int(megapixels.rounded(.up))) megapixels to match"
    ]
    return estimate
  }

  /// Points that are also written as arrows.
  private var arrows: Double {
    var step = 1
    while (plan.lattice.rows / step) * (plan.lattice.columns / step) > MatchWriter.mostVectors { step += 1 }
    return points / Double(step * step)
  }
}
