// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// Marks offsets that contradict their neighbours, by the normalised median test.
///
/// The distance of an offset from its neighbours' median is divided by the median distance of the neighbours
/// themselves plus a noise level: one threshold then serves calm and turbulent ground. Only flags change. Points with
/// too few measured neighbours are left alone. O(points × neighbours²) with a tiny constant.
///
/// Source: Westerweel & Scarano 2005. Differs from it: a square of any radius, missing neighbours are left out.
public struct NormalisedMedianFilter: Sendable {
  public struct Parameters: ParameterSet {
    @Parameter(
      "Neighbours that a point is compared with lie up to this many grid points away; larger than half a cluster of "
        + "wrong matches, which is as wide as the window", in: 1...10)
    public var medianRadius: Int = 2

    @Parameter("Ratio above which an offset is marked as inconsistent", in: 0.5...100)
    public var medianThreshold: Double = 2

    @Parameter("Noise level added to the neighbours' own spread", unit: "px", in: 0.001...10)
    public var medianNoiseLevel: Double = 0.1

    @Parameter("Least number of measured neighbours for the test", in: 2...100)
    public var medianMinimumNeighbours: Int = 4

    public init() {}
  }

  private let parameters: Parameters

  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  /// Grid points beyond a tile that its flags depend on.
  public var margin: Int { parameters.medianRadius }

  /// The flags after the test.
  ///
  /// - Parameters:
  ///   - dx, dy: offsets, px, rows × columns.
  ///   - flags: only `measured` points are tested and used as neighbours.
  /// - Returns: `flags` with `inconsistent` where the test fails.
  public func flags(dx: Grid<Float>, dy: Grid<Float>, flags: Grid<MatchFlag>) -> Grid<MatchFlag> {
    precondition(dx.window == dy.window && dx.window == flags.window, "offsets and flags differ in shape")
    var out = flags
    let reach = parameters.medianRadius, noise = Float(parameters.medianNoiseLevel)
    let limit = Float(parameters.medianThreshold * parameters.medianThreshold)
    let side = 2 * reach + 1, least = parameters.medianMinimumNeighbours
    var x = [Float](repeating: 0, count: side * side), y = x
    for row in 0..<dx.rows {
      for column in 0..<dx.columns where flags[row, column] == .measured {
        var count = 0
        for r in max(0, row - reach)...min(dx.rows - 1, row + reach) {
          for c in max(0, column - reach)...min(dx.columns - 1, column + reach) {
            let isNeighbour = (r != row || c != column) && flags[r, c] == .measured
            guard isNeighbour, dx[r, c].isFinite, dy[r, c].isFinite else { continue }
            x[count] = dx[r, c]
            y[count] = dy[r, c]
            count += 1
          }
        }
        guard count >= least else { continue }
        let u = normalisedResidual(dx[row, column], &x, count, noise)
        let v = normalisedResidual(dy[row, column], &y, count, noise)
        // Written so that a NaN offset, which no measured point should have, is marked too.
        if !(u * u + v * v <= limit) { out[row, column] = .inconsistent }
      }
    }
    return out
  }

  private func normalisedResidual(_ value: Float, _ neighbours: inout [Float], _ count: Int, _ noise: Float) -> Float
  {
    let middle = smallMedian(&neighbours, count)
    for index in 0..<count { neighbours[index] = abs(neighbours[index] - middle) }
    return (value - middle) / (smallMedian(&neighbours, count) + noise)
  }
}

/// Median of the first `count` values, which are sorted in place: insertion sort wins on a few dozen values.
func smallMedian(_ values: inout [Float], _ count: Int) -> Float {
  values.withUnsafeMutableBufferPointer { v in
    var i = 1
    while i < count {
      let value = v[i]
      var j = i
      while j > 0, v[j &- 1] > value {
        v[j] = v[j &- 1]
        j &-= 1
      }
      v[j] = value
      i &+= 1
    }
    let middle = count / 2
    return count % 2 == 1 ? v[middle] : (v[middle - 1] + v[middle]) / 2
  }
}
