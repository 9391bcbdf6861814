// SPDX-License-Identifier: Apache-2.0

extension SearchKernels {
  /// Medians of the vectors around each cell of a row, eight cells at a time.
  ///
  /// - Parameters:
  ///   - x, y: components at the row's first cell in planes of rows of `stride` floats, infinite where there is no
  ///     vector; a row above and below is read, a column on the left and nine on the right.
  ///   - withCentre: whether a cell is one of its own neighbours.
  ///   - out: four rows of `columns` floats rounded up to eights: number of vectors, median of either component, median
  ///     of the distances from that. Medians mean nothing where there is no vector.
  package static func neighbourMedians(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, stride: Int, columns: Int, withCentre: Bool,
    out: UnsafeMutablePointer<Float>
  ) {
    let width = (columns &+ 7) / 8 &* 8
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 27) { memory in
      let u = memory.baseAddress.unsafelyUnwrapped, v = u + 9, work = u + 18
      for column in Swift.stride(from: 0, to: width, by: 8) {
        var count = Lanes.zero
        for index in 0..<9 {
          let at = column &+ (index / 3 &- 1) &* stride &+ index % 3 &- 1
          let isOut = !withCentre && index == 4
          u[index] = isOut ? Lanes(repeating: .infinity) : x.lanes(at: at)
          v[index] = isOut ? Lanes(repeating: .infinity) : y.lanes(at: at)
          count += Lanes.zero.replacing(with: 1, where: u[index] .< Lanes(repeating: .infinity))
        }
        work.update(from: u, count: 9)
        let middleX = medianOfNine(work, count)
        work.update(from: v, count: 9)
        let middleY = medianOfNine(work, count)
        for index in 0..<9 {
          let dx = u[index] - middleX, dy = v[index] - middleY
          work[index] = (dx * dx + dy * dy).squareRoot()
        }
        out.store(count, at: column)
        out.store(middleX, at: width &+ column)
        out.store(middleY, at: 2 &* width &+ column)
        out.store(medianOfNine(work, count), at: 3 &* width &+ column)
      }
    }
  }

  /// Median of the `count` smallest of nine values in each lane; sorts them by exchanges, the same in every lane.
  @inline(__always)
  private static func medianOfNine(_ values: UnsafeMutablePointer<Lanes>, _ count: Lanes) -> Lanes {
    for end in 1..<9 {
      for index in Swift.stride(from: end, to: 0, by: -1) {
        let a = values[index &- 1], b = values[index], isWrong = b .< a
        values[index &- 1] = a.replacing(with: b, where: isWrong)
        values[index] = b.replacing(with: a, where: isWrong)
      }
    }
    var lower = values[0], upper = values[0]
    for index in 1..<9 {
      // The middle ones of n are number (n - 1) / 2, rounded down, and n / 2.
      lower.replace(with: values[index], where: count .>= Float(2 &* index &+ 1))
      upper.replace(with: values[index], where: count .>= Float(2 &* index))
    }
    return (lower + upper) / 2
  }
}
