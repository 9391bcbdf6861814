// SPDX-License-Identifier: Apache-2.0

/// Tells which vectors of a field contradict their neighbours.
///
/// The distance of a vector from its neighbours' median is divided by the median distance of the neighbours
/// themselves plus a noise level: one threshold then serves calm and turbulent ground. O(cells × neighbours²) with a
/// tiny constant.
///
/// Source: Westerweel & Scarano 2005. Differs from it: a square of any radius, whose cells may lie several cells
/// apart, and missing neighbours are left out.
public struct NormalisedMedianTest: Sendable {
  /// Neighbours on each side, and how many cells they are apart: above 1 for fields on a mesh finer than their windows.
  public var radius, step: Int
  /// Ratio above which a vector is an outlier.
  public var threshold: Double
  /// Added to the neighbours' own spread, unit of the field.
  public var noiseLevel: Double
  /// A vector with fewer neighbours is not tested.
  public var minimumNeighbours: Int

  public init(radius: Int, step: Int = 1, threshold: Double, noiseLevel: Double, minimumNeighbours: Int) {
    precondition(radius > 0 && step > 0, "the test needs neighbours")
    self.radius = radius
    self.step = step
    self.threshold = threshold
    self.noiseLevel = noiseLevel
    self.minimumNeighbours = minimumNeighbours
  }

  /// True where a used vector contradicts its used neighbours; a used vector that is NaN does, if it has neighbours.
  public func outliers(dx: Grid<Float>, dy: Grid<Float>, isUsed: Mask) -> Mask {
    precondition(dx.window == dy.window && dx.window == isUsed.window, "components and mask differ in shape")
    var out = Mask(rows: dx.rows, columns: dx.columns, filledWith: false)
    let noise = Float(noiseLevel), limit = Float(threshold * threshold)
    let side = 2 * radius + 1
    var x = [Float](repeating: 0, count: side * side), y = x
    for row in 0..<dx.rows {
      for column in 0..<dx.columns where isUsed[row, column] {
        var count = 0
        for i in -radius...radius {
          let r = row + i * step
          guard r >= 0, r < dx.rows else { continue }
          for j in -radius...radius {
            let c = column + j * step
            guard c >= 0, c < dx.columns, i != 0 || j != 0, isUsed[r, c] else { continue }
            guard dx[r, c].isFinite, dy[r, c].isFinite else { continue }
            x[count] = dx[r, c]
            y[count] = dy[r, c]
            count += 1
          }
        }
        guard count >= minimumNeighbours else { continue }
        let u = normalisedResidual(dx[row, column], &x, count, noise)
        let v = normalisedResidual(dy[row, column], &y, count, noise)
        // Written so that NaN is an outlier too.
        if !(u * u + v * v <= limit) { out[row, column] = true }
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
public func smallMedian(_ values: inout [Float], _ count: Int) -> Float {
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
