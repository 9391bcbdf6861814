// SPDX-License-Identifier: Apache-2.0
import Grids

/// What pairs read at some pixels of ground that stands still.
public struct StillGround: Sendable {
  public let pairs, pixels: Int
  /// Metres, pair after pair, pixels within; NaN where missing.
  public let east, north: [Float]
  /// One a pixel; NaN where no slope is known.
  public let rises: [GroundRise]
  /// Part of the scene that a pixel lies in, one a pixel: neighbours see the same ground and are judged together.
  public let blocks: [Int]

  /// Parts that are left out in turn.
  public static let folds = 10

  public init(pairs: Int, east: [Float], north: [Float], rises: [GroundRise], blocks: [Int]) {
    precondition(east.count == pairs * rises.count && north.count == east.count && blocks.count == rises.count)
    pixels = rises.count
    (self.pairs, self.east, self.north, self.rises, self.blocks) = (pairs, east, north, rises, blocks)
  }

  /// The part of a scene of `rows × columns` that a pixel lies in: ten by ten rectangles, no two neighbours of one fold.
  public static func block(row: Int, column: Int, rows: Int, columns: Int) -> Int {
    let down = row * folds / max(1, rows), right = column * folds / max(1, columns)
    return (3 * down + right) % folds
  }

  func values(_ component: Int) -> [Float] { component == 0 ? east : north }

  /// Fewest readings of a pair that tell its shift and scatter.
  static let fewest = 20

  /// Weight of each reading: Tukey's, about the shift of its pair and a model, over the pair's variance; 0 where there is none.
  struct Weights {
    var cells: [Float]
    /// Of what the model leaves of each pair, m; NaN without a reading.
    var medians: [Double]
    /// m; NaN for pairs with too few readings.
    var scatters: [Double]
  }

  /// - Parameter feigned: what a model says that each reading owes to the sun, m, laid out like the readings.
  func weights(_ component: Int, less feigned: [Float]? = nil) -> Weights {
    var values = values(component)
    if let feigned { for place in values.indices { values[place] -= feigned[place] } }
    var out = Weights(
      cells: Array(repeating: 0, count: values.count), medians: Array(repeating: .nan, count: pairs),
      scatters: Array(repeating: .nan, count: pairs))
    for pair in 0..<pairs {
      let own = values[pair * pixels..<(pair + 1) * pixels].filter(\.isFinite)
      out.medians[pair] = Double(median(own))
      guard own.count >= Self.fewest else { continue }
      out.scatters[pair] = Double(nmad(own))
    }
    // Readings that are all but the same, as of a filled pair, must not outweigh the rest.
    let floor = 0.1 * median(out.scatters)
    for pair in 0..<pairs where out.scatters[pair].isFinite {
      let scatter = max(out.scatters[pair], floor, 1e-9)
      out.scatters[pair] = scatter
      for place in pair * pixels..<(pair + 1) * pixels where values[place].isFinite {
        let off = (Double(values[place]) - out.medians[pair]) / (tukeyLimit * scatter)
        let rest = 1 - off * off
        if rest > 0 { out.cells[place] = Float(rest * rest / (scatter * scatter)) }
      }
    }
    return out
  }
}

/// Of the biweight, in sigmas: 95 % as efficient as least squares on normal errors (Holland & Welsch 1977).
private let tukeyLimit = 4.685
