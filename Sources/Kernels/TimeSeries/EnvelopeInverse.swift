// SPDX-License-Identifier: Apache-2.0

extension EnvelopeLayout {
  /// The inverse of L Lᵀ at the places of the envelope, without the rest of it: covariances of unknowns that occur together.
  ///
  /// About three times the work of the factor. An unknown whose pivot was not sound has the variance 0 here.
  ///
  /// - Parameters:
  ///   - out: `count` elements.
  ///   - scratch: twice `order` elements.
  ///
  /// Source: Takahashi, Fagan & Chin 1973; Erisman & Tinney 1975, Communications of the ACM 18, 177.
  package func invert(
    _ factor: UnsafeMutablePointer<WideLanes>, inverse: UnsafePointer<WideLanes>,
    into out: UnsafeMutablePointer<WideLanes>, scratch: UnsafeMutablePointer<WideLanes>
  ) {
    let column = scratch, sums = scratch + order
    origin.withUnsafeBufferPointer { origin in
      columnRows.withUnsafeBufferPointer { columnRows in
        for j in stride(from: origin.count - 1, through: 0, by: -1) {
          let rows = columnRows.baseAddress.map { $0 + Int(columnStart[j]) }
          let count = Int(columnStart[j + 1] - columnStart[j])
          for p in 0..<count {
            column[p] = factor[Int(origin[Int(rows![p])]) + j]
            sums[p] = WideLanes(repeating: 0)
          }
          // The block of the inverse below is symmetric: each of its elements serves two sums.
          for p in 0..<count {
            let row = out + Int(origin[Int(rows![p])])
            let own = column[p]
            var sum = WideLanes(repeating: 0)
            for r in 0..<p {
              let value = row[Int(rows![r])]
              sums[r].addProduct(own, value)
              sum.addProduct(column[r], value)
            }
            sum.addProduct(own, row[Int(rows![p])])
            sums[p] += sum
          }
          let scale = inverse[j]
          var diagonal = scale
          for p in 0..<count {
            let value = -sums[p] * scale
            out[Int(origin[Int(rows![p])]) + j] = value
            diagonal.subtractProduct(column[p], value)
          }
          out[Int(origin[j]) + j] = diagonal * scale
        }
      }
    }
  }
}
